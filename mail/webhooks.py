"""Where the provider tells what became of our mail. Anymail reads what it says, once the secret is right."""

from __future__ import annotations

from typing import Any

from anymail.signals import EventType, RejectReason, tracking
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from mail.actions import refuse_all
from mail.bounces import Event, is_passing, note
from mail.rendering import one_line
from territories import clock

UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError)


class Brevo(BrevoTrackingWebhookView):  # type: ignore[misc]  # anymail ships no types
    """A verified call that anymail cannot read is answered as such: the provider shows it, and tries again."""

    def parse_events(self, request: HttpRequest) -> Any:
        try:
            return super().parse_events(request)
        except UNREADABLE as error:
            raise BadRequest("This is not an event of the provider's.") from error


# Those who give our own Message-ID back: what they say is of one message.
VIEWS = {"brevo": Brevo}
PLAIN = {
    EventType.DELIVERED: Event.DELIVERED,
    EventType.DEFERRED: Event.DEFERRED,
    EventType.FAILED: Event.FAILED,
    EventType.COMPLAINED: Event.COMPLAINED,
}
# Why a provider does not even try: it has seen the address fail, or its owner complain, or tells neither.
REJECTED = {
    RejectReason.INVALID: Event.HARD_BOUNCE,
    RejectReason.BOUNCED: Event.HARD_BOUNCE,
    RejectReason.BLOCKED: Event.BLOCKED,
    RejectReason.SPAM: Event.COMPLAINED,
}


@csrf_exempt  # The provider has no cookie; anymail verifies who speaks.
@login_not_required
def provider(request: HttpRequest) -> HttpResponse:
    """What the one provider of MAIL_PROVIDER tells; 404 while none is set, or nothing would verify it."""
    name = settings.MAIL_PROVIDER
    if name not in VIEWS or not settings.ANYMAIL["WEBHOOK_SECRET"]:
        raise Http404
    answer: HttpResponse = VIEWS[name].as_view()(request)
    return answer


@receiver(tracking, dispatch_uid="what became of our mail")
def take_down(*, event: Any, **_kwargs: Any) -> None:
    """One event of a verified call. What tells nothing of a message's way, such as an opening, is left out."""
    if not _is_text(event.recipient):
        return
    now = clock.now()
    if event.event_type == EventType.UNSUBSCRIBED or event.reject_reason == RejectReason.UNSUBSCRIBED:
        refuse_all(address=event.recipient, now=now)
    meaning = _meaning(event)
    if meaning is None:
        return
    note(
        event=meaning,
        address=event.recipient,
        message_id=f"<{one_line(str(event.message_id or '')).strip('<>')}>",
        reason=_words(event),
        now=now,
    )


def _is_text(told: object) -> bool:
    """Something that an address of ours could be."""
    return isinstance(told, str) and bool(told) and "\x00" not in told


def _meaning(event: Any) -> Event | None:
    if event.event_type == EventType.BOUNCED:
        return Event.SOFT_BOUNCE if _is_soft(event) else Event.HARD_BOUNCE
    if event.event_type == EventType.REJECTED:
        return REJECTED.get(event.reject_reason, Event.FAILED)
    return PLAIN.get(event.event_type)


def _is_soft(event: Any) -> bool:
    """The provider says it in a word of its own; of a « hard » one the receiving server's code may know better."""
    told = event.esp_event if isinstance(event.esp_event, dict) else {}
    return told.get("event") == "soft_bounce" or is_passing(_words(event))


def _words(event: Any) -> str:
    return one_line(str(event.mta_response or event.description or ""))[:500]
