"""Why a slot serves a request, in the language spoken."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext

from accounts.vocabulary import Topic
from companies.models import BookingMode
from territories.wording import counted, enumerated, kilometres
from workshops.matching.judging import Match
from workshops.matching.reading import words_of


def reasons(match: Match, *, to_company: bool = False) -> list[str]:
    """« à 4 km », « 8 ordinateurs pour 6 personnes », « en soirée »: the hard facts first, then what is better still.

    In words to the association that asks, or to the company whose slot it is.
    How an organisation keeps its word counts, and is nobody's to read.
    """
    request, slot = match.request, match.slot
    sizes = {
        "computers": counted(slot.computers, "ordinateur", "ordinateurs"),
        "people": counted(request.participants, "personne", "personnes"),
    }
    found = [
        _where(match),
        gettext("%(computers)s pour %(people)s") % sizes,
        _when(match, to_company=to_company),
        *_who(match),
        gettext("accès sans marche") if request.step_free else "",
        gettext("réponse immédiate") if slot.booking_mode == BookingMode.INSTANT else "",
    ]
    return [reason for reason in found if reason]


def _where(match: Match) -> str:
    """Of a few communes nobody published the point."""
    away = match.distance_km
    return gettext("à %(distance)s") % {"distance": kilometres(away)} if away is not None else ""


def _when(match: Match, *, to_company: bool) -> str:
    """The day of the week, where one was preferred; else the time of the week."""
    day = match.slot.starts_on.isoweekday()
    if day in match.request.best_weekdays:
        return gettext("le jour que l’association préfère") if to_company else gettext("le jour que vous préférez")
    if day in settings.WEEKEND_DAYS:
        return gettext("le week-end")
    return gettext("en soirée") if match.slot.starts_local >= settings.EVENING_STARTS_AT else gettext("en journée")


def _who(match: Match) -> list[str]:
    """How many volunteers the company proposes, and what those who have promised to come know of what is asked."""
    offered = match.slot.volunteers_offered
    topics = [str(Topic(word).label) for word in words_of(match.topics, Topic)]
    return [
        counted(offered, "bénévole proposé", "bénévoles proposés") if offered else "",
        gettext("bénévole inscrit pour %(topics)s") % {"topics": enumerated(topics)} if topics else "",
    ]
