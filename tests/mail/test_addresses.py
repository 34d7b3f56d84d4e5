"""Addresses that people type: taken when every program reads them alike, else refused with a word."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from mail import addresses
from mail.addresses import validate_address
from mail.models import Message
from mail.outbox import check_address
from mail.rendering import Rendered, build_email
from tests import factories
from tests.factories import World

Visitor = Callable[[User], Client]

TAKEN = [
    "ana@example.org",
    "prenom.nom+portail@sous.domaine.exemple.fr",
    "_ana-92@example.org",
    "o'neill@example.org",
    "#!$%&'*+-/=?^_`{}|~@example.org",
    "ana@écoles-libres.fr",
    "ana@xn--fiqs8s.example",
    "12345@example.org",
]
REFUSED = [
    "",
    "ana",
    "ana@",
    "@example.org",
    "ana@@example.org",
    "ana@example",
    "ana@-example.org",
    "ana..b@example.org",
    ".ana@example.org",
    "ana.@example.org",
    "ana@example..org",
    "Ana <ana@example.org>",
    "ana@example.org, eve@example.org",
    "ana@example.org;eve@example.org",
    "ana @example.org",
    "ana@example.org\nBcc: eve@example.org",
    "ana@example.org\r\n\r\nbonjour",
    "ana\x00@example.org",
    "ana\u200b@example.org",
    '""@example.org',
    '"ana b"@example.org',
    r'"\a"@example.org',
    '"ana\x07"@example.org',
    "ana@[127.0.0.1]",
    "ana@[IPv6:::1]",
    "(commentaire)ana@example.org",
    "été@example.org",
    "a" * 65 + "@example.org",
    "ana@" + "a" * 64 + ".org",
    "ana@" + "a." * 125 + "org",
]


@pytest.mark.parametrize("address", TAKEN)
def test_address_is_taken_and_read_back_from_the_header_as_it_was(address: str) -> None:
    validate_address(address)
    message = Message(to_email=address, to_name='Élise "É" <x>, Zoé', message_id="<1@example.org>", template="x")
    mail = build_email(message, Rendered("s", "t", "<p>h</p>"), sent_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    read = email.message_from_bytes(mail.message(policy=email.policy.SMTP).as_bytes(), policy=email.policy.default)
    [to] = read["To"].addresses
    local, _, domain = address.partition("@")
    assert (to.username, to.domain, to.display_name) == (
        local,
        domain.encode("idna").decode(),
        'Élise "É" <x>, Zoé',
    )


@pytest.mark.parametrize("address", TAKEN)
def test_database_keeps_every_address_that_is_taken(db: None, address: str) -> None:
    factories.make_user(email=address)
    assert User.objects.filter(email=address).exists()


@pytest.mark.parametrize("address", ['"ana b"@example.org', "ana@[127.0.0.1]", "ana,b@example.org", "a@b@c.org", "ana"])
def test_database_refuses_what_is_no_address(db: None, address: str) -> None:
    user = factories.make_user()
    with pytest.raises(IntegrityError, match="user_email_deliverable"):
        User.objects.filter(pk=user.pk).update(email=address)


@pytest.mark.parametrize("address", ['"jean,dupont"@example.org', "jean@[127.0.0.1]"])
def test_administration_refuses_an_address_that_we_cannot_write_to(
    world: World, visitor: Visitor, address: str
) -> None:
    operator = User.objects.create_superuser("racine@example.org", name="Racine")
    page = reverse("admin:accounts_user_change", args=[world.company_owner.pk])
    answer = visitor(operator).post(page, {"email": address, "name": "Jean", "language": "fr", "is_active": "on"})
    assert answer.context["adminform"].form.errors["email"] == [addresses.REFUSED]


@pytest.mark.parametrize("address", REFUSED)
def test_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        validate_address(address)
    with pytest.raises(ValueError, match="is not an e-mail address"):
        check_address(address)


TOO_LONG = "ana@" + f"{'a' * 63}." * 3 + f"{'a' * 50}.example.org"
"""Whose first 254 characters are an address too: somebody else's."""


@pytest.mark.parametrize(
    "address", [TOO_LONG, '""@example.org', "ana@[127.0.0.1]", "ana@example.org\nBcc: eve@example.org"]
)
def test_form_that_is_given_one_says_what_to_do(world: World, visitor: Visitor, address: str) -> None:
    owner = visitor(world.company_owner)
    invite = reverse("companies:member_invite", args=[world.company.slug])
    signup = {"email": address, "name": "Ana", "password1": "une-porte-ouverte"}
    for visit, path, typed in (
        (owner, invite, {"email": address, "role": Role.VOLUNTEER}),
        (Client(), reverse("account_signup"), signup),
    ):
        answer = visit.post(path, typed)
        assert answer.status_code in (200, 422), path  # allauth's own pages come back as 200
        assert "Corrigez pour continuer" in answer.text
        assert re.search("(?:Indiquez|Saisissez) une adresse|Vérifiez cette adresse", answer.text)
    assert not Message.objects.exists()
