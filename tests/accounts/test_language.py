"""The language in which we write to a person: chosen at sign-up, changed on a page, kept right by the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from mail.models import Message
from mail.rendering import render
from tests import factories

SIGNUP = {"name": "Karim Benali", "email": "karim@example.org", "password1": "soirée-au-bureau"}
PAGE = "/compte/langue/"
Visitor = Callable[[User], Client]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoken", "kept", "subject", "words"),
    [
        ("fr", "fr", "Vérifiez votre adresse électronique", "Voici le code qui vérifie votre adresse."),
        ("en-gb", "en", "Verify your email address", "Here is the code that verifies your address."),
        ("de", "fr", "Vérifiez votre adresse électronique", "Voici le code qui vérifie votre adresse."),
    ],
)
def test_signing_up_keeps_the_language_of_the_page(
    client: Client, spoken: str, kept: str, subject: str, words: str
) -> None:
    with override(spoken):
        client.post("/compte/signup/", SIGNUP)
    assert User.objects.get().language == kept
    message = Message.objects.get()
    assert (message.language, render(message).subject) == (kept, subject)
    assert words in render(message).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "sent", "subject"),
    [
        ("/compte/login/code/", {}, "Your sign-in code"),
        ("/compte/password/reset/", {}, "Password Reset Email"),
        ("/compte/signup/", SIGNUP, "Account Already Exists"),
    ],
)
def test_mails_of_the_account_are_in_its_language(
    client: Client, address: str, sent: dict[str, Any], subject: str
) -> None:
    """Also where the package does not tell us whose account the address is of."""
    factories.make_user("Ana", email="ana@example.org", language="en")
    client.post(address, {**sent, "email": "ana@example.org"})
    message = Message.objects.get()
    rendered = render(message)
    assert (message.language, rendered.subject) == ("en", subject)
    assert "You are receiving this email because somebody gave this address to" in rendered.text


@pytest.mark.django_db
def test_change_of_an_account_is_told_in_its_language(client: Client) -> None:
    ana = factories.make_user("Ana", language="en")
    ana.set_password("une longue phrase de passe")
    ana.save()
    client.post("/compte/login/", {"login": ana.email, "password": "une longue phrase de passe"})
    client.post(
        "/compte/password/change/",
        {
            "oldpassword": "une longue phrase de passe",
            "password1": "une autre phrase, longue",
            "password2": "une autre phrase, longue",
        },
    )
    message = Message.objects.get()
    assert (message.language, message.to_name) == ("en", "Ana")
    assert "the following change was made to your account" in message.context["body"]


def test_person_changes_their_language_on_a_page(db: None, visitor: Visitor) -> None:
    ana = factories.make_user("Ana")
    client = visitor(ana)
    page = client.get(PAGE).content.decode()
    assert "Langue des courriels" in page
    assert re.findall(r'value="(\w+)"[^>]* checked', page) == ["fr"]
    assert client.post(PAGE, {"language": "en"}).headers["Location"] == PAGE
    ana.refresh_from_db()
    assert ana.language == "en"
    assert client.get("/compte/mes-donnees.json").json()["account"]["language"] == "en"


def test_other_languages_are_refused_on_the_page(db: None, visitor: Visitor) -> None:
    ana = factories.make_user("Ana")
    assert visitor(ana).post(PAGE, {"language": "de"}).status_code == 422
    ana.refresh_from_db()
    assert ana.language == settings.LANGUAGE_CODE


@pytest.mark.parametrize("language", ["de", "", "EN"])
def test_database_keeps_no_language_that_we_do_not_write(db: None, language: str) -> None:
    ana = factories.make_user("Ana")
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="user_language_known"):
        cursor.execute("UPDATE accounts_user SET language = %s WHERE id = %s", [language, ana.pk])


def test_row_without_a_language_is_french(db: None) -> None:
    """So does a release that does not know the column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_user"
            " (password, is_superuser, email, name, is_moderator, is_staff, is_active, date_joined)"
            " VALUES ('', false, 'ana@example.org', '', false, false, true, now()) RETURNING language"
        )
        assert cursor.fetchone() == ("fr",)
