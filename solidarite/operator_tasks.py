"""What those who run the portal are waited for: whom no mail reaches any more. Nothing is stored; the rows say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from django.urls import reverse

from accounts.gates import lacks_second_factor
from accounts.models import User
from solidarite.todo import MOST, Task, when
from workshops.told import about
from workshops.unheard import unheard_lately


def operator_tasks(user: User, now: dt.datetime) -> list[Task]:
    """Empty for whoever may not open the pages of operators."""
    if not user.is_staff or lacks_second_factor(user):
        return []
    return list(_unheard(now))


def _unheard(now: dt.datetime) -> Iterator[Task]:
    """Bookings of which a side has not got all: until somebody there has, or the evening is over."""
    for lost in islice(unheard_lately(now), MOST):
        booking = lost.booking
        yield Task(
            f"{lost.whose} n’a pas reçu {lost.what}",
            f"{when(booking.slot)}, {booking.association} chez {booking.slot.room.site.company}",
            f"{reverse('admin:mail_message_changelist')}?{urlencode({'about': about(booking)})}",
            "Voir les courriels",
            f"de {lost.whose} pour cette réservation",
            lost.whose,
        )
