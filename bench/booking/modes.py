"""Each way in which people get in each other's way: one round each."""

from __future__ import annotations

import random
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from bench.booking.browser import Answer, Browser, Lost
from bench.booking.race import Field, Move
from bench.booking.world import PARTY, World, make_volunteers, open_slots, post_request, sign_in

BOOKING = re.compile(r"/reservations/(\d+)/")
OTHER_SLOT = re.compile(r"/creneaux/\d+/")
# Of the page of a booking that came to nothing, above where to go on.
ENDED = "Et maintenant"
OTHER_DATE = re.compile(r'name="slot" value="\d+"')
OTHER_EVENING = re.compile(r"/benevolat/(\d+)/participer/")
# A volunteer clicks in two windows.
QUEUE, MOST_VOLUNTEERS = 2, 25
SLOTS_AT_ONCE = 100
SECONDS_TO_OFFER = 0.3
GUIDANCE = "/benevolat/reperes/"
Fields = dict[str, object]
BOOKED: Fields = {"participants": PARTY, "topic": "email", "message": "", "request": ""}
NO_NEED: Fields = {"code": "no_need", "reason": ""}


@dataclass
class Tally:
    """What was seen on the way."""

    rounds: Counter[str] = field(default_factory=Counter)
    racers: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    seconds_of_50: list[float] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    """Losers whose answer does not say what they may do."""
    acknowledged: list[tuple[int, int, int]] = field(default_factory=list)
    """Booking, association and slot of each answer that said « booked »."""
    contested: list[int] = field(default_factory=list)
    """Slots that one of the racers must have."""
    promises: list[tuple[int, int, int]] = field(default_factory=list)
    """A volunteer, and two dates of which they have one."""
    moved: list[tuple[int, int, int]] = field(default_factory=list)
    """An association, its slot and the one that it wanted: it has one of the two."""


class Person:
    """Somebody with two windows of one browser: a double click uses both."""

    def __init__(self, port: int, user: Any, page: str, of: Any = None) -> None:
        self.user = user
        self.of = of
        session = sign_in(user)
        self.windows = [Browser(port, session), Browser(port, session)]
        for window in self.windows:
            window.read_form(page)


