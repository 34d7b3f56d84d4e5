"""What almost serves a request, and the one thing that it lacks, in words: why what looks better is not proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from django.db.models import Case, OuterRef, Q, QuerySet, When

from accounts.vocabulary import Language
from associations.models import Request, languages_said
from companies.models import Slot
from territories.distance import kilometres_between
from territories.grid import cells_around
from territories.wording import counted, each_weekday, kilometres, long_date
from workshops.catalogue import bookable
from workshops.matching.finding import not_for, refusals_of
from workshops.matching.judging import unmet
from workshops.matching.known import asked, brought, tried_by
from workshops.matching.pairs import Condition
from workshops.matching.reading import words_of
from workshops.matching.times import period_of
from workshops.models import Booking

# So much farther, and so many days aside, one would still look at what is there.
FARTHER, ASIDE = 2, dt.timedelta(days=14)
LOOKED_AT, SHOWN = 2_000, 5


class Miss(NamedTuple):
    """A slot, and what keeps it from serving."""

    slot: Slot
    why: str


class Almost(NamedTuple):
    """What almost serves; and of how many slots that is said, where there are more around than are looked at.

    Whether some hold only a smaller group.
    """

    misses: list[Miss]
    looked_at: int | None
    too_small: bool


def almost(request: Request, now: dt.datetime) -> Almost:
    """Bookable slots that one thing alone keeps from serving the request, five at most.

    None that was dismissed, nor any that is like one that was.

    Those within its radius come before those beyond, of them those at its dates, and the soonest first.
    """
    failing = unmet(request, _around(request, now)[:LOOKED_AT])
    # What an association has said is not for it is no news to it.
    said = _WORDS.keys() - {Condition.DISMISSED}
    nearest = sorted((one for one in failing if one[1] in said), key=lambda one: one[1] == Condition.DISTANCE)
    single = dict(nearest[:SHOWN])
    slots = Slot.objects.with_place().in_bulk(single)
    misses = [
        Miss(slots[number], _WORDS[condition](request, slots[number]))
        for number, condition in single.items()
        if number in slots
    ]
    too_small = Condition.PLACES in single.values()
    return Almost(misses, LOOKED_AT if len(failing) == LOOKED_AT else None, too_small)


def awaited(request: Request, now: dt.datetime) -> list[Booking]:
    """What its association has asked for otherwise, waits for an answer about, and would be proposed: soonest first."""
    others = asked().filter(association=request.association_id, slot__in=bookable(now)).exclude(request=request)
    waiting = {booking.slot_id: booking for booking in others.select_related("slot").order_by("slot__starts_at", "pk")}
    found = unmet(request, Slot.objects.filter(pk__in=waiting), but_tried=True)
    serving = {number for number, failing in found if not failing}
    return [booking for slot, booking in waiting.items() if slot in serving]


ASKED = "vous l’avez demandé déjà, et l’entreprise n’a pas encore répondu"
REFUSED = "votre réservation de ce créneau a été déclinée, ou vous l’avez annulée"
DISMISSED = "vous l’avez écarté, ou son lieu"
ALIKE = "pareil à un créneau que vous avez écarté"


def why_not(request: Request, slot: Slot) -> str:
    """One thing that keeps a slot from serving a request, in words to its association; nothing where it serves."""
    return next(iter(all_that_lacks(request, slot)), "")


def all_that_lacks(request: Request, slot: Slot, *, now: dt.datetime | None = None) -> list[str]:
    """All that keeps a slot from serving a request, in words to its association.

    Whether it can be had is looked at where it is said when.
    """
    [(_, failing)] = unmet(request, Slot.objects.filter(pk=slot.pk), now=now)
    return [_WORDS[condition](request, slot) for condition in failing]


def _dismissed(request: Request, slot: Slot) -> str:
    """It was asked for or dismissed itself, else it is like one that was."""
    states = set(tried_by(request.association_id, slot.pk).values_list("state", flat=True))
    if states:
        return ASKED if Booking.State.PENDING in states else REFUSED
    itself = refusals_of(request.pk, slot=slot.pk, site=slot.room.site_id)
    return DISMISSED if itself.exists() else ALIKE


def _around(request: Request, now: dt.datetime) -> QuerySet[Slot]:
    point = request.commune.point
    cells = cells_around(*point, FARTHER * request.radius_km) if point else request.cells
    since, until = request.from_date - ASIDE, request.until_date + ASIDE
    dismissed = not_for(request.pk, request.association_id, slot=OuterRef("pk"), site=OuterRef("room__site"))
    found = bookable(now).filter(cell__in=cells, local_date__range=(since, until)).exclude(dismissed)
    in_season = Q(local_date__range=(request.from_date, request.until_date))
    return found.order_by(Case(When(in_season, then=0), default=1), "starts_at", "pk")


def _dates(_request: Request, slot: Slot) -> str:
    return f"le {long_date(slot.starts_on)}, hors de vos dates"


def _days(_request: Request, slot: Slot) -> str:
    return f"{each_weekday(slot.weekday)}, un jour que vous n’avez pas choisi"


def _periods(_request: Request, slot: Slot) -> str:
    return f"{period_of(slot.local_time).label}, un moment que vous n’avez pas choisi"


def _places(request: Request, slot: Slot) -> str:
    return f"{counted(slot.places, 'place', 'places')} pour {counted(request.participants, 'personne', 'personnes')}"


def _computers(request: Request, slot: Slot) -> str:
    there = counted(slot.computers, "ordinateur", "ordinateurs")
    return f"{there}, il vous en faut {request.computers}"


def _distance(request: Request, slot: Slot) -> str:
    here, site = request.commune.point, slot.room.site
    if here is None:
        return "dans un autre département"
    away = kilometres(kilometres_between(here, (site.latitude, site.longitude)))
    return f"à {away}, plus loin que vos {request.radius_km}\u00a0km"


def _access(_request: Request, _slot: Slot) -> str:
    return "accès sans marche pas assuré"


def _languages(request: Request, _slot: Slot) -> str:
    return f"aucun bénévole inscrit ne parle {request.spoken}"


def unspoken(request: Request, slot_id: int) -> str:
    """« arabe et ukrainien »: languages that a request needs and that nobody who promised to come speaks."""
    if not request.languages:
        return ""
    _, spoken = brought([slot_id]).get(slot_id, (0, 0))
    there = words_of(spoken, Language)
    return languages_said([word for word in request.languages if word not in there])


def _admission(_request: Request, _slot: Slot) -> str:
    return "réservable sans délai, dès que votre association est admise"


def _bookable(_request: Request, _slot: Slot) -> str:
    return "il n’est plus à prendre"


_WORDS: dict[Condition, Callable[[Request, Slot], str]] = {
    Condition.DATES: _dates,
    Condition.DAYS: _days,
    Condition.PERIODS: _periods,
    Condition.PLACES: _places,
    Condition.COMPUTERS: _computers,
    Condition.DISTANCE: _distance,
    Condition.ACCESS: _access,
    Condition.LANGUAGES: _languages,
    Condition.DISMISSED: _dismissed,
    Condition.ADMISSION: _admission,
    Condition.BOOKABLE: _bookable,
}
