"""Regular openings: seen before they are published, published, extended, confirmed and brought to an end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import DateField, DateTimeField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Greatest, Least

from accounts.models import User
from accounts.refusals import Refused, refusing
from accounts.scans import one_by_one
from companies import emails
from companies.actions.places import hold_room
from companies.models import Availability, AvailabilityQuerySet, Company, Room, Slot
from companies.recurrence import Occurrence, is_evening_or_weekend, occurrence, occurrences
from territories.holidays import public_holiday, school_holiday
from territories.wording import long_date, wall_time

LONGEST_SEASON = dt.timedelta(days=366)
FARTHEST_AHEAD = dt.timedelta(days=2 * 366)
SERIES_A_BATCH = 200

PAST, TAKEN, BUSY = "date passée ou trop proche", "salle déjà prise", "salle occupée selon son agenda"

Period = tuple[dt.datetime, dt.datetime]

# What makes two openings of a room the same publication.
PUBLISHED = (
    "every",
    "weekdays",
    "ordinals",
    "start_time",
    "end_time",
    "from_date",
    "until_date",
    "cut_from_date",
    "excluded_dates",
    "notice_hours",
    "places",
    "computers",
    "volunteers_offered",
    "booking_mode",
)


class DaytimeOpening(Refused):
    """The opening starts in office hours."""

    field = "start_time"


class SeasonTooLong(Refused):
    """More than a year of dates at once."""

    field = "until_date"


class NothingToOpen(Refused):
    """No date of the season can become a slot; `refused` says why, date by date, where there was any."""

    def __init__(self, told: str, refused: Sequence[SeasonRefused] = ()) -> None:
        super().__init__(told)
        self.refused = refused


class AlreadyPublished(NothingToOpen):
    """The same person has published just that: `season` is what became of it, as it stands now."""

    def __init__(self, season: Season) -> None:
        super().__init__("Ces créneaux sont déjà publiés.")
        self.season = season


class TooFarAhead(Refused):
    """The season ends later than anybody plans."""

    field = "until_date"


class BeginsTooFarAhead(TooFarAhead):
    """Its first date already is."""

    field = "from_date"


class MoreThanRoom(Refused):
    """The series would offer more than the room has."""

    field = "places"


class ProposedDate(NamedTuple):
    """A date of a season that is not published yet.

    `obstacle` says why it cannot become a slot; `holiday` and `school_holiday` are hints, empty on other days, and so
    is `visitors`: how many people would be on the site at once, in all its rooms, where it admits fewer.
    """

    date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    moved: bool
    obstacle: str
    holiday: str
    school_holiday: str
    visitors: int = 0

    @property
    def mark(self) -> str:
        """The date and its instants, by which a page says which proposal was seen."""
        return f"{self.date} {self.starts_at:%Y%m%dT%H%M} {self.ends_at:%Y%m%dT%H%M}"


class SeasonRefused(NamedTuple):
    """A date that did not become a slot, and why."""

    starts_at: dt.datetime
    reason: str


# From any day to the next date of a monthly rule.
LONGEST_RHYTHM = dt.timedelta(days=62)


class Season(NamedTuple):
    """What became of a publication: the slots made, the dates refused, the public holidays among them, and those moved.

    Moved are the slots whose night has no such hour: they begin or end later.
    """

    slots: list[Slot]
    refused: list[SeasonRefused]
    holidays: list[tuple[dt.date, str]]
    moved: list[Slot]


def preview_season(*, room: Room, openings: Sequence[Availability], now: dt.datetime) -> list[ProposedDate]:
    """The dates that these regular openings would make together, in order, each with what stands in its way.

    Raises:
        DaytimeOpening, SeasonTooLong, TooFarAhead; NothingToOpen: no date at all falls in the season.
    """
    dates = sorted(date for opening in openings for date in _dates(room, opening, now))
    if not dates:
        raise NothingToOpen(_nothing([]))
    proposed = _proposed(room, dates, openings[0].notice_hours, now)
    elsewhere = _elsewhere(room, dates)
    together = ((one, openings[0].places + _most_at_once(one, elsewhere)) for one in proposed)
    return [one._replace(visitors=visitors) if visitors > room.site.max_visitors else one for one, visitors in together]


def _proposed(room: Room, dates: list[Occurrence], notice_hours: int, now: dt.datetime) -> list[ProposedDate]:
    taken, busy = _taken(room, dates), _busy(room, dates)
    departement = room.site.commune.departement_id
    return [
        ProposedDate(
            date=one.date,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            moved=one.moved,
            obstacle=_obstacle(one, taken, busy, notice_hours=notice_hours, now=now),
            holiday=public_holiday(one.date, departement) or "",
            school_holiday=school_holiday(one.date, departement) or "",
        )
        for one in dates
    ]


def why_none(proposed: Sequence[ProposedDate]) -> str:
    """What keeps every date of a preview from becoming a slot, and what to change; empty when one of them can."""
    if any(not one.obstacle for one in proposed):
        return ""
    return _nothing([SeasonRefused(one.starts_at, one.obstacle) for one in proposed])


@transaction.atomic
def publish_season(
    *, room: Room, openings: Sequence[Availability], by: User, now: dt.datetime, without: Collection[dt.date] = ()
) -> Season:
    """Turn regular openings into dated slots, but for the dates that were taken out of them.

    Dates that are past, or on which the room is not free, are refused one by one and the others kept. An opening of
    which no date is kept is not kept itself.

    Sent twice, a publication is made once. The second, which waits for the first, finds the room taken on all its
    dates; it is told apart from a refusal by the slots that take it: those of a series of the same person, that says
    the same to the last number and the last date left out. Another person, or other numbers, are refused.

    Raises:
        DaytimeOpening, SeasonTooLong, TooFarAhead, NothingToOpen, MoreThanRoom, RoomArchived: nothing is written.
        AlreadyPublished: nothing is written, it was before.
    """
    hold_room(room=room)
    seasons = [_publish(room, opening, by=by, now=now, without=without) for opening in openings]
    season = Season(*(list(chain.from_iterable(parts)) for parts in zip(*seasons, strict=True)))
    if season.slots:
        return season
    before = _published_before(room, openings, season.refused, by)
    if before.slots:
        raise AlreadyPublished(before)
    raise NothingToOpen(_nothing(season.refused), season.refused)


def _published_before(room: Room, openings: Sequence[Availability], refused: list[SeasonRefused], by: User) -> Season:
    """What is there, untouched, of the same publication by the same person, among the dates refused now."""
    same = Q()
    for opening in openings:
        same |= Q(**{f"availability__{name}": getattr(opening, name) for name in PUBLISHED})
    slots = Slot.objects.filter(same, availability__created_by=by, room=room, state=Slot.State.OPEN, is_edited=False)
    there = slots.filter(starts_at__in=[one.starts_at for one in refused])
    kept = list(there.with_place().select_related("availability"))
    starts = {slot.starts_at for slot in kept}
    left = [one for one in refused if one.starts_at not in starts]
    return Season(kept, left, _holidays(kept), [slot for slot in kept if slot.is_shifted])


def _publish(
    room: Room, availability: Availability, *, by: User, now: dt.datetime, without: Collection[dt.date]
) -> Season:
    dates = _dates(room, availability, now)
    availability.room = room
    availability.created_at, availability.created_by = now, by
    availability.excluded_dates = sorted({day for day in without if day.isoweekday() in availability.weekdays})
    availability.extended_to_date = _last_date(availability, now)
    availability.confirm_by_at = now + dt.timedelta(days=settings.RECONFIRM_DAYS)
    more = MoreThanRoom("La salle n’a pas autant à offrir\u00a0: diminuez les nombres.")
    with refusing({"series_within_room": more}):
        availability.save()
    wanted = [one for one in dates if one.date not in availability.excluded_dates]
    candidates = [_slot(availability, one, now) for one in wanted]
    season = _keep_possible(availability, candidates, dates, now)
    if not season.slots:
        availability.delete()
    return season


def extend_series(*, now: dt.datetime) -> int:
    """Make the slots that came within the horizon. Returns how many; run twice at once, each is made once."""
    horizon = (now + dt.timedelta(days=settings.SLOT_HORIZON_DAYS)).date()
    made, last = 0, 0
    while True:
        numbers = list(
            Availability.objects.to_extend(horizon)
            .filter(pk__gt=last)
            .order_by("pk")
            .values_list("pk", flat=True)[:SERIES_A_BATCH]
        )
        if not numbers:
            return made
        last = numbers[-1]
        made += _extend(numbers, horizon, now)


@transaction.atomic
def _extend(numbers: list[int], horizon: dt.date, now: dt.datetime) -> int:
    due = Availability.objects.to_extend(horizon).filter(pk__in=numbers)
    locked = list(
        due.select_for_update(skip_locked=True, of=("self",)).select_related("room__site__commune").order_by("pk")
    )
    slots: list[Slot] = []
    for series in locked:
        zone = ZoneInfo(series.room.time_zone)
        until = min(series.until_date or horizon, horizon)
        start = series.extended_to_date + dt.timedelta(days=1)
        found = occurrences(series.rule, from_date=start, until_date=until, zone=zone)
        wanted = (one for one in found if one.date not in series.excluded_dates and _is_allowed(one))
        slots += [_slot(series, one, now) for one in wanted]
        series.extended_to_date = until
    Slot.objects.bulk_create([slot for slot in slots if slot.closes_at > now], ignore_conflicts=True)
    Availability.objects.bulk_update(locked, ["extended_to_date"])
    return Slot.objects.filter(availability__in=locked, created_at=now).count()


@transaction.atomic
def confirm_availability(*, availability: Availability, by: User, now: dt.datetime) -> None:
    """The company still opens on these days: its slots stay in the catalogue, or come back into it."""
    availability.confirm_by_at = now + dt.timedelta(days=settings.RECONFIRM_DAYS)
    availability.confirmed_at, availability.confirmed_by = now, by
    availability.save(update_fields=["confirm_by_at", "confirmed_at", "confirmed_by"])


def is_offered(*, availability: Availability, now: dt.datetime) -> bool:
    """Whether a series that is awake has slots to come, and they are public: its company is a signatory."""
    room = availability.room
    coming = availability.slots.filter(state=Slot.State.OPEN, starts_at__gt=now)
    signatories = Company.objects.signatories(now).filter(sites__rooms=room)
    return room.archived_at is None and signatories.exists() and coming.exists()


def ask_to_confirm_series(*, now: dt.datetime) -> int:
    """Ask those who act for the company whether a series that soon sleeps still stands; say when it sleeps.

    Each due date is told once, however often this runs. Returns how many series were looked at.
    """
    due = Availability.objects.to_confirm(now).filter(confirm_by_at__gt=now - emails.TOLD_WITHIN)
    found = due.select_related("room__site__company").order_by("pk")
    return one_by_one(found, lambda series: emails.series_to_confirm(availability=series, now=now))


def cut_series(*, series: AvailabilityQuerySet, from_date: dt.date) -> int:
    """From this day on these series make no slot; before it they go on. Returns how many there are.

    Cut before its first date, a series ends on the day before it.

    What they made already is the caller's to settle: it may be booked.
    """
    day = dt.timedelta(days=1)
    before_its_first = Cast(ExpressionWrapper(F("from_date") - day, DateTimeField()), DateField())
    last = Greatest(Value(max(from_date, dt.date.min + day) - day), before_its_first)
    # For PostgreSQL the least of nothing and a day is the day.
    cut = Least(F("cut_from_date"), Value(from_date))
    return series.update(until_date=Least(F("until_date"), last), cut_from_date=cut)


def skipped_dates(*, availability: Availability, now: dt.datetime) -> list[ProposedDate]:
    """Coming dates of a series that are no slot, in order: left out, or kept away by what `obstacle` says.

    An empty `obstacle` means that the date can be opened now.
    """
    room = availability.room
    zone = ZoneInfo(room.time_zone)
    start = max(availability.from_date, now.astimezone(zone).date())
    last = min(availability.until_date or availability.extended_to_date, availability.extended_to_date)
    dates = occurrences(availability.rule, from_date=start, until_date=last, zone=zone)
    made = set(availability.slots.values_list("original_date", flat=True))
    proposed = _proposed(room, [one for one in dates if one.date not in made], availability.notice_hours, now)
    return [one for one in proposed if one.obstacle != PAST]


@transaction.atomic
def open_date(*, availability: Availability, date: dt.date, now: dt.datetime) -> Slot:
    """Make a slot of a date of the series that is none yet.

    Raises:
        NothingToOpen: it is a slot already, no date of the series, or the room is not free.
        RoomArchived: it was closed meanwhile.
        DaytimeOpening: it starts in office hours.
    """
    room = availability.room
    hold_room(room=room)
    skipped = {one.date: one.obstacle for one in skipped_dates(availability=availability, now=now)}
    gone = NothingToOpen("Cette date ne peut plus être ouverte\u00a0: la salle est prise, ou la date est déjà là.")
    if skipped.get(date, TAKEN):
        raise gone
    availability.excluded_dates = [day for day in availability.excluded_dates if day != date]
    availability.save(update_fields=["excluded_dates"])
    one = occurrence(date, availability.start_time, availability.end_time, ZoneInfo(room.time_zone))
    refuse_daytime([one])
    slot = _slot(availability, one, now)
    # Another date may be moved there at the same moment: whoever moves it holds that date alone.
    with refusing({"slot_room_free": gone, "slot_once_per_date_of_series": gone}):
        slot.save()
    return slot


def take_out(*, availability: int | None, dates: Iterable[dt.date | None]) -> None:
    """These dates have left their series, moved by hand: it does not open them a second time."""
    series = Availability.objects.select_for_update(no_key=True).filter(pk=availability or 0).first()
    gone = {date for date in dates if date}
    if series is not None and not gone <= set(series.excluded_dates):
        series.excluded_dates = sorted({*series.excluded_dates, *gone})
        series.save(update_fields=["excluded_dates"])


def dates_taken_out(availability: Availability) -> set[dt.date]:
    """Dates of a series that the company does not want: left out from the start, or withdrawn since."""
    withdrawn = availability.slots.filter(state=Slot.State.WITHDRAWN).values_list("original_date", flat=True)
    return {*availability.excluded_dates, *(date for date in withdrawn if date)}


# --- which dates ------------------------------------------------------------------------------------


def _dates(room: Room, availability: Availability, now: dt.datetime) -> list[Occurrence]:
    """All dates of the season, once it is one that may be published."""
    farthest = (now + FARTHEST_AHEAD).date()
    begins = "Publiez au plus deux ans à l’avance\u00a0: rapprochez la première date."
    if availability.from_date > farthest:
        raise BeginsTooFarAhead(begins)
    last = _last_date(availability, now)
    if last < availability.from_date:
        raise NothingToOpen(_nothing([]))
    if last - availability.from_date > LONGEST_SEASON:
        raise SeasonTooLong("Publiez au plus un an à la fois\u00a0: rapprochez la date de fin.")
    if last > farthest and availability.until_date is None:
        raise BeginsTooFarAhead(begins)
    if last > farthest:
        raise TooFarAhead("Publiez au plus deux ans à l’avance\u00a0: rapprochez la date de fin.")
    zone = ZoneInfo(room.time_zone)
    dates = list(occurrences(availability.rule, from_date=availability.from_date, until_date=last, zone=zone))
    refuse_daytime(dates)
    return dates


def _last_date(availability: Availability, now: dt.datetime) -> dt.date:
    """The last day that becomes a slot now: the series' own, or the horizon when it goes on.

    One that begins beyond the horizon has its first dates all the same, whatever its rhythm.
    """
    if availability.until_date:
        return availability.until_date
    start, horizon = availability.from_date, (now + dt.timedelta(days=settings.SLOT_HORIZON_DAYS)).date()
    first = next(occurrences(availability.rule, from_date=start, until_date=horizon, zone=ZoneInfo("UTC")), None)
    return horizon if first else max(horizon, start + LONGEST_RHYTHM)


def refuse_daytime(dates: Iterable[Occurrence]) -> None:
    """Companies open in the evening and at the weekend.

    Raises:
        DaytimeOpening: one of the dates starts in office hours, and no operator allowed that.
    """
    if all(_is_allowed(date) for date in dates):
        return
    raise DaytimeOpening(
        f"Du lundi au vendredi, un créneau commence à {wall_time(settings.EVENING_STARTS_AT)} ou plus tard\u00a0: "
        "choisissez une heure du soir, ou le week-end."
    )


def _is_allowed(date: Occurrence) -> bool:
    evening, weekend = settings.EVENING_STARTS_AT, settings.WEEKEND_DAYS
    in_time = is_evening_or_weekend(date.starts_at, evening_starts_at=evening, weekend_days=weekend)
    return in_time or bool(settings.DAYTIME_SLOTS_ALLOWED)


def _taken(room: Room, dates: list[Occurrence]) -> list[Period]:
    """Periods in which the room is not free, among those dates."""
    if not dates:
        return []
    slots: QuerySet[Slot] = room.slots.filter(
        state=Slot.State.OPEN, starts_at__lt=dates[-1].ends_at, ends_at__gt=dates[0].starts_at
    )
    return list(slots.values_list("starts_at", "ends_at"))


def _busy(room: Room, dates: list[Occurrence]) -> list[Period]:
    """Periods in which the room's own calendar takes it, among those dates."""
    if not dates:
        return []
    periods = room.busy_times.filter(starts_at__lt=dates[-1].ends_at, ends_at__gt=dates[0].starts_at)
    return list(periods.values_list("starts_at", "ends_at"))


