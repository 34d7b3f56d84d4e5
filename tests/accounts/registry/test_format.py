"""The fake registry answers in the documented form: fields, types and patterns as the API describes them.

Facts recorded from the description of « API Recherche d’entreprises » (DINUM, recherche-entreprises.api.gouv.fr,
OpenAPI read in 2026): the fields that we read, no more. `bench registry` holds the fake against the description itself.
"""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from accounts.registry.facts import MASKED, read_answers
from tests.accounts.registry.conftest import KNOWN, NOBODY, answer

TEXT = {"type": ["string", "null"]}
ORGANISATION: dict[str, Any] = {
    "type": "object",
    "required": ["siren", "nom_complet", "etat_administratif", "siege", "complements"],
    "properties": {
        "siren": {"type": "string", "pattern": "^[0-9]{9}$"},
        "nom_complet": {"type": "string"},
        "nature_juridique": TEXT,
        "date_creation": TEXT,
        "etat_administratif": {"enum": ["A", "C"]},
        "siege": {
            "type": "object",
            "required": ["siret"],
            "properties": {
                "siret": {"type": "string", "pattern": r"^[0-9]{14}$"},
                "adresse": TEXT,
                "commune": {"type": ["string", "null"], "pattern": "^[0-9AB]{5}$"},
            },
        },
        "complements": {
            "type": "object",
            "required": ["est_association"],
            "properties": {"est_association": {"type": "boolean"}, "identifiant_association": TEXT},
        },
    },
}
ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["results", "total_results", "page", "per_page", "total_pages"],
    "properties": {
        "results": {"type": "array", "items": ORGANISATION},
        **{name: {"type": "integer"} for name in ("total_results", "page", "per_page", "total_pages")},
    },
}


@pytest.mark.parametrize(
    "body", [answer(KNOWN), answer(KNOWN, nom_complet=MASKED), answer(KNOWN, etat_administratif="C"), NOBODY]
)
def test_fake_answers_in_the_recorded_form(body: dict[str, Any]) -> None:
    assert [error.message for error in Draft202012Validator(ANSWER).iter_errors(body)] == []
    assert len(read_answers(body)) == len(body["results"])


@pytest.mark.parametrize("body", [{}, {"results": [{}]}, answer("35600000"), answer(KNOWN, siege={})])
def test_recorded_form_is_one_that_an_answer_can_fail(body: dict[str, Any]) -> None:
    assert list(Draft202012Validator(ANSWER).iter_errors(body))
