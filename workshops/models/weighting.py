"""How much each part counts when slots and requests are ranked for each other."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.ranges import between

HEAVIEST = 100


class Part(models.TextChoices):
    """What one would rather have: of a pair, each between nothing and all of it.

    The last two are of a request alone: they rank requests for a slot, never slots for a request.
    """

    DISTANCE = "distance", "la proximité"
    SIZE = "size", "une salle à la taille du groupe"
    VOLUNTEERS = "volunteers", "les bénévoles souhaités"
    TOPICS = "topics", "les thèmes que les bénévoles connaissent"
    WISH = "wish", "le jour préféré"
    NOTICE = "notice", "le temps pour s’organiser"
    RELIABILITY = "reliability", "la parole tenue"
    URGENCY = "urgency", "une demande qui se termine bientôt"
    FAIRNESS = "fairness", "une association rarement servie"


OF_REQUEST = frozenset({Part.URGENCY, Part.FAIRNESS})


def _points(part: Part, default: int) -> models.PositiveSmallIntegerField[int, int]:
    return models.PositiveSmallIntegerField(part.label, default=default, validators=between(0, HEAVIEST))


class Weighting(models.Model):
    """The weights from an instant on, in points; the latest row counts, and none ever changes.

    No weight is below nothing: what has more of one part, and as much of the others, never comes after.
    """

    distance = _points(Part.DISTANCE, 30)
    size = _points(Part.SIZE, 15)
    volunteers = _points(Part.VOLUNTEERS, 20)
    topics = _points(Part.TOPICS, 10)
    wish = _points(Part.WISH, 10)
    notice = _points(Part.NOTICE, 10)
    reliability = _points(Part.RELIABILITY, 5)
    urgency = _points(Part.URGENCY, 10)
    fairness = _points(Part.FAIRNESS, 20)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = "pondération"
        verbose_name_plural = "pondérations"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="weighting_plausible", condition=Q(*((f"{part}__lte", HEAVIEST) for part in Part.values))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"

    @classmethod
    def current(cls) -> Weighting:
        """The latest; the defaults of the columns while nobody has said otherwise."""
        return cls.objects.order_by("-pk").first() or cls()

    @property
    def weights(self) -> dict[str, int]:
        """By part."""
        return {part: getattr(self, part) for part in Part.values}
