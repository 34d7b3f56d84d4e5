"""Reading the registry's answer, and holding it against what was typed."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings

from accounts.models import Organisation, RegistryRecord
from territories.folding import fold
from territories.outward import UnreadableAnswer

MASKED = "[NON-DIFFUSIBLE]"
# Legal categories of Insee that are associations (level III of « catégories juridiques »).
ASSOCIATION_CATEGORIES = ("9210", "9220", "9221", "9222", "9223", "9224", "9230", "9240", "9260")


class RegistryFacts(NamedTuple):
    """What is public of an organisation. Empty where the registry has nothing or masks it (`masked`)."""

    name: str
    siren: str
    siege_siret: str
    rna: str
    legal_category: str
    address: str
    commune_code: str
    created: str
    is_active: bool
    is_association: bool
    masked: bool


def read_answers(body: Any) -> list[RegistryFacts]:
    """The facts in the JSON of `GET /search`, best first.

    Raises:
        UnreadableAnswer: the body is not of the documented form.
    """
    try:
        found = [_facts(one) for one in body["results"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise UnreadableAnswer(f"{type(error).__name__}: {error}") from error
    if any(not re.fullmatch(r"[0-9]{9}", facts.siren) for facts in found):
        raise UnreadableAnswer("a number that is no SIREN")
    return found


def _facts(found: dict[str, Any]) -> RegistryFacts:
    siege: dict[str, Any] = found.get("siege") or {}
    extras: dict[str, Any] = found.get("complements") or {}
    kept = {
        "name": found["nom_complet"],
        "siege_siret": siege.get("siret"),
        "rna": extras.get("identifiant_association"),
        "legal_category": found.get("nature_juridique"),
        "address": siege.get("adresse"),
        "commune_code": siege.get("commune"),
        "created": found.get("date_creation"),
    }
    values = {field: _text(value) for field, value in kept.items()}
    return RegistryFacts(
        **{field: "" if value == MASKED else value for field, value in values.items()},
        siren=_text(found["siren"]),
        is_active=found.get("etat_administratif") == "A",
        is_association=bool(extras.get("est_association")) or values["legal_category"] in ASSOCIATION_CATEGORIES,
        masked=MASKED in values.values(),
    )


def _text(value: Any) -> str:
    """Text that PostgreSQL keeps: no NUL, no half of a surrogate pair."""
    return "" if value is None else str(value)[:300].replace("\x00", "").encode("utf-8", "replace").decode()


class Answer(StrEnum):
    """What can be said of the registry's word on an organisation."""

    OFF = "off"
    NO_NUMBER = "no_number"
    WAITING = "waiting"
    FAILED = "failed"
    UNKNOWN = "unknown"
    FOUND = "found"


class Compared(NamedTuple):
    """One fact beside what was typed."""

    term: str
    value: str
    differs: bool


class RegistryView(NamedTuple):
    """What a moderator reads beside the file."""

    answer: Answer
    facts: list[Compared]
    fetched_at: dt.datetime | None
    failure: str
    masked: bool


def facts_for(organisation: Organisation) -> RegistryView:
    """The kept answer about this organisation. Asks nobody: a task does, or a moderator's button."""
    record = RegistryRecord.objects.filter(pk=organisation.siren).first() if organisation.siren else None
    if record is None:
        answer = Answer.NO_NUMBER if not organisation.siren else Answer.WAITING if settings.REGISTRY_URL else Answer.OFF
        return RegistryView(answer, [], None, "", masked=False)
    if record.is_known is None:
        return RegistryView(Answer.FAILED, [], None, record.failure, masked=False)
    if not record.is_known:
        return RegistryView(Answer.UNKNOWN, [], record.fetched_at, record.failure, masked=False)
    facts = RegistryFacts(**record.facts)
    return RegistryView(Answer.FOUND, _compare(organisation, facts), record.fetched_at, record.failure, facts.masked)


def _compare(organisation: Organisation, facts: RegistryFacts) -> list[Compared]:
    typed, known = fold(organisation.name), fold(facts.name)
    other_name = bool(known) and typed not in known and known not in typed
    commune = organisation.commune_id or ""
    says_association = organisation.legal_form == Organisation.LegalForm.ASSOCIATION
    form = "association" if facts.is_association else "société ou autre"
    other_siege = bool(organisation.siret) and organisation.siret[:9] != facts.siren
    lines = [
        Compared("Nom", facts.name, other_name),
        Compared("État", "en activité" if facts.is_active else "a cessé son activité", not facts.is_active),
        Compared("SIRET du siège", facts.siege_siret, other_siege),
        Compared("RNA", facts.rna, bool(organisation.rna and facts.rna) and organisation.rna != facts.rna),
        Compared("Forme", form, says_association != facts.is_association),
        Compared("Siège", facts.address, bool(facts.commune_code and commune) and facts.commune_code != commune),
        Compared("Création", facts.created, differs=False),
    ]
    return [line for line in lines if line.value]