class Stage:
    """Everybody, and the slots that they want."""

    def __init__(self, port: int, world: World, tally: Tally, rng: random.Random) -> None:
        self.world, self.tally, self.rng = world, tally, rng
        (slot,) = open_slots(world, 1)
        page = f"/creneaux/{slot}/reserver/"
        self.associations = [Person(port, owner, page, one) for one, owner in world.associations]
        self.port = port
        self.managers = [Person(port, one, GUIDANCE) for one in world.managers]
        self.volunteers: list[Person] = []
        self.field = Field()
        self.instant, self.on_approval = self._slots("instant"), self._slots("on_approval")
        self.seeking = self._seekers()
        self.overlapping = self._pairs()
        # Nobody books these: to everybody who comes too late something else is offered.
        open_slots(world, 3)

    def _slots(self, mode: str) -> Iterator[int]:
        while True:
            yield from open_slots(self.world, SLOTS_AT_ONCE, mode=mode)

    def _seekers(self) -> Iterator[tuple[Person, int, int]]:
        """Who looks for a slot, one that is no greater than that, and so proposed among the first, and the request."""
        while True:
            if self.field.recover:
                self.field.recover()
            people = self.rng.choices(self.associations, k=SLOTS_AT_ONCE)
            slots = open_slots(self.world, SLOTS_AT_ONCE, places=PARTY)
            requests = [post_request(self.world, one.of, slot) for one, slot in zip(people, slots, strict=True)]
            yield from zip(people, slots, requests, strict=True)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Two dates that overlap by an hour, each pair on a day of its own; then new volunteers, free on all days."""
        while True:
            if self.field.recover:
                self.field.recover()
            members = make_volunteers(self.world, MOST_VOLUNTEERS)
            self.volunteers = [Person(self.port, one, GUIDANCE) for one in members]
            first, second = (
                open_slots(self.world, SLOTS_AT_ONCE, volunteers=MOST_VOLUNTEERS, hours=hours) for hours in (0, 1)
            )
            yield from zip(first, second, strict=True)

    def race(self, moves: list[Move], *, watched: int = 0) -> list[Answer | None]:
        """`watched` is how many people race for one slot."""
        self.tally.racers[len(moves)] += 1
        answers = self.field.race(moves)
        seconds = [answer.seconds for answer in answers if answer is not None]
        self.tally.seconds += seconds
        if watched == len(self.associations):
            self.tally.seconds_of_50 += seconds
        return answers

    def draw(self, count: int) -> list[Person]:
        return self.rng.sample(self.associations, count)

    # --- what people do ---

    def book(self, person: Person, slot: int, *, twice: bool = False, request: object = "") -> list[Move]:
        fields = {**BOOKED, "association": person.of.pk, "key": uuid.uuid4(), "request": request}
        windows = person.windows if twice else person.windows[:1]
        return [self._booking(person, window, slot, fields) for window in windows]

    def _booking(self, person: Person, window: Browser, slot: int, fields: dict[str, object]) -> Move:
        def do() -> Answer:
            answer = window.post(f"/creneaux/{slot}/reserver/", fields)
            if answer.status == HTTPStatus.FOUND:
                self.tally.acknowledged.append((booking_of(answer), person.of.pk, slot))
            elif answer.status == HTTPStatus.CONFLICT and not OTHER_SLOT.search(answer.text):
                self.tally.untold.append(f"slot {slot}: no alternative")
            elif answer.status != HTTPStatus.CONFLICT:
                self.note(f"slot {slot}", answer)
            return answer

        return Move(do)

    def click(self, person: Person, path: str, fields: Fields | None = None, *, window: int = 0) -> Move:
        """A button whose answer is a word on the next page."""

        def do() -> Answer:
            answer = person.windows[window].post(path, fields or {})
            if answer.status == HTTPStatus.FOUND and "messages" not in answer.cookies:
                self.tally.untold.append(f"{path}: no word")
            elif answer.status != HTTPStatus.FOUND:
                self.note(path, answer)
            return answer

        return Move(do)

    def read_what_became(self, asked: list[tuple[Person, int]]) -> None:
        """Of those who asked for one slot one has it; the others read so on their own page, with other slots."""
        pages = [answer.text for one in asked if (answer := self.field.one(self._reading(*one))) is not None]
        lost = [text.partition(ENDED)[2].partition("</section>")[0] for text in pages if ENDED in text]
        what = f"bookings {[booking for _, booking in asked]}"
        if len(lost) != len(asked) - 1:
            self.tally.untold.append(f"{what}: {len(lost)} read that somebody else has it")
        self.tally.untold += [f"{what}: a page without alternative" for text in lost if not OTHER_SLOT.search(text)]

    def _reading(self, person: Person, booking: int) -> Move:
        return Move(lambda: person.windows[0].get(f"/associations/{person.of.slug}/reservations/{booking}/"))

    def note(self, what: str, answer: Answer) -> None:
        """An answer that nobody should get; while things are ended, it is asked for again."""
        if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR or self.field.recover is None:
            self.tally.untold.append(f"{what}: {answer.status}")

    def scan(self) -> Move:
        """What beat has a worker do."""

        def do() -> None:
            from django.db import DatabaseError, InterfaceError, connection  # noqa: PLC0415

            from workshops.tasks import expire_bookings  # noqa: PLC0415

            try:
                expire_bookings()
            except (DatabaseError, InterfaceError) as error:
                connection.close()
                if self.field.recover is None:
                    raise
                raise Lost("scan") from error

        return Move(do)

    def taken_by(self, person: Person, slot: int) -> int:
        """Somebody books a slot alone; the booking."""
        (move,) = self.book(person, slot)
        answer = self.field.one(move)
        assert answer is not None
        return booking_of(answer)


def booking_of(answer: Answer) -> int:
    """The number in the address that an answer leads to."""
    found = BOOKING.search(answer.location)
    if found is None:
        raise RuntimeError(f"Not booked: {answer.status} {answer.text[:500]}")
    return int(found[1])


def by_association(person: Person, booking: int, deed: str) -> str:
    return f"/associations/{person.of.slug}/reservations/{booking}/{deed}/"


# --- the modes ---------------------------------------------------------------------------------------------


def instant(stage: Stage, clients: int) -> None:
    """One slot, booked at once; now and then somebody clicks twice."""
    slot = next(stage.instant)
    stage.tally.contested.append(slot)
    people = stage.draw(clients)
    twice = clients < len(stage.associations) and stage.rng.random() < 0.2  # noqa: PLR2004
    moves = [move for n, one in enumerate(people) for move in stage.book(one, slot, twice=twice and n == 0)]
    stage.race(moves, watched=clients)


def approval(stage: Stage, clients: int) -> None:
    """All ask for one slot, the company's members accept different ones at once, and all read what became of it."""
    slot = next(stage.on_approval)
    stage.tally.contested.append(slot)
    people = stage.draw(clients)
    asked = stage.race([move for one in people for move in stage.book(one, slot)])
    bookings = [booking_of(answer) for answer in asked if answer is not None]
    asking = list(zip(people, bookings, strict=True))
    stage.rng.shuffle(bookings)
    path = f"/entreprises/{stage.world.company.slug}/reservations/%s/accepter/"
    pairs = zip(stage.managers, bookings, strict=False)
    stage.race([stage.click(one, path % booking) for one, booking in pairs])
    stage.read_what_became(asking)


