import re

import pytest
from django.test import Client

from accounts.models import User
from mail.models import Message
from tests import factories

SIGNUP = {"name": "Karim Benali", "email": "Karim@example.org", "password1": "soirée-au-bureau"}


@pytest.mark.django_db
def test_signing_up_mails_a_code_that_verifies_the_address(client: Client) -> None:
    client.post("/compte/signup/", SIGNUP)
    message = Message.objects.get()
    assert (message.to_email, message.to_name, message.template, message.secret) == (
        "karim@example.org",
        "Karim Benali",
        "account_notice",
        True,
    )
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", message.context["body"].replace("\r", ""), re.MULTILINE)
    assert code is not None
    response = client.post("/compte/confirm-email/", {"code": code[0]})
    assert (response.status_code, response.headers["Location"]) == (302, "/tableau-de-bord/")
    assert User.objects.get().name == "Karim Benali"


@pytest.mark.django_db
def test_signing_up_with_a_known_address_shows_what_a_new_one_does(client: Client) -> None:
    known = factories.make_user()
    new = client.post("/compte/signup/", SIGNUP)
    again = Client().post("/compte/signup/", SIGNUP | {"email": known.email})
    assert (again.status_code, again.headers["Location"]) == (new.status_code, new.headers["Location"])
    assert User.objects.count() == 2


@pytest.mark.django_db
def test_signing_in_by_code_mails_one_only_to_known_addresses(client: Client) -> None:
    client.post("/compte/login/code/", {"email": "personne@example.org"})
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_unverified_address_does_not_sign_in(client: Client) -> None:
    client.post("/compte/signup/", SIGNUP)
    other = Client()
    other.post("/compte/login/", {"login": "karim@example.org", "password": SIGNUP["password1"]})
    assert other.get("/tableau-de-bord/").status_code == 302
