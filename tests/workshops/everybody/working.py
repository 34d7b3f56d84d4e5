"""Workshops: preparing, agreeing, volunteers, and what is told afterwards."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.actions.files import claim_file
from accounts.models import User
from companies import actions as companies
from companies.models import Availability, Company, Engagement, Membership, SlotVolunteer, VolunteerProfile
from tests.workshops.everybody.machine import Everybody, Moves
from tests.workshops.everybody.stage import HOUR
from workshops import actions
from workshops.models import Booking, Dispute, Report, Side, Workshop, WorkshopNote


class Working(Everybody):
    """What happens around a workshop, before, on the evening, and after."""

    def workshop(self, likely: Q | None = None) -> Workshop | None:
        """Mostly one of those; else one of the last, whatever became of them."""
        last = Workshop.objects.with_everything().order_by("-pk")
        wanted = last if likely is None or self.seldom() else last.filter(likely)
        return self.pick(wanted[:3]) or self.pick(last[:5])

    def to_come(self) -> Workshop | None:
        return self.workshop(Q(booking__slot__starts_at__gt=self.now, state="planned"))

    def agree(self) -> None:
        workshop, side = self.to_come(), self.draw(*Side)
        if workshop is not None:
            by = self.speaker(workshop.booking, side)
            self.attempt("agree", lambda: actions.agree_workshop(workshop=workshop, side=side, by=by, now=self.now))

    def prepare(self) -> None:
        workshop = self.to_come()
        if workshop is not None:
            by = self.guest(workshop.booking.association)
            workshop.visitors = self.draw(None, 4, 11)
            self.attempt("prepare", lambda: actions.prepare_workshop(workshop=workshop, by=by, now=self.now))

    def write(self) -> None:
        workshop, side = self.to_come(), self.draw(*Side)
        if workshop is not None:
            kind = self.draw(WorkshopNote.Kind.DOOR, WorkshopNote.Kind.OTHER)
            told: dict[str, Any] = {"side": side, "kind": kind, "text": "", "now": self.now}
            by = self.speaker(workshop.booking, side)
            self.attempt("write", lambda: actions.write_note(workshop=workshop, by=by, **told))

    def report(self) -> None:
        over = Q(booking__slot__ends_at__lte=self.now, state="planned")
        workshop, side, absent = self.workshop(over), self.draw(*Side), self.draw(False, False, True)
        if workshop is None:
            return
        report = _report(side, absent=absent)
        presences = self._presences(workshop) if side == Side.COMPANY else []
        by = self.speaker(workshop.booking, side)
        self.attempt(
            f"report by the {side}{', absent' if absent else ''}",
            lambda: actions.report_workshop(
                workshop=workshop, report=report, side=side, presences=presences, by=by, now=self.now
            ),
        )

    def _presences(self, workshop: Workshop) -> list[actions.Presence]:
        promises = SlotVolunteer.objects.filter(slot=workshop.booking.slot).select_related("volunteer")
        minutes, own = self.draw((0, 0), (60, 0), (90, 0), (90, 30))
        return [
            actions.Presence(
                one.volunteer, minutes, one.engagement_type, own if one.engagement_type == Engagement.MECENAT else 0
            )
            for one in promises.order_by("pk")
        ]

    def settle_a_dispute(self) -> None:
        """A moderator says what happened, where the two reports tell different things."""
        dispute = self.pick(Dispute.objects.awaiting_decision().order_by("pk"))
        if dispute is None:
            return
        move, by = self.draw("settle a dispute, held", "settle a dispute, missed"), self.stage.moderator
        self.attempt(move, lambda: self._settle(dispute, held=move.endswith("held"), by=by))

    def _settle(self, dispute: Dispute, *, held: bool, by: User) -> None:
        if not self.seldom():
            claim_file(dispute, by=by, now=self.now)
        actions.settle_dispute(dispute=dispute, held=held, reason="La feuille d’arrivée le dit.", by=by, now=self.now)

    def be_there(self) -> None:
        about = Q(booking__slot__starts_at__lte=self.now + HOUR, state="planned")
        workshop, by = self.workshop(about), self.volunteer()
        if workshop is not None:
            self.attempt("be there", lambda: actions.attend_workshop(workshop=workshop, by=by, now=self.now))

    def reply(self) -> None:
        """To what counts against a side."""
        likely = Q(booking__state__in=["no_show", *Booking.CANCELLED])
        workshop, side = self.workshop(likely), self.draw(*Side)
        if workshop is not None:
            booking = workshop.booking
            said: dict[str, Any] = {"side": side, "text": "Notre train était en retard.", "now": self.now}
            by = self.speaker(booking, side)
            self.attempt("reply", lambda: actions.reply(booking=booking, by=by, **said))

    def certify(self) -> None:
        company = self.pick(Company.objects.order_by("pk"))
        assert company is not None
        of_whom, year = self.draw(None, self.volunteer()), self.now.year
        by = company.owners()[0]
        self.attempt(
            "certify", lambda: actions.certify(company=company, volunteer=of_whom, year=year, by=by, now=self.now)
        )

    def follow(self) -> None:
        """A calendar of one's own, opened, opened again or closed."""
        move, user = self.draw(actions.open_feed, actions.open_feed, actions.close_feed), self.volunteer()
        self.attempt("follow", lambda: move(user=user, shown=None, now=self.now))

    # --- volunteers ---------------------------------------------------------------------------------

    def volunteer(self) -> User:
        return self.draw(*self.stage.volunteers)

    def promise(self) -> None:
        slot, by = self.taken_slot(), self.volunteer()
        if slot.starts_at > self.now:
            self.attempt("promise", lambda: companies.join_slot(slot=slot, by=by, now=self.now))

    def promise_a_series(self) -> None:
        series, by = self.pick(Availability.objects.order_by("pk")), self.volunteer()
        if series is not None:
            self.attempt("promise a series", lambda: companies.join_series(series=series, by=by, now=self.now))

    def change_a_promise(self) -> None:
        # As their page offers them: to come.
        coming = SlotVolunteer.objects.coming(self.now).with_place().order_by("pk")
        promise = self.pick(coming.filter(stand_in_asked_at__isnull=False)) or self.pick(coming)
        if promise is None:
            return
        by, slot = self.volunteer(), promise.slot
        moves: Moves = {
            "seek a stand-in": lambda: companies.ask_stand_in(promise=promise, now=self.now),
            "take over": lambda: companies.take_over(promise=promise, by=by, now=self.now),
            "take a promise back": lambda: actions.leave(slot=slot, by=promise.volunteer, now=self.now),
        }
        move = self.draw(*moves, "take over", "seek a stand-in")
        self.attempt(move, moves[move])

    def invite_and_come(self) -> None:
        workshop, by = self.to_come(), self.volunteer()
        if workshop is None:
            return
        host = self.host(workshop.booking.slot)
        if self.draw(True, False):
            self.attempt("invite", lambda: actions.invite_volunteers(workshop=workshop, by=host, now=self.now))
        self.attempt("come", lambda: actions.come(workshop=workshop, by=by, now=self.now))

    def say_on_whose_time(self) -> None:
        profiles = VolunteerProfile.objects.select_related("membership__company", "membership__user")
        profile = self.pick(profiles.order_by("pk"))
        if profile is None:
            return
        host = profile.membership.company.owners()[0]
        moves: Moves = {
            "on working time": lambda: self._describe(profile, Engagement.MECENAT),
            "in own time": lambda: self._describe(profile, Engagement.BENEVOLAT),
            "consent": lambda: companies.consent(profile=profile, by=host, now=self.now),
            "withdraw consent": lambda: companies.withdraw_consent(profile=profile, by=host, now=self.now),
        }
        move = self.draw(*moves)
        self.attempt(move, moves[move])

    def _describe(self, profile: VolunteerProfile, engagement: Engagement) -> None:
        profile.engagement_type = engagement
        companies.describe_volunteer(profile=profile, sites=[], now=self.now)

    def leave_the_company(self) -> None:
        """And come back."""
        of_all = Membership.objects.filter(user__in=self.stage.volunteers).select_related("user", "company")
        member = self.pick(of_all.order_by("pk"))
        assert member is not None
        company, user = member.company, member.user
        self.attempt(
            "leave the company",
            lambda: companies.remove_member(organisation=company, member=member, by=user, now=self.now),
        )
        Membership.objects.create(company=company, user=user, role="volunteer", joined_at=self.now)


def _report(side: Side, *, absent: bool) -> Report:
    other = Side.ASSOCIATION if side == Side.COMPANY else Side.COMPANY
    counts: dict[str, Any] = {"volunteers": 1, "volunteer_minutes": 60, "mecenat_minutes": 0}
    if side == Side.ASSOCIATION:
        counts = {"attended": 0 if absent else 5}
    return Report(absent=other if absent else "", rating=None if absent else 4, **counts)