def _elsewhere(room: Room, dates: list[Occurrence]) -> list[tuple[dt.datetime, dt.datetime, int]]:
    """Open slots of the other rooms of the site, among those dates: their period and their places."""
    slots = Slot.objects.filter(
        state=Slot.State.OPEN,
        room__site=room.site_id,
        starts_at__lt=max(one.ends_at for one in dates),
        ends_at__gt=dates[0].starts_at,
    )
    return list(slots.exclude(room=room).values_list("starts_at", "ends_at", "places"))


def _most_at_once(one: ProposedDate, elsewhere: list[tuple[dt.datetime, dt.datetime, int]]) -> int:
    """How many places those slots have together at the fullest moment of this date."""
    met = [(start, end, places) for start, end, places in elsewhere if start < one.ends_at and one.starts_at < end]
    moments = [max(start, one.starts_at) for start, _, _ in met]
    return max((sum(places for start, end, places in met if start <= at < end) for at in moments), default=0)


def _obstacle(
    one: Occurrence, taken: Iterable[Period], busy: Iterable[Period], *, notice_hours: int, now: dt.datetime
) -> str:
    if one.starts_at - dt.timedelta(hours=notice_hours) <= now:
        return PAST
    if _meets(one, taken):
        return TAKEN
    return BUSY if _meets(one, busy) else ""


