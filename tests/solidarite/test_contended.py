"""Somebody else holds the rows for too long, or the other way round: people are told, and nothing is kept."""

import datetime as dt
import threading
import time
import uuid
from contextlib import closing

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from associations.models import Association
from companies.models import Slot
from tests import factories
from tests.factories import World
from workshops.models import Booking

DEADLINE_SECONDS = 20
SOMEBODY_WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


def until_somebody_waits() -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(SOMEBODY_WAITS)
            if cursor.fetchone() == (True,):
                return
            time.sleep(0.02)


def hold(world: World, begun: threading.Event, ended: threading.Event, *, crosses: bool) -> None:
    """The association's row, until the booking has been answered; or until it waits, and then the slot's too."""
    with closing(connection), transaction.atomic():
        Association.objects.select_for_update().get(pk=world.association.pk)
        begun.set()
        until_somebody_waits()
        if crosses:
            Slot.objects.select_for_update().get(pk=world.slot.pk)
        ended.wait(DEADLINE_SECONDS)


@pytest.mark.parametrize("crosses", [True, False])
def test_who_waits_too_long_is_told_to_send_it_again(
    now: dt.datetime, client: Client, committed: None, *, crosses: bool
) -> None:
    world = factories.make_world(now)
    client.force_login(world.association_owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    sent = {"association": world.association.pk, "participants": 6, "topic": "email", "message": "", "request": ""}
    sent["key"] = str(uuid.uuid4())
    begun, ended = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold, args=(world, begun, ended), kwargs={"crosses": crosses})
    holder.start()
    assert begun.wait(DEADLINE_SECONDS)
    address = reverse("workshops:book", args=[world.slot.pk])
    answer = client.post(address, sent)
    ended.set()
    holder.join()
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "envoyez-le de nouveau" in answer.text
    assert not Booking.objects.exists()
    assert client.post(address, sent).status_code == 302
