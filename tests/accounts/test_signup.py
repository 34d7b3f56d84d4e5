import datetime as dt
import json
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
import time_machine
from altcha import Payload, solve_challenge
from altcha.v2 import Challenge
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.actions.signups import MAILS_TO_ONE_ADDRESS, ProofSpent, SignupsClosed, admit_signup, may_write_to
from accounts.models import SignupAttempt, User
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


def answer_of(page: str) -> str:
    """What a browser sends for the challenge of a page."""
    written = re.search(r'data-challenge="([^"]+)"', page)
    assert written is not None
    challenge = Challenge.from_dict(json.loads(unescape(written[1])))
    solution = solve_challenge(challenge)
    assert solution is not None
    return Payload(challenge, solution).to_base64()


@pytest.mark.django_db
def test_challenge_answered_is_kept_and_serves_once(client: Client) -> None:
    answer = answer_of(client.get("/compte/signup/").content.decode())
    assert client.post("/compte/signup/", SIGNUP | {"proof": answer}).status_code == 302
    assert len(SignupAttempt.objects.get().proof) == 32
    again = Client().post("/compte/signup/", SIGNUP | {"email": "autre@example.org", "proof": answer})
    assert "déjà parti une fois" in again.content.decode()
    assert "autre@example.org" in again.content.decode()
    assert User.objects.count() == Message.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["x", "e30=", "eyJjaGFsbGVuZ2UiOnt9LCJzb2x1dGlvbiI6e319", "\u202e", "9" * 2000])
def test_forged_answer_is_told_and_loses_nothing(client: Client, answer: str) -> None:
    page = client.post("/compte/signup/", SIGNUP | {"proof": answer})
    assert page.status_code == 200
    assert "a attendu trop longtemps" in page.content.decode()
    assert "Karim Benali" in page.content.decode()
    assert f'value="{answer}"' not in page.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_cheaper_challenge_of_ones_own_is_refused(client: Client) -> None:
    page = client.get("/compte/signup/")
    written = re.search(r'data-challenge="([^"]+)"', page.content.decode())
    assert written is not None
    challenge = json.loads(unescape(written[1]))
    challenge["parameters"] |= {"keyPrefix": "00", "cost": 1}
    cheap = Challenge.from_dict(challenge)
    solution = solve_challenge(cheap)
    assert solution is not None
    sent = client.post("/compte/signup/", SIGNUP | {"proof": Payload(cheap, solution).to_base64()})
    assert "a attendu trop longtemps" in sent.content.decode()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_late_answer_is_told(client: Client, now: dt.datetime) -> None:
    answer = answer_of(client.get("/compte/signup/").content.decode())
    with time_machine.travel(now + dt.timedelta(hours=3)):
        page = client.post("/compte/signup/", SIGNUP | {"proof": answer})
    assert "a attendu trop longtemps" in page.content.decode()


@pytest.mark.django_db
def test_what_falls_into_the_trap_writes_to_nobody(client: Client) -> None:
    real = Client().post("/compte/signup/", SIGNUP)
    trapped = client.post("/compte/signup/", SIGNUP | {"email": "victime@example.org", "website": "https://x.example"})
    assert (trapped.status_code, trapped.headers["Location"]) == (real.status_code, real.headers["Location"])
    assert User.objects.count() == Message.objects.count() == SignupAttempt.objects.count() == 1


@pytest.mark.django_db
def test_without_proof_a_day_has_few_signups_and_keeps_what_was_typed(
    client: Client, settings: Settings, now: dt.datetime
) -> None:
    settings.SIGNUPS_WITHOUT_PROOF_PER_DAY = 1
    admit_signup(email="une@example.org", proof="", now=now)
    page = client.post("/compte/signup/", SIGNUP)
    assert "activez JavaScript" in page.content.decode()
    assert "Karim Benali" in page.content.decode()
    assert not User.objects.exists()
    answer = answer_of(page.content.decode())
    assert client.post("/compte/signup/", SIGNUP | {"proof": answer}).status_code == 302
    admit_signup(email="deux@example.org", proof="", now=now + dt.timedelta(hours=24))


@pytest.mark.django_db
def test_day_has_so_many_signups_and_operators_are_warned_once(settings: Settings, now: dt.datetime) -> None:
    settings.SIGNUPS_PER_DAY = 5
    operator = factories.make_user(is_staff=True)
    for number in range(5):
        admit_signup(email=f"p{number}@example.org", proof=f"{number}", now=now)
        warned = Message.objects.filter(template="signups_near_limit", to_email=operator.email).count()
        assert warned == {3: 1, 4: 2}.get(number, 0)
    with pytest.raises(SignupsClosed, match="Trop d’inscriptions"):
        admit_signup(email="p6@example.org", proof="6", now=now)
    assert SignupAttempt.objects.count() == 5
    later = now + dt.timedelta(hours=48)
    admit_signup(email="p6@example.org", proof="6", now=later)
    assert SignupAttempt.objects.get().made_at == later, "two days later they are forgotten"


@pytest.mark.django_db
def test_operators_are_warned_whatever_spends_the_budget(settings: Settings, now: dt.datetime) -> None:
    settings.SIGNUPS_PER_DAY = 5
    factories.make_user(is_staff=True)
    for number in range(3):
        admit_signup(email=f"p{number}@example.org", proof=f"{number}", now=now)
    assert may_write_to(email="p4@example.org", now=now)
    assert may_write_to(email="p5@example.org", now=now)
    assert Message.objects.filter(template="signups_near_limit").count() == 2
    assert not may_write_to(email="p6@example.org", now=now)


@pytest.mark.django_db
def test_one_address_is_written_to_a_few_times_a_day(now: dt.datetime) -> None:
    for number in range(MAILS_TO_ONE_ADDRESS):
        admit_signup(email="Victime@example.org", proof=f"{number}", now=now)
    with pytest.raises(SignupsClosed, match="déjà écrit"):
        admit_signup(email="victime@EXAMPLE.org ", proof="9", now=now)
    assert "victime" not in repr(list(SignupAttempt.objects.values()))


def test_limit_and_single_use_hold_against_many_at_once(settings: Settings, now: dt.datetime, committed: None) -> None:
    settings.SIGNUPS_PER_DAY = 4

    def attempt(number: int) -> str:
        try:
            admit_signup(email=f"p{number}@example.org", proof=f"{number % 8}", now=now)
        except ProofSpent:
            return "spent"
        except SignupsClosed:
            return "closed"
        finally:
            connection.close()
        return "admitted"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(16)))
    assert outcomes.count("admitted") == SignupAttempt.objects.count() == 4


@pytest.mark.django_db
def test_address_that_nobody_verified_is_written_to_three_times_a_day(client: Client) -> None:
    """Codes to sign in and new passwords count too: a sign-up opens no way to mail a stranger."""
    client.post("/compte/signup/", SIGNUP | {"email": "inconnue@example.org"})
    for _ in range(4):
        Client().post("/compte/login/code/", {"email": "inconnue@example.org"})
        Client().post("/compte/password/reset/", {"email": "inconnue@example.org"})
    assert Message.objects.filter(to_email="inconnue@example.org").count() == 3


@pytest.mark.django_db
def test_verified_address_gets_its_codes(client: Client) -> None:
    person = factories.make_user()
    for address in ("/compte/login/code/", "/compte/password/reset/") * 2:
        Client().post(address, {"email": person.email})
    assert Message.objects.filter(to_email=person.email).count() == 4
