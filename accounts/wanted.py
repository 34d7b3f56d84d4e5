"""Which mails about members are overtaken by facts before they leave, who is no longer whom they are for.

And where who still is has their mail now.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef

from accounts.models import Invitation, JoinRequest, Membership, Organisation, Role, User
from mail import wanted
from mail.models import Message
from mail.readers import Mailbox, finds_people

# Who may read what is told to these.
ROLES = {"owner": [Role.OWNER], "manager": Role.managing(), "member": list(Role)}


@wanted.in_capacity(*ROLES)
def _still_of_it(message: Message) -> str:
    """Of the organisation, or of the one that it was united with, and in a role that is as high."""
    role, space, number, person = message.capacity.split(":")
    found = _of_app(space, Membership).objects.filter(user=person, user__is_active=True, role__in=ROLES[role])
    key = _of_app(space, Organisation)._meta.model_name  # noqa: SLF001  # Django's own name
    here = found.filter(**{key: number}).exists() or found.filter(**{f"{key}__former_entries__number": number}).exists()
    return "" if here else "elle n’est plus de l’organisation, ou n’y a plus ce rôle."


@wanted.in_capacity("person")
def _themselves(_message: Message) -> str:
    """What is told to somebody, not to who has a role."""
    return ""


@wanted.in_capacity("operator")
def _still_an_operator(message: Message) -> str:
    still = User.objects.operators().filter(pk=wanted.number_in(message.capacity)).exists()
    return "" if still else "elle ne fait plus fonctionner le portail."


@finds_people
def _where_they_are(numbers: Collection[int]) -> dict[int, Mailbox]:
    """At the address that each has, unless they have yet to show that it is theirs."""
    unverified = EmailAddress.objects.filter(user=OuterRef("pk"), email__iexact=OuterRef("email"), verified=False)
    people = User.objects.filter(~Exists(unverified), pk__in=numbers, is_active=True)
    return {one.pk: Mailbox(one.email, one.name, one.language) for one in people}


@wanted.while_so("member_invited")
def _still_open(message: Message) -> str:
    """An invitation that was taken back, or answered by its page, is not sent."""
    kind = _kind_of(message, Invitation)
    open_still = kind.objects.filter(pk=wanted.number_in(message.about), accepted_at=None, revoked_at=None)
    return "" if open_still.exists() else "L’invitation est retirée, ou elle a servi."


@wanted.while_so("join_requested")
def _still_asked(message: Message) -> str:
    kind = _kind_of(message, JoinRequest)
    waiting = kind.objects.filter(pk=wanted.number_in(message.about), state=JoinRequest.State.PENDING)
    return "" if waiting.exists() else "Quelqu’un a déjà répondu."


@wanted.while_so("members_to_confirm")
def _still_to_confirm(message: Message) -> str:
    found = _kind_of(message, Organisation).objects.filter(pk=wanted.number_in(message.about)).first()
    asked = found is not None and f":{found.members_confirmed_at:%Y%m%d}:" in message.key
    return "" if asked else "La liste des membres est vérifiée."


def _kind_of(message: Message, base: Any) -> Any:
    """The model of the app that the message names before its first dash."""
    return _of_app(message.about.partition("-")[0], base)


def _of_app(space: str, base: Any) -> Any:
    """The model of this app that is such a one."""
    return next(kind for kind in base.__subclasses__() if kind._meta.app_label == space)  # noqa: SLF001  # Django's public API
