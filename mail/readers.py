"""Where somebody who reads messages in a capacity of theirs is written to by now: the app that knows people says so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from mail import wanted
from mail.calendars import addressed
from mail.models import Message, Suppression


class Mailbox(NamedTuple):
    """The address of somebody, what they are called, and the language that they read."""

    email: str
    name: str
    language: str


# Of people by their numbers; of who has no account any more, none.
Find = Callable[[Collection[int]], dict[int, Mailbox]]

_finds: list[Find] = []


class Ways(NamedTuple):
    """Of messages that are to leave once more: where each goes, and how many go nowhere."""

    open: list[tuple[Message, Mailbox]]
    silent: int
    """To an address that is set aside."""
    gone: int
    """For somebody who has no account any more."""


def finds_people(find: Find) -> Find:
    """Function decorator: ask this function where people are written to."""
    _finds.append(find)
    return find


def ways_to(messages: Iterable[Message]) -> Ways:
    """Where the readers of these messages are by now; what nobody reads in a capacity goes where it went."""
    every = list(messages)
    people = _find({_reader(one) for one in every if one.capacity})
    found = [(one, people.get(_reader(one)) if one.capacity else _as_it_stands(one)) for one in every]
    known = [(message, mailbox) for message, mailbox in found if mailbox is not None]
    aside = Suppression.objects.among(mailbox.email for _, mailbox in known)
    silent = set(aside.values_list("address", flat=True))
    way = [(message, mailbox) for message, mailbox in known if mailbox.email.lower() not in silent]
    return Ways(way, silent=len(known) - len(way), gone=len(every) - len(known))


def readdress(message: Message, mailbox: Mailbox) -> None:
    """Have a message go there, with all that a digest holds; its calendar file asks the new address.

    It speaks another language only where all that it says is told anew when it leaves.
    """
    if mailbox == _as_it_stands(message):
        return
    moves = {"readdressed": True} if mailbox.email != message.to_email else {}
    message.to_email, message.to_name = mailbox.email, mailbox.name
    message.readdressed = message.readdressed or bool(moves)
    message.calendar = message.calendar and addressed(message.calendar, mailbox.email)
    if wanted.is_told_anew(message.template):
        message.language = mailbox.language
    message.save(update_fields=["to_email", "to_name", "readdressed", "calendar", "language"])
    message.gathers.update(to_email=mailbox.email, to_name=mailbox.name, **moves)


def language_of(messages: Sequence[Message]) -> str:
    """What their one reader reads by now; without one, the language of the last."""
    people = _find({_reader(one) for one in messages if one.capacity})
    return next(iter(people.values())).language if len(people) == 1 else messages[-1].language


def _find(numbers: Collection[int]) -> dict[int, Mailbox]:
    return {number: mailbox for find in _finds for number, mailbox in find(numbers).items()} if numbers else {}


def _reader(message: Message) -> int:
    return wanted.number_in(message.capacity)


def _as_it_stands(message: Message) -> Mailbox:
    return Mailbox(message.to_email, message.to_name, message.language)