def hold(stage: Stage, clients: int) -> None:
    """A slot comes free while others queue, somebody books and several scans run; then the hold ends, or is taken."""
    slot = next(stage.instant)
    stage.tally.contested.append(slot)
    first, *queue = stage.draw(max(clients, 2 + QUEUE))
    waiting, others = queue[:QUEUE], queue[QUEUE:]
    booking = stage.taken_by(first, slot)
    for one in waiting:
        stage.field.one(stage.click(one, f"/creneaux/{slot}/attendre/", {**BOOKED, "association": one.of.pk}))
    books = [move for one in others for move in stage.book(one, slot)]
    cancel = stage.click(first, by_association(first, booking, "annuler"), NO_NEED)
    stage.race([cancel, *books, stage.scan(), stage.scan()])
    held = _held(stage, slot)
    assert held is not None
    _perhaps_end(stage, held)
    take = stage.click(waiting[0], by_association(waiting[0], held, "prendre"), {"answer": "yes"})
    books = [move for one in others for move in stage.book(one, slot)]
    stage.race([take, *books, stage.scan(), stage.scan()])


def _held(stage: Stage, slot: int) -> int | None:
    from workshops.models import Booking  # noqa: PLC0415

    if stage.field.recover:
        stage.field.recover()
    return Booking.objects.filter(slot=slot, state="held").values_list("pk", flat=True).first()


def _perhaps_end(stage: Stage, held: int) -> None:
    """Every second hold runs out before it is answered."""
    from django.db import connection  # noqa: PLC0415

    if stage.rng.random() < 0.5:  # noqa: PLR2004
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE workshops_booking SET expires_at = now() - interval '1 second' WHERE id = %s", [held]
            )


def rebook(stage: Stage, clients: int) -> None:
    """Somebody calls off while others want the slot; who comes too early is refused, and comes again."""
    slot = next(stage.instant)
    stage.tally.contested.append(slot)
    first, *others = stage.draw(max(clients, 3))
    booking = stage.taken_by(first, slot)
    cancel = stage.click(first, by_association(first, booking, "annuler"), NO_NEED)
    stage.race([cancel, *(move for one in others for move in stage.book(one, slot))])
    stage.race([move for one in others for move in stage.book(one, slot)])


