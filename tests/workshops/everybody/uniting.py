"""What two organisations agree on beside their workshops, and entries that turn out to be of one organisation."""

from __future__ import annotations

import uuid
from typing import Any

from accounts.models import Decision, Role
from associations import actions as associations
from associations.models import Association, InsuranceCertificate
from charter.models import CharterVersion
from companies import actions as companies
from companies.models import Company
from solidarite.moderation.merging import merge
from tests import factories
from tests.workshops.everybody.claiming import Claiming
from tests.workshops.everybody.machine import Moves
from tests.workshops.everybody.stage import DAY
from workshops import actions
from workshops.models import Booking, HostingAgreement, Side


class Uniting(Claiming):
    """Agreements, insurances, and merges."""

    def insure(self) -> None:
        """An association shows a certificate of a few days, or sets one aside."""
        association = self.association()
        by, counting = self.guest(association), InsuranceCertificate.objects.of_association(association).counting()
        certificate = self.pick(counting)
        if certificate is None:
            self._insure(association)
        elif self.seldom():
            self.attempt(
                "set a certificate aside",
                lambda: associations.withdraw_certificate(certificate=certificate, by=by, now=self.now),
            )

    def _insure(self, association: Association) -> None:
        until = (self.now + self.draw(3, 20) * DAY).date()
        factories.make_certificate(self.now, association, valid_until_date=until)
        self.made("insure")

    def propose_an_agreement(self) -> None:
        """To who comes or has come, once their insurance is shown; now and then to whoever."""
        every = Booking.objects.with_everything().order_by("-pk")
        booking = self.pick(every[:8] if self.seldom() else every.agreed()[:4])
        if booking is None:
            return
        company, association = booking.slot.room.site.company, booking.association
        if not self.seldom():
            self._insure(association)
        by = self.speaker(booking, self.draw(*Side))
        self.attempt(
            "propose an agreement",
            lambda: actions.propose_agreement(company=company, association=association, by=by, now=self.now),
        )

    def settle_an_agreement(self) -> None:
        """One side signs what it has read, or ends it."""
        agreement = self.pick(HostingAgreement.objects.select_related("company", "association").order_by("-pk")[:4])
        if agreement is None:
            return
        side: Side = self.draw(*Side)
        own: Company | Association = getattr(agreement, side.value)
        read = "another text" if self.seldom() else agreement.fingerprint
        said: dict[str, Any] = {"agreement": agreement, "side": side, "by": own.owners()[0], "now": self.now}
        moves: Moves = {
            "sign an agreement": lambda: actions.sign_agreement(name="Ana", capacity="présidente", read=read, **said),
            "end an agreement": lambda: actions.end_agreement(**said),
        }
        move = self.draw(*moves, "sign an agreement", "sign an agreement")
        self.attempt(move, moves[move])

    # --- entries of one organisation ----------------------------------------------------------------

    def unite_associations(self) -> None:
        """A second entry has asked for an evening, and queues for another, before somebody sees that it is one."""
        twin, into = factories.make_association(self.now), self.association()
        self._send(uuid.UUID(int=self.draw(*range(2**16, 2**17))), self.free_slot().pk, twin, 6, None)
        self._queue(self.taken_slot(), twin, None)
        gone = twin.pk
        if self._unite(into, twin, into, Decision.Subject.ASSOCIATION):
            self.agreed = {slot: into.pk if one == gone else one for slot, one in self.agreed.items()}
            self.forms = [(key, into.pk if one == gone else one, slot, number) for key, one, slot, number in self.forms]
            for slot, line in self.queues.items():
                left = [one for one in line if one != gone] if into.pk in line else line
                self.queues[slot] = [into.pk if one == gone else one for one in left]

    def unite_companies(self) -> None:
        """A second entry has a room, an evening and a colleague who has promised it."""
        twin = factories.make_company(self.now)
        into = self.draw(*Company.objects.filter(pk__in=[one.pk for one in self.stage.companies]).order_by("pk"))
        version = CharterVersion.objects.order_by("pk")[0]
        file = factories.make_signature(self.now, twin, version, state="approved", decided_at=self.now)
        colleague = self.draw(*self.stage.volunteers)
        factories.add_member(twin, colleague, Role.VOLUNTEER, self.now)
        factories.make_profile(self.now, twin, colleague)
        room = factories.make_room(self.now, factories.make_site(self.now, twin))
        evening = (self.now + 4 * DAY).replace(hour=17, minute=30)
        slot = factories.make_slot(room, evening, created_at=self.now)
        self.attempt("promise", lambda: companies.join_slot(slot=slot, by=colleague, now=self.now))
        self._unite(into, twin, file, Decision.Subject.SIGNATURE)

    def _unite(self, into: Any, twin: Any, file: Any, subject: Decision.Subject) -> Any:
        by = self.stage.moderator
        return self.attempt(
            f"unite two {subject} entries",
            lambda: merge(file=file, subject=subject, keep=into, absorb=twin, by=by, now=self.now),
        )
