"""Which mails about bookings, requests and searches are overtaken by facts before they leave."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from associations.models import InsuranceCertificate, Request
from companies.calendar import promise_event, promise_events
from companies.models import Company, Slot, SlotVolunteer
from companies.wanted import COMES_ALREADY, has_promised
from mail import wanted
from mail.calendars import addressed
from mail.models import Message, MessageQuerySet
from workshops.catalogue import bookable
from workshops.emails import SHOWN_IN_ALERT, Alert, Elsewhere, Expected, Instead, Left, Others, Proposal, Said, Shifted
from workshops.kept import match_of, why_kept
from workshops.matching import best_slots
from workshops.models import (
    Booking,
    HostingAgreement,
    MatchNotice,
    Report,
    SavedSearch,
    SearchNotice,
    Side,
    Workshop,
    insurance_ending,
)
from workshops.saved import asked_by
from workshops.searching import Criteria, searched
from workshops.thanks import what_was_reported
from workshops.told import about, fact, names_of
from workshops.volunteers import booked_among, is_booked, missing

BACK_AGAIN = "L’atelier est de nouveau à la date que cette personne connaît."


@wanted.while_so("workshop_reminder", "workshop_today", "booking_confirmed", "booking_changed")
def _confirmed_and_then(message: Message) -> str:
    """A workshop is announced as long as it is confirmed, and at the date that the message tells."""
    booking = _booking(message)
    if booking is None or booking.state != Booking.State.CONFIRMED:
        return "L’atelier n’est plus à venir."
    told = message.key.startswith(f"{fact(message.template, booking)}:")
    return "" if told else "L’atelier a changé de date."


@wanted.while_so("workshop_way_changed")
def _last_way(message: Message) -> str:
    """The last change that was told: the key names when it was made."""
    booking = _booking(message)
    told_at = booking.way_told_at if booking else None
    last = told_at and f":{told_at:%Y%m%dT%H%M%S%f}:" in message.key
    return _confirmed_and_then(message) or ("" if last else "Un autre changement est annoncé depuis.")


@wanted.while_so("booking_moved")
def _moved_there(message: Message) -> str:
    """That a date is off, and leaves a calendar, is so whatever becomes of the one that it was moved to."""
    return "" if _takes_leave(message) else _confirmed_and_then(message)


@wanted.retold("booking_moved")
def _where_it_is_now(message: Message, at: dt.datetime) -> wanted.Facts | str:
    """Who had promised the date that was left hears where the workshop is when the mail leaves, or that it is off.

    The others hear from which of the dates that they know it was moved; nothing when it is there again.
    """
    booking, told = _booking(message), dict(message.context)
    if booking is None:
        return told
    if not _takes_leave(message):
        was, there = _last_told(booking.moved_from, message) or told["was"], _of_now(message, at)
        if was != f"{there['day']}, {there['hours']}, {there['place']}":
            return there | {"was": was}
        # Who may know the place in between hears from that one.
        return there if _may_have_left(_moves_before(message)) else BACK_AGAIN
    was = Booking.objects.with_everything().get(pk=booking.pk)
    same = Booking.objects.of_event(booking).agreed()
    with translation.override(message.language):
        return told | Left(was, same.with_everything().first()).facts()


def _last_told(booking: Booking | None, message: Message) -> str:
    """The date that its reader knows of a workshop whose last moves they were not told; empty when they were."""
    was = ""
    while booking is not None:
        moves = Message.objects.filter(template="booking_moved", about=about(booking), capacity=message.capacity)
        untold = moves.exclude(state=Message.State.SENT).exclude(context={}).order_by("pk").first()
        if untold is None:
            break
        was, booking = str(untold.context["was"]), booking.moved_from
    return was


def _takes_leave(message: Message) -> bool:
    return message.calendar_method == Message.CalendarMethod.CANCEL


@wanted.while_so("promise_moved")
def _still_there(message: Message) -> str:
    """The last date that was told; the key names it."""
    promise = _promised(message)
    there = promise is not None and f":{promise.pk}:{promise.starts_at:%Y%m%dT%H%M}:" in message.key
    later = Message.objects.filter(about=message.about, template=message.template, pk__gt=message.pk)
    return "" if there and not later.exists() else "L’atelier a changé de date depuis."


@wanted.retold(anew=["promise_moved"])
def _from_where_it_was_known(message: Message, at: dt.datetime) -> wanted.Facts | str:
    """Its reader hears from which date that they know it was moved; nothing when it is there again.

    Who may know the date in between hears from that one.
    """
    promise, before = _promised(message), _moves_before(message)
    untold = before.filter(context__has_key="was_at").order_by("pk").first() or message
    if promise is None or "was_at" not in untold.context:
        return dict(message.context)
    was = dt.datetime.fromisoformat(untold.context["was_at"])
    if was == promise.starts_at:
        if not _may_have_left(before):
            return BACK_AGAIN
        was = dt.datetime.fromisoformat(message.context["was_at"])
    with translation.override(message.language):
        event = promise_event(promise, booked=is_booked(promise), now=at)
        message.calendar = addressed(event, message.to_email)
        return {**message.context, **Shifted(promise, was).facts()}


@wanted.retold(anew=["promises_elsewhere"])
def _where_it_was_promised(message: Message, at: dt.datetime) -> wanted.Facts | str:
    """Of the evenings that it names, those that its reader still comes to, where they are when the mail leaves."""
    still = SlotVolunteer.objects.coming(at).filter(pk__in=message.context["promises"]).with_place()
    promises = list(still.order_by("starts_at", "pk"))
    if not promises:
        return "Cette personne ne vient plus à ces dates."
    with translation.override(message.language):
        event, message.calendar_method = promise_events(promises, booked=booked_among(promises), now=at)
        message.calendar = addressed(event, message.to_email)
        return {**message.context, **Elsewhere(promises).facts()}


def _moves_before(message: Message) -> MessageQuerySet:
    """What was to tell its reader of other moves, since the last one that they were told."""
    told = Message.objects.filter(template=message.template, capacity=message.capacity)
    moves = told.filter(about__in=_same_event(message))
    sent = moves.filter(state=Message.State.SENT).order_by("pk").last()
    return moves.filter(pk__gt=sent.pk if sent else 0, pk__lt=message.pk)


def _same_event(message: Message) -> list[str]:
    """What the mails of one event are about: of a workshop, each of the bookings that it has had."""
    booking = _booking(message) if message.template == "booking_moved" else None
    if booking is None:
        return [message.about]
    return [about(one) for one in Booking.objects.of_event(booking)]


def _may_have_left(earlier: MessageQuerySet) -> bool:
    """Whether any of these may have reached its reader, though no row says so.

    A server that took one may have dropped the line, a restore does not know, and another worker may have one in hand:
    those that nobody has are held until this one has left.
    """
    with transaction.atomic():
        free = earlier.filter(state=Message.State.QUEUED, attempts=0).select_for_update(skip_locked=True)
        unsent = Q(pk__in=[one.pk for one in free.only("pk")]) | Q(state=Message.State.SKIPPED, attempts=0)
        return earlier.exclude(unsent).exists()


def _promised(message: Message) -> SlotVolunteer | None:
    return SlotVolunteer.objects.with_place().filter(pk=wanted.number_in(message.about)).first()


@wanted.while_so("workshop_agreement")
def _still_asked(message: Message) -> str:
    """One side is asked whether it agrees until it says so."""
    workshop = _workshop(message)
    side = Side(message.context.get("side", Side.COMPANY))
    answered = workshop is not None and workshop.agreed_at(side) is not None
    return "Cette réponse est déjà donnée." if answered else _confirmed_and_then(message)


@wanted.while_so("room_taken")
def _taken_still(message: Message) -> str:
    booking = _booking(message)
    taken = booking and Booking.objects.filter(pk=booking.pk).on_taken_rooms(message.created_at).exists()
    return _confirmed_and_then(message) or ("" if taken else "La salle est de nouveau libre.")


@wanted.while_so("workshop_unsure")
def _still_unsure(message: Message) -> str:
    """Of a question that left a day before this was found, or was lost: it may wait again since."""
    workshop = _workshop(message)
    if workshop is None or workshop.silent_sides(at=message.created_at) or workshop.unreached_sides():
        return _confirmed_and_then(message)
    sure = all(workshop.agreed_at(side) for side in Side)
    return "Les deux parties ont répondu." if sure else "La question n’est pas restée un jour sans réponse."


@wanted.retold(anew=["workshop_unsure"])
def _who_is_silent(message: Message, at: dt.datetime) -> wanted.Facts:
    """Whose answer is awaited still, and who could not be asked."""
    workshop = Workshop.objects.with_everything().get(booking=wanted.number_in(message.about))
    silent, unreached = workshop.silent_sides(at=at), workshop.unreached_sides()
    told = {"silent": names_of(silent, workshop.booking), "unreached": names_of(unreached, workshop.booking)}
    return _of_now(message, at) | told


@wanted.while_so("volunteer_invited", "volunteers_missing")
def _somebody_is_missing(message: Message) -> str:
    booking = _booking(message)
    if booking is not None and not missing(booking.slot):
        return "L’atelier a tous ses bénévoles."
    if booking is not None and has_promised(booking.slot_id, message):
        return COMES_ALREADY
    return _confirmed_and_then(message)


@wanted.while_so("workshop_visitors")
def _so_many_come(message: Message) -> str:
    """The last number that was told: the key names it, and when."""
    workshop = _workshop(message)
    told_at = workshop.visitors_told_at if workshop else None
    so_many = workshop and told_at and f":{workshop.visitors}:{told_at:%Y%m%dT%H%M%S%f}:" in message.key
    return _confirmed_and_then(message) or ("" if so_many else "Un autre nombre est annoncé depuis.")


@wanted.while_so("report_due")
def _report_is_missing(message: Message) -> str:
    side = message.context.get("side", "")
    written = Report.objects.filter(workshop__booking=wanted.number_in(message.about), side=side).exists()
    return "Le compte rendu est écrit." if written else ""


@wanted.while_so("workshop_thanks")
def _took_place(message: Message) -> str:
    """A report may say meanwhile that a side did not come, or nobody did."""
    booking = _booking(message)
    missed = booking is not None and booking.state == Booking.State.NO_SHOW
    return "L’atelier n’a pas eu lieu." if missed else ""


@wanted.while_so("booking_requested", "booking_unanswered")
def _awaits_an_answer(message: Message) -> str:
    booking = _booking(message)
    pending = booking is not None and booking.state == Booking.State.PENDING
    return "" if pending else "La demande n’attend plus de réponse."


@wanted.while_so("waitlist_hold", "slot_offered", "slot_planned")
def _is_held(message: Message) -> str:
    booking = _booking(message)
    held = booking is not None and booking.state == Booking.State.HELD
    return "" if held else "Le créneau n’est plus gardé."


@wanted.while_so("agreement_signed")
def _agreement_is_to_read(message: Message) -> str:
    """A signature is told as long as nobody has ended the agreement, and awaited until it is given."""
    agreement = HostingAgreement.objects.filter(pk=wanted.number_in(message.about)).first()
    if agreement is None or agreement.ended_at is not None:
        return "La convention est terminée."
    return "Les deux côtés ont signé." if message.context["waits"] and agreement.is_signed else ""


@wanted.retold("insurance_ending")
def _insurance_still_ends(message: Message, at: dt.datetime) -> wanted.Facts | str:
    """Until a later certificate counts, or no workshop is to come after its end."""
    certificate = wanted.number_in(message.about)
    if insurance_ending(at).filter(pk=certificate).exists():
        return dict(message.context)
    counts = InsuranceCertificate.objects.that_count().filter(pk=certificate).exists()
    return "Aucun atelier n’est plus prévu après cette date." if counts else "Une autre attestation compte."


@wanted.retold(anew=["slots_matched"])
def _what_fits(message: Message, at: dt.datetime) -> wanted.Facts | str | None:
    """Of the slots that served the request, those that can be had and serve it as both are when the mail leaves.

    One that was proposed anew meanwhile is left to that mail, and one that was not to be had meanwhile to the next one.
    """
    open_still = Request.objects.open(at).select_related("commune", "association")
    request = open_still.filter(pk=wanted.number_in(message.about)).first()
    if request is None:
        return "La demande n’est plus ouverte."
    own = MatchNotice.objects.filter(request=request, told_at=message.created_at).values_list("slot_id", flat=True)
    slots = _still_bookable([one for one in message.context["slots"] if one.get("id") in set(own)], at)
    found = best_slots(request, list(slots.values()), now=at)
    with translation.override(message.language):
        return Proposal(request, found).facts() if found else None


@wanted.while_so("search_alert")
def _search_is_kept(message: Message) -> str:
    kept = SavedSearch.objects.alerting().filter(pk=wanted.number_in(message.about))
    return "" if kept.exists() else "La recherche est supprimée, ou ses alertes sont arrêtées."


@wanted.retold(anew=["search_alert"])
def _what_is_new_still(message: Message, at: dt.datetime) -> wanted.Facts | None:
    """Of all slots that were new when this was written, those that the search still finds.

    One that was told anew since, at another date, is left to that mail.
    """
    search = SavedSearch.objects.filter(pk=wanted.number_in(message.about)).first()
    asked = asked_by(search.query) if search else None
    if search is None or asked is None:
        return None
    told = SearchNotice.objects.filter(search=search, told_at=message.created_at)
    anew = SearchNotice.objects.filter(search=search, told_at__gt=message.created_at)
    found = searched(Criteria.of(asked), now=at).filter(pk__in=told.values("slot"))
    left = list(found.exclude(pk__in=anew.values("slot")).values_list("pk", flat=True))
    slots = list(Slot.objects.filter(pk__in=left).with_place().order_by("starts_at", "pk")[:SHOWN_IN_ALERT])
    if not slots:
        return None
    with translation.override(message.language):
        return Alert(search, slots, len(left) - len(slots)).facts()


@wanted.joined("search_alert")
def _all_that_is_new(told: list[wanted.Facts]) -> wanted.Facts:
    """The first of all that was new to one search since the last digest, and how many more."""
    slots = {one["id"]: one for facts in told for one in facts["slots"]}
    first = sorted(slots.values(), key=lambda one: (one["starts_at"], one["id"]))
    more = sum(facts["more"] for facts in told) + len(first[SHOWN_IN_ALERT:])
    return told[0] | {"slots": first[:SHOWN_IN_ALERT], "more": more}


@wanted.retold("booking_cancelled")
def _what_is_off(message: Message, at: dt.datetime) -> wanted.Facts:
    """Under the date that its reader knows, too."""
    return _what_else_is_free(message, at) | {"was": _last_told(_booking(message), message)}


@wanted.retold("waitlist_closed")
def _what_else_is_free(message: Message, at: dt.datetime) -> wanted.Facts:
    """Of the other slots that are proposed, those that can still be had: the mail is told without any, too."""
    slots = _still_bookable(message.context["others"], at)
    with translation.override(message.language):
        return {**message.context, **Others(list(slots.values())).facts()}


@wanted.retold("booking_declined", "booking_not_selected", "booking_expired")
def _what_there_is_instead(message: Message, at: dt.datetime) -> wanted.Facts:
    """And whether the workshop that was to move stays where it was."""
    slots, booking = _still_bookable(message.context["others"], at), _booking(message)
    if booking is None:
        return dict(message.context)
    with translation.override(message.language):
        return {**message.context, **Instead.of(booking, list(slots.values())).facts()}


def _still_bookable(told: list[wanted.Facts], at: dt.datetime) -> dict[int, Slot]:
    """Of slots that a mail names, those that can be had at this instant, by their numbers and in the order told.

    One without its number is not named again.
    """
    numbers = [one["id"] for one in told if "id" in one]
    still = bookable(at).filter(pk__in=numbers).with_place().in_bulk() if numbers else {}
    return {number: still[number] for number in numbers if number in still}


@wanted.retold("workshop_thanks")
def _what_was_reported_since(message: Message, _at: dt.datetime) -> wanted.Facts:
    """What the reports say now. Which side reads is told by the capacity, in which each manager is thanked."""
    side = Side.COMPANY if f":{Company.SPACE}:" in message.capacity else Side.ASSOCIATION
    reports = Report.objects.filter(workshop__booking=wanted.number_in(message.about))
    with translation.override(message.language):
        return {**message.context, **what_was_reported(reports, side)}


@wanted.joined("slots_matched")
def _best_of_all(told: list[wanted.Facts]) -> wanted.Facts:
    """All that was found for one request since the last digest, as `Match.rank_for_request`: what is told is told."""
    slots = {one["id"]: one for facts in told for one in facts["slots"]}
    # What was written before slots had merits comes last.
    ranked = sorted(slots.values(), key=lambda one: (-one.get("merit", 0), one.get("starts", ""), one["id"]))
    return told[0] | {"slots": ranked}


def _workshop(message: Message) -> Workshop | None:
    return Workshop.objects.filter(booking=wanted.number_in(message.about)).first()


def _booking(message: Message) -> Booking | None:
    return Booking.objects.select_related("slot").filter(pk=wanted.number_in(message.about)).first()


@wanted.retold(
    "booking_requested",
    "booking_unanswered",
    "waitlist_hold",
    "slot_offered",
    "slot_planned",
    "workshop_visitors",
    "workshop_note",
    "room_taken",
    anew=[
        "booking_confirmed",
        "booking_changed",
        "workshop_agreement",
        "workshop_reminder",
        "workshop_today",
        "workshop_way_changed",
        "volunteer_invited",
        "volunteers_missing",
    ],
)
def _of_now(message: Message, at: dt.datetime) -> wanted.Facts:
    """Where a workshop is and how one gets in, in words and in calendars: what was so when it was written may wait."""
    booking, told = _whole(message), dict(message.context)
    if booking is None:
        return told
    said = Said(booking, at)
    with translation.override(message.language):
        if "access" in told:
            told["access"] = booking.slot.room.site.access_lines()
        workshop = _workshop(message) if "side" in told else None
        if workshop is not None:
            workshop.booking = booking
            told |= Expected(workshop, Side(told["side"]), at).facts()
        if "why" in told:
            told["why"] = ", ".join(why_kept(match_of(booking, at)))
        if message.calendar:
            event = said.event(message.calendar_method, _promise(message))
            message.calendar = addressed(event, message.to_email)
        return told | said.facts()


def _whole(message: Message) -> Booking | None:
    """With all that a mail says of it; none of a message that names none."""
    if not message.about:
        return None
    return Booking.objects.with_everything().filter(pk=wanted.number_in(message.about)).first()


def _promise(message: Message) -> SlotVolunteer | None:
    """Of who reads it as a volunteer: their calendar shows their promise. None of who reads it as anybody else."""
    capacity, _, numbers = message.capacity.partition(":")
    if capacity != "volunteer":
        return None
    slot, person = map(int, numbers.split(":"))
    return SlotVolunteer.objects.filter(slot=slot, volunteer=person).with_place().first()
