"""How every app writes to people: what a mail says is put together in the language of who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from django.utils import translation

from accounts.models import Organisation, User
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


class Reader(NamedTuple):
    """Somebody who has an account, and in which capacity they read: once they have it no longer, the mail is off.

    Without a capacity the mail is for that person, whatever becomes of them. Its last part is always their number.
    """

    person: User
    capacity: str = ""

    @property
    def pk(self) -> int:
        return self.person.pk

    @property
    def key(self) -> str:
        """The capacity, or the person: who reads in two capacities reads two mails."""
        return self.capacity or f"person:{self.pk}"


@contextmanager
def writing_to(reader: Reader) -> Iterator[partial[bool]]:
    """The same, for somebody who has an account."""
    person = reader.person
    with writing(Address(person.email, person.name), language=person.language) as post:
        yield partial(post, capacity=reader.key)


def managers_of(organisation: Organisation) -> list[Reader]:
    """Who acts in its name, and whom its mails are for."""
    return [in_organisation("manager", organisation, person) for person in organisation.managers()]


def owners_of(organisation: Organisation) -> list[Reader]:
    """Who answers for it."""
    return [in_organisation("owner", organisation, person) for person in organisation.owners()]


def in_organisation(role: str, organisation: Organisation, person: User) -> Reader:
    """As `owner`, `manager` or just `member` of it."""
    return Reader(person, f"{role}:{organisation.SPACE}:{organisation.pk}:{person.pk}")


def operators() -> list[Reader]:
    """Who runs the portal."""
    return [as_operator(person) for person in User.objects.operators()]


def as_operator(person: User) -> Reader:
    """As one of those who run the portal."""
    return Reader(person, f"operator:{person.pk}")
