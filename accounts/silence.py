"""Who hears that an address fell silent: somebody whom mail reaches no more must never mean silence.

Who writes to such an address hears it too, before anything is done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts import emails
from accounts.models import Invitation, Membership, Organisation, User
from mail import bounces
from mail.models import Suppression

# Whoever typed the address learns no more of it: the reason is its owner's business.
NOT_REACHED = (
    "Cette adresse ne reçoit pas nos courriels\u00a0: indiquez-en une autre, ou demandez à l’équipe du portail de la "
    "rétablir."
)


@bounces.when_set_aside
def tell_others(suppression: Suppression, now: dt.datetime) -> None:
    """Each organisation of which this person is a member, or to which they are invited, has its others told.

    Of somebody who is of none the operators hear.
    """
    address = suppression.address
    known = False
    for kind in Membership.__subclasses__():
        for member in kind.objects.filter(user__email__iexact=address).select_related("user").order_by("pk"):
            _tell(suppression, member.user.name, member.organisation, now)
            known = True
    for invited in Invitation.__subclasses__():
        for invitation in invited.objects.open(now).filter(email__iexact=address).order_by("pk"):
            _tell(suppression, "", invitation.organisation, now)
            known = True
    person = User.objects.filter(email__iexact=address).first()
    if person is not None and not known:
        emails.address_lost(suppression=suppression, name=person.name, now=now)


def is_silent(address: str) -> bool:
    """Whether we write to this address no more."""
    return bool(silent_among([address]))


def silent_among(addresses: Iterable[str]) -> set[str]:
    """Those of these addresses that we write to no more, in lower case."""
    return set(Suppression.objects.among(addresses).values_list("address", flat=True))


def tell_if_silent(*, person: User, organisation: Organisation, now: dt.datetime) -> None:
    """Somebody begins to act for an organisation: when no mail reaches them, the others hear it now."""
    suppression = Suppression.objects.among([person.email]).first()
    if suppression is not None:
        _tell(suppression, person.name, organisation, now)


def tell_if_all_silent(*, organisation: Organisation, now: dt.datetime) -> None:
    """Somebody acts for an organisation no more: when no mail reaches those who are left, the others hear it now."""
    left = list(organisation.managers())
    silent = {one.address: one for one in Suppression.objects.among(person.email for person in left)}
    if all(person.email.lower() in silent for person in left):
        for person in left:
            _tell(silent[person.email.lower()], person.name, organisation, now)


def _tell(suppression: Suppression, name: str, organisation: Organisation, now: dt.datetime) -> None:
    emails.address_silent(suppression=suppression, name=name, organisation=organisation, now=now)
