"""Supply: companies, their sites and rooms, and the dated slots that they open."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self, cast

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast

from accounts.audit import tracked
from accounts.models import Invitation as AbstractInvitation
from accounts.models import JoinRequest as AbstractJoinRequest
from accounts.models import Membership as AbstractMembership
from accounts.models import Organisation, OrganisationQuerySet, User
from accounts.models.ownership import last_owner_stays, starts_with_owner
from accounts.names import NAME, visible
from accounts.ranges import between
from territories.distance import EarthPoint, within
from territories.models import Commune


class TsTzRange(Func):
    """The half-open period [start, end) as PostgreSQL compares it."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class WallClock(Func):
    """An instant as the clock on the wall shows it in a zone: a timestamp without zone."""

    function = "timezone"
    arity = 2


def signatory(now: dt.datetime, prefix: str = "") -> Q:
    """Whether the company at the end of `prefix` (`"room__site__company__"`) is a signatory at this instant."""
    since, until = f"{prefix}charter_approved_at", f"{prefix}charter_until_at"
    return Q(**{f"{since}__isnull": False}) & (Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gt": now}))


class CompanyQuerySet(OrganisationQuerySet):
    """Companies by what they may do."""

    def signatories(self, now: dt.datetime) -> Self:
        """Companies whose signature of the charter stands at this instant: only their slots are public."""
        return self.filter(signatory(now))


@tracked()
class Company(Organisation):
    """An organisation that opens its doors. In law it may be an association or a foundation."""

    SPACE: ClassVar[str] = "companies"

    charter_approved_at = models.DateTimeField("signataire depuis", null=True, editable=False)
    charter_until_at = models.DateTimeField(
        "signataire jusqu’au",
        null=True,
        editable=False,
        help_text="Fin du délai pour signer une nouvelle version ; vide tant qu’aucune n’est publiée.",
    )
    objects: ClassVar = CompanyQuerySet.as_manager()

    class Meta(Organisation.Meta):
        verbose_name = "entreprise"
        constraints = [
            *Organisation.Meta.constraints,
            models.CheckConstraint(
                name="company_standing_in_order",
                condition=Q(charter_until_at__isnull=True) | Q(charter_approved_at__isnull=False),
            ),
        ]
        triggers = [starts_with_owner(memberships="companies_membership", key="company_id")]


@tracked()
class Membership(AbstractMembership):
    """A person's place in a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")

    class Meta(AbstractMembership.Meta):
        verbose_name = "membre d’une entreprise"
        verbose_name_plural = "membres des entreprises"
        constraints = [
            *AbstractMembership.Meta.constraints,
            models.UniqueConstraint(name="company_member_once", fields=["company", "user"]),
        ]
        triggers = [last_owner_stays(organisations="companies_company", key="company_id")]


class Invitation(AbstractInvitation):
    """A way into a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")

    class Meta(AbstractInvitation.Meta):
        verbose_name = "invitation"
        constraints = [
            *AbstractInvitation.Meta.constraints,
            models.UniqueConstraint(
                name="company_invitation_open_once",
                fields=["company", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True) & ~Q(email=""),
            ),
        ]

    @property
    def organisation(self) -> Company:
        return self.company


class JoinRequest(AbstractJoinRequest):
    """Somebody asks to be let into a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="join_requests")

    class Meta(AbstractJoinRequest.Meta):
        verbose_name = "demande d’entrée"
        verbose_name_plural = "demandes d’entrée"
        constraints = [
            *AbstractJoinRequest.Meta.constraints,
            models.UniqueConstraint(
                name="company_join_asked_once", fields=["company", "user"], condition=Q(state="pending")
            ),
        ]


class Site(models.Model):
    """A building where people are welcomed. Its commune gives the time zone, its point the distances."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sites")
    name = models.CharField("nom du site", max_length=120, validators=NAME)
    address = models.CharField("adresse", max_length=200, validators=[visible])
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")
    latitude = models.FloatField("latitude", help_text="degrés WGS 84")
    longitude = models.FloatField("longitude", help_text="degrés WGS 84")
    time_zone = models.CharField("fuseau horaire", max_length=40, editable=False)
    max_visitors = models.PositiveSmallIntegerField(
        "visiteurs admis en même temps",
        validators=between(1, 10_000),
        help_text="Le nombre que votre établissement peut recevoir, salles réunies.",
    )
    step_free_access = models.BooleanField("accès de plain-pied", null=True)
    access_instructions = models.TextField(
        "comment entrer le soir",
        max_length=2000,
        blank=True,
        help_text="Accueil, badge, interphone, wifi. Montré seulement quand une réservation est confirmée.",
    )
    evening_phone = models.CharField(
        "téléphone qui répond ce soir-là",
        max_length=20,
        blank=True,
        help_text="Montré seulement quand une réservation est confirmée.",
    )
    created_at = models.DateTimeField("création", editable=False)

    class Meta:
        verbose_name = "site"
        ordering = ("name", "pk")
        indexes = [GistIndex(EarthPoint("latitude", "longitude"), name="site_point")]
        constraints = [
            models.CheckConstraint(
                name="site_point_on_earth",
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(
                name="site_welcomes_somebody",
                condition=Q(max_visitors__gte=1),
            ),
            # Target of the composite key of Room (migration 0002).
            models.UniqueConstraint(name="site_max_visitors_key", fields=["id", "max_visitors"]),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room at a site. `site_max_visitors` follows the site by a composite foreign key."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="rooms")
    site_max_visitors = models.PositiveSmallIntegerField(editable=False)
    name = models.CharField("nom de la salle", max_length=120, validators=NAME)
    capacity = models.PositiveSmallIntegerField("places assises")
    computers = models.PositiveSmallIntegerField("ordinateurs prêtés")
    equipment = models.CharField(
        "équipement", max_length=300, blank=True, help_text="Par exemple\u00a0: vidéoprojecteur, tableau, imprimante."
    )
    created_at = models.DateTimeField("création", editable=False)

    class Meta:
        verbose_name = "salle"
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                name="room_capacity_within_site",
                condition=Q(capacity__gte=1, capacity__lte=F("site_max_visitors")),
                violation_error_message="La salle ne peut pas compter plus de places que le site n’admet de visiteurs.",
            ),
            # Target of the composite key of Slot (migration 0002).
            models.UniqueConstraint(name="room_capacity_key", fields=["id", "capacity", "computers"]),
        ]

    def __str__(self) -> str:
        return self.name


