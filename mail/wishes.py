"""What the owner of an address wishes of a message that is about to leave: asked last, when it is known to be true."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from mail.kinds import DIGEST, Frequency, Kind, kind_of, may_be_refused
from mail.models import Message, Preferences

TOO_LATE = "Trop tard\u00a0: le message n’avait plus d’objet."
UNWANTED = "La personne ne veut pas de ces courriels."


class Instead(NamedTuple):
    """What happens instead of sending: the message ends in a state, or waits until an instant."""

    state: Message.State | None = None
    until: dt.datetime | None = None


def preferences_of(address: str) -> Preferences:
    """The wishes of an address; the defaults, unsaved, where it said nothing."""
    address = address.lower()
    return Preferences.objects.filter(address=address).first() or Preferences(address=address)


def instead_of_sending(message: Message, *, at: dt.datetime) -> Instead | None:
    """None: it leaves now, as does all that nobody may refuse."""
    if not may_be_refused(message.template):
        return None
    wishes = preferences_of(message.to_email)
    kind = kind_of(message.template)
    match wishes.frequency(kind) if kind else Frequency.INSTANT:
        case Frequency.NEVER:
            return Instead(Message.State.SKIPPED)
        case Frequency.DAILY | Frequency.WEEKLY if not message.instant:
            return Instead(Message.State.GATHERED)
    until = wishes.end_of_quiet(at, zone=message.time_zone)
    waits = until > at and (message.not_after is None or until < message.not_after)
    return Instead(until=until) if waits else None


def kinds_in(message: Message) -> list[Kind]:
    """What a message holds of what may be refused: its own kind or, of a digest, those of what it gathers."""
    templates = message.gathers.values_list("template", flat=True) if message.template == DIGEST else [message.template]
    found = {kind_of(template) for template in templates}
    return [kind for kind in Kind if kind in found]
