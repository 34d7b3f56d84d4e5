"""Plans of whoever runs the portal, their offers, and the calendars that rooms have of their own."""

from __future__ import annotations

from typing import Any

from companies import actions as companies
from companies.models import BusyTime, Room, RoomCalendar, Slot
from tests.companies.test_busy import calendar
from tests.workshops.everybody.machine import Everybody, Moves
from tests.workshops.everybody.stage import DAY, HOUR
from workshops import actions
from workshops.models import Booking, Plan

ADDRESS = "https://agenda.example.org/salle.ics"


class Allotting(Everybody):
    """What is allotted by no click of the two sides."""

    def plan(self) -> None:
        """One is computed, or offers are made of one."""
        moves: Moves = {"compute a plan": self._compute, "offer a plan": self._offer}
        move = self.draw(*moves)
        self.attempt(move, moves[move])

    def _compute(self) -> None:
        today = self.now.date()
        actions.ask_plan(
            departement=None,
            from_date=today,
            until_date=today + self.draw(7, 20) * DAY,
            evenings=self.draw(0, 1),
            lapsed_too=self.draw(True, False),
            by=self.stage.moderator,
            now=self.now,
        )
        self._computed()

    def _computed(self) -> None:
        actions.compute_plans(now=self.now)
        assert not Plan.objects.filter(state__in=[Plan.State.WAITING, Plan.State.FAILED]).exists()

    def _offer(self) -> None:
        """Of the last one, or of one whose facts are long gone; mostly of a new one."""
        if not self.seldom():
            self._compute()
        plan = self.pick(Plan.objects.order_by("-pk")[:3])
        if plan is None:
            return
        actions.offer_plan(plan=plan, by=self.stage.moderator, now=self.now)
        if actions.offer_planned(now=self.now):
            self.made("keep a slot for a plan")

    def follow_plans(self) -> None:
        """What was not taken is asked for anew."""
        if actions.follow_plans(now=self.now):
            self.made("follow a plan")
            self._computed()

    def ignore_an_offer(self) -> None:
        """Its clock runs out, and nobody has noted it yet."""
        offer = self.pick(Booking.objects.held(self.now).proposed().order_by("pk"))
        if offer is not None and offer.expires_at is not None:
            self.now = offer.expires_at
            self.made("ignore an offer of a plan" if offer.planned_at else "ignore an offer")

    # --- calendars of rooms -------------------------------------------------------------------------

    def read_a_calendar(self) -> None:
        """A meeting over an evening, booked or not, from a file or from an address; or the calendar is set aside."""
        slot = self.slot()
        kept = self.pick(RoomCalendar.objects.select_related("room").order_by("pk"))
        file = calendar(f"DTSTART:{slot.starts_at + HOUR:%Y%m%dT%H%M%SZ}\r\nDTEND:{slot.ends_at:%Y%m%dT%H%M%SZ}")
        if kept is None:
            url, by = self.draw(ADDRESS, ""), slot.room.site.company.owners()[0]
            read: dict[str, Any] = {"file": file, "name": "salle.ics", "url": url, "by": by, "now": self.now}
            self.attempt("import a calendar", lambda: companies.import_calendar(room=slot.room, **read))
            assert self._is_busy(slot.room, slot) == (slot.ends_at > self.now)
        elif kept.url and not self.seldom():
            self.attempt(
                "read a calendar again",
                lambda: companies.reread_calendar(calendar=kept, file=file, now=self.now),
            )
            assert self._is_busy(kept.room, slot) == (slot.ends_at > self.now)
        else:
            self.attempt("forget a calendar", lambda: companies.forget_calendar(room=kept.room))
            assert not BusyTime.objects.filter(room=kept.room).exists()

    def _is_busy(self, room: Room, slot: Slot) -> bool:
        return BusyTime.objects.filter(room=room, ends_at=slot.ends_at, ends_at__gt=self.now).exists()
