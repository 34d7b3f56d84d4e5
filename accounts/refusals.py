"""How an action says no: with a sentence for the person who asked, also when the database says it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.forms import BaseForm


class Refused(Exception):
    """An action that cannot be done now. Its text is shown to the person who asked, beside `field` of their form."""

    field: ClassVar[str | None] = None


@contextmanager
def refusing(refusals: Mapping[str, Refused]) -> Iterator[None]:
    """Run the block in a savepoint; raise `refusals[name]` when the constraint of that name is violated.

    Any other violation goes on as it is: it would be a fault of ours, not of the person.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnostics = getattr(error.__cause__, "diag", None)
        refusal = refusals.get(getattr(diagnostics, "constraint_name", None) or "")
        if refusal is None:
            raise
        raise refusal from error


def refusal_of(check: Callable[[], object]) -> str:
    """What a check says against it; nothing when it passes. For pages that say it before anybody tries."""
    try:
        check()
    except Refused as refusal:
        return str(refusal)
    return ""


def accepted(form: BaseForm, action: Callable[[], object]) -> bool:
    """Run the action of a valid form; a refusal goes beside its field, if the form has it, and the answer is False."""
    try:
        action()
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True
