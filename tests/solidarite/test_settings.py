"""The settings of a production, checked by Django in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.utils import get_random_secret_key

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "solidarite.settings",
    "HTTPS": "true",
    "SITE_URL": "https://portail.example.org",
    "ALLOWED_HOSTS": "portail.example.org",
    "OPERATOR_NAME": "Association du Portail",
    "OPERATOR_ADDRESS": "1 rue des Lilas, Lille",
    "OPERATOR_EMAIL": "bonjour@example.org",
    "PUBLICATION_DIRECTOR": "Hélène Carpentier",
    "HOSTING_PROVIDER": "Hébergeur, Lille",
}


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_ALLOW_ASYNC_UNSAFE": ""}
        | PRODUCTION
        | {"SECRET_KEY": get_random_secret_key() * 2}
        | changes,
        capture_output=True,
        text=True,
        check=False,
    )


def test_complete_settings_pass_every_check() -> None:
    answer = check()
    assert answer.stdout == "System check identified no issues (0 silenced).\n", answer.stderr


@pytest.mark.parametrize("name", ["OPERATOR_NAME", "PUBLICATION_DIRECTOR", "HOSTING_PROVIDER"])
def test_legal_notice_must_be_complete(name: str) -> None:
    answer = check(**{name: ""})
    assert answer.returncode == 1
    assert f"{name} est vide" in answer.stderr


def test_secret_key_must_be_given() -> None:
    answer = check(SECRET_KEY="")
    assert answer.returncode == 1


@pytest.mark.parametrize(
    ("provider", "secret", "words"),
    [
        ("pigeon", "portail:" + "x" * 40, "MAIL_PROVIDER est inconnu"),
        ("brevo", "portail:x", "MAIL_WEBHOOK_SECRET est trop court"),
        ("brevo", "x" * 40, "MAIL_WEBHOOK_SECRET est trop court"),
        ("brevo", "", "MAIL_WEBHOOK_SECRET est trop court"),
    ],
)
def test_what_the_provider_tells_must_be_verified(provider: str, secret: str, words: str) -> None:
    answer = check(MAIL_PROVIDER=provider, MAIL_WEBHOOK_SECRET=secret)
    assert (answer.returncode, words in answer.stderr) == (1, True)


def test_known_provider_with_a_secret_passes() -> None:
    answer = check(MAIL_PROVIDER="brevo", MAIL_WEBHOOK_SECRET="portail:" + "x" * 40)
    assert answer.returncode == 0, answer.stderr
