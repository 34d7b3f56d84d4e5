"""Plans: asked for, computed, looked at by an operator, and turned into offers that associations take or leave."""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.refusals import Refused, refusing
from accounts.scans import one_by_one
from associations.models import Request
from territories.models import Departement
from workshops import emails
from workshops.actions.bookings import lock_slot
from workshops.actions.moves import expire_lapsed
from workshops.actions.offering import NotSought, NotWished, check_fits, check_sought, hold_request, keep
from workshops.matching import why_not
from workshops.models import REVERSED, SOME_WEEKS, Booking, Gain, Plan, PlannedEvening, PlannedPair, Unserved
from workshops.planning import Asked, Draft, draft

logger = logging.getLogger(__name__)

# So long a slot is kept for the request that a plan gives it to.
KEPT = dt.timedelta(hours=48)
# Whoever computes for longer has ended without a word: another one begins anew.
STUCK = dt.timedelta(minutes=15)
OVER = "Ces semaines sont passées\u00a0: un plan porte sur des jours à venir."
NOT_OPEN = "La demande n’est plus ouverte, ou un autre créneau est déjà gardé pour elle."
# A calculation that stops is begun once more.
MOST_TRIES = 2
State = Plan.State


class NotSomeWeeks(Refused):
    """The days are in no order, too many, or all over."""

    field = "until_date"


class NotReady(Refused):
    """The plan is not computed, or was turned into offers before."""


@transaction.atomic
def ask_plan(
    *,
    departement: Departement | None,
    from_date: dt.date,
    until_date: dt.date,
    evenings: int,
    by: User | None,
    now: dt.datetime,
    lapsed_too: bool = False,
    follows: Plan | None = None,
) -> Plan:
    """Ask for a plan of these days, both included, in a département or the whole country. Asked twice, it is one.

    Of days that are over, nothing is planned: it begins today at the soonest.
    What an association was offered for a request, and let lapse, is offered again only where that is said.

    Raises:
        NotSomeWeeks: nothing is written.
    """
    if until_date < from_date:
        raise NotSomeWeeks(REVERSED)
    if until_date < now.date():
        raise NotSomeWeeks(OVER)
    asked = {
        "departement": departement,
        "from_date": max(from_date, now.date()),
        "until_date": until_date,
        "evenings": evenings,
        "lapsed_too": lapsed_too,
    }
    again = Plan.objects.filter(**asked, follows=follows, state__in=(State.WAITING, State.COMPUTING)).first()
    if again is not None:
        return again
    with refusing({"plan_of_some_weeks": NotSomeWeeks(SOME_WEEKS)}):
        plan: Plan = Plan.objects.create(**asked, follows=follows, created_at=now, created_by=by)
    return plan


def compute_plans(*, now: dt.datetime) -> int:
    """Compute what was asked for, one after the other. Returns of how many."""
    _stop(Plan.objects.filter(state=State.COMPUTING, started_at__lte=now - STUCK), now)
    return sum(_compute(plan, now) for plan in Plan.objects.filter(state=State.WAITING).order_by("pk"))


def _compute(plan: Plan, now: dt.datetime) -> bool:
    """False when somebody was faster."""
    first = min(max(plan.from_date, now.date()), plan.until_date)
    computing = {
        "state": State.COMPUTING, "started_at": now, "progress": 0, "tries": F("tries") + 1, "from_date": first
    }  # fmt: skip
    if not Plan.objects.filter(pk=plan.pk, state=State.WAITING).update(**computing):
        return False
    asked = Asked(plan.departement, first, plan.until_date, plan.evenings, _tried(plan, now))
    try:
        _write(plan, draft(asked, now=now, progress=_noted(plan)), now)
    except Exception:
        _stop(Plan.objects.filter(pk=plan.pk, state=State.COMPUTING, started_at=now), now)
        logger.exception("Plan %s was not computed", plan.pk)
        return False
    return True


def _stop(computing: QuerySet[Plan], now: dt.datetime) -> None:
    """They came to nothing: each is begun once more, then left to whoever asked."""
    computing.filter(tries__gte=MOST_TRIES).update(state=State.FAILED, ended_at=now)
    computing.update(state=State.WAITING)


def _noted(plan: Plan) -> Callable[[float], None]:
    """Whoever looks at the plan meanwhile sees how far it is."""

    def note(share: float) -> None:
        percent = int(100 * share)
        if percent > plan.progress:
            plan.progress = percent
            Plan.objects.filter(pk=plan.pk).update(progress=percent)

    return note


def _tried(plan: Plan, now: dt.datetime) -> dict[int, set[int]]:
    """By request, the slots that were proposed for it and left unanswered, or kept by the plans that this one follows.

    What an association refused is dismissed for its request, and not proposed for it until it says otherwise.
    """
    found, before = defaultdict[int, set[int]](set), plan.follows
    if not plan.lapsed_too:
        unanswered = Booking.objects.left_unanswered(now).filter(request__in=Request.objects.open(now))
        for request, slot in unanswered.values_list("request", "slot"):
            found[request].add(slot)
    while before is not None:
        for request, slot in before.planned.exclude(booking=None).values_list("request", "slot"):
            found[request].add(slot)
        before = before.follows
    return found


