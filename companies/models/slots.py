"""Dated slots, which associations book."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar, Self, cast
from zoneinfo import ZoneInfo

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Cast

from accounts.models import User
from companies.models.calendars import BusyTime
from companies.models.companies import Company, signatory
from companies.models.merged import ANYWHERE, KmOfSite, NearestSites, OpenByCell, Span
from companies.models.openings import Availability, Opening
from companies.models.periods import TsTzRange, WallClock
from companies.models.places import Room
from territories.closed_lists import WordField
from territories.distance import kilometres_from, within
from territories.zones import days_later


def awake(now: dt.datetime, prefix: str = "") -> Q:
    """Whether the series of the slot at the end of `prefix` was confirmed in time; without a series it need not."""
    by = f"{prefix}availability__confirm_by_at"
    return Q(**{f"{by}__isnull": True}) | Q(**{f"{by}__gt": now})


def taken_elsewhere() -> models.QuerySet[BusyTime]:
    """Periods in which the room of the outer query's slot is taken by its own calendar while the slot lasts."""
    return BusyTime.objects.filter(
        room=OuterRef("room"), starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )


def on_offer(now: dt.datetime) -> Q:
    """Whether a slot is offered at this instant: open, awake, notice not passed, room free, company a signatory."""
    return _offered(now, Q(state=Slot.State.OPEN, closes_at__gt=now))


def _offered(now: dt.datetime, stands: Q) -> Q:
    return signatory(now, "room__site__company__") & awake(now) & stands & ~Q(Exists(taken_elsewhere()))


class SlotQuerySet(models.QuerySet["Slot"]):
    """Slots by what may be done with them."""

    def open(self, now: dt.datetime) -> Self:
        """Those `on_offer`. Bookings are not looked at."""
        return self.filter(on_offer(now))

    def open_or_given_back(self, now: dt.datetime, *, ahead: dt.timedelta) -> Self:
        """The same, and those past their notice that begin later than so long ahead: who had one gave it back."""
        in_time = Q(closes_at__gt=now) | Q(starts_at__gt=now + ahead)
        return self.filter(_offered(now, Q(state=Slot.State.OPEN, starts_at__gt=now) & in_time))

    def hold(self) -> list[int]:
        """Their numbers, in the order in which everybody holds slots; each is held until the end of the transaction."""
        return list(self.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))

    def of_signatories(self, now: dt.datetime) -> Self:
        """Slots of companies that are signatories at this instant, whatever the state of the slot."""
        return self.filter(signatory(now, "room__site__company__"))

    def of_company(self, company: Company) -> Self:
        return self.filter(room__site__company=company)

    def near(self, *, latitude: float, longitude: float, kilometres: float) -> Self:
        """Slots whose site is at most so far from a point (degrees), each with its `distance_km`."""
        near = within(self, latitude=latitude, longitude=longitude, kilometres=kilometres, prefix="room__site__")
        return cast("Self", near)

    def around(self, *, latitude: float, longitude: float, kilometres: float) -> Self:
        """The same as `near`, for slots that are found by their cells: no index on points is asked."""
        distance = kilometres_from(latitude, longitude, prefix="room__site__")
        return self.annotate(distance_km=distance).filter(distance_km__lte=kilometres)

    def of_cells(self, cells: Sequence[int | None], span: Span, asked: Q, *, backwards: bool = False) -> Self:
        """Open slots of these cells of the grid and a span, to be ordered by their beginning and key: see `merged`.

        What is asked of their own columns is looked at in the index `slot_open_by_cell`, as far as it holds them.
        """
        found, own = self.all(), Slot.objects.filter(asked).query
        alias = found.query.get_initial_alias()
        found.query.alias_map[alias] = OpenByCell("companies_slot", alias, cells, span, own, backwards=backwards)
        return found

    def soonest(self, span: Span, asked: Q, *, backwards: bool = False) -> Self:
        """Of the open slots of a span that stand as is asked of their own columns, the first, as many as the span says.

        Wherever they are; idem.
        """
        return self.of_cells(ANYWHERE, span, asked, backwards=backwards)

    def from_nearest_site(
        self,
        cells: Sequence[int],
        *,
        latitude: float,
        longitude: float,
        since_km: float,
        kilometres: float,
        backwards: bool = False,
    ) -> Self:
        """Slots at least and at most so far from a point (degrees), each with its `distance_km`: see `merged`.

        For queries that have joined the sites; `cells` hold the circle.
        """
        found, where = self.annotate(distance_km=KmOfSite()), (latitude, longitude, since_km, kilometres)
        sites = found.query.alias_map["companies_site"]
        found.query.alias_map["companies_site"] = NearestSites.instead_of(sites, where, cells, backwards=backwards)
        return found

    def with_room_busy(self) -> Self:
        """Each with `is_room_busy`: whether its room is taken by its own calendar while it lasts."""
        return self.annotate(is_room_busy=Exists(taken_elsewhere()))

    def with_place(self) -> Self:
        """Loads what a card or a mail says of a slot, in the same query."""
        return self.select_related("room__site__company", "room__site__commune")


