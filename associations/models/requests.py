"""What associations look for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast

from accounts.audit import tracked
from accounts.models import Claimable, ClaimableQuerySet, User
from accounts.ranges import FIRST_DAY, LAST_DAY, between
from accounts.vocabulary import Audience, Language, Level, Topic
from associations.models.associations import Association
from territories.closed_lists import OnceField, WordField, WordsField
from territories.grid import KM_A_DEGREE, cells_of_box
from territories.models import Commune
from territories.wording import enumerated, weekdays_said
from territories.zones import AHEAD, BEHIND

# So long before a request leaves the site its association is asked whether it still looks.
ASKED_BEFORE = dt.timedelta(days=7)
MOST_PARTICIPANTS, WIDEST_RADIUS_KM, MOST_VOLUNTEERS = 200, 200, 50


class Period(models.TextChoices):
    """Of a day, by the hour at which an evening begins on the clock of its site."""

    MORNING = "morning", "le matin"
    AFTERNOON = "afternoon", "l’après-midi"
    EVENING = "evening", "le soir"


class _Day(models.Func):
    """What the calendar shows at an instant in a zone."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    output_field = models.DateField()


def _ahead(now: dt.datetime) -> Q:
    """Whether the last day of a request is not over, on the clock of its commune: asked where clocks may differ."""
    instant = Cast(Value(now), models.DateTimeField())
    here = Commune.objects.filter(pk=OuterRef("commune")).values(day=_Day(instant, "time_zone"))
    everywhere = Q(until_date__gte=(now + AHEAD).date())
    return everywhere | Q(until_date__gte=(now - BEHIND).date()) & Q(until_date__gte=Subquery(here))


class RequestQuerySet(ClaimableQuerySet):
    """Requests by state and by who may see them."""

    def open(self, now: dt.datetime) -> Self:
        """Requests that a slot may still serve; the first ones of new associations once a moderator has seen them."""
        return self.filter(
            _ahead(now),
            state=Request.State.OPEN,
            association__state__in=Association.MAY_ASK,
            expires_at__gt=now,
        )

    def ahead(self, now: dt.datetime) -> Self:
        """Those whose last day is not over."""
        return self.filter(_ahead(now))

    def with_expiry(self, now: dt.datetime) -> Self:
        """Each with why it is not on the site: `over`, its dates have passed; `expired`, by silence alone."""
        of_open, over = Q(state=Request.State.OPEN), ~_ahead(now)
        waits = of_open | Q(state=Request.State.IN_REVIEW)
        return self.annotate(over=waits & over, expired=of_open & ~over & Q(expires_at__lte=now))

    def expiring(self, now: dt.datetime) -> Self:
        """Open requests that soon leave the site, though their dates are still to come then."""
        soon = self.open(now).filter(expires_at__lte=now + ASKED_BEFORE)
        return soon.filter(until_date__gt=Cast(F("expires_at"), models.DateField()))

    def awaiting_decision(self) -> Self:
        """First requests of new associations, oldest first."""
        return self.filter(state=Request.State.IN_REVIEW).order_by("created_at", "pk")

    def managed_by(self, user: User) -> Self:
        return self.filter(association__in=Association.objects.managed_by(user))


