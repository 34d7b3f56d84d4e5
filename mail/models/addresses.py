"""What operators and the owners of addresses decide: pauses, the pace, addresses set aside, and wishes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from mail.kinds import DEFAULTS, Frequency, Kind


class Pause(models.Model):
    """An operator holds mail back: all of it, or one kind. What is due waits until the pause is taken away."""

    template = models.CharField(
        "modèle", max_length=80, blank=True, unique=True, help_text="Vide : tous les courriels."
    )
    reason = models.CharField("raison", max_length=300)
    created_at = models.DateTimeField("depuis", editable=False)

    class Meta:
        verbose_name = "pause"
        ordering = ("template",)
        constraints = [models.CheckConstraint(name="pause_reason_given", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return self.template or "tous les courriels"


class Pace(models.Model):
    """The one row that says when the provider takes the next message (`mail.pace`)."""

    free_at = models.DateTimeField("prochain tour", editable=False)

    class Meta:
        verbose_name = "cadence"
        constraints = [models.CheckConstraint(name="pace_one_row", condition=Q(pk=1))]

    def __str__(self) -> str:
        return f"{self.free_at}"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Addresses that are set aside, by whose they are."""

    def among(self, addresses: Iterable[str]) -> Self:
        """Those of these addresses, however they are written."""
        return self.filter(address__in={one.lower() for one in addresses})


class Suppression(models.Model):
    """An address that a mail server refused for good, or whose owner asked for silence."""

    address = models.EmailField("adresse", unique=True)
    reason = models.CharField("raison", max_length=500)
    created_at = models.DateTimeField("depuis", editable=False)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = "adresse écartée"
        verbose_name_plural = "adresses écartées"
        ordering = ("-created_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="suppression_address_lower",
                condition=Q(address=Lower("address")),
                violation_error_message="L’adresse électronique s’écrit en minuscules.",
            )
        ]

    def __str__(self) -> str:
        return self.address


def _frequency(kind: Kind) -> models.CharField[str, str]:
    default = DEFAULTS[kind]
    return models.CharField(kind.label, max_length=10, choices=Frequency, default=default, db_default=default)


class Preferences(models.Model):
    """What the owner of an address wishes to get of the mail that they may refuse, and when.

    Mail knows addresses, not people. An address without a row has the defaults. Each field but the last ones is named
    as its `Kind`.
    """

    address = models.EmailField("adresse", unique=True, editable=False)
    reminders = _frequency(Kind.REMINDERS)
    reports = _frequency(Kind.REPORTS)
    suggestions = _frequency(Kind.SUGGESTIONS)
    alerts = _frequency(Kind.ALERTS)
    volunteering = _frequency(Kind.VOLUNTEERING)
    organisation = _frequency(Kind.ORGANISATION)
    quiet_from = models.TimeField("rien après", default=dt.time(22))
    quiet_until = models.TimeField("ni avant", default=dt.time(7))
    time_zone = models.CharField(
        "heure de", max_length=40, blank=True, help_text="Vide\u00a0: celle du lieu dont parle le courriel."
    )
    changed_at = models.DateTimeField("changées", editable=False)

    class Meta:
        verbose_name = "préférences de courriel"
        verbose_name_plural = "préférences de courriel"
        ordering = ("address",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="preferences_address_lower",
                condition=Q(address=Lower("address")),
                violation_error_message="L’adresse électronique s’écrit en minuscules.",
            ),
            *(
                models.CheckConstraint(
                    name=f"preferences_{kind}_offered",
                    condition=Q(**{f"{kind}__in": Frequency.values}),
                    violation_error_message="Choisissez une fréquence de la liste.",
                )
                for kind in Kind
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def frequency(self, kind: Kind) -> Frequency:
        """How often mail of this kind is wanted."""
        return Frequency(getattr(self, kind.value))

    def end_of_quiet(self, at: dt.datetime, *, zone: str) -> dt.datetime:
        """The instant from which something may be told: `at` itself outside the quiet hours.

        Hours are those of the wall in the owner's zone or, unless they said one, in `zone`, or in that of the portal.
        Where the clocks change, an hour that does not exist is the next one, an hour that comes twice is the first.
        """
        place = ZoneInfo(self.time_zone or zone or settings.TIME_ZONE)
        local = at.astimezone(place)
        if not self._is_quiet(local.time()):
            return at
        day = local.date() if local.time() < self.quiet_until else local.date() + dt.timedelta(days=1)
        # In the second of two such hours the first has ended the quiet.
        return max(at, dt.datetime.combine(day, self.quiet_until, tzinfo=place).astimezone(dt.UTC))

    def _is_quiet(self, time: dt.time) -> bool:
        """Quiet hours may span midnight; from and until the same hour means none."""
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= time < self.quiet_until
        return time >= self.quiet_from or time < self.quiet_until
