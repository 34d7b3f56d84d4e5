"""Holding an organisation's row, so that what is done to it happens one after the other."""

from __future__ import annotations

from typing import Any

from accounts.models import Organisation
from accounts.refusals import Refused


class Gone(Refused):
    """The organisation was united with another one meanwhile."""


def hold[O: Organisation](organisation: O) -> O:
    """The row as it is now, held until the end of the transaction.

    Raises:
        Gone: it is no more.
    """
    return hold_row(type(organisation), organisation.pk)


def hold_row[O: Organisation](kind: type[O], pk: int) -> O:
    """As `hold`, by number."""
    rows: Any = kind
    found: O | None = rows.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if found is None:
        raise Gone("Cette fiche vient d’être réunie à une autre\u00a0: continuez depuis votre tableau de bord.")
    return found
