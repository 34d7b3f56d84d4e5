"""All moves together, each as often as it is needed for the others to meet it."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random
from typing import NamedTuple

from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from associations.models import Request
from charter.models import CharterVersion
from companies.models import SlotVolunteer
from tests.workshops.everybody.allotting import Allotting
from tests.workshops.everybody.machine import SWALLOWED, Everybody, prepare_look
from tests.workshops.everybody.opening import SCANS, Opening
from tests.workshops.everybody.stage import DAY, HOUR, SETTINGS, make_stage
from tests.workshops.everybody.uniting import Uniting
from tests.workshops.everybody.working import Working
from workshops.models import Booking, Course, Dispute, HostingAgreement, WaitlistEntry, Workshop


class Often(NamedTuple):
    """A move: how often it is tried, and the kinds of moves that it may turn out to be."""

    times: int
    kinds: tuple[str, ...] = ()


OFTEN = {
    "book": Often(10, ("book",)),
    "send_the_same_form_again": Often(1, ("send the form again",)),
    "accept": Often(4, ("accept",)),
    "decline": Often(1, ("decline",)),
    "call_off": Often(4, ("call off by the company", "call off by the association")),
    "move": Often(4, ("move by the company", "move by the association")),
    "book_a_course": Often(2, ("book a course",)),
    "call_a_course_off": Often(1, ("call a course off",)),
    "queue": Often(6, ("queue",)),
    "leave_the_queue": Often(1, ("leave the queue",)),
    "answer_a_hold": Often(
        5,
        (
            "take the hold",
            "refuse the hold",
            "take the offer",
            "refuse the offer",
            "take the offer of a plan",
            "refuse the offer of a plan",
        ),
    ),
    "offer": Often(6, ("offer",)),
    "offer_an_evening": Often(2, ("offer an evening",)),
    "plan": Often(2, ("compute a plan", "offer a plan", "keep a slot for a plan")),
    "follow_plans": Often(1, ("follow a plan",)),
    "ignore_an_offer": Often(1, ("ignore an offer", "ignore an offer of a plan")),
    "read_a_calendar": Often(1, ("import a calendar", "read a calendar again", "forget a calendar")),
    "dismiss": Often(2, ("dismiss", "propose again")),
    "agree": Often(1, ("agree",)),
    "prepare": Often(1, ("prepare",)),
    "write": Often(1, ("write",)),
    "report": Often(
        4,
        (
            "report by the company",
            "report by the association",
            "report by the company, absent",
            "report by the association, absent",
        ),
    ),
    "settle_a_dispute": Often(2, ("settle a dispute, held", "settle a dispute, missed")),
    "be_there": Often(3, ("be there",)),
    "reply": Often(1, ("reply",)),
    "certify": Often(1, ("certify",)),
    "follow": Often(1, ("follow",)),
    "promise": Often(2, ("promise",)),
    "promise_a_series": Often(1, ("promise a series",)),
    "change_a_promise": Often(3, ("seek a stand-in", "take over", "take a promise back")),
    "invite_and_come": Often(2, ("invite", "come")),
    "say_on_whose_time": Often(3, ("on working time", "in own time", "consent", "withdraw consent")),
    "leave_the_company": Often(1, ("leave the company",)),
    "take_an_evening_back": Often(1, ("withdraw",)),
    "publish": Often(3, ("publish",)),
    "change_an_evening": Often(2, ("change an evening",)),
    "change_the_following": Often(2, ("change the following",)),
    "change_a_series": Often(2, ("change a series",)),
    "settle_a_series": Often(2, ("confirm a series", "end a series")),
    "close_a_room": Often(1, ("close a room", "reopen a room")),
    "close_a_site": Often(1, ("close a site", "reopen a site")),
    "insure": Often(3, ("insure", "set a certificate aside")),
    "propose_an_agreement": Often(3, ("propose an agreement",)),
    "settle_an_agreement": Often(5, ("sign an agreement", "end an agreement")),
    "unite_associations": Often(2, ("unite two association entries",)),
    "unite_companies": Often(1, ("unite two signature entries",)),
    "decide_on_a_signature": Often(2, ("suspend a signature", "reinstate a signature")),
    "take_a_signature_back": Often(1, ("take a signature back",)),
    "sign_again": Often(2, ("sign the charter",)),
    "change_the_charter": Often(1, ("change the charter",)),
    "decide_on_an_association": Often(
        2, ("suspend an association", "reinstate an association", "admit an association")
    ),
    "decide_on_a_request": Often(
        3, tuple(f"{move} a request" for move in ("post", "hide", "show", "publish", "withdraw", "keep"))
    ),
    "wait": Often(3),
    "wait_until_something": Often(5),
    "scan": Often(5, tuple(SCANS)),
}
MOVES = [move for move, often in OFTEN.items() for _ in range(often.times)]
KINDS = {kind for often in OFTEN.values() for kind in often.kinds}


class Way(NamedTuple):
    """What must be so before a kind of move can be made, and the moves that lead there."""

    there: Callable[[Everybody], object]
    moves: tuple[str, ...]
    sought: str = ""
    """Which kind, of a move of several."""


def _some_booking(**facts: object) -> Callable[[Everybody], object]:
    return lambda _: Booking.objects.filter(**facts).exists()


def _some_workshop_is_over(game: Everybody) -> object:
    return Workshop.objects.planned().filter(booking__slot__ends_at__lte=game.now).exists()


def _some_workshop_is_today(game: Everybody) -> object:
    coming = Workshop.objects.planned().filter(booking__slot__starts_at__gt=game.now).with_everything()
    return any(one.booking.slot.starts_at <= game.now + HOUR for one in coming)


def _some_dispute(_: Everybody) -> object:
    return Dispute.objects.awaiting_decision().exists()


def _weeks_have_gone(game: Everybody) -> object:
    return game.now > game.stage.now + 2 * 7 * DAY


ASKED = Way(_some_booking(state="pending"), ("book",))
AGREED = Way(lambda game: game.agreed, ("book", "accept"))
COURSE = Way(lambda _: Course.objects.exists(), ("book_a_course",))
COURSE_AGREED = Way(_some_booking(state="confirmed", course__isnull=False), ("book_a_course", "accept"))
QUEUE = Way(lambda _: WaitlistEntry.objects.exists(), ("queue",))
HELD = Way(_some_booking(state="held", offered_at=None, planned_at=None), ("call_off", "queue"))
OFFERED = Way(_some_booking(state="held", offered_at__isnull=False), ("offer",))
PLANNED = Way(_some_booking(planned_at__isnull=False), ("plan",))
PROMISED = Way(lambda _: SlotVolunteer.objects.exists(), ("promise",))
SOUGHT = SlotVolunteer.objects.filter(stand_in_asked_at__isnull=False)
STAND_IN = Way(lambda _: SOUGHT.all().exists(), ("change_a_promise",), "seek a stand-in")
PROPOSED = Way(lambda _: HostingAgreement.objects.exists(), ("propose_an_agreement",))
LATE = Way(_some_booking(is_late=True), ("call_off",))
HIDDEN = Way(lambda _: Request.objects.filter(state="hidden").exists(), ("decide_on_a_request",), "hide a request")
TODAY = Way(_some_workshop_is_today, ("wait_until_something",))
OVER = Way(_some_workshop_is_over, ("wait_until_something",))
DISPUTED = Way(_some_dispute, ("report",))
WEEKS = Way(_weeks_have_gone, ("wait_for_weeks",))
CHARTER = Way(lambda _: CharterVersion.objects.count() > 1, ("change_the_charter",))

WAYS = {
    "send the form again": (Way(lambda game: game.forms, ("book",)),),
    "queue": (AGREED,),
    "accept": (ASKED,),
    "decline": (ASKED,),
    "call off by the company": (AGREED,),
    "call off by the association": (AGREED,),
    "move by the company": (AGREED,),
    "move by the association": (AGREED,),
    "call a course off": (COURSE_AGREED,),
    "leave the queue": (AGREED, QUEUE),
    "take the hold": (AGREED, QUEUE, HELD),
    "refuse the hold": (AGREED, QUEUE, HELD),
    "take the offer": (OFFERED,),
    "refuse the offer": (OFFERED,),
    "ignore an offer": (OFFERED,),
    "take the offer of a plan": (PLANNED,),
    "refuse the offer of a plan": (PLANNED,),
    "ignore an offer of a plan": (PLANNED,),
    "agree": (AGREED,),
    "prepare": (AGREED,),
    "write": (AGREED, TODAY),
    "report by the company": (AGREED, OVER),
    "report by the association": (AGREED, OVER),
    "report by the company, absent": (AGREED, OVER),
    "report by the association, absent": (AGREED, OVER),
    "settle a dispute, held": (AGREED, OVER, DISPUTED),
    "settle a dispute, missed": (AGREED, OVER, DISPUTED),
    "be there": (AGREED, TODAY),
    "invite": (AGREED,),
    "come": (AGREED,),
    "seek a stand-in": (AGREED, PROMISED),
    "take over": (AGREED, PROMISED, STAND_IN),
    "take a promise back": (AGREED, PROMISED),
    "remind of answers": (ASKED,),
    "ask for reports": (AGREED, OVER),
    "remind of workshops": (AGREED,),
    "reply": (AGREED, TODAY, LATE),
    "propose an agreement": (AGREED,),
    "sign an agreement": (AGREED, PROPOSED),
    "end an agreement": (AGREED, PROPOSED),
    "sign the charter": (CHARTER,),
    "show a request": (HIDDEN,),
    "expire bookings": (ASKED,),
    "call volunteers": (AGREED,),
    "lapse signatures": (CHARTER, WEEKS),
}
# What is made between tries.
BETWEEN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(SCANS, ("wait",)),
    "remind of requests": ("wait_for_weeks",),
    "follow a plan": ("plan", "answer_a_hold", "ignore_an_offer"),
    "certify": ("book", "accept", "promise", "be_there", "wait_until_something", "report"),
}
MOST_TRIES, MOST_GAMES = 20, 8


class Play(Uniting, Working, Opening, Allotting):
    """Everybody. One rule for all moves: which are tried how often is decided here, not by chance."""

    @rule(number=st.integers(0, 2**32))
    def somebody_moves(self, number: int) -> None:
        """What hypothesis likes to repeat is another move each time."""
        self.chance = Random(f"{number} {self.numbers[number]}")  # noqa: S311  # no secret
        self.numbers[number] += 1
        getattr(self, self.chance.choice(MOVES))()

    def seek(self, move: str, kind: str, *, game: int) -> None:
        """Go where the kind of move can be made, then try until it is."""
        for way in WAYS.get(kind, ()):
            self.sought = way.sought
            self._try(way.moves, f"{kind} {game} {way.moves}", until=partial(way.there, self))
        self.sought = kind
        self._try((move, *BETWEEN.get(kind, ())), f"{kind} {game}", until=lambda: self.tally[kind])

    def _try(self, moves: tuple[str, ...], name: str, *, until: Callable[[], object]) -> None:
        for step in range(MOST_TRIES):
            if until():
                return
            self.chance = Random(f"{name} {step}")  # noqa: S311  # no secret
            getattr(self, moves[step % len(moves)])()
            for one in self.invariants:
                one.function(self)


def play(*, now: dt.datetime, examples: int, steps: int) -> Counter[str]:
    """So many games of so many moves, then one for each kind of move that none of them made.

    How often each was made, and how often refused. The same each time: what fails once fails again.
    """
    with override_settings(**SETTINGS):
        Play.stage, Play.tally = make_stage(now), Counter()
        prepare_look()
        logging.getLogger().addHandler(SWALLOWED)
        try:
            _play_at_random(examples, steps)
            _play_what_is_left()
        finally:
            logging.getLogger().removeHandler(SWALLOWED)
    return Play.tally


def _play_at_random(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Play,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


def _play_what_is_left() -> None:
    for move, often in OFTEN.items():
        for kind in often.kinds:
            for game in range(MOST_GAMES):
                _seek(move, kind, game)


def _seek(move: str, kind: str, game: int) -> None:
    if Play.tally[kind]:
        return
    seeking = Play()
    try:
        seeking.seek(move, kind, game=game)
    except Exception as error:
        error.add_note("\n".join(seeking.story))
        raise
    finally:
        seeking.teardown()
