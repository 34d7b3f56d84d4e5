"""What the pages of one's own account ask of the database, for who has signed in a moment ago, with few and many keys.

`tests/test_costs.py` holds all other pages.
"""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests import factories

PASSWORD = "une longue phrase de passe"
COSTS: dict[str, int] = {
    "account_change_password": 1,
    "account_reauthenticate": 7,
    "mfa_deactivate_totp": 6,
    "mfa_edit_webauthn": 5,
    "mfa_index": 3,
    "mfa_reauthenticate": 7,
    "mfa_remove_webauthn": 5,
    "mfa_view_recovery_codes": 6,
}
# On the way in.
DOORS: dict[str, int] = {"account_confirm_login_code": 1, "mfa_authenticate": 6}


def person() -> User:
    user = factories.make_user("Odile")
    user.set_password(PASSWORD)
    user.save()
    return user


def give_keys(user: User, count: int) -> Authenticator:
    """So many passkeys, and a telephone with its codes; returns a passkey."""
    kinds, codes = Authenticator.Type, {"seed": "x", "used_mask": 0}
    Authenticator.objects.create(user=user, type=kinds.TOTP, data={"secret": "x"})
    Authenticator.objects.create(user=user, type=kinds.RECOVERY_CODES, data=codes)
    keys = [
        Authenticator.objects.create(user=user, type=kinds.WEBAUTHN, data={"name": f"Clé {number}", "credential": {}})
        for number in range(count)
    ]
    return keys[0]


def asked_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200, answer.get("Location", "")
    return len(asked)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", COSTS)
def test_page_of_the_account_costs_the_same_however_many_keys(db: None, name: str, count: int) -> None:
    client, user = Client(), person()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    key = give_keys(user, count)
    arguments: dict[str, Any] = {"pk": key.pk} if "_webauthn" in name else {}
    assert asked_of(client, reverse(name, kwargs=arguments)) == COSTS[name]


def test_doors_cost_what_they_did(db: None) -> None:
    """They list nothing of the person's."""
    user = person()
    by_code, by_password = Client(), Client()
    by_code.post(reverse("account_request_login_code"), {"email": user.email})
    assert asked_of(by_code, reverse("account_confirm_login_code")) == DOORS["account_confirm_login_code"]
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    by_password.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert asked_of(by_password, reverse("mfa_authenticate")) == DOORS["mfa_authenticate"]
