"""What the owner of an address wishes of a message that is about to leave: asked last, when it is known to be true."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from mail.kinds import DIGEST, Frequency, Kind, keeps_quiet, kind_of, wakes
from mail.models import Message, Preferences

DIGEST_HOUR = dt.time(8)
DIGEST_WEEKDAY = 2  # Tuesday, as isoweekday counts
# To be written, and to leave after what is more urgent.
DIGEST_TAKES = dt.timedelta(minutes=15)
UNWANTED = "La personne ne veut pas de ces courriels."


class Instead(NamedTuple):
    """What happens instead of sending: the message ends in a state, or waits until an instant, or both: a digest."""

    state: Message.State | None = None
    until: dt.datetime | None = None


def preferences_of(address: str) -> Preferences:
    """The wishes of an address; the defaults, unsaved, where it said nothing."""
    address = address.lower()
    return Preferences.objects.filter(address=address).first() or Preferences(address=address)


def instead_of_sending(message: Message, *, at: dt.datetime) -> Instead | None:
    """None: it leaves now, as does all that engages people."""
    if not keeps_quiet(message.template):
        return None
    wishes = preferences_of(message.to_email)
    match frequency_of(message, wishes):
        case Frequency.NEVER:
            return Instead(Message.State.SKIPPED)
        case Frequency.DAILY | Frequency.WEEKLY if not message.instant:
            if digest := _own_digest(message, wishes, at):
                return Instead(Message.State.GATHERED, until=digest)
    until = _told_from(message, wishes, at)
    return Instead(until=until) if until > at else None


def _own_digest(message: Message, wishes: Preferences, at: dt.datetime) -> dt.datetime | None:
    """When its digest is due: at once where it missed its hour, as after an outage, and no digest was written since.

    None: it does not wait for one.
    """
    missed = last_digest(message, wishes, until=at, weekly=is_weekly(message, wishes))
    overdue = message.due_at < missed
    if overdue and not Message.objects.digests_since(missed, message.to_email).exists():
        return at if is_in_time(message, wishes, digest=at) else None
    return digest_in_time(message, wishes, after=at, overdue=overdue)


def _told_from(message: Message, wishes: Preferences, at: dt.datetime) -> dt.datetime:
    """When the quiet hours end or, of what happens before they do, when its very day begins: then it wakes people.

    Not for a clock that ends in the night.
    """
    until = wishes.end_of_quiet(at, zone=message.time_zone)
    if message.not_after is None or until < message.not_after or not wakes(message.template):
        return until
    zone = zone_of(message, wishes)
    day = message.not_after.astimezone(zone).date()
    return max(at, dt.datetime.combine(day, dt.time.min, tzinfo=zone).astimezone(dt.UTC))


def frequency_of(message: Message, wishes: Preferences) -> Frequency:
    """How often mail of this message's kind is wanted; what has no kind, a digest, at once.

    A `weekly` message is of something that its reader wants no more often.
    """
    kind = kind_of(message.template)
    wished = wishes.frequency(kind) if kind else Frequency.INSTANT
    return Frequency.WEEKLY if message.weekly and wished != Frequency.NEVER else wished


def last_digest(message: Message, wishes: Preferences, *, until: dt.datetime, weekly: bool) -> dt.datetime:
    """When the last digest of a day, or of a week, up to an instant was due, on the clock of the wall."""
    local = until.astimezone(zone_of(message, wishes))
    day = local.date() if local.time() >= DIGEST_HOUR else local.date() - dt.timedelta(days=1)
    back = (day.isoweekday() - DIGEST_WEEKDAY) % 7 if weekly else 0
    return _digest_on(day - dt.timedelta(days=back), message, wishes)


def next_digest(message: Message, wishes: Preferences, *, after: dt.datetime, weekly: bool) -> dt.datetime:
    """When the first one after an instant is due."""
    local = after.astimezone(zone_of(message, wishes))
    day = local.date() if local.time() < DIGEST_HOUR else local.date() + dt.timedelta(days=1)
    ahead = (DIGEST_WEEKDAY - day.isoweekday()) % 7 if weekly else 0
    return _digest_on(day + dt.timedelta(days=ahead), message, wishes)


def digest_in_time(
    message: Message, wishes: Preferences, *, after: dt.datetime, overdue: bool = False
) -> dt.datetime | None:
    """When the next one after an instant is due; None: the message has its hour, and does not wait for that one.

    An `overdue` message, whose own digest has passed without it, does not wait another week where its reader has a
    digest of some days anyway: the next day will do.
    """
    soon = overdue and hears_daily(wishes)
    digest = next_digest(message, wishes, after=after, weekly=is_weekly(message, wishes) and not soon)
    return digest if is_in_time(message, wishes, digest=digest) else None


def is_in_time(message: Message, wishes: Preferences, *, digest: dt.datetime) -> bool:
    """Whether a digest that is due at an instant reaches its reader while the message has an object.

    The digest itself waits for the end of the quiet hours, whatever it holds.
    """
    leaves = wishes.end_of_quiet(digest, zone=message.time_zone)
    return message.not_after is None or leaves + DIGEST_TAKES <= message.not_after


def zone_of(message: Message, wishes: Preferences) -> ZoneInfo:
    """Whose hours count: the owner's, else those of the place that the message is about, else the portal's."""
    return ZoneInfo(wishes.time_zone or message.time_zone or settings.TIME_ZONE)


def hears_daily(wishes: Preferences) -> bool:
    """Whether some kind is wanted once a day."""
    return any(wishes.frequency(kind) == Frequency.DAILY for kind in Kind)


def is_weekly(message: Message, wishes: Preferences) -> bool:
    """Whether it waits for the digest of a week, not of a day."""
    return frequency_of(message, wishes) == Frequency.WEEKLY


def _digest_on(day: dt.date, message: Message, wishes: Preferences) -> dt.datetime:
    return dt.datetime.combine(day, DIGEST_HOUR, tzinfo=zone_of(message, wishes)).astimezone(dt.UTC)


def kinds_in(message: Message) -> list[Kind]:
    """What a message holds of what may be refused: its own kind or, of a digest, those of what it gathers."""
    templates = message.gathers.values_list("template", flat=True) if message.template == DIGEST else [message.template]
    found = {kind_of(template) for template in templates}
    return [kind for kind in Kind if kind in found]
