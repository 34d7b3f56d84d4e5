"""`{% load cards %}{% include "components/slot_card.html" with card=slot|card only %}`."""

from django import template

from companies.models import Slot
from workshops.cards import Card, card_of
from workshops.proposed import carried, path_of_slot

register = template.Library()


@register.filter
def card(slot: Slot) -> Card:
    """What the card of a slot `with_place` says."""
    return card_of(slot)


@register.filter
def card_for(slot: Slot, request: int | None) -> Card:
    """The same, leading to the slot as proposed for a request of this number, if any."""
    return card_of(slot)._replace(url=path_of_slot(slot.pk, request))


@register.filter
def for_request(path: str, request: int | None) -> str:
    """A page of a slot that goes on to its booking, for a request of this number, if any."""
    return path + carried(request)
