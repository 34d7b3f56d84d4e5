"""What the portal's booking is measured against: the fastest that can be, and one that looks and then writes."""

from __future__ import annotations

import time
import uuid

from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from companies.models import Slot
from workshops.models import Booking

BOOK = """
INSERT INTO workshops_booking (
    slot_id, association_id, participants, topic, message, key, state, created_at, settled_at, is_late, reason_code,
    reason, sequence
)
SELECT slot.id, %(association)s, 6, 'email', '', %(key)s, 'confirmed', now(), now(), false, '', '', 0
FROM companies_slot AS slot
WHERE slot.id = %(slot)s AND slot.state = 'open' AND slot.closes_at > now()
ON CONFLICT DO NOTHING
"""
IS_TAKEN = "SELECT EXISTS (SELECT FROM workshops_booking WHERE slot_id = %s AND state = 'confirmed')"
# Between the look and the deed: what a slow moment of the network or of the machine does.
PAUSE_SECONDS = 0.01


@csrf_exempt
@login_not_required
@require_POST
def in_one_statement(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Book for the association that the form names: no session, no form, no rules, no mail."""
    with connection.cursor() as cursor:
        cursor.execute(BOOK, {"slot": slot_id, "association": request.POST["association"], "key": uuid.uuid4()})
        taken = not cursor.rowcount
    return HttpResponse(status=409 if taken else 201)


@csrf_exempt
@login_not_required
@require_POST
def through_the_orm(request: HttpRequest, slot_id: int) -> HttpResponse:
    """The same by Django's models: the slot's row locked, one look, one row written, and nothing else."""
    with transaction.atomic():
        slot = Slot.objects.select_for_update(no_key=True).get(pk=slot_id)
        if Booking.objects.filter(slot=slot, state=Booking.State.CONFIRMED).exists():
            return HttpResponse(status=409)
        now = timezone.now()
        Booking.objects.create(
            slot=slot,
            association_id=request.POST["association"],
            participants=6,
            topic="email",
            key=uuid.uuid4(),
            state=Booking.State.CONFIRMED,
            created_at=now,
            settled_at=now,
        )
    return HttpResponse(status=201)


@csrf_exempt
@login_not_required
@require_POST
def without_guards(request: HttpRequest, slot_id: int) -> HttpResponse:
    """The control: look whether the slot is free, then book it. Without the constraint it sells it to everybody."""
    with connection.cursor() as cursor:
        cursor.execute(IS_TAKEN, [slot_id])
        (taken,) = cursor.fetchone()
        if not taken:
            time.sleep(PAUSE_SECONDS)
            cursor.execute(BOOK, {"slot": slot_id, "association": request.POST["association"], "key": uuid.uuid4()})
    return HttpResponse(status=409 if taken else 201)
