"""A search as it is kept: the query of its address, written in one way, and what it says in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from accounts.vocabulary import Topic
from territories.models import Commune, Departement
from territories.wording import counted, long_date
from workshops.filters import ANSWERS, DEFAULTS, MOMENTS, SlotFilter, read_again

# Where one stood in what it found, and how one looked at it: whatever the order, it finds the same.
PASSING = {"apres", "avant", "vue", "tri"}
KEPT = sorted(SlotFilter.base_filters.keys() - PASSING)
# Says something where there is a place alone.
OF_A_PLACE = {"rayon"}


def canonical(cleaned: Mapping[str, Any]) -> str:
    """The query of a search, the same however it was asked: what it leaves out says nothing."""
    said = {name: _written(cleaned[name]) for name in KEPT if cleaned[name] not in (None, "", False)}
    defaults = {name for name, text in said.items() if text == DEFAULTS.get(name)}
    left_out = defaults if "lieu" in said else defaults | OF_A_PLACE
    return urlencode({name: text for name, text in said.items() if name not in left_out})


def asked_by(query: str) -> dict[str, Any] | None:
    """What a kept search asks; None when it means nothing any more, such as a commune that is gone."""
    asked = read_again(query)
    return asked.cleaned if asked else None


def words(cleaned: Mapping[str, Any]) -> str:
    """« Autour de Lille (59), 20 km, le soir, 4 ordinateurs au moins »."""
    said = ", ".join(filter(None, (_where(cleaned), _when(cleaned), *_offers(cleaned))))
    return said[:1].upper() + said[1:]


def _written(value: Any) -> str:
    match value:
        case True:
            return "on"
        case Commune():
            return value.link
        case Departement():
            return str(value.pk)
        case dt.date():
            return value.isoformat()
    return str(value)


def _where(cleaned: Mapping[str, Any]) -> str:
    place, departement, commune = cleaned["lieu"], cleaned["departement"], cleaned["commune"]
    around = f"autour de {place}, {cleaned['rayon']}\u00a0km" if place else ""
    within = f"dans le département {departement}" if departement else ""
    inside = f"dans la commune {commune}" if commune else ""
    return ", ".join(filter(None, (around, within, inside))) or "dans toute la France"


def _when(cleaned: Mapping[str, Any]) -> str:
    moment = dict(MOMENTS).get(cleaned["moment"], "").lower()
    return ", ".join(filter(None, (_days(cleaned["du"], cleaned["au"]), moment)))


def _days(since: dt.date | None, until: dt.date | None) -> str:
    if since and until:
        return f"du {long_date(since)} au {long_date(until)}"
    if since:
        return f"à partir du {long_date(since)}"
    return f"jusqu’au {long_date(until)}" if until else ""


def _offers(cleaned: Mapping[str, Any]) -> list[str]:
    """What the room and the company are to offer."""
    nouns = {
        "ordinateurs": ("ordinateur", "ordinateurs"),
        "places": ("place", "places"),
        "benevoles": ("bénévole", "bénévoles"),
    }
    numbers = [f"{counted(cleaned[name], *noun)} au moins" for name, noun in nouns.items() if cleaned[name]]
    theme = f"thème «\u00a0{Topic(cleaned['theme']).label}\u00a0»" if cleaned["theme"] else ""
    answer = f"réponse {dict(ANSWERS)[cleaned['reponse']].lower()}" if cleaned["reponse"] else ""
    return [*numbers, theme, answer, "accès sans marche" if cleaned["acces"] else ""]
