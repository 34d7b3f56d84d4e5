"""Whether the fake registry of the tests answers as the public API describes itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator

Measure = dict[str, Any]


def measure(*, description: Path) -> Iterator[Measure]:
    """`description` is the API's OpenAPI file (YAML). One measure: how many faults the fake's answers have."""
    from tests.accounts.registry.conftest import KNOWN, NOBODY, answer  # noqa: PLC0415  # the tests' settings come with it

    document = yaml.safe_load(description.read_text(encoding="utf-8"))
    schema = document["paths"]["/search"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    schema = _resolved(schema, document)
    bodies = [answer(KNOWN), answer(KNOWN, nom_complet="[NON-DIFFUSIBLE]"), NOBODY]
    faults = [error.message for body in bodies for error in OAS30Validator(schema).iter_errors(body)]
    yield {
        "name": "registry.fake_faults",
        "value": len(faults),
        "unit": "faults",
        "n": len(bodies),
        "notes": "; ".join(faults[:3]),
    }


def _resolved(node: Any, document: dict[str, Any]) -> Any:
    """The schema with every reference replaced by what it means."""
    if isinstance(node, list):
        return [_resolved(one, document) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _resolved(target, document)
    return {key: _resolved(value, document) for key, value in node.items()}
