"""When a room is taken, read from its own calendar (iCalendar, RFC 5545). Pure: no query, no clock, no network."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

LONGEST_FILE = 5_000_000
MOST_EVENTS = 5_000
MOST_PERIODS = 5_000
LONGEST_TITLE = 80
# Nobody books a room every hour for two years: such rules are there to keep a reader busy.
TOO_FINE = {"SECONDLY", "MINUTELY", "HOURLY"}
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
# Days that all repeating events together go through, from their beginning on. A rule that never comes true is counted
# out to the year 9999 all the same: `companies.busy_apart` stops that.
MOST_DAYS_REPEATED = 500_000
# Components, as they begin and end; text that goes on in the next line is indented there.
BEGUN, ENDED = (re.compile(rb"^%s:(\S+)" % word, re.MULTILINE) for word in (b"BEGIN", b"END"))


class Busy(NamedTuple):
    """A half-open period, as instants."""

    starts_at: dt.datetime
    ends_at: dt.datetime


class UnreadableCalendar(ValueError):
    """What the file is not, in a French sentence that says what to do."""


def read_busy(file: bytes, *, zone: ZoneInfo, since: dt.datetime, until: dt.datetime) -> list[Busy]:
    """The periods of a calendar between two instants, joined where they touch, the earliest first.

    Times without a zone and whole days are those of `zone`. Cancelled events, and those that leave the room free
    (TRANSPARENT), do not count.

    Raises:
        UnreadableCalendar: nothing of the file is used.
    """
    periods: list[Busy] = []
    for calendar in _parse(file):
        with _blaming_the_file():
            _refuse_endless(calendar, since, until)
            _tell_apart(calendar)
            _end_with_the_day(calendar)
            periods += _events(calendar, zone, since, until)
            periods += _free_busy(calendar, zone)
    within = [Busy(max(one.starts_at, since), min(one.ends_at, until)) for one in periods]
    joined = list(_joined(one for one in within if one.ends_at > one.starts_at))
    if len(joined) > MOST_PERIODS:
        raise UnreadableCalendar(
            f"Ce calendrier compte plus de {MOST_PERIODS} périodes\u00a0: exportez la salle seule."
        )
    return joined


def _parse(file: bytes) -> list[Any]:
    if len(file) > LONGEST_FILE:
        raise UnreadableCalendar("Ce fichier dépasse 5\u00a0Mo\u00a0: exportez la salle seule, sur un an.")
    file = file.removeprefix(codecs.BOM_UTF8)
    if b"BEGIN:VCALENDAR" not in file.upper():
        raise UnreadableCalendar("Ce n’est pas un calendrier\u00a0: exportez-le au format iCalendar (.ics).")
    if sorted(BEGUN.findall(file.upper())) != sorted(ENDED.findall(file.upper())):
        raise UnreadableCalendar("Ce fichier est incomplet : exportez le calendrier à nouveau.")
    with _blaming_the_file():
        found: Any = Calendar.from_ical(file, multiple=True)
    calendars = [one for one in found if one.name == "VCALENDAR"]
    if sum(len(one.walk("VEVENT")) for one in calendars) > MOST_EVENTS:
        raise UnreadableCalendar(
            f"Ce calendrier compte plus de {MOST_EVENTS} événements\u00a0: exportez la salle seule."
        )
    for calendar in calendars:
        # Without a beginning there is nothing to keep free.
        calendar.subcomponents = [one for one in calendar.subcomponents if one.name != "VEVENT" or "DTSTART" in one]
    return calendars


@contextmanager
def _blaming_the_file() -> Iterator[None]:
    """The libraries raise what their parts raise; whatever it is, what they read is to blame."""
    try:
        yield
    except UnreadableCalendar:
        raise
    except BrokenCalendarProperty as error:
        found = re.search(r"property '(\w+)'", str(error))
        raise UnreadableCalendar(_damaged(f" (propriété {found[1]})" if found else "")) from error
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UnreadableCalendar(_damaged("")) from error


def _title(event: Any) -> str:
    """What a person reads of it: one line without what no screen shows, such as a NUL."""
    shown = "".join(one if one.isprintable() else " " for one in str(event.get("SUMMARY", "")))
    return " ".join(shown.split())[:LONGEST_TITLE] or "Un événement"


def _damaged(what: str) -> str:
    return f"Un événement de ce calendrier est abîmé{what}\u00a0: corrigez-le ou retirez-le, puis recommencez."


def _refuse_endless(calendar: Any, since: dt.datetime, until: dt.datetime) -> None:
    """What would be counted out for hours: rules within a day, old ones by the hundred, and others by the thousand."""
    days = days_to_come = 0
    for event in calendar.walk("VEVENT"):
        _refuse_hours_without_a_day(event)
        for rule in _listed(event.get("RRULE")):
            if any(int(one) < 1 for one in rule.get("INTERVAL", [])):
                raise UnreadableCalendar(_damaged(" (propriété RRULE)"))
            frequencies = [str(one).upper() for one in rule.get("FREQ", [])]
            if TOO_FINE.intersection(frequencies) or any(len(rule.get(part, [])) > 1 for part in WITHIN_A_DAY):
                raise UnreadableCalendar(
                    f"«\u00a0{_title(event)}\u00a0» se répète plusieurs fois par jour\u00a0: "
                    "retirez-le du calendrier de la salle."
                )
            first, last = event["DTSTART"].dt.toordinal(), until.date().toordinal()
            days += max(0, last - first)
            days_to_come += max(0, last - max(first, since.date().toordinal()))
    if days_to_come > MOST_DAYS_REPEATED:
        raise UnreadableCalendar(
            "Ce calendrier compte trop d’événements qui se répètent\u00a0: exportez la salle seule."
        )
    if days > MOST_DAYS_REPEATED:
        raise UnreadableCalendar(
            "Ce calendrier répète trop d’événements anciens\u00a0: exportez-le depuis cette année."
        )


def _tell_apart(calendar: Any) -> None:
    """Some programs give one UID to several events; each of them takes the room."""
    seen: Counter[str] = Counter()
    for event in calendar.walk("VEVENT"):
        if "RECURRENCE-ID" in event:
            continue
        uid = str(event.get("UID", ""))
        seen[uid] += 1
        if seen[uid] > 1:
            event["UID"] = f"{uid}#{seen[uid]}"


def _end_with_the_day(calendar: Any) -> None:
    """A rule of hours that ends on a day (RFC 2445 let it) holds that whole day."""
    for event in calendar.walk("VEVENT"):
        starts = event["DTSTART"].dt
        for rule in _listed(event.get("RRULE")) if isinstance(starts, dt.datetime) else ():
            rule["UNTIL"] = [_last_instant(one, starts) for one in rule.get("UNTIL", [])]
            if not rule["UNTIL"]:
                del rule["UNTIL"]


def _last_instant(until: dt.date, starts: dt.datetime) -> dt.date:
    if isinstance(until, dt.datetime):
        return until
    last = dt.datetime.combine(until, dt.time.max.replace(microsecond=0), tzinfo=starts.tzinfo)
    return last.astimezone(dt.UTC) if starts.tzinfo else last


def _refuse_hours_without_a_day(event: Any) -> None:
    """RFC 5545 lets an exception be a day, an instant or a period; some programs write the hour alone."""
    for name in ("RDATE", "EXDATE"):
        for value in _listed(event.get(name)):
            if any(isinstance(one.dt, dt.time) for one in getattr(value, "dts", ())):
                raise UnreadableCalendar(_damaged(f" (propriété {name})"))


def _listed(value: Any) -> list[Any]:
    """A property that a component may have several times."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _events(calendar: Any, zone: ZoneInfo, since: dt.datetime, until: dt.datetime) -> Iterator[Busy]:
    found = recurring_ical_events.of(calendar).between(since.astimezone(zone), until.astimezone(zone))
    for event in found:
        if str(event.get("STATUS", "")).upper() == "CANCELLED" or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
            continue
        starts = event["DTSTART"].dt
        ends = event["DTEND"].dt if "DTEND" in event else starts
        yield Busy(_instant(starts, zone), _instant(ends, zone))


