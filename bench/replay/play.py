"""Every line of the trace through the portal's own actions, in the order of the days."""

from __future__ import annotations

import datetime as dt
import heapq
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.database import count_rows
from bench.replay.stage import CLOSES, OPENS, ZONE, Stage, at
from bench.replay.trace import DAY, Line

# On one day: what is due is noted, people book, move, call off, and tell how it went.
SCAN, BOOK, MOVE, CALL_OFF, REPORT = dt.time(7), dt.time(8), dt.time(10), dt.time(12), dt.time(22)
MOVED_WITHIN = 7 * DAY
COUNT_ROWS_EVERY = 4_000
FULL = "complet ce soir-là, et resté en attente jusqu’au bout"
LEFT = "complet ce soir-là, et annulé pendant l’attente"


@dataclass
class Case:
    """A line under way: its booking, its place in a queue, and why it did not end as the trace says."""

    line: Line
    booking: Any = None
    entry: Any = None
    reason: str = ""


@dataclass
class Timed:
    """Seconds of each step, by its kind, in the order in which they happened."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def run[T](self, kind: str, step: Callable[[], T]) -> T:
        began = time.perf_counter()
        try:
            return step()
        finally:
            self.seconds[kind].append(time.perf_counter() - began)


Event = tuple[dt.datetime, int, Callable[[Case, dt.datetime], None], Case]


class Replay:
    """Plays the lines; time is an argument, so nothing waits."""

    def __init__(self, stage: Stage, lines: list[Line]) -> None:
        self.stage, self.timed = stage, Timed()
        self.cases = [Case(line) for line in lines]
        self.waiting: dict[int, Case] = {}
        """By the number of their place in a queue."""
        self.not_moved: dict[str, int] = defaultdict(int)
        self.now = at(min(line.booked for line in lines), SCAN)
        self.done = 0
        self._events: list[Event] = []
        self._made = 0

    def play(self) -> Iterator[int]:
        """One line after the other that has come to its end: how many by now."""
        for case in self.cases:
            self._at(case.line.booked, BOOK, self._book, case, minutes=0)
        steps, last_scan = 0, self.now.date()
        while self._events:
            instant, _, step, case = heapq.heappop(self._events)
            if instant.date() != last_scan:
                last_scan = instant.date()
                self._scan(at(last_scan, SCAN))
            self.now = instant
            step(case, instant)
            steps += 1
            if steps % COUNT_ROWS_EVERY == 0:
                count_rows()
            yield self.done
        self._scan(self.now + DAY)

    def _at(
        self, day: dt.date, hour: dt.time, step: Callable[[Case, dt.datetime], None], case: Case, *, minutes: int
    ) -> None:
        """In the order of the file at one hour. What would be past by now is now."""
        self._made += 1
        instant = max(at(day, hour) + minutes * dt.timedelta(minutes=1), self.now)
        heapq.heappush(self._events, (instant, self._made, step, case))

    def _scan(self, now: dt.datetime) -> None:
        """What a stopped Celery would leave undone: holds that ran out, queues of evenings that are over."""
        from workshops import actions  # noqa: PLC0415

        self.timed.run("scan", lambda: actions.expire_bookings(now=now))
        self._serve(now)

    # --- booking ------------------------------------------------------------------------------------

    def _book(self, case: Case, now: dt.datetime) -> None:
        from accounts.refusals import Refused  # noqa: PLC0415

        try:
            case.booking = self.timed.run("book", lambda: self._find_and_book(case, now))
        except Refused as refusal:
            self._end(case, str(refusal))
            return
        if case.booking is not None:
            self._plan(case)
        else:
            self._queue(case, now)

    def _find_and_book(self, case: Case, now: dt.datetime) -> Any:
        """The first room of the kind that is free that evening; None when there is none."""
        from workshops import actions  # noqa: PLC0415

        evening = at(case.line.planned, OPENS)
        slot = self._free(case.line, now, evening, evening)
        if slot is None:
            return None
        key = UUID(int=case.line.number)
        return actions.book_slot(slot_id=slot, key=key, now=now, **self._wish(case.line))

    def _free(self, line: Line, now: dt.datetime, since: dt.datetime, until: dt.datetime) -> int | None:
        from workshops.catalogue import bookable  # noqa: PLC0415

        rooms = self.stage.rooms[line.kind]
        free = bookable(now).filter(room__in=rooms, starts_at__gte=since, starts_at__lte=until)
        number: int | None = free.order_by("starts_at", "pk").values_list("pk", flat=True).first()
        return number

    def _plan(self, case: Case) -> None:
        """What is still to come: the moves, evenly until its last day, then its end."""
        line, today = case.line, self.now.date()
        ahead = max((line.last_change - today).days, 0)
        for number in range(line.moves):
            day = today + ahead * (number + 1) // (line.moves + 1) * DAY if ahead else today
            self._at(day, MOVE, self._move, case, minutes=number)
        if line.state == "cancelled_by_association":
            self._at(line.ended, CALL_OFF, self._call_off, case, minutes=0)
        else:
            # One absence was noted before its evening: it is told on the evening.
            self._at(max(line.ended, line.planned), REPORT, self._report, case, minutes=0)

    # --- queues -------------------------------------------------------------------------------------

    def _queue(self, case: Case, now: dt.datetime) -> None:
        """Behind the fewest, among the rooms of that evening."""
        from accounts.refusals import Refused  # noqa: PLC0415

        line = case.line
        for slot in self._taken(line):
            try:
                case.entry = self.timed.run("queue", lambda number=slot: self._join(case, number, now))  # type: ignore[misc]
            except Refused as refusal:
                case.reason = str(refusal)
            else:
                break
        if case.entry is None:
            self._end(case, case.reason)
            return
        case.reason = ""
        self.waiting[case.entry.pk] = case
        called_off = line.state == "cancelled_by_association"
        self._at(line.ended if called_off else line.planned, CALL_OFF, self._give_up, case, minutes=0)

    def _taken(self, line: Line) -> list[int]:
        from django.db.models import Count, Q  # noqa: PLC0415

        from companies.models import Slot  # noqa: PLC0415
        from workshops.models import WaitlistEntry  # noqa: PLC0415

        that_evening = Slot.objects.filter(room__in=self.stage.rooms[line.kind], starts_at=at(line.planned, OPENS))
        lengths = dict(
            WaitlistEntry.objects.filter(slot__in=that_evening)
            .order_by()
            .values_list("slot")
            .annotate(length=Count("pk", filter=Q(state="waiting")))
        )
        numbers = that_evening.order_by("pk").values_list("pk", flat=True)
        return sorted(numbers, key=lambda number: (lengths.get(number, 0), number))

    def _join(self, case: Case, slot: int, now: dt.datetime) -> Any:
        from workshops import actions  # noqa: PLC0415

        return actions.join_waitlist(slot_id=slot, now=now, **self._wish(case.line))

    def _wish(self, line: Line) -> dict[str, Any]:
        """What a form of this line says, of a booking or of a place in a queue."""
        association, owner = self.stage.association(line)
        told = {"participants": line.people, "topic": "email", "message": "", "request": None}
        return {"association": association, "by": owner, **told}

    def _serve(self, now: dt.datetime) -> None:
        """Whoever has a slot held for them says yes at once."""
        from workshops import actions  # noqa: PLC0415
        from workshops.models import Booking, WaitlistEntry  # noqa: PLC0415

        if not self.waiting:
            return
        offered = WaitlistEntry.objects.filter(state=WaitlistEntry.State.OFFERED).values_list("pk", "booking")
        for entry, number in list(offered.order_by("pk")):
            case = self.waiting.pop(entry)
            booking = Booking.objects.with_everything().get(pk=number)
            _, owner = self.stage.association(case.line)
            self.timed.run(
                "take a hold",
                lambda held=booking, by=owner: actions.take_hold(booking=held, by=by, now=now),  # type: ignore[misc]
            )
            case.booking = booking
            self._plan(case)

    def _give_up(self, case: Case, now: dt.datetime) -> None:
        """The day has come, and nothing was free."""
        from workshops import actions  # noqa: PLC0415

        if case.booking is not None:
            return
        del self.waiting[case.entry.pk]
        self.timed.run("leave a queue", lambda: actions.leave_waitlist(entry=case.entry, now=now))
        self._end(case, LEFT if case.line.state == "cancelled_by_association" else FULL)

    # --- moving, calling off, telling ---------------------------------------------------------------

    def _move(self, case: Case, now: dt.datetime) -> None:
        """To another room on that evening, or to one of the following evenings."""
        from accounts.refusals import Refused  # noqa: PLC0415

        try:
            moved = self.timed.run("move", lambda: self._find_and_move(case, now))
        except Refused as refusal:
            self.not_moved[str(refusal)] += 1
            return
        if moved is None:
            self.not_moved["aucune autre soirée libre"] += 1
        else:
            case.booking = moved
            self._serve(now)

    def _find_and_move(self, case: Case, now: dt.datetime) -> Any:
        from workshops import actions  # noqa: PLC0415
        from workshops.models import Side  # noqa: PLC0415

        evening = at(case.line.planned, OPENS)
        slot = self._free(case.line, now, evening, evening + MOVED_WITHIN)
        if slot is None:
            return None
        _, owner = self.stage.association(case.line)
        return actions.move_workshop(booking=case.booking, slot_id=slot, side=Side.ASSOCIATION, by=owner, now=now)

    def _call_off(self, case: Case, now: dt.datetime) -> None:
        from workshops import actions  # noqa: PLC0415
        from workshops.models import Reason, Side  # noqa: PLC0415

        _, owner = self.stage.association(case.line)
        self.timed.run(
            "call off",
            lambda: actions.cancel_booking(
                booking=case.booking, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=owner, now=now
            ),
        )
        self._end(case)
        self._serve(now)

    def _report(self, case: Case, now: dt.datetime) -> None:
        """Both sides tell of it; of an absence the company alone. A workshop that was moved ends later."""
        from workshops.models import Report, Side, Workshop  # noqa: PLC0415

        ends = at(case.booking.slot.starts_at.astimezone(ZONE).date(), CLOSES)
        if ends > now:
            self._at(ends.date(), REPORT, self._report, case, minutes=0)
            return
        workshop = Workshop.objects.with_everything().get(booking=case.booking)
        absent = case.line.state == "no_show"
        company = Report(volunteers=1, volunteer_minutes=120, mecenat_minutes=0, rating=None if absent else 4)
        company.absent = Side.ASSOCIATION if absent else ""
        _, owner = self.stage.association(case.line)
        if not absent:
            told = Report(attended=case.line.people, rating=5)
            self._tell(workshop, told, Side.ASSOCIATION, owner, now)
        self._tell(workshop, company, Side.COMPANY, self.stage.host, now)
        self._end(case)

    def _tell(self, workshop: Any, report: Any, side: Any, by: Any, now: dt.datetime) -> None:
        from workshops import actions  # noqa: PLC0415

        self.timed.run(
            f"report by the {side}",
            lambda: actions.report_workshop(workshop=workshop, report=report, side=side, by=by, now=now),
        )

    def _end(self, case: Case, reason: str = "") -> None:
        case.reason = reason
        self.done += 1
