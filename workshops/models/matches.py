"""Which pairs of request and slot were told, and which were not wanted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from associations.models import Request
from companies.models import Site, Slot
from territories.closed_lists import WordField
from workshops.guards import dismissed_as_it_is


class MatchNotice(models.Model):
    """« We told them »: a pair of request and slot is told once, and anew at another date than the last one heard of.

    It stands as long as the slot can be had and serves the request (`stands_until_at`); what vanished before any mail
    left is told no more, and is as if it had never been.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(
        help_text="la dernière date annoncée\u00a0: à une autre, le créneau est annoncé de nouveau"
    )
    merit = models.IntegerField(db_default=0, help_text="ce que le créneau vaut pour la demande, quand il est annoncé")
    told_at = models.DateTimeField()
    heard_starts_at = models.DateTimeField(
        null=True, editable=False, help_text="la dernière date qui est partie dans un courriel avant celle-ci"
    )
    stands_until_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="quand regarder si le créneau peut toujours être réservé\u00a0; vide\u00a0: non",
    )

    class Meta:
        verbose_name = "proposition envoyée"
        verbose_name_plural = "propositions envoyées"
        indexes = [
            models.Index(
                name="match_stands_until", fields=["stands_until_at"], condition=Q(stands_until_at__isnull=False)
            ),
        ]
        constraints = [models.UniqueConstraint(name="match_told_once", fields=["request", "slot"])]

    def __str__(self) -> str:
        return f"{self.request_id} – {self.slot_id}"


class MatchAgain(models.Model):
    """A slot that may serve other requests than when it was matched.

    More of them: it is free again, nobody queues for it any more, who comes to it knows more, or its site is step-free
    now or elsewhere than was said. Or fewer: somebody has it or asks for it, it was taken back or changed, its room is
    taken, its company is no signatory any more. Triggers write it, whoever has done that (migrations
    `0028_matched_again`, `0029_free_again_is_new`, `0033_sites_match_again`, `0036_matches_are_withdrawn`); who matches
    takes it away. It goes with the slot.
    """

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    is_free = models.BooleanField(
        db_default=False, help_text="libre de nouveau\u00a0: les recherches enregistrées l’apprennent aussi"
    )

    class Meta:
        verbose_name = "créneau à rapprocher de nouveau"
        verbose_name_plural = "créneaux à rapprocher de nouveau"

    def __str__(self) -> str:
        return f"{self.slot_id}"


class Dismissal(models.Model):
    """« Pas pour moi »: a slot that is not proposed to a request again; its reason teaches about others for it.

    It teaches with the day, the hour and the site that were refused, wherever the slot goes afterwards: a trigger
    writes them when it is said.
    """

    class Why(models.TextChoices):
        """The first four teach something about other slots."""

        DAY = "day", "ce jour de la semaine ne nous convient pas"
        HOUR = "hour", "cette heure ne nous convient pas"
        FAR = "far", "c’est trop loin"
        SITE = "site", "ce lieu ne nous convient pas"
        OTHER = "other", "pas cette fois"

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    why = WordField("pourquoi", max_length=20, choices=Why, default=Why.OTHER)
    distance_km = models.FloatField(null=True, editable=False, help_text="de ce qui est trop loin")
    weekday = models.PositiveSmallIntegerField("jour de la semaine refusé (1 = lundi)", null=True, editable=False)
    local_time = models.TimeField("heure refusée, sur place", null=True, editable=False)
    site = models.ForeignKey(
        Site, on_delete=models.CASCADE, null=True, related_name="+", verbose_name="lieu refusé", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = "créneau écarté"
        verbose_name_plural = "créneaux écartés"
        constraints = [
            models.UniqueConstraint(name="dismissed_once", fields=["request", "slot"]),
            models.CheckConstraint(name="dismissed_as_too_far", condition=Q(why="far") | Q(distance_km__isnull=True)),
            models.CheckConstraint(
                name="dismissed_as_it_was",
                condition=Q(weekday__isnull=False, local_time__isnull=False, site__isnull=False),
            ),
        ]
        triggers = [dismissed_as_it_is()]

    def __str__(self) -> str:
        return f"{self.request_id} – {self.slot_id}"
