"""`{% load cards %}{% include "components/slot_card.html" with card=slot|card only %}`."""

from django import template

from companies.models import Slot
from workshops.cards import Card, card_of

register = template.Library()


@register.filter
def card(slot: Slot) -> Card:
    """What the card of a slot `with_place` says."""
    return card_of(slot)
