"""Whether what a message says is still so: asked right before it leaves, of the app that posted it.

An app registers one function for each kind of message that may be overtaken by facts, when it is loaded:

    @wanted.while_so("workshop_reminder")
    def reminded(message: Message) -> str: ...

A message that somebody reads in a capacity of theirs, such as the manager of a company, is not told any more once
they have it no longer: one function answers for each capacity.

A mail that says where something is, lists what may go one by one, or asks what the hour may answer, is `retold` with
what is so when it leaves, and several of them are `joined` in a digest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction

from mail.models import Message

# Why the message should not leave any more, in French, for who reads the outbox; empty when it should.
WhyNot = Callable[[Message], str]

# What the message says at this instant; None, or why in French, when nothing of it is left.
Facts = dict[str, Any]
Retell = Callable[[Message, dt.datetime], Facts | str | None]
# What one mail says in the place of several about the same thing.
Join = Callable[[list[Facts]], Facts]

TOO_LATE = "Trop tard\u00a0: le message n’avait plus d’objet."
NOT_FOR_THEM = "Plus pour cette personne\u00a0:"
NOTHING_LEFT = "Plus rien de ce qu’il annonçait n’est à prendre."

_checks: dict[str, WhyNot] = {}
_capacities: dict[str, WhyNot] = {}
_retells: dict[str, Retell] = {}
_told_anew: set[str] = set()
_joins: dict[str, Join] = {}


def while_so(*templates: str) -> Callable[[WhyNot], WhyNot]:
    """Function decorator: ask this function before a message of these templates leaves.

    Raises:
        ValueError: another function answers for one of them already.
    """

    def register(check: WhyNot) -> WhyNot:
        for template in templates:
            if _checks.setdefault(template, check) is not check:
                raise ValueError(f"Two functions answer for '{template}'.")
        return check

    return register


def in_capacity(*names: str) -> Callable[[WhyNot], WhyNot]:
    """Function decorator: ask this function whether who reads a message still has one of these capacities."""

    def register(check: WhyNot) -> WhyNot:
        _capacities.update(dict.fromkeys(names, check))
        return check

    return register


def retold[Told: Retell](*templates: str, anew: Collection[str] = ()) -> Callable[[Told], Told]:
    """Function decorator: what is still so of the messages of these templates.

    The function may also put the calendar file of that instant into the message. `anew` are those of which it tells
    all that is said in words, in the language that the message has by then.
    """

    def register(retell: Told) -> Told:
        _retells.update(dict.fromkeys((*templates, *anew), retell))
        _told_anew.update(anew)
        return retell

    return register


def joined(template: str) -> Callable[[Join], Join]:
    """Function decorator: what a digest says of several messages of this template about one thing."""

    def register(join: Join) -> Join:
        _joins[template] = join
        return join

    return register


def is_told_anew(template: str) -> bool:
    """Whether nothing that such a message says in words is as old as the message itself."""
    return template in _told_anew


def overtaken(message: Message, *, at: dt.datetime) -> str:
    """Why the message should not be told at this instant; empty when it should, with what is left of it."""
    if message.not_after is not None and at >= message.not_after:
        return TOO_LATE
    return why_not(message) or _refresh(message, at)


def _refresh(message: Message, at: dt.datetime) -> str:
    """Leave in the message what is so at this instant; why nothing is, if so."""
    retell = _retells.get(message.template)
    if retell is None:
        return ""
    with transaction.atomic():
        facts = retell(message, at)
    if not isinstance(facts, dict):
        return facts or NOTHING_LEFT
    message.context = facts
    return ""


def join(messages: list[Message]) -> list[Message]:
    """The messages in their order; where their app joins those about one thing, the first speaks for all."""
    together: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        joins = message.template in _joins and message.about
        together.setdefault((message.template, message.about if joins else str(message.pk)), []).append(message)
    for (template, _), same in together.items():
        if len(same) > 1:
            same[0].context = _joins[template]([one.context for one in same])
    return [same[0] for same in together.values()]


def why_not(message: Message) -> str:
    """What has overtaken the message; empty when nothing has, or nobody asked to look.

    In a savepoint: a check that fails leaves the transaction fit to write that down.
    """
    check = _checks.get(message.template) if message.about else None
    with transaction.atomic():
        return _why_not_for_them(message) or (check(message) if check else "")


def is_for_them(message: Message) -> bool:
    """Whether its reader has the capacity, if any, in which they are told."""
    return not _why_not_for_them(message)


def _why_not_for_them(message: Message) -> str:
    if not message.capacity:
        return ""
    reason = _capacities[message.capacity.partition(":")[0]](message)
    return f"{NOT_FOR_THEM} {reason}" if reason else ""


def number_in(about: str) -> int:
    """The number of what a message is about: 12 of « booking:12 »."""
    return int(about.rpartition(":")[2])
