"""Entering an organisation once, however often and by however many people it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from accounts.models import Organisation, User
from accounts.refusals import Refused, refusing
from accounts.silence import tell_if_silent

# A form sent twice by one person within so long is one registration.
SENT_TWICE_WITHIN = dt.timedelta(minutes=5)
ATTEMPTS = 5


class AlreadyRegistered(Refused):
    """Somebody entered an organisation of this number a moment ago."""

    field = "siren"


class RnaAlreadyRegistered(AlreadyRegistered):
    """The number of an association's registration."""

    field = "rna"


class _SlugTaken(Refused):
    """Two organisations of one name were entered at the same moment."""


def register_once[O: Organisation](organisation: O, *, by: User, now: dt.datetime, save: Callable[[O], object]) -> O:
    """Give the organisation an address and have `save` write it; or the one that this person just wrote.

    Raises:
        AlreadyRegistered: nothing is written.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    kind: Any = type(organisation)
    again: O | None = kind.objects.filter(
        name=organisation.name,
        commune=organisation.commune_id,
        memberships__user=by,
        created_at__gt=now - SENT_TWICE_WITHIN,
    ).first()
    if again is not None:
        return again
    refusals = _refusals(kind)
    for attempt in range(ATTEMPTS):
        organisation.slug = kind.objects.free_slug(organisation.name)
        try:
            with refusing(refusals):
                save(organisation)
        except _SlugTaken:
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            break
    tell_if_silent(person=by, organisation=organisation, now=now)
    return organisation


def _refusals(kind: Any) -> dict[str, Refused]:
    taken = "Une organisation avec ce numéro est déjà inscrite\u00a0: rechargez la page."
    name = kind._meta.model_name  # noqa: SLF001  # Django's own name
    return {
        f"{name}_siren_unique": AlreadyRegistered(taken),
        f"{name}_rna_unique": RnaAlreadyRegistered(taken),
        f"{kind._meta.db_table}_slug_key": _SlugTaken(  # noqa: SLF001  # idem
            "Plusieurs organisations de ce nom s’inscrivent en ce moment\u00a0: recommencez dans un instant."
        ),
    }
