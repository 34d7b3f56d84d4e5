"""Signing an organisation up from what is known of it: the local directory, the national registry, or nothing."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from django.http import QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import DirectoryEntry, Organisation
from accounts.registry.facts import RegistryFacts
from accounts.registry.lookups import find, known_facts
from territories.keys import key_in
from territories.models import Commune
from territories.outward import Unavailable

LONGEST_TEXT = 200
COPIED = ("name", "siren", "siret", "rna", "address", "commune", "website")
# The registry writes « 1 RUE DES LILAS 59000 LILLE ».
POSTCODE_AND_TOWN = re.compile(r"\s+\d{5}\s.*$")


class Prefill(NamedTuple):
    """What the sign-up page shows above its form, and what it puts into it."""

    typed: str
    entries: list[DirectoryEntry]
    registered: list[RegistryFacts]
    failure: str
    initial: dict[str, object]
    onward: str = ""


def prefill(query: QueryDict, *, now: dt.datetime) -> Prefill:
    """Read `q` (a name, SIREN, SIRET or RNA typed), `fiche` (the entry chosen) or `siren` (chosen in the registry).

    `next` is where the person was going, when it is a page of ours.
    """
    typed = query.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT]
    asked = query.get("next", "")
    onward = asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""
    initial = _entry(query.get("fiche", "")) or _registered(query.get("siren", ""))
    if not typed:
        return Prefill("", [], [], "", initial, onward)
    entries = list(DirectoryEntry.objects.matching(typed))
    try:
        registered, failure = find(typed=typed, now=now), ""
    except Unavailable as error:
        registered, failure = [], str(error)
    listed = {entry.siren for entry in entries}
    return Prefill(typed, entries, [one for one in registered if one.siren not in listed], failure, initial, onward)


def _entry(number: str) -> dict[str, object]:
    key = key_in(number)
    entry = DirectoryEntry.objects.filter(pk=key).first() if key is not None else None
    if entry is None:
        return {}
    known = entry.kind in Organisation.LegalForm.values
    return {field: getattr(entry, field) for field in COPIED} | ({"legal_form": entry.kind} if known else {})


def _registered(siren: str) -> dict[str, object]:
    facts = known_facts(siren) if key_in(siren) is not None else None
    if facts is None:
        return {}
    return {
        "name": facts.name,
        "siren": facts.siren,
        "siret": facts.siege_siret,
        "rna": facts.rna,
        "address": POSTCODE_AND_TOWN.sub("", facts.address),
        "commune": Commune.objects.filter(pk=facts.commune_code).first(),
        "legal_form": Organisation.LegalForm.ASSOCIATION if facts.is_association else None,
    }
