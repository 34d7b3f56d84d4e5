"""Booking, answering, calling off, moving, and queues."""

from __future__ import annotations

import uuid

from accounts.vocabulary import Topic
from associations.models import Association, Request
from companies.models import BookingMode, Slot
from tests.workshops.everybody.machine import Everybody, Moves
from tests.workshops.everybody.stage import DAY, new_series
from workshops import actions
from workshops.catalogue import unasked
from workshops.models import Booking, Course, Dismissal, Reason, Side, WaitlistEntry

STATES = Booking.State


class Claiming(Everybody):
    """What associations and companies do with evenings."""

    def book(self) -> None:
        slot, association = self.free_slot(), self.association()
        participants = self.draw(6, 6, 1, 10, 11)
        key, request = uuid.UUID(int=self.draw(*range(2**16))), self.own_request(association)
        if not Booking.objects.filter(key=key).exists():
            self._send(key, slot.pk, association, participants, request)

    def own_request(self, association: Association) -> Request | None:
        own = association.requests.exclude(state__in=(Request.State.WITHDRAWN, Request.State.FULFILLED))
        return self.draw(own.order_by("pk").first(), None)

    def _send(
        self, key: uuid.UUID, slot: int, association: Association, participants: int, request: Request | None
    ) -> None:
        booking: Booking | None = self.attempt(
            "book",
            lambda: actions.book_slot(
                slot_id=slot,
                association=association,
                participants=participants,
                topic=Topic.EMAIL,
                message="",
                key=key,
                request=request,
                by=self.guest(association),
                now=self.now,
            ),
        )
        if booking is None:
            return
        self.forms.append((key, association.pk, slot, booking.pk))
        if booking.is_confirmed:
            self.agreed[booking.slot_id] = association.pk

    def send_the_same_form_again(self) -> None:
        """It is the same booking, whatever became of it."""
        form = self.pick(self.forms)
        if form is None:
            return
        key, sender, slot, number = form
        association = Association.objects.get(pk=sender)
        before = Booking.objects.count()
        again = self.attempt(
            "send the form again",
            lambda: actions.book_slot(
                slot_id=slot,
                association=association,
                participants=6,
                topic=Topic.EMAIL,
                message="",
                key=key,
                request=None,
                by=self.guest(association),
                now=self.now,
            ),
        )
        assert Booking.objects.count() == before
        assert again is None or again.pk == number

    def accept(self) -> None:
        booking = self.booking(STATES.PENDING)
        if booking is None:
            return
        by = self.host(booking.slot)
        if self.attempt("accept", lambda: actions.accept_booking(booking=booking, by=by, now=self.now)):
            self.agreed[booking.slot_id] = booking.association_id
            self._left(booking)

    def _left(self, booking: Booking) -> None:
        """An accepted move leaves where it was, unless that was called off or has begun."""
        was = Booking.objects.select_related("slot").filter(pk=booking.moved_from_id or 0).first()
        if was is None:
            return
        was_to_come = self.agreed.get(was.slot_id) == was.association_id and was.slot.starts_at > self.now
        assert was_to_come == (was.reason_code == Reason.MOVED)
        if was_to_come:
            del self.agreed[was.slot_id]

    def decline(self) -> None:
        booking, code = self.booking(STATES.PENDING), self.draw(Reason.NO_HOST, Reason.OTHER)
        if booking is not None:
            by = self.host(booking.slot)
            self.attempt("decline", lambda: actions.decline_booking(booking=booking, code=code, by=by, now=self.now))

    def call_off(self) -> None:
        side, code = self.draw(*Side), self.draw(Reason.NO_NEED, Reason.NO_NEED, Reason.OTHER)
        states = (STATES.CONFIRMED,) if side == Side.COMPANY else (STATES.CONFIRMED, STATES.PENDING, STATES.HELD)
        booking = self.booking(*states)
        if booking is None:
            return
        was_agreed, by = booking.is_confirmed, self.speaker(booking, side)
        done = self.attempt(
            f"call off by the {side}",
            lambda: actions.cancel_booking(booking=booking, side=side, code=code, by=by, now=self.now),
        )
        if done and was_agreed:
            assert self.agreed.pop(booking.slot_id) == booking.association_id

    def move(self) -> None:
        booking, target, side = self.booking(STATES.CONFIRMED), self.free_slot(), self.draw(*Side)
        if booking is None:
            return
        by = self.speaker(booking, side)
        moved = self.attempt(
            f"move by the {side}",
            lambda: actions.move_workshop(booking=booking, slot_id=target.pk, side=side, by=by, now=self.now),
        )
        if moved is not None and moved.is_confirmed:
            self.agreed[moved.slot_id] = self.agreed.pop(booking.slot_id)

    # --- courses ------------------------------------------------------------------------------------

    def book_a_course(self) -> None:
        association, dates = self.association(), {self.free_slot().pk for _ in range(3)}
        key, request = uuid.UUID(int=self.draw(*range(2**16))), self.own_request(association)
        booked = self.attempt(
            "book a course",
            lambda: actions.book_course(
                slot_ids=dates,
                association=association,
                title="Premiers pas",
                participants=self.draw(6, 10),
                topic=Topic.EMAIL,
                message="",
                key=key,
                request=request,
                only_all=self.draw(True, False),
                by=self.guest(association),
                now=self.now,
            ),
        )
        for booking in booked.bookings if booked else []:
            if booking.is_confirmed:
                self.agreed[booking.slot_id] = association.pk

    def call_a_course_off(self) -> None:
        course = self.pick(Course.objects.select_related("association").order_by("pk"))
        if course is None:
            return
        agreed = course.bookings.filter(state=STATES.CONFIRMED, slot__starts_at__gt=self.now)
        freed, by = list(agreed.values_list("slot", flat=True)), self.guest(course.association)
        done = self.attempt(
            "call a course off",
            lambda: actions.cancel_course(course=course, code=Reason.NO_NEED, reason="", by=by, now=self.now),
        )
        for slot in freed if done else []:
            del self.agreed[slot]

    # --- queues -------------------------------------------------------------------------------------

    def queue(self) -> None:
        association = self.association()
        self._queue(self.taken_slot(), association, self.own_request(association))

    def _queue(self, slot: Slot, association: Association, request: Request | None) -> None:
        entry = self.attempt(
            "queue",
            lambda: actions.join_waitlist(
                slot_id=slot.pk,
                association=association,
                participants=6,
                topic=Topic.EMAIL,
                message="",
                request=request,
                by=self.guest(association),
                now=self.now,
            ),
        )
        line = self.queues.setdefault(slot.pk, [])
        # Who waits already has a place.
        if entry is not None and association.pk not in line:
            line.append(association.pk)

    def leave_the_queue(self) -> None:
        entry = self.pick(WaitlistEntry.objects.standing(self.now).order_by("pk"))
        if entry is not None:
            self.attempt("leave the queue", lambda: actions.leave_waitlist(entry=entry, now=self.now))

    def answer_a_hold(self) -> None:
        """Or what is none any more: a page may stay open for long."""
        booking = self.booking(*STATES) if self.seldom() else self.booking(STATES.HELD)
        if booking is None:
            return
        by, takes = self.guest(booking.association), self.draw(True, True, False)
        move = actions.take_hold if takes else actions.refuse_hold
        what = "offer" if booking.offered_at else "offer of a plan" if booking.planned_at else "hold"
        done = self.attempt(
            f"take the {what}" if takes else f"refuse the {what}", lambda: move(booking=booking, by=by, now=self.now)
        )
        if done and takes and booking.is_confirmed:
            self.agreed[booking.slot_id] = booking.association_id
        # The company has said yes by offering.
        assert not (done and takes and booking.offered_at and not booking.is_confirmed)

    # --- offers -------------------------------------------------------------------------------------

    def offer(self) -> None:
        """To who looks for an evening; now and then to who does not any more, or has been offered one."""
        requests = Request.objects.select_related("association").order_by("pk")
        slot, request = self.slot(unasked(self.now)), self.pick(requests if self.seldom() else requests.open(self.now))
        if request is None:
            return
        by = self.host(slot)
        self.attempt("offer", lambda: actions.offer_slot(slot_id=slot.pk, request=request, by=by, now=self.now))

    def offer_an_evening(self) -> None:
        """One more, opened for who looks for it."""
        request, room = (
            self.pick(Request.objects.open(self.now).select_related("association").order_by("pk")),
            self.room(),
        )
        if request is None:
            return
        day = (self.now + self.draw(1, 3, 5) * DAY).date()
        opening = new_series(room, self.now, weekday=day.isoweekday(), mode=BookingMode.ON_APPROVAL)
        opening.from_date = opening.until_date = day
        by = room.site.company.owners()[0]
        self.attempt(
            "offer an evening",
            lambda: actions.offer_evening(opening=opening, request=request, by=by, now=self.now),
        )

    def dismiss(self) -> None:
        """« Pas pour moi », or all that was dismissed is to be proposed again."""
        request, slot = (
            self.pick(Request.objects.select_related("association", "commune").order_by("pk")),
            self.free_slot(),
        )
        if request is None:
            return
        why, by = self.draw(*Dismissal.Why), self.guest(request.association)
        moves: Moves = {
            "dismiss": lambda: actions.dismiss_slot(request=request, slot=slot, why=why, by=by, now=self.now),
            "propose again": lambda: actions.forget_dismissals(request=request),
        }
        move = self.draw(*moves, "dismiss")
        self.attempt(move, moves[move])
