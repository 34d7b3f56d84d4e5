"""Why a slot serves a request, in the language spoken."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext

from accounts.vocabulary import Topic
from companies.models import BookingMode
from territories.wording import counted, enumerated, kilometres
from workshops.matching.judging import Match
from workshops.matching.reading import words_of


def reasons(match: Match) -> list[str]:
    """« à 4 km », « 8 ordinateurs pour 6 personnes », « en soirée »: the hard facts first, then what is better still.

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
        _when(match),
        _who(match),
        gettext("accès sans marche") if request.step_free else "",
        gettext("réponse immédiate") if slot.booking_mode == BookingMode.INSTANT else "",
    ]
    return [reason for reason in found if reason]


def _where(match: Match) -> str:
    """Of a few communes nobody published the point."""
    away = match.distance_km
    return gettext("à %(distance)s") % {"distance": kilometres(away)} if away is not None else ""


def _when(match: Match) -> str:
    """The day of the week, where one was preferred; else the time of the week."""
    day = match.slot.starts_on.isoweekday()
    if day in match.request.best_weekdays:
        return gettext("le jour que vous préférez")
    return gettext("le week-end") if day in settings.WEEKEND_DAYS else gettext("en soirée")


def _who(match: Match) -> str:
    """Volunteers, with what they know of what is asked."""
    slot = match.slot
    if not slot.volunteers_offered:
        return ""
    there = counted(slot.volunteers_offered, "bénévole sur place", "bénévoles sur place")
    topics = [str(Topic(word).label) for word in words_of(match.topics, Topic)]
    knows = gettext("%(volunteers)s pour %(topics)s")
    return knows % {"volunteers": there, "topics": enumerated(topics)} if topics else there
