"""Who hears that an address fell silent: a suppressed member of an organisation must never mean silence."""

from __future__ import annotations

import datetime as dt

from accounts import emails
from accounts.models import Membership, Role, User
from mail import bounces
from mail.models import Suppression


@bounces.when_set_aside
def tell_others(suppression: Suppression, now: dt.datetime) -> None:
    """Each organisation for which this person acts has its others told, and the operators."""
    person = User.objects.filter(email=suppression.address).first()
    if person is None:
        return
    for kind in Membership.__subclasses__():
        for member in kind.objects.filter(user=person, role__in=Role.managing()).order_by("pk"):
            emails.address_silent(person=person, organisation=member.organisation, reason=suppression.reason, now=now)