class BookingMode(models.TextChoices):
    """Who has the last word on a booking."""

    INSTANT = "instant", "réponse immédiate"
    ON_APPROVAL = "on_approval", "sur accord"


class Opening(models.Model):
    """What an availability offers each time, and what each slot copies from it."""

    places = models.PositiveSmallIntegerField("places")
    computers = models.PositiveSmallIntegerField("ordinateurs")
    volunteers_offered = models.PositiveSmallIntegerField("bénévoles proposés", default=0)
    booking_mode = models.CharField("réponse", max_length=20, choices=BookingMode)

    class Meta:
        abstract = True


class Availability(Opening):
    """A weekly opening in local wall-clock time, from which slots are made.

    `weekdays` are ISO numbers (1 = Monday). Times are the site's own, so 18:30 stays 18:30 when clocks change.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="availabilities")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="jours")
    start_time = models.TimeField("de")
    end_time = models.TimeField("à")
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    notice_hours = models.PositiveSmallIntegerField("délai de prévenance", help_text="heures avant le début")
    created_at = models.DateTimeField("création", editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "disponibilité"
        verbose_name_plural = "disponibilités"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(name="availability_dates_in_order", condition=Q(until_date__gte=F("from_date"))),
            models.CheckConstraint(name="availability_times_in_order", condition=Q(end_time__gt=F("start_time"))),
            models.CheckConstraint(
                name="availability_weekdays_known",
                condition=Q(weekdays__len__range=(1, 7), weekdays__contained_by=list(range(1, 8))),
            ),
        ]


class SlotQuerySet(models.QuerySet["Slot"]):
    """Slots by what may be done with them."""

    def open(self, now: dt.datetime) -> Self:
        """Offered at this instant: open, notice not passed, company a signatory. Bookings are not looked at."""
        return self.filter(signatory(now, "room__site__company__"), state=Slot.State.OPEN, closes_at__gt=now)

    def of_signatories(self, now: dt.datetime) -> Self:
        """Slots of companies that are signatories at this instant, whatever the state of the slot."""
        return self.filter(signatory(now, "room__site__company__"))

    def of_company(self, company: Company) -> Self:
        return self.filter(room__site__company=company)

    def near(self, *, latitude: float, longitude: float, kilometres: float) -> Self:
        """Slots whose site is at most so far from a point (degrees), each with its `distance_km`."""
        near = within(self, latitude=latitude, longitude=longitude, kilometres=kilometres, prefix="room__site__")
        return cast("Self", near)

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
    time_zone = models.CharField(max_length=40, help_text="IANA, copiée du site")
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
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    matched_at = models.DateTimeField(
        null=True, editable=False, help_text="quand les demandes qu’il sert ont été cherchées"
    )

    objects = SlotQuerySet.as_manager()

    distance_km: float | None = None
    """From the point searched around; filled by `near`."""

    class Meta:
        verbose_name = "créneau"
        verbose_name_plural = "créneaux"
        ordering = ("starts_at", "pk")
        indexes = [
            models.Index(name="slot_open_by_start", fields=["starts_at", "id"], condition=Q(state="open")),
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
            # Target of the composite key of SlotVolunteer (migration 0002).
            models.UniqueConstraint(name="slot_period_key", fields=["id", "starts_at", "ends_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.starts_at:%Y-%m-%d %H:%M}"


class SlotVolunteer(models.Model):
    """A volunteer's promise to be there. The period follows the slot by a composite foreign key."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="volunteers")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    joined_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = "bénévole d’un créneau"
        verbose_name_plural = "bénévoles des créneaux"
        ordering = ("joined_at", "pk")
        constraints = [
            ExclusionConstraint(
                name="volunteer_in_one_place",
                expressions=[
                    ("volunteer", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Vous participez déjà à un atelier à ce moment.",
            )
        ]
