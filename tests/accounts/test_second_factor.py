"""Moderators and operators have a second factor; a lost one is removed by two others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.actions import recovery
from accounts.models import FactorRecovery, User
from mail.models import Message
from mail.rendering import render
from tests import factories

Visitor = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _asked_for(settings: Settings) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True


def with_factor(user: User) -> User:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


@pytest.mark.parametrize(
    ("role", "address"),
    [("is_moderator", "moderation"), ("is_staff", "charter:draft"), ("is_staff", "recoveries")],
)
def test_staff_without_second_factor_is_led_to_activate_one(
    visitor: Visitor, db: None, role: str, address: str
) -> None:
    user = factories.make_user()
    User.objects.filter(pk=user.pk).update(**{role: True})
    assert visitor(user).get(reverse(address))["Location"] == reverse("mfa_index")
    with_factor(user)
    assert visitor(user).get(reverse(address)).status_code == 200


def test_administration_asks_for_it_too(visitor: Visitor, db: None) -> None:
    user = factories.make_user(is_staff=True, is_superuser=True)
    assert visitor(user).get(reverse("admin:index")).status_code == 302
    with_factor(user)
    assert visitor(user).get(reverse("admin:index")).status_code == 200


def test_people_without_such_a_role_are_not_asked(visitor: Visitor, db: None) -> None:
    assert visitor(factories.make_user()).get(reverse("dashboard")).status_code == 200


def test_two_operators_remove_a_lost_factor_and_the_person_is_told(visitor: Visitor, db: None) -> None:
    lost = with_factor(factories.make_user("Odile", is_moderator=True))
    first, second = (with_factor(factories.make_user(is_staff=True)) for _ in range(2))
    page = reverse("recoveries")
    client = visitor(first)
    assert client.post(page, {"email": "personne@ailleurs.example", "reason": "Appelée."}).status_code == 422
    assert client.post(page, {"email": lost.email, "reason": ""}).status_code == 422
    client.post(page, {"email": lost.email, "reason": "Appelée au standard."})
    confirm = reverse("recovery_confirm", args=[FactorRecovery.objects.get().pk])
    assert "Une autre personne" in client.post(confirm, follow=True).content.decode()
    assert Authenticator.objects.filter(user=lost).exists()
    assert "sont retirés" in visitor(second).post(confirm, follow=True).content.decode()
    assert not Authenticator.objects.filter(user=lost).exists()
    told = [render(message).subject for message in Message.objects.filter(to_email=lost.email).order_by("pk")]
    assert told == ["Votre double authentification", "Votre double authentification est retirée"]
    assert {message.template for message in Message.objects.all()} == {"recovery_opened", "recovery_confirmed"}


def test_nobody_asks_or_confirms_for_themselves(db: None, now: dt.datetime) -> None:
    lost, other = factories.make_user(is_staff=True), factories.make_user(is_staff=True)
    with pytest.raises(recovery.NotByOneself):
        recovery.open_recovery(user=lost, reason="Moi.", by=lost, now=now)
    asked = recovery.open_recovery(user=lost, reason="Appelée.", by=other, now=now)
    with pytest.raises(recovery.NotByOneself):
        recovery.confirm_recovery(recovery=asked, by=lost, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorRecovery.objects.update(confirmed_at=now, confirmed_by=other)


def test_recovery_ends_after_two_days(db: None, now: dt.datetime) -> None:
    asked = recovery.open_recovery(user=factories.make_user(), reason="Appelée.", by=factories.make_user(), now=now)
    with pytest.raises(recovery.RecoveryClosed):
        recovery.confirm_recovery(recovery=asked, by=factories.make_user(), now=now + dt.timedelta(days=2))


def test_sessions_opened_with_a_password_alone_end_when_a_second_factor_comes(
    db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = factories.make_user("Odile", is_moderator=True)
    user.set_password("une longue phrase de passe")
    user.save()
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post(reverse("account_login"), {"login": user.email, "password": "une longue phrase de passe"})
        assert client.get(reverse("dashboard")).status_code == 200
    here.post(reverse("account_reauthenticate"), {"password": "une longue phrase de passe"})
    here.get(reverse("mfa_activate_totp"))
    secret = here.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    with django_capture_on_commit_callbacks(execute=True):
        assert here.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    assert here.get(reverse("moderation")).status_code == 200
    assert elsewhere.get(reverse("moderation"))["Location"].startswith(reverse("account_login"))
