"""Why bookings end."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workshops.models.sides import Side


class Reason(models.TextChoices):
    """Why a booking ends: what each side may say, and what the portal itself says."""

    ROOM_TAKEN = "room_taken", _("la salle n’est plus libre")
    NO_HOST = "no_host", _("personne ne peut accueillir ce jour-là")
    NO_VOLUNTEERS = "no_volunteers", _("il manque des bénévoles")
    UNSUITABLE = "unsuitable", _("le lieu ne convient pas à cet atelier")
    CLOSED = "closed", _("le lieu ferme")
    TOO_FEW = "too_few", _("trop peu de participants")
    NO_TRAINER = "no_trainer", _("personne ne peut animer ce jour-là")
    OTHER_DATE = "other_date", _("une autre date convient mieux")
    NO_NEED = "no_need", _("le besoin n’existe plus")
    OTHER = "other", _("un autre motif")
    WITHDRAWN = "withdrawn", _("le créneau a été retiré")
    RESCHEDULED = "rescheduled", _("le créneau a changé de date, d’heures ou d’offre")

    MOVED = "moved", _("l’atelier a été déplacé")

    @property
    def shuts(self) -> bool:
        """Whether nobody else could come either: a slot that loses its booking for this is taken back."""
        return self in (Reason.ROOM_TAKEN, Reason.NO_HOST, Reason.CLOSED)

    @classmethod
    def of(cls, side: Side) -> list[Reason]:
        """What this side may give as its reason."""
        return [cls(code) for code in (_COMPANY_SAYS if side == Side.COMPANY else _ASSOCIATION_SAYS)]


_COMPANY_SAYS = ("room_taken", "no_host", "no_volunteers", "unsuitable", "closed", "other")
_ASSOCIATION_SAYS = ("too_few", "no_trainer", "other_date", "no_need", "other")
