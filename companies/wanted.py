"""Which mails about openings are overtaken by facts before they leave, and whose promise is no more."""

from __future__ import annotations

import datetime as dt

from companies.models import Availability, SlotVolunteer, VolunteerProfile
from mail import wanted
from mail.models import Message

COMES_ALREADY = "Cette personne a déjà promis de venir."


def has_promised(slot: int, message: Message) -> bool:
    """Whether who reads the message has a seat there: nobody is asked for what they have promised.

    Also who seeks a stand-in for it: they have said that they cannot come.
    """
    return SlotVolunteer.objects.filter(slot=slot, volunteer=wanted.number_in(message.capacity)).exists()


@wanted.in_capacity("volunteer")
def _still_promised(message: Message) -> str:
    slot, person = map(int, message.capacity.split(":")[1:])
    coming = SlotVolunteer.objects.filter(slot=slot, volunteer=person, volunteer__is_active=True)
    return "" if coming.exists() else "elle ne vient plus."


@wanted.retold("series_to_confirm")
def _still_asked(message: Message, at: dt.datetime) -> wanted.Facts | str:
    """A series that was confirmed meanwhile has another due date; one that was cut may have no date left."""
    series = Availability.objects.to_confirm(at).filter(pk=wanted.number_in(message.about)).first()
    due = series.confirm_by_at if series else None
    asked = series is not None and due and f":{series.pk}:{due:%Y%m%dT%H%M%S}:" in message.key
    return dict(message.context) if asked else "La série est confirmée, ou elle n’est plus."


@wanted.while_so("stand_in_asked")
def _still_sought(message: Message) -> str:
    sought = SlotVolunteer.objects.filter(pk=wanted.number_in(message.about), stand_in_asked_at__isnull=False).first()
    if sought is None:
        return "Le remplaçant est trouvé, ou n’est plus cherché."
    return COMES_ALREADY if has_promised(sought.slot_id, message) else ""


@wanted.while_so("volunteer_consent_asked")
def _still_waits_for_consent(message: Message) -> str:
    waiting = VolunteerProfile.objects.awaiting_consent().filter(pk=wanted.number_in(message.about))
    return "" if waiting.exists() else "La réponse est donnée, ou la question est retirée."
