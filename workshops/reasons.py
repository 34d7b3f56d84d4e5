"""Reasons that the portal itself gives for what it ends; it keeps them in French, and says them in any language."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

WITHDRAWN = gettext_noop("Le créneau a été retiré.")
MOVED = gettext_noop("Le créneau a changé de date ou d’offre.")
CHANGED = gettext_noop("Le créneau a changé d’heures ou d’offre.")

_OURS = (WITHDRAWN, MOVED, CHANGED)


def spoken(reason: str) -> str:
    """The reason in the language that is spoken; what a person wrote stays as it was written."""
    return gettext(reason) if reason in _OURS else reason
