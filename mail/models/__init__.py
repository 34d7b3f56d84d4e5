"""The outbox, and what is decided about addresses."""

from mail.models.addresses import Pace, Pause, Preferences, Suppression
from mail.models.heartbeats import Heartbeat
from mail.models.messages import Message, MessageQuerySet

__all__ = ["Heartbeat", "Message", "MessageQuerySet", "Pace", "Pause", "Preferences", "Suppression"]
