"""What companies open, change and close, what moderators decide, and the time that passes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from accounts.actions.files import claim_file
from associations import actions as associations
from associations.models import Association, Request
from charter import actions as charter
from charter.models import Signature
from companies import actions as companies
from companies.models import Availability, BookingMode, Room, Site, Slot
from tests.workshops.everybody.machine import Everybody
from tests.workshops.everybody.stage import DAY, HOUR, new_series, post_request, publish_series
from tests.workshops.everybody.working import Moves
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

    def room(self) -> Room:
        rooms = Room.objects.select_related("site__company", "site__commune")
        return rooms.get(pk=self.draw(*self.stage.rooms).pk)

    def change_an_evening(self) -> None:
        slot, places = self.slot(), self.draw(10, 10, 5)
        change = actions.Change(
            date=slot.starts_on + self.draw(0, 1, 2) * DAY,
            start_time=dt.time(18, 30),
            end_time=dt.time(20, 30),
            places=places,
            computers=places // 2,
            volunteers_offered=self.draw(1, 2),
        )
        by = self.host(slot)
        self.attempt("change an evening", lambda: actions.change_slot(slot=slot, change=change, by=by, now=self.now))

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
        hanging = self.attempt(
            "close a room",
            lambda: actions.close_places(
                rooms=Room.objects.filter(pk=room.pk, archived_at=None),
                sites=Site.objects.none(),
                reason="Travaux.",
                by=room.site.company.owners()[0],
                now=self.now,
            ),
        )
        for booking in hanging.booked:
            assert self.agreed.pop(booking.slot_id) == booking.association_id
        self.attempt("reopen a room", lambda: companies.reopen_room(room=room))

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
            "post": lambda: post_request(association, self.now),
            "hide": lambda: actions.hide_request(reason="Non.", by=by, **told),
            "show": lambda: associations.show_request(reason="Oui.", by=by, **told),
            "publish": lambda: self._publish(request),
            "withdraw": lambda: actions.withdraw_request(by=by, **told),
            "keep": lambda: associations.keep_request(**told),
        }
        move = self.draw(*moves)
        self.attempt(f"{move} a request", moves[move])

    def _publish(self, request: Request) -> None:
        claim_file(request, by=self.stage.moderator, now=self.now)
        associations.publish_request(request=request, by=self.stage.moderator, now=self.now)

    # --- time ---------------------------------------------------------------------------------------

    def wait(self) -> None:
        self.now += self.draw(1, 5, 20, 24, 48) * HOUR

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
        self.attempt(scan, lambda: SCANS[scan](now=self.now))