def _meets(one: Occurrence | Slot, periods: Iterable[Period]) -> bool:
    return any(start < one.ends_at and one.starts_at < end for start, end in periods)


def _nothing(refused: list[SeasonRefused]) -> str:
    """Why no date remains, and what to change."""
    if not refused:
        return "Aucune date ne tombe ces jours-là entre ces deux dates\u00a0: changez les jours ou les dates."
    first = refused[0]
    date = f"{long_date(first.starts_at.date())}, {first.reason}"
    return f"Aucune date ne peut être ouverte ({date})\u00a0: changez l’heure, les dates ou le délai de prévenance."


# --- making slots -----------------------------------------------------------------------------------


def _slot(availability: Availability, date: Occurrence, now: dt.datetime) -> Slot:
    room = availability.room
    return Slot(
        room=room,
        room_capacity=room.capacity,
        room_computers=room.computers,
        availability=availability,
        original_date=date.date,
        time_zone=room.time_zone,
        cell=room.cell,
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        closes_at=date.starts_at - dt.timedelta(hours=availability.notice_hours),
        places=availability.places,
        computers=availability.computers,
        volunteers_offered=availability.volunteers_offered,
        booking_mode=availability.booking_mode,
        created_at=now,
    )


def _keep_possible(
    availability: Availability, candidates: list[Slot], wanted: list[Occurrence], now: dt.datetime
) -> Season:
    busy = _busy(availability.room, wanted)
    possible = [slot for slot in candidates if slot.closes_at > now and not _meets(slot, busy)]
    Slot.objects.bulk_create(possible, ignore_conflicts=True)
    kept = list(Slot.objects.filter(availability=availability).with_place())
    starts = {slot.starts_at for slot in kept}
    refused = [
        SeasonRefused(slot.starts_at, PAST if slot.closes_at <= now else BUSY if _meets(slot, busy) else TAKEN)
        for slot in candidates
        if slot.starts_at not in starts
    ]
    moved = [slot for slot in kept if slot.hours_local != (availability.start_time, availability.end_time)]
    return Season(slots=kept, refused=refused, holidays=_holidays(kept), moved=moved)


def _holidays(slots: list[Slot]) -> list[tuple[dt.date, str]]:
    """The public holidays, where the slots are, among their days."""
    places = {(slot.starts_on, slot.room.site.commune.departement_id) for slot in slots}
    named = ((day, public_holiday(day, departement)) for day, departement in sorted(places))
    return [(day, name) for day, name in named if name is not None]
