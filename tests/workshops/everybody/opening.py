"""What companies open, change and close, what moderators decide, and the time that passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from accounts.actions.files import claim_file
from associations import actions as associations
from associations.models import Association, Request
from charter import actions as charter
from charter.models import CharterVersion, Signature
from companies import actions as companies
from companies.models import Availability, BookingMode, Company, Room, Site, Slot
from tests.workshops.everybody.machine import Everybody, Moves
from tests.workshops.everybody.stage import DAY, HOUR, new_series, post_request, publish_series
from workshops import actions
from workshops.models import Booking, Workshop

SCANS: dict[str, Callable[..., Any]] = {
    "expire bookings": actions.expire_bookings,
    "remind of answers": actions.remind_unanswered,
    "remind of workshops": actions.remind_workshops,
    "ask for reports": actions.ask_for_reports,
    "call volunteers": actions.call_volunteers,
    "tell matches": actions.tell_matches,
    "extend series": companies.extend_series,
    "ask to confirm series": companies.ask_to_confirm_series,
    "remind of requests": associations.remind_expiring,
    "lapse signatures": charter.lapse_signatures,
}
ENOUGH_EVENINGS = 10


class Opening(Everybody):
    """Supply, authorities and the clock."""

    def take_an_evening_back(self) -> None:
        slot = self.free_slot()
        self.attempt("withdraw", lambda: actions.withdraw_slot(slot=slot, by=self.host(slot), now=self.now))

    def publish(self) -> None:
        if Slot.objects.filter(starts_at__gt=self.now, state=Slot.State.OPEN).count() < ENOUGH_EVENINGS:
            room, mode, weekday = self.room(), self.draw(*BookingMode), self.draw(*range(1, 8))
            self.attempt("publish", lambda: publish_series(room, self.now, weekday=weekday, mode=mode))

    def change_an_evening(self) -> None:
        slot = self.slot()
        change, by = self._change(slot, places=self.draw(10, 10, 5)), self.host(slot)
        self.attempt("change an evening", lambda: actions.change_slot(slot=slot, change=change, by=by, now=self.now))

    def _change(self, slot: Slot, *, places: int) -> actions.Change:
        return actions.Change(
            date=slot.starts_on + self.draw(0, 1, 2) * DAY,
            start_time=dt.time(18, 30),
            end_time=dt.time(20, 30),
            places=places,
            computers=places // 2,
            volunteers_offered=self.draw(1, 2),
        )

    def change_the_following(self) -> None:
        """From one date of a series on."""
        slot = self.slot(Slot.objects.exclude(availability=None))
        series, mode, places = slot.availability, self.draw(*BookingMode), self.draw(10, 10, 5)
        if series is None:
            return
        change, by = self._change(slot, places=places), self.host(slot)
        changed = new_series(slot.room, self.now, weekday=change.date.isoweekday(), mode=mode, places=places)
        self.attempt(
            "change the following",
            lambda: actions.change_following(
                slot=slot, change=change, changed=changed, from_date=slot.starts_on, by=by, now=self.now
            ),
        )
        self._follow_queues()

    def change_a_series(self) -> None:
        series, mode, places = self.series(), self.draw(*BookingMode), self.draw(10, 10, 5)
        if series is None:
            return
        changed = new_series(series.room, self.now, weekday=series.weekdays[0], mode=mode, places=places)
        by = series.room.site.company.owners()[0]
        self.attempt(
            "change a series",
            lambda: actions.change_series(
                availability=series, changed=changed, from_date=self.now.date(), by=by, now=self.now
            ),
        )
        self._follow_queues()

    def _follow_queues(self) -> None:
        """Queues go over with what is offered again at the same hours of the same room."""
        for number, line in list(self.queues.items()):
            gone = Slot.objects.get(pk=number)
            if gone.state == Slot.State.WITHDRAWN:
                again = Slot.objects.filter(room=gone.room_id, starts_at=gone.starts_at, state=Slot.State.OPEN).first()
                self.queues[again.pk if again else number] = line

    def series(self) -> Availability | None:
        return self.pick(
            Availability.objects.select_related("room__site__company", "room__site__commune").order_by("pk")
        )

    def settle_a_series(self) -> None:
        series = self.series()
        if series is None:
            return
        by, ends = series.room.site.company.owners()[0], (self.now + 4 * DAY).date()
        moves: Moves = {
            "confirm a series": lambda: companies.confirm_availability(availability=series, by=by, now=self.now),
            "end a series": lambda: actions.end_series(availability=series, from_date=ends, by=by, now=self.now),
        }
        move = self.draw(*moves, "confirm a series")
        self.attempt(move, moves[move])

    def close_a_room(self) -> None:
        """For a while."""
        room = self.room()
        self._close("close a room", room, rooms=Room.objects.filter(pk=room.pk), sites=Site.objects.none())
        self.attempt("reopen a room", lambda: companies.reopen_room(room=room))

    def close_a_site(self) -> None:
        """With all its rooms, for a while."""
        room = self.room()
        site = room.site
        self._close("close a site", room, rooms=Room.objects.filter(site=site), sites=Site.objects.filter(pk=site.pk))
        self.attempt("reopen a site", lambda: companies.reopen_site(site=site))

    def _close(self, what: str, room: Room, *, rooms: QuerySet[Room], sites: QuerySet[Site]) -> None:
        hanging = self.attempt(
            what,
            lambda: actions.close_places(
                rooms=rooms.filter(archived_at=None),
                sites=sites.filter(archived_at=None),
                reason="Travaux.",
                by=room.site.company.owners()[0],
                now=self.now,
            ),
        )
        for booking in hanging.booked:
            assert self.agreed.pop(booking.slot_id) == booking.association_id

    # --- authorities --------------------------------------------------------------------------------

    def decide_on_a_signature(self) -> None:
        signature = self.pick(Signature.objects.select_related("company", "version").order_by("pk"))
        assert signature is not None
        suspended = signature.state == Signature.State.SUSPENDED
        if not suspended and not self.seldom():
            return
        move = charter.reinstate_signature if suspended else charter.suspend_signature
        self.attempt(
            f"{'reinstate' if suspended else 'suspend'} a signature",
            lambda: move(signature=signature, reason="Oui.", by=self.stage.moderator, now=self.now),
        )

    def take_a_signature_back(self) -> None:
        """Seldom, whatever is booked: without signatories nothing else happens."""
        signature = self.pick(Signature.objects.select_related("company", "version").order_by("pk"))
        assert signature is not None
        if self.seldom():
            by = signature.company.owners()[0]
            self.attempt(
                "take a signature back",
                lambda: charter.withdraw_signature(signature=signature, by=by, now=self.now),
            )

    def sign_again(self) -> None:
        """The newest text, by whose signature ended, soon ends, or does not."""
        company, version = self.draw(*self.stage.companies), CharterVersion.objects.newest()
        company = Company.objects.get(pk=company.pk)
        assert version is not None
        self.attempt("sign the charter", lambda: self._sign(company, version))

    def _sign(self, company: Company, version: CharterVersion) -> None:
        by = company.owners()[0]
        pledge = charter.Pledge("Ana", "présidente", "ana@example.org", False, 1, 10, 40)
        signature = charter.sign_charter(company=company, version=version, pledge=pledge, by=by, now=self.now)
        charter.claim_signature(signature=signature, by=self.stage.moderator, now=self.now)
        charter.approve_signature(signature=signature, by=self.stage.moderator, now=self.now)

    def change_the_charter(self) -> None:
        """Another text, once in a game: who does not sign it in time is no signatory any more."""
        if CharterVersion.objects.count() == 1:
            self.attempt("change the charter", self._change_the_charter)

    def _change_the_charter(self) -> None:
        by, now = self.stage.moderator, self.now
        text, day = "# Charte\n\nNous ouvrons nos portes, le soir.", (now + 2 * DAY).date()
        draft = charter.save_draft_version(text=text, effective_from_date=day, by=by, now=now)
        charter.publish_version(version=draft, seen=draft.etag, by=by, now=now)

    def decide_on_an_association(self) -> None:
        association, by = self.association(), self.stage.moderator
        if association.state == Association.State.ADMITTED and not self.seldom():
            return
        told: dict[str, Any] = {"association": association, "by": by, "now": self.now}
        moves: dict[str, tuple[str, Callable[[], Any]]] = {
            Association.State.ADMITTED: ("suspend", lambda: associations.suspend_association(reason="Non.", **told)),
            Association.State.SUSPENDED: (
                "reinstate",
                lambda: associations.reinstate_association(reason="Oui.", **told),
            ),
            Association.State.NEW: ("admit", lambda: self._admit(association)),
        }
        name, move = moves[association.state]
        self.attempt(f"{name} an association", move)

    def _admit(self, association: Association) -> None:
        claim_file(association, by=self.stage.moderator, now=self.now)
        associations.admit_association(association=association, by=self.stage.moderator, now=self.now)

    def decide_on_a_request(self) -> None:
        request, association = (
            self.pick(Request.objects.select_related("association").order_by("-pk")[:6]),
            self.association(),
        )
        assert request is not None
        told: dict[str, Any] = {"request": request, "now": self.now}
        by = self.stage.moderator
        moves: Moves = {
            "post a request": lambda: post_request(association, self.now),
            "hide a request": lambda: actions.hide_request(reason="Non.", by=by, **told),
            "show a request": lambda: associations.show_request(reason="Oui.", by=by, **told),
            "publish a request": lambda: self._publish(request),
            "withdraw a request": lambda: actions.withdraw_request(by=by, **told),
            "keep a request": lambda: associations.keep_request(**told),
        }
        move = self.draw(*moves)
        self.attempt(move, moves[move])

    def _publish(self, request: Request) -> None:
        claim_file(request, by=self.stage.moderator, now=self.now)
        associations.publish_request(request=request, by=self.stage.moderator, now=self.now)

    # --- time ---------------------------------------------------------------------------------------

    def wait(self) -> None:
        self.now += self.draw(1, 5, 20, 24, 48) * HOUR

    def wait_for_weeks(self) -> None:
        self.now += 18 * DAY

    def wait_until_something(self) -> None:
        """The very instant at which a clock runs out, or a workshop begins or ends, or may be joined at the door."""
        waiting = Booking.objects.filter(state__in=Booking.WAITING, expires_at__gt=self.now)
        coming = Workshop.objects.planned().select_related("booking__slot")
        clocks = [one for one in waiting.values_list("expires_at", flat=True) if one]
        slots = [one.booking.slot for one in coming]
        starts = [slot.starts_at for slot in slots]
        instants = [*clocks, *starts, *(start - HOUR for start in starts), *(slot.ends_at for slot in slots)]
        instant = self.pick(sorted({one for one in instants if one > self.now})[:4])
        if instant is not None:
            self.now = instant

    def scan(self) -> None:
        scan = self.draw(*SCANS, "expire bookings", "expire bookings")
        # One that finds nothing to do is none.
        if SCANS[scan](now=self.now):
            self.made(scan)
