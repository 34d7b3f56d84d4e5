"""The registry behind its port: facts beside what was typed, silence told, and never anybody kept waiting."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import RegistryRecord
from accounts.registry import client
from accounts.registry.facts import MASKED, Answer, facts_for, read_answers
from accounts.registry.lookups import look_up, look_up_missing
from solidarite.tasks import look_up_registry
from territories.outward import Unavailable, service
from tests import factories
from tests.accounts.registry.conftest import KNOWN, Registry, answer
from tests.factories import World


def test_facts_are_read_from_the_documented_form() -> None:
    (facts,) = read_answers(answer(KNOWN))
    assert (facts.name, facts.commune_code, facts.is_active, facts.masked) == (
        "MENUISERIE DU PARC",
        "59350",
        True,
        False,
    )
    assert read_answers({"results": []}) == []


def test_masked_values_are_left_empty_and_said() -> None:
    body = answer(KNOWN, nom_complet=MASKED, siege={"siret": f"{KNOWN}00048", "adresse": MASKED, "commune": "59350"})
    (facts,) = read_answers(body)
    assert (facts.name, facts.address, facts.masked) == ("", "", True)


def test_known_number_is_kept_and_compared(registry: Registry, world: World, now: dt.datetime) -> None:
    company = factories.make_company(now, name="Menuiserie du Parc", siren=KNOWN)
    assert facts_for(company).answer == Answer.WAITING
    assert look_up(siren=KNOWN, now=now)
    view = facts_for(company)
    assert (view.answer, view.fetched_at) == (Answer.FOUND, now)
    assert [fact.term for fact in view.facts if fact.differs] == []
    company.name, company.rna = "Tout autre nom", ""
    assert [fact.term for fact in facts_for(company).facts if fact.differs] == ["Nom"]


def test_facts_never_replace_what_was_typed(registry: Registry, world: World, now: dt.datetime) -> None:
    company = factories.make_company(now, name="Menuiserie", siren=KNOWN, address="2 rue du Port")
    look_up(siren=KNOWN, now=now)
    company.refresh_from_db()
    assert (company.name, company.address) == ("Menuiserie", "2 rue du Port")


def test_closed_organisation_is_marked(registry: Registry, world: World, now: dt.datetime) -> None:
    registry.changes = {"etat_administratif": "C"}
    company = factories.make_company(now, name="Menuiserie du Parc", siren=KNOWN)
    look_up(siren=KNOWN, now=now)
    assert [fact.value for fact in facts_for(company).facts if fact.differs] == ["a cessé son activité"]


def test_unknown_number_is_said(registry: Registry, world: World, now: dt.datetime) -> None:
    company = factories.make_company(now, siren="732829320")
    look_up(siren="732829320", now=now)
    assert facts_for(company).answer == Answer.UNKNOWN


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 404},
        {"body": b"<html>maintenance</html>"},
        {"body": b"\xff\xfe\x00"},
        {"body": b'{"results": 3}'},
        {"body": b'{"results": [{"siren": "356000000"}]}'},
        {"body": b"[]"},
        {"body": b""},
        {"body": b'"' + b"x" * 1_100_000 + b'"'},
        {"body": b"[" * 200_000},
        {"body": b'{"results": [' + b"9" * 5000 + b"]}"},
        {"changes": {"siren": "3" * 40}},
        {"status": 429},
        {"status": 302, "headers": {"Location": "http://192.0.2.1/"}},
    ],
    ids=lambda fault: str(fault)[:40],
)
def test_fault_is_kept_and_the_page_says_so(
    registry: Registry, world: World, now: dt.datetime, fault: dict[str, Any]
) -> None:
    for name, value in fault.items():
        setattr(registry, name, value)
    company = factories.make_company(now, siren=KNOWN)
    assert not look_up(siren=KNOWN, now=now)
    view = facts_for(company)
    assert view.answer == Answer.FAILED
    assert view.failure.startswith("Le registre")


def test_half_a_surrogate_pair_is_kept_as_a_question_mark(registry: Registry, db: None, now: dt.datetime) -> None:
    registry.changes = {"nom_complet": "MENUISERIE \ud800X"}
    assert look_up(siren=KNOWN, now=now)
    assert RegistryRecord.objects.get().facts["name"] == "MENUISERIE ?X"


@pytest.mark.parametrize("how", ["late", "trickling", "trickling from the first header on"])
def test_slow_answer_is_given_up(registry: Registry, db: None, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(service, "ANSWER_SECONDS", 0.5)
    registry.delay, registry.trickle = (30.0, False) if how == "late" else (0.0, True)
    registry.slow_headers = "header" in how
    began = time.monotonic()
    with pytest.raises(Unavailable):
        client.ask(KNOWN)
    assert time.monotonic() - began < 2


def test_breaker_opens_after_five_failures_and_closes_again(
    registry: Registry, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "OPEN_SECONDS", 1)
    registry.status = 500
    for _ in range(8):
        with pytest.raises(Unavailable):
            client.ask(KNOWN)
    assert len(registry.asked) == 5
    registry.status = 200
    time.sleep(1.1)
    assert client.ask(KNOWN) is not None


def test_registry_that_asks_for_a_pause_gets_it(registry: Registry, db: None) -> None:
    registry.status, registry.headers = 429, {"Retry-After": "1"}
    for _ in range(3):
        with pytest.raises(Unavailable):
            client.ask(KNOWN)
    assert len(registry.asked) == 1
    registry.status = 200
    time.sleep(1.1)
    assert client.ask(KNOWN) is not None


def test_absent_registry_is_a_failure_like_another(settings: Settings, db: None) -> None:
    settings.REGISTRY_URL = "http://127.0.0.1:9"
    with pytest.raises(Unavailable):
        client.ask(KNOWN)


def test_answer_is_kept_for_a_month_and_a_failure_for_an_hour(registry: Registry, db: None, now: dt.datetime) -> None:
    look_up_missing(sirens=[KNOWN, KNOWN, "732829320"], now=now)
    look_up_missing(sirens=[KNOWN, "732829320"], now=now + dt.timedelta(days=29))
    assert registry.asked == [KNOWN, "732829320"]
    registry.status = 500
    assert look_up_missing(sirens=[KNOWN], now=now + dt.timedelta(days=31)) == 0
    assert look_up_missing(sirens=[KNOWN], now=now + dt.timedelta(days=31, minutes=59)) == 0
    assert len(registry.asked) == 3
    kept = RegistryRecord.objects.get(pk=KNOWN)
    assert (kept.is_known, bool(kept.failure)) == (True, True)


def test_task_asks_for_the_files_that_wait(registry: Registry, world: World, now: dt.datetime) -> None:
    factories.make_signature(now, factories.make_company(now, siren=KNOWN), world.charter)
    factories.make_association(now, admitted=False, siren="732829320")
    factories.make_association(now, siren="552100554")
    assert look_up_registry() == 2
    assert sorted(registry.asked) == [KNOWN, "732829320"]


def test_registry_that_is_off_is_asked_nothing(settings: Settings, world: World, now: dt.datetime) -> None:
    settings.REGISTRY_URL = ""
    company = factories.make_company(now, siren=KNOWN)
    assert look_up_registry() == 0
    assert facts_for(company).answer == Answer.OFF
    assert facts_for(world.company).answer == Answer.NO_NUMBER
