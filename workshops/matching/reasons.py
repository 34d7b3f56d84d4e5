"""Why a slot serves a request, in the language spoken."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext

from accounts.vocabulary import Topic
from associations.models import languages_said
from companies.models import BookingMode
from territories.wording import away, counted, enumerated, language
from workshops.matching.judging import Match
from workshops.matching.pairs import AT_EASE_DAYS
from workshops.matching.reading import words_of


def reasons(match: Match, *, to_company: bool = False) -> list[str]:
    """« à 4 km », « 8 ordinateurs pour 6 personnes », « en soirée »: the hard facts first, then what is better still.

    In words to the association that asks, or to the company whose slot it is.
    How an organisation keeps its word counts, and is nobody's to read.
    """
    request, slot, spoken = match.request, match.slot, language()
    found = [
        _where(match),
        _sizes(spoken, slot.computers, request.participants),
        _when(match, spoken, to_company=to_company),
        _offered(spoken, slot.volunteers_offered) if slot.volunteers_offered else "",
        _known(spoken, match.topics) if match.topics else "",
        _tongues(spoken, tuple(request.languages)) if request.languages else "",
        gettext("accès sans marche") if request.step_free else "",
        gettext("réponse immédiate") if slot.booking_mode == BookingMode.INSTANT else "",
        _room(spoken, slot.places),
        _notice(spoken, _days_ahead(match)),
    ]
    return [reason for reason in found if reason]


def _where(match: Match) -> str:
    """Of a few communes nobody published the point."""
    return "" if match.distance_km is None else away(match.distance_km)


def _when(match: Match, spoken: str, *, to_company: bool) -> str:
    """The day of the week, where one was preferred; else the time of the week."""
    day = match.slot.starts_on.isoweekday()
    evening = match.slot.starts_local >= settings.EVENING_STARTS_AT
    return _moment(
        spoken,
        preferred=day in match.request.best_weekdays,
        weekend=day in settings.WEEKEND_DAYS,
        evening=evening,
        to_company=to_company,
    )


def _days_ahead(match: Match) -> int:
    """Since both have been known, as they are judged: no more than anybody needs."""
    known = max(match.request.created_at, match.slot.created_at)
    return min((match.slot.starts_on - known.date()).days, AT_EASE_DAYS)


# What few numbers make is put into words once in each language.


@lru_cache(maxsize=50)
def _moment(_spoken: str, *, preferred: bool, weekend: bool, evening: bool, to_company: bool) -> str:
    if preferred:
        return gettext("le jour que l’association préfère") if to_company else gettext("le jour que vous préférez")
    if weekend:
        return gettext("le week-end")
    return gettext("en soirée") if evening else gettext("en journée")


@lru_cache(maxsize=2_000)
def _sizes(_spoken: str, computers: int, people: int) -> str:
    sizes = {
        "computers": counted(computers, "ordinateur", "ordinateurs"),
        "people": counted(people, "personne", "personnes"),
    }
    return gettext("%(computers)s pour %(people)s") % sizes


@lru_cache(maxsize=2_000)
def _room(_spoken: str, places: int) -> str:
    return gettext("%(places)s en tout") % {"places": counted(places, "place", "places")}


@lru_cache(maxsize=200)
def _notice(_spoken: str, days: int) -> str:
    """How long before its date a slot and its request were known to each other: not how long it still is till then."""
    if days >= AT_EASE_DAYS:
        return gettext("connu trois semaines ou plus avant sa date")
    return gettext("connu %(days)s avant sa date") % {"days": counted(days, "jour", "jours")} if days > 0 else ""


@lru_cache(maxsize=200)
def _offered(_spoken: str, volunteers: int) -> str:
    """How many volunteers the company proposes."""
    return counted(volunteers, "bénévole proposé", "bénévoles proposés")


@lru_cache(maxsize=2_000)
def _known(_spoken: str, topics: int) -> str:
    """What those who have promised to come know of what is asked (bits)."""
    known = [str(Topic(word).label) for word in words_of(topics, Topic)]
    return gettext("bénévole inscrit pour %(topics)s") % {"topics": enumerated(known)}


@lru_cache(maxsize=200)
def _tongues(_spoken: str, languages: tuple[str, ...]) -> str:
    """What is needed besides French, and is spoken by those who have promised to come."""
    return gettext("on y parle %(languages)s") % {"languages": languages_said(languages)}