def overlap(stage: Stage, clients: int) -> None:
    """Volunteers promise two dates of one hour, both at once; then each reads which others there are."""
    pair = next(stage.overlapping)
    people = stage.volunteers[: max(1, clients // 2)]
    moves = [
        stage.click(person, f"/benevolat/{slot}/participer/", window=window)
        for person in people
        for window, slot in enumerate(pair)
    ]
    stage.race(moves)
    for person in people:
        _read_other_evenings(stage, person, pair)
    stage.tally.promises += [(person.user.pk, *pair) for person in people]


def _read_other_evenings(stage: Stage, person: Person, pair: tuple[int, int]) -> None:
    """The page to which both buttons lead: evenings to join, without those of that hour."""
    page = stage.field.one(Move(lambda: person.windows[0].get("/benevolat/")))
    offered = {int(slot) for slot in OTHER_EVENING.findall(page.text)} if page else set()
    if not offered or offered & set(pair):
        stage.tally.untold.append(f"volunteer {person.user.pk}: evenings {pair}, offered {sorted(offered)[:5]}")


def moving(stage: Stage, clients: int) -> None:
    """Workshops on slots of their own all move to one other slot: one arrives, the others stay where they were."""
    target = next(stage.instant)
    people = stage.draw(clients)
    own = {person.of.pk: next(stage.instant) for person in people}
    bookings = [(person, stage.taken_by(person, own[person.of.pk])) for person in people]
    stage.tally.contested += [target]
    stage.race([_move(stage, person, booking, target) for person, booking in bookings])
    stage.tally.moved += [(person.of.pk, own[person.of.pk], target) for person in people]


def _move(stage: Stage, person: Person, booking: int, target: int) -> Move:
    path = by_association(person, booking, "deplacer")

    def do() -> Answer:
        answer = person.windows[0].post(f"{path}?vers={target}", {"slot": target})
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and not OTHER_DATE.search(answer.text):
            stage.tally.untold.append(f"{path}: no other date")
        elif answer.status not in (HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY):
            stage.note(path, answer)
        return answer

    return Move(do)


def offering(stage: Stage, clients: int) -> None:
    """A company offers a slot while others book it, and while who looks for one books another for the same request.

    What is held then ends, or is taken, while the others come again.
    """
    (first, slot, request), other = next(stage.seeking), next(stage.instant)
    stage.tally.contested += [slot, other]
    others = [one for one in stage.draw(clients) if one is not first]
    rivals = [*stage.book(first, other, request=request), *(move for one in others for move in stage.book(one, slot))]
    offers = [_offer(stage, one, slot, request) for one in stage.managers[:2]]
    stage.race([*offers, *(_a_moment_later(stage, move) for move in rivals)])
    held = _held(stage, slot)
    if held is None:
        return
    _perhaps_end(stage, held)
    take = stage.click(first, by_association(first, held, "prendre"), {"answer": "yes"})
    books = [move for one in others for move in stage.book(one, slot)]
    stage.race([take, *books, stage.scan(), stage.scan()])


def _a_moment_later(stage: Stage, move: Move) -> Move:
    """An offer looks at many slots before it holds one: who clicks with it would always be faster."""
    pause = stage.rng.uniform(0, SECONDS_TO_OFFER)

    def do() -> Answer | None:
        time.sleep(pause)
        return move()

    return Move(do)


def _offer(stage: Stage, person: Person, slot: int, request: int) -> Move:
    path = f"/entreprises/{stage.world.company.slug}/demandes/{request}/proposer/"
    # The slot is gone, or the request, which is nobody else's business.
    too_late = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND)

    def do() -> Answer:
        answer = person.windows[0].post(path, {"slot": slot})
        if answer.status == HTTPStatus.FOUND and "messages" not in answer.cookies:
            stage.tally.untold.append(f"{path}: no word")
        elif answer.status not in (HTTPStatus.FOUND, *too_late):
            stage.note(path, answer)
        return answer

    return Move(do)


Mode = Callable[[Stage, int], None]
MODES: dict[str, Mode] = {
    "instant": instant,
    "approval": approval,
    "hold": hold,
    "rebook": rebook,
    "overlap": overlap,
    "moving": moving,
    "offering": offering,
}
