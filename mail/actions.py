"""What the owner of an address decides about its mail, and what an operator does after a restore."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Case, F, JSONField, Q, Value, When

from mail.bounces import messages_to
from mail.calendars import addressed
from mail.kinds import Frequency, Kind
from mail.models import Message, Preferences

RESTORED = "Retenu après une restauration\u00a0: il est peut-être déjà parti."


def save_preferences(preferences: Preferences, *, now: dt.datetime) -> None:
    """Keep what was chosen, whether or not the address had a row; of two at once the later stays."""
    chosen = {field.attname: getattr(preferences, field.attname) for field in preferences._meta.concrete_fields}  # noqa: SLF001  # Django's public API
    del chosen["id"]
    _save(preferences.address, chosen, now)


def refuse_kinds(*, address: str, kinds: Iterable[Kind], now: dt.datetime) -> None:
    """No more mail of these kinds to this address; the other wishes stay."""
    _save(address.lower(), dict.fromkeys((kind.value for kind in kinds), Frequency.NEVER), now)


def refuse_all(*, address: str, now: dt.datetime) -> None:
    """The provider tells that its reader wants none of our mail: what may be refused stays, what engages people leaves.

    Only an address that we have written to, as it stands there: nobody else's word refuses anything.
    """
    known = messages_to(address).values_list("to_email", flat=True).first()
    if known:
        refuse_kinds(address=known, kinds=Kind, now=now)


@transaction.atomic
def follow_to(*, was: str, becomes: str, reader: int, now: dt.datetime) -> None:
    """Somebody, by their number, has another address: what waits for them goes there, and what they chose about mail.

    The calendar files that wait ask the new address.

    What they chose for the new address before stands. What is about an address as such, like a notice that it is none
    of theirs any more, goes where it was sent; so does what a worker has in hand: the mail server may take its time.
    """
    waiting = Message.objects.filter(
        Q(state=Message.State.QUEUED) | Q(state=Message.State.GATHERED, gathered_into=None)
    )
    theirs = waiting.filter(to_email__iexact=was, capacity__endswith=f":{reader}")
    held = theirs.select_for_update(skip_locked=True, no_key=True)
    calendars = dict(held.values_list("pk", "calendar"))
    for number, calendar in calendars.items():
        if calendar:
            Message.objects.filter(pk=number).update(calendar=addressed(calendar, becomes))
    Message.objects.filter(pk__in=calendars).update(to_email=becomes, readdressed=True)
    _take_preferences_along(was=was, becomes=becomes, now=now)


def _take_preferences_along(*, was: str, becomes: str, now: dt.datetime) -> None:
    chosen = Preferences.objects.filter(address=was.lower()).first()
    if chosen is None or Preferences.objects.filter(address=becomes.lower()).exists():
        return
    chosen.address = becomes.lower()
    chosen.save(update_fields=["address"])
    _save(chosen.address, {}, now)


@transaction.atomic
def hold_restored(*, until: dt.datetime, now: dt.datetime) -> int:
    """What was written up to a restore point may have left before the loss: nothing sends it again by itself.

    It ends as failed, with the reason, from where an operator may send it again. What was not to leave before `now`,
    such as what waits for a digest of next week, has not left, and waits on. Returns how much was held.
    """
    due = Message.objects.filter(created_at__lte=until, next_attempt_at__lte=now)
    waiting = due.filter(Q(state=Message.State.QUEUED) | Q(state=Message.State.GATHERED, gathered_into=None))
    # What a secret one said is erased with it: whoever still needs it asks for another.
    kept = Case(When(secret=True, then=Value({}, JSONField())), default=F("context"))
    stamps = {"failed_at": now, "gathered_at": None, "last_error": RESTORED, "context": kept}
    return waiting.move(Message.State.FAILED, **stamps)


@transaction.atomic
def _save(address: str, chosen: Mapping[str, object], now: dt.datetime) -> None:
    """What waits for a digest of this address is looked at again, with the new wishes."""
    Preferences.objects.update_or_create(address=address, defaults={**chosen, "changed_at": now})
    waiting = Message.objects.filter(to_email__iexact=address, state=Message.State.GATHERED, gathered_into=None)
    waiting.update(next_attempt_at=now)