@tracked(exclude=["key", "cells"])
class Request(Claimable):
    """What an association looks for: a room with computers near a place, in a season.

    `weekdays` are ISO numbers (1 = Monday). Without any day, or period, every one suits.
    """

    class State(models.TextChoices):
        IN_REVIEW = "in_review", "en cours d’examen"
        OPEN = "open", "ouverte"
        HIDDEN = "hidden", "masquée"
        IN_PROGRESS = "in_progress", "créneau réservé"
        FULFILLED = "fulfilled", "atelier tenu"
        WITHDRAWN = "withdrawn", "retirée"

    LASTS = dt.timedelta(days=60)
    # What the association says of it.
    FACTS = (
        "topics",
        "level",
        "audiences",
        "participants",
        "computers",
        "volunteers",
        "languages",
        "step_free",
        "commune",
        "radius_km",
        "weekdays",
        "best_weekdays",
        "periods",
        "from_date",
        "until_date",
    )

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.IN_REVIEW: [State.OPEN, State.HIDDEN, State.WITHDRAWN],
        State.OPEN: [State.IN_PROGRESS, State.HIDDEN, State.WITHDRAWN],
        State.HIDDEN: [State.OPEN],
        State.IN_PROGRESS: [State.OPEN, State.FULFILLED],
        State.FULFILLED: [],
        State.WITHDRAWN: [],
    }

    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="requests")
    topics = WordsField(WordField(max_length=50, choices=Topic), verbose_name="thèmes", default=list)
    level = WordField("niveau", max_length=20, choices=Level, default=Level.BEGINNER)
    audiences = WordsField(WordField(max_length=60, choices=Audience), verbose_name="publics", default=list, blank=True)
    participants = models.PositiveSmallIntegerField("participants", validators=between(1, MOST_PARTICIPANTS))
    computers = models.PositiveSmallIntegerField("ordinateurs", validators=between(0, MOST_PARTICIPANTS))
    volunteers = models.PositiveSmallIntegerField(
        "bénévoles souhaités", default=0, validators=between(0, MOST_VOLUNTEERS)
    )
    languages = WordsField(
        WordField(max_length=5, choices=Language),
        verbose_name="langues à parler",
        default=list,
        db_default=[],
        blank=True,
    )
    step_free = models.BooleanField("accès sans marche", default=False, db_default=False)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune")
    radius_km = models.PositiveSmallIntegerField(
        "rayon", help_text="kilomètres", validators=between(1, WIDEST_RADIUS_KM)
    )
    weekdays = OnceField(models.PositiveSmallIntegerField(), verbose_name="jours", default=list, blank=True)
    best_weekdays = OnceField(
        models.PositiveSmallIntegerField(), verbose_name="jours préférés", default=list, db_default=[], blank=True
    )
    periods = WordsField(WordField(max_length=20, choices=Period), verbose_name="moments", default=list, blank=True)
    cells = ArrayField(
        models.IntegerField(),
        editable=False,
        default=list,
        db_default=[],
        help_text="carreaux où l’on cherche, d’après la commune et le rayon\u00a0; écrits par la base",
    )
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    state = WordField(max_length=20, choices=State, default=State.OPEN)
    state_changed_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    hidden_reason = models.CharField("motif", max_length=1000, blank=True)
    expires_at = models.DateTimeField(editable=False, help_text="sauf si l’association dit qu’elle cherche toujours")
    matched_at = models.DateTimeField(
        null=True, editable=False, help_text="quand les créneaux qui la servent ont été cherchés"
    )
    key = models.UUIDField(
        unique=True,
        editable=False,
        db_default=RandomUUID(),
        help_text="un formulaire envoyé deux fois est une demande",
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(name="request_queue", fields=["created_at", "id"], condition=Q(state="in_review")),
            models.Index(name="request_unmatched", fields=["id"], condition=Q(state="open", matched_at=None)),
            GinIndex(name="request_open_by_cell", fields=["cells"], condition=Q(state="open")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="request_finds_its_cells",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("commune_id", "radius_km", "cells"),  # type: ignore[no-untyped-call]  # the library has no types here
                func=f"""
                    SELECT ({cells_of_box("aside.south", "aside.north", "aside.west", "aside.east")}) INTO NEW.cells
                    FROM territories_commune AS commune CROSS JOIN LATERAL (
                        SELECT min(latitude - high) AS south, max(latitude + high) AS north,
                            min(longitude - high / cos(radians(latitude))) AS west,
                            max(longitude + high / cos(radians(latitude))) AS east
                        FROM territories_commune AS here, (SELECT NEW.radius_km / {KM_A_DEGREE:.3f}) AS reach (high)
                        WHERE here.latitude IS NOT NULL AND (here.code = commune.code
                            OR commune.latitude IS NULL AND here.departement_id = commune.departement_id)
                    ) AS aside WHERE commune.code = NEW.commune_id;
                    RETURN NEW;
                """,  # noqa: S608  # words of our own
            ),
            pgtrigger.Trigger(
                name="request_looks_for_its_new_association",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("association_id"),  # type: ignore[no-untyped-call]  # idem
                condition=pgtrigger.Q(old__association_id__df=pgtrigger.F("new__association_id")),
                func="NEW.matched_at = NULL; RETURN NEW;",
            ),
        ]
        constraints = [
            *Claimable.Meta.constraints,
            models.CheckConstraint(
                name="request_claim_while_in_review", condition=Q(state="in_review") | Q(claimed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="request_hidden_with_reason", condition=~Q(state="hidden") | ~Q(hidden_reason="")
            ),
            models.CheckConstraint(name="request_about_something", condition=Q(topics__len__gte=1)),
            models.CheckConstraint(
                name="request_weekdays_known", condition=Q(weekdays__contained_by=list(range(1, 8)))
            ),
            models.CheckConstraint(
                name="request_best_weekdays_suit",
                condition=Q(best_weekdays__contained_by=list(range(1, 8)))
                & (Q(weekdays__len=0) | Q(best_weekdays__contained_by=F("weekdays"))),
            ),
            models.CheckConstraint(
                name="request_lists_short",
                condition=Q(
                    topics__len__lte=len(Topic),
                    audiences__len__lte=len(Audience),
                    languages__len__lte=len(Language),
                    periods__len__lte=len(Period),
                    weekdays__len__lte=7,
                    best_weekdays__len__lte=7,
                ),
            ),
            models.CheckConstraint(name="request_dates_in_order", condition=Q(until_date__gte=F("from_date"))),
            models.CheckConstraint(
                name="request_dates_plausible",
                condition=Q(from_date__range=(FIRST_DAY, LAST_DAY), until_date__range=(FIRST_DAY, LAST_DAY)),
            ),
            models.CheckConstraint(
                name="request_sizes_plausible",
                condition=Q(
                    participants__range=(1, MOST_PARTICIPANTS),
                    computers__lte=MOST_PARTICIPANTS,
                    radius_km__range=(1, WIDEST_RADIUS_KM),
                    volunteers__lte=MOST_VOLUNTEERS,
                ),
            ),
            models.CheckConstraint(
                name="request_withdrawn_stamped",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}, {self.commune}"

    def is_over(self, now: dt.datetime) -> bool:
        """Whether its last day has passed where it looks."""
        return self.until_date < self.today(now)

    def today(self, now: dt.datetime) -> dt.date:
        """Which day it is where it looks."""
        return now.astimezone(ZoneInfo(self.commune.time_zone)).date()

    def has_hours_on(self, weekday: int) -> bool:
        """Whether companies open on that day of the week (1 = Monday) at an hour that suits."""
        evening = not self.periods or Period.EVENING in self.periods
        return evening or weekday in settings.WEEKEND_DAYS or bool(settings.DAYTIME_SLOTS_ALLOWED)

    @property
    def has_hours(self) -> bool:
        """Whether a slot can be at a time that suits: not where it is by day, from Monday to Friday alone."""
        return any(map(self.has_hours_on, self.days_from(self.from_date)))

    def days_from(self, day: dt.date) -> set[int]:
        """The days of the week that suit and that its dates hold from a day on."""
        first = max(self.from_date, day)
        week = range(1 + min((self.until_date - first).days, 6))
        held = {(first + dt.timedelta(days=n)).isoweekday() for n in week}
        return held.intersection(self.weekdays) if self.weekdays else held

    @property
    def about(self) -> str:
        """« E-mail, Bureautique »."""
        return _listed(self.topics, Topic)

    @property
    def who(self) -> str:
        """« Demandeurs d’emploi, Séniors »; empty when everybody may come."""
        return _listed(self.audiences, Audience)

    @property
    def when(self) -> str:
        """« le mardi et le jeudi, le soir », « du lundi au vendredi »: when they can come."""
        return ", ".join(filter(None, (self.on_days, self.at_hours))) or "le soir ou le week-end"

    @property
    def besides(self) -> str:
        """« accès sans marche, bénévoles qui parlent arabe »: what few ask for; empty for most."""
        spoken = self.spoken
        told = ["accès sans marche" if self.step_free else "", f"bénévoles qui parlent {spoken}" if spoken else ""]
        return ", ".join(filter(None, told))

    @property
    def spoken(self) -> str:
        """« arabe et ukrainien »: the languages that are needed besides French; empty where none is."""
        return languages_said(self.languages)

    @property
    def on_days(self) -> str:
        """« le mardi et le jeudi »; empty when every day suits."""
        return weekdays_said(self.weekdays)

    @property
    def at_hours(self) -> str:
        """« l’après-midi et le soir »; empty when every hour suits."""
        return enumerated([str(Period(one).label) for one in Period.values if one in self.periods])


def languages_said(languages: Iterable[str]) -> str:
    """« arabe et ukrainien »."""
    return enumerated([str(Language(one).label) for one in languages])


def _listed(words: Sequence[str], choices: type[models.TextChoices]) -> str:
    return ", ".join(str(choices(word).label) for word in words)