class Slot(Opening):
    """A dated evening or weekend period in a room, booked as a whole.

    Whether it is taken is not stored here: a live booking stands on it, or none does.
    """

    class State(models.TextChoices):
        OPEN = "open", "ouvert"
        WITHDRAWN = "withdrawn", "retiré"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {State.OPEN: [State.WITHDRAWN], State.WITHDRAWN: []}

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="slots")
    room_capacity = models.PositiveSmallIntegerField(editable=False)
    room_computers = models.PositiveSmallIntegerField(editable=False)
    availability = models.ForeignKey(Availability, on_delete=models.SET_NULL, null=True, related_name="slots")
    original_date = models.DateField(
        null=True,
        editable=False,
        help_text="ce que dit la série\u00a0; il la garde quand on le déplace",
    )
    is_edited = models.BooleanField(default=False, editable=False, help_text="ne suit plus sa série")
    time_zone = models.CharField(max_length=40, help_text="IANA, copiée du site")
    cell = models.IntegerField("carreau", editable=False, help_text="copié du site\u00a0: où l’on cherche")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    local_date = models.GeneratedField(
        expression=Cast(WallClock("time_zone", "starts_at"), models.DateField()),
        output_field=models.DateField("date sur place"),
        db_persist=True,
    )
    local_time = models.GeneratedField(
        expression=Cast(WallClock("time_zone", "starts_at"), models.TimeField()),
        output_field=models.TimeField("heure sur place"),
        db_persist=True,
    )
    weekday = models.GeneratedField(
        expression=Func(WallClock("time_zone", "starts_at"), template="EXTRACT(ISODOW FROM %(expressions)s)::smallint"),
        output_field=models.PositiveSmallIntegerField("jour de la semaine (1 = lundi)"),
        db_persist=True,
    )
    closes_at = models.DateTimeField("fin des réservations", help_text="début moins délai de prévenance")
    state = WordField(max_length=20, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    matched_at = models.DateTimeField(
        null=True, editable=False, help_text="quand les demandes qu’il sert ont été cherchées"
    )

    sequence = models.PositiveSmallIntegerField(
        default=0, db_default=0, editable=False, help_text="SEQUENCE de ses événements iCalendar"
    )

    way_told_at = models.DateTimeField(
        null=True, editable=False, help_text="jusqu’où les changements de lieu ou d’accès sont dans les agendas"
    )

    objects = SlotQuerySet.as_manager()

    distance_km: float | None = None
    """From the point searched around; filled by `near`."""
    is_room_busy: bool
    """Filled by `with_room_busy`."""

    class Meta:
        verbose_name = "créneau"
        verbose_name_plural = "créneaux"
        ordering = ("starts_at", "pk")
        indexes = [
            models.Index(
                name="slot_open_by_start",
                fields=["starts_at", "id", "weekday", "computers", "places", "volunteers_offered"],
                condition=Q(state="open"),
            ),
            models.Index(
                name="slot_open_by_cell",
                fields=["cell", "starts_at", "id", "weekday", "computers", "places", "volunteers_offered"],
                condition=Q(state="open"),
            ),
            models.Index(
                name="slot_open_by_notice", fields=["matched_at", "created_at", "id"], condition=Q(state="open")
            ),
            models.Index(name="slot_open_by_cell_notice", fields=["cell", "matched_at"], condition=Q(state="open")),
            models.Index(name="slot_unmatched", fields=["id"], condition=Q(state="open", matched_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="slot_period_in_order",
                condition=Q(ends_at__gt=F("starts_at"), closes_at__lte=F("starts_at")),
            ),
            models.CheckConstraint(
                name="slot_places_within_room",
                condition=Q(places__gte=1, places__lte=F("room_capacity"), computers__lte=F("room_computers")),
                violation_error_message="Le créneau ne peut pas offrir plus que la salle n’a.",
            ),
            models.CheckConstraint(
                name="slot_withdrawn_stamped",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | Q(state="open", withdrawn_at__isnull=True, withdrawn_by__isnull=True),
            ),
            ExclusionConstraint(
                name="slot_room_free",
                expressions=[
                    ("room", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="open"),
                violation_error_message="La salle a déjà un créneau à ce moment.",
            ),
            models.UniqueConstraint(name="slot_once_per_date_of_series", fields=["availability", "original_date"]),
            models.CheckConstraint(
                name="slot_of_series_dated",
                condition=Q(availability__isnull=True) | Q(original_date__isnull=False),
            ),
            # Target of the composite key of SlotVolunteer (migration `0002_bonds`).
            models.UniqueConstraint(name="slot_period_key", fields=["id", "starts_at", "ends_at"]),
            # Target of another one (idem).
            models.UniqueConstraint(name="slot_volunteers_key", fields=["id", "volunteers_offered"]),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="slot_counts_its_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("starts_at", "ends_at", "room_id"),  # type: ignore[no-untyped-call]  # the library has no types here
                condition=pgtrigger.Q(old__starts_at__df=pgtrigger.F("new__starts_at"))
                | pgtrigger.Q(old__ends_at__df=pgtrigger.F("new__ends_at"))
                | pgtrigger.Q(old__room__df=pgtrigger.F("new__room")),
                func="NEW.sequence = OLD.sequence + 1; RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="slot_of_a_room_in_use",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("room_id", "starts_at", "state"),  # type: ignore[no-untyped-call]  # idem
                condition=pgtrigger.Q(new__state="open"),
                func="""
                    PERFORM 1 FROM companies_room
                    WHERE id = NEW.room_id AND archived_at IS NOT NULL AND NEW.starts_at > portal_now() FOR SHARE;
                    IF FOUND THEN
                        RAISE EXCEPTION 'The room is closed.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_of_a_room_in_use';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Once more at the end: the room may be closed meanwhile.
            pgtrigger.Trigger(
                name="room_still_in_use",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("room_id", "starts_at"),  # type: ignore[no-untyped-call]  # idem
                timing=pgtrigger.Deferred,
                func="""
                    IF EXISTS (
                        SELECT FROM companies_slot AS s JOIN companies_room AS r ON r.id = s.room_id
                        WHERE s.id = NEW.id AND s.state = 'open' AND s.starts_at > portal_now()
                        AND r.archived_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'The room is closed.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_of_a_room_in_use';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="slot_stays_withdrawn",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # idem
                condition=pgtrigger.Q(old__state="withdrawn") & ~pgtrigger.Q(new__state="withdrawn"),
                func="""
                    RAISE EXCEPTION 'A slot that was taken back stays so.'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_stays_withdrawn';
                """,
            ),
            pgtrigger.Trigger(
                name="withdrawn_slot_has_no_promises",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # idem
                timing=pgtrigger.Deferred,
                func="""
                    IF NEW.state <> 'open' AND EXISTS (
                        SELECT FROM companies_slotvolunteer WHERE slot_id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'The slot was taken back.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_of_an_open_slot';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="slot_stays_in_its_company",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("room_id"),  # type: ignore[no-untyped-call]  # idem
                condition=pgtrigger.Q(old__room__df=pgtrigger.F("new__room")),
                func="""
                    IF (
                        SELECT count(DISTINCT s.company_id) FROM companies_room AS r
                        JOIN companies_site AS s ON s.id = r.site_id WHERE r.id IN (OLD.room_id, NEW.room_id)
                    ) > 1 THEN
                        RAISE EXCEPTION 'A slot stays in its company.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_stays_in_its_company';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def starts_local(self) -> dt.time:
        """On the clock of its site."""
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)).time()

    @property
    def hours_local(self) -> tuple[dt.time, dt.time]:
        """From and until when, on the clock of its site."""
        return self.starts_local, self.ends_at.astimezone(ZoneInfo(self.time_zone)).time()

    @property
    def starts_on(self) -> dt.date:
        """On the calendar of its site; `local_date` is the same once it is read from the database."""
        return self.starts_at.astimezone(ZoneInfo(self.time_zone)).date()

    def is_today(self, now: dt.datetime) -> bool:
        """Whether it is its day on the calendar of its site, and it is not over."""
        return now.astimezone(ZoneInfo(self.time_zone)).date() == self.starts_on and now < self.ends_at

    def days_before(self, days: int) -> dt.datetime:
        """When the clock of its site shows the hour of its start so many days earlier (`territories.zones`)."""
        return days_later(self.starts_at, -days, zone=self.time_zone)

    @property
    def is_shifted(self) -> bool:
        """Whether the clocks change on its night, which lacks an hour of its series: it begins or ends later."""
        series = None if self.is_edited else self.availability
        return series is not None and self.hours_local != (series.start_time, series.end_time)

    @property
    def is_past_the_cut(self) -> bool:
        """Whether its series was stopped before the day where it is now: only a booking keeps it."""
        cut = self.availability.cut_from_date if self.availability else None
        return cut is not None and self.starts_on >= cut

    def __str__(self) -> str:
        return f"{self.room} {self.starts_at:%Y-%m-%d %H:%M}"
