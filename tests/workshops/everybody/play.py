"""All moves together, each as often as it is needed for the others to meet it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random

from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.workshops.everybody.machine import prepare_look
from tests.workshops.everybody.opening import Opening
from tests.workshops.everybody.stage import SETTINGS, make_stage
from tests.workshops.everybody.uniting import Uniting
from tests.workshops.everybody.working import Working

OFTEN = {
    "book": 10,
    "send_the_same_form_again": 1,
    "accept": 4,
    "decline": 1,
    "call_off": 4,
    "move": 4,
    "book_a_course": 2,
    "call_a_course_off": 1,
    "queue": 6,
    "leave_the_queue": 1,
    "answer_a_hold": 5,
    "offer": 6,
    "offer_an_evening": 2,
    "ignore_an_offer": 1,
    "dismiss": 2,
    "agree": 1,
    "prepare": 1,
    "write": 1,
    "report": 4,
    "be_there": 3,
    "reply": 1,
    "certify": 1,
    "follow": 1,
    "promise": 2,
    "promise_a_series": 1,
    "change_a_promise": 3,
    "invite_and_come": 2,
    "say_on_whose_time": 3,
    "leave_the_company": 1,
    "take_an_evening_back": 1,
    "publish": 3,
    "change_an_evening": 2,
    "change_the_following": 2,
    "change_a_series": 2,
    "settle_a_series": 2,
    "close_a_room": 1,
    "close_a_site": 1,
    "insure": 3,
    "propose_an_agreement": 3,
    "settle_an_agreement": 5,
    "unite_associations": 2,
    "unite_companies": 1,
    "decide_on_a_signature": 2,
    "decide_on_an_association": 2,
    "decide_on_a_request": 3,
    "wait": 3,
    "wait_until_something": 5,
    "scan": 5,
}
MOVES = [move for move, times in OFTEN.items() for _ in range(times)]


class Play(Uniting, Working, Opening):
    """Everybody. One rule for all moves: which are tried how often is decided here, not by chance."""

    @rule(number=st.integers(0, 2**32))
    def somebody_moves(self, number: int) -> None:
        """What hypothesis likes to repeat is another move each time."""
        self.chance = Random(f"{number} {self.numbers[number]}")  # noqa: S311  # no secret
        self.numbers[number] += 1
        getattr(self, self.chance.choice(MOVES))()


def play(*, now: dt.datetime, examples: int, steps: int) -> Counter[str]:
    """So many games of so many moves; how often each move was made, and how often refused.

    The same each time: what fails once fails again.
    """
    with override_settings(**SETTINGS):
        Play.stage, Play.tally = make_stage(now), Counter()
        prepare_look()
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
    return Play.tally