@transaction.atomic
def _write(plan: Plan, drafted: Draft, now: dt.datetime) -> None:
    """Unless it took so long that another one has begun anew."""
    told = {name: getattr(drafted, name) for name in TOLD} | {"requests_served": len(drafted.planned)}
    ours = Plan.objects.filter(pk=plan.pk, state=State.COMPUTING, started_at=now)
    if not ours.update(**told, state=State.READY, progress=100, ended_at=now):
        return
    pairs = [
        PlannedPair(plan=plan, request_id=one.request, slot_id=one.slot, people=one.people, distance_km=one.km)
        for one in drafted.planned
    ]
    lacks = [
        Unserved(
            plan=plan, request_id=one.request, people=one.people, why=one.why, besides=one.besides, slots=one.slots
        )
        for one in drafted.unserved
    ]
    added = [
        PlannedEvening(
            plan=plan,
            room_id=one.evening.room.pk,
            starts_at=one.evening.starts_at,
            ends_at=one.evening.ends_at,
            request_id=one.request,
        )
        for one in drafted.added
    ]
    gains = [Gain(plan=plan, commune=one.commune, evenings=one.evenings, people=one.people) for one in drafted.gained]
    PlannedPair.objects.bulk_create(pairs, batch_size=1_000)
    Unserved.objects.bulk_create(lacks, batch_size=1_000)
    PlannedEvening.objects.bulk_create(added)
    Gain.objects.bulk_create(gains)


TOLD = (
    "requests",
    "people",
    "slots",
    "pairs",
    "people_served",
    "people_first_come",
    "people_by_date",
    "people_wider",
    "people_with_evenings",
)


@transaction.atomic
def offer_plan(*, plan: Plan, by: User, now: dt.datetime) -> None:
    """Keep each slot of the plan for its request, as soon as a worker comes to it. Said twice, it is said once.

    Raises:
        NotReady: nothing is kept.
    """
    offering = {"state": State.OFFERING, "offered_at": now, "offered_by": by}
    if Plan.objects.filter(pk=plan.pk, state=State.READY).update(**offering):
        return
    plan.refresh_from_db()
    if plan.state not in (State.OFFERING, State.OFFERED):
        raise NotReady("Ce plan n’est pas prêt\u00a0: attendez la fin du calcul, ou demandez-en un autre.")


def offer_planned(*, now: dt.datetime) -> int:
    """Keep the slots of plans whose offers somebody asked for. Returns how many."""
    kept = 0
    for plan in Plan.objects.filter(state=State.OFFERING).order_by("pk"):
        left = plan.planned.filter(booking=None, refusal="")
        kept += one_by_one(
            left.select_related("request__association", "plan").order_by("pk"), lambda pair: _keep(pair, now)
        )
        if not left.exists():
            Plan.objects.filter(pk=plan.pk, state=State.OFFERING).update(state=State.OFFERED)
    return kept


def _keep(pair: PlannedPair, now: dt.datetime) -> bool:
    """False, with the reason, where the facts have changed since the plan."""
    try:
        with transaction.atomic():
            _propose(pair, now)
    except Refused as refusal:
        PlannedPair.objects.filter(pk=pair.pk).update(refusal=str(refusal)[:300])
        return False
    return True


def _propose(pair: PlannedPair, now: dt.datetime) -> None:
    slot = lock_slot(pair.slot_id)
    expire_lapsed([slot], now)
    sought = hold_request(pair.request, now)
    if sought is None:
        raise NotSought(NOT_OPEN)
    check_sought(sought)
    check_fits(slot, sought, now)
    if why := why_not(sought, slot):
        raise NotWished(f"Le créneau ne convient plus à la demande\u00a0: {why}.")
    booking = keep(slot, sought, until=now + KEPT, by=pair.plan.offered_by, now=now, planned_at=now)
    # Whoever runs beside has kept it, or does it again.
    if not PlannedPair.objects.filter(pk=pair.pk, booking=None).update(booking=booking):
        raise NotSought(NOT_OPEN)
    emails.slot_planned(booking=booking, now=now)


def follow_plans(*, now: dt.datetime) -> int:
    """Ask for what comes after plans all of whose offers are answered, and some not taken. Returns for how many.

    What could not be offered is not taken; what was taken, and called off later, was taken.
    An operator looks at it and decides, as for any plan.
    """
    waiting = PlannedPair.objects.filter(plan=OuterRef("pk"), booking__in=Booking.objects.waiting(now))
    taken = Q(booking__state__in=Booking.IN_CALENDARS, booking__settled_at__isnull=False)
    left = ~Q(refusal="") | Q(booking__state__in=Booking.ENDED) & ~taken
    missed = PlannedPair.objects.filter(left, plan=OuterRef("pk"))
    offered = Plan.objects.filter(state=State.OFFERED, followed_by=None, until_date__gt=now.date())
    found = offered.filter(~Exists(waiting), Exists(missed)).select_related("departement", "created_by")
    return one_by_one(found.order_by("pk"), lambda plan: _follow(plan, now))


def _follow(plan: Plan, now: dt.datetime) -> Plan:
    return ask_plan(
        departement=plan.departement,
        from_date=max(plan.from_date, now.date()),
        until_date=plan.until_date,
        evenings=plan.evenings,
        by=plan.offered_by,
        now=now,
        follows=plan,
    )
