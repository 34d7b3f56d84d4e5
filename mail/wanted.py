"""Whether what a message says is still so: asked right before it leaves, of the app that posted it.

An app registers one function for each kind of message that may be overtaken by facts, when it is loaded:

    @wanted.while_so("workshop_reminder")
    def reminded(message: Message) -> str: ...
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from mail.models import Message

# Why the message should not leave any more, in French, for who reads the outbox; empty when it should.
WhyNot = Callable[[Message], str]

_checks: dict[str, WhyNot] = {}


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


def why_not(message: Message) -> str:
    """What has overtaken the message; empty when nothing has, or nobody asked to look.

    In a savepoint: a check that fails leaves the transaction fit to write that down.
    """
    check = _checks.get(message.template)
    if check is None or not message.about:
        return ""
    with transaction.atomic():
        return check(message)


def number_in(about: str) -> int:
    """The number of what a message is about: 12 of « booking:12 »."""
    return int(about.rpartition(":")[2])