def _free_busy(calendar: Any, zone: ZoneInfo) -> Iterator[Busy]:
    for component in calendar.walk("VFREEBUSY"):
        for periods in _listed(component.get("FREEBUSY")):
            if str(getattr(periods, "params", {}).get("FBTYPE", "BUSY")).upper() != "FREE":
                yield from _periods(periods, zone)


def _periods(value: Any, zone: ZoneInfo) -> Iterator[Busy]:
    for one in getattr(value, "dts", [value]):
        starts, ends = getattr(one, "dt", (None, None))
        if starts is not None and ends is not None:
            begin = _instant(starts, zone)
            yield Busy(begin, begin + ends if isinstance(ends, dt.timedelta) else _instant(ends, zone))


def _instant(value: dt.date, zone: ZoneInfo) -> dt.datetime:
    """A day begins at midnight on the clock of the place."""
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(dt.UTC)


def _joined(periods: Iterable[Busy]) -> Iterator[Busy]:
    """Those that touch or overlap are one."""
    current: Busy | None = None
    for one in sorted(periods):
        if current is None:
            current = one
        elif one.starts_at <= current.ends_at:
            current = Busy(current.starts_at, max(current.ends_at, one.ends_at))
        else:
            yield current
            current = one
    if current is not None:
        yield current
