"""How every app writes to people: what a mail says is put together in the language of who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from django.utils import translation

from accounts.models import User
from mail import outbox
from mail.outbox import Address

# What a mail tells, for several readers: called for each of them, while their language is spoken.
Facts = Callable[[], Mapping[str, object]]


@contextmanager
def writing(address: Address, *, language: str) -> Iterator[partial[bool]]:
    """Speaks this language, and gives `outbox.post` with address and language filled in.

    Dates, counts and labels belong inside: outside they are in the language of who acts. A rehearsal
    (`outbox.rehearsal`) has a language of its own, which is spoken instead.
    """
    spoken = outbox.rehearsed_language() or language
    with translation.override(spoken):
        yield partial(outbox.post, to=address, language=spoken)


def writing_to(person: User) -> AbstractContextManager[partial[bool]]:
    """The same, for somebody who has an account."""
    return writing(Address(person.email, person.name), language=person.language)
