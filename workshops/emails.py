"""What both sides and the volunteers are told about bookings and workshops: one function per mail.

A key names the fact that is told (kind, object, date, person): however often a task fires, each person hears a
fact once, and a moved date is a new fact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.urls import reverse

from accounts.letters import Facts, Reader, in_organisation, managers_of, operators, owners_of, writing_to
from accounts.models import Role, User
from accounts.vocabulary import Topic
from associations.models import InsuranceCertificate, Request
from associations.models import Membership as InAssociation
from companies.calendar import promise_event, promise_events, promises_off
from companies.emails import as_volunteer
from companies.models import Membership as InCompany
from companies.models import Slot, SlotVolunteer
from mail import outbox
from mail.calendars import CANCEL, REQUEST, addressed
from mail.kinds import Kind, by_day, on_a_clock, told_as
from territories.prepared import Prepared
from territories.wording import counted, language, long_date, time_range, wall_time
from workshops import calendar
from workshops.agreements import agreement_path
from workshops.answers import answer_path, hold_path
from workshops.kept import match_of, why_kept
from workshops.matching import Match, reasons
from workshops.models import (
    Booking,
    HostingAgreement,
    LostPromise,
    Report,
    SavedSearch,
    Side,
    WaitlistEntry,
    Workshop,
    WorkshopNote,
)
from workshops.presence import coming_path
from workshops.proposed import path_of_slot
from workshops.readiness import at_the_site
from workshops.thanks import what_was_reported
from workshops.told import about, fact, names_of, thread
from workshops.volunteers import booked_among, is_booked

# A week until the digest, and time to answer it.
URGENT_WITHIN = dt.timedelta(days=10)
# How many new slots of a search a mail says in full.
SHOWN_IN_ALERT = 5


def booking_requested(*, booking: Booking, now: dt.datetime) -> None:
    """To the company: somebody asks for the slot, or to move a workshop there; answer please, in two clicks."""
    for manager in _company(booking):
        url = settings.SITE_URL + answer_path(booking, manager.person)
        facts = partial(_asked, booking)
        _tell("booking_requested", booking, manager, now, url=url, not_after=booking.expires_at, facts=facts)


def booking_confirmed(*, booking: Booking, now: dt.datetime) -> None:
    """To both: it is on, with the access kit for the association and the event for everybody's calendar.

    And to who had promised the evening, whose promise was tentative until then.
    """
    hosts, guests, promises = _everybody(booking)
    told: list[tuple[Reader, str, Facts]] = [(one, _company_url(booking), dict) for one in hosts]
    told += [(one, _association_url(booking), partial(_access, booking)) for one in guests]
    said = Said(booking, now)
    with outbox.together():
        for person, url, facts in told:
            _tell("booking_confirmed", booking, person, now, url=url, event=REQUEST, facts=facts, said=said)
        _tell_promised(booking, promises, now, said)


def _tell_promised(booking: Booking, promises: list[SlotVolunteer], now: dt.datetime, said: Said) -> None:
    for promise in promises:
        _tell(
            "booking_confirmed",
            booking,
            as_volunteer(booking.slot, promise.volunteer),
            now,
            url=_volunteer_url(),
            event=REQUEST,
            promise=promise,
            facts=lambda: {"promised": True},
            said=said,
        )


def booking_declined(*, booking: Booking, now: dt.datetime, others: list[Slot]) -> None:
    """To the association: the company cannot, or takes back what it offered, with its reason and other slots."""
    _tell_association("booking_declined", booking, now, others, offered=booking.offered_at is not None)


def booking_not_selected(*, booking: Booking, now: dt.datetime, others: list[Slot]) -> None:
    """To an association that waited: the slot went to another, here are the nearest ones."""
    _tell_association("booking_not_selected", booking, now, others)


def booking_expired(*, booking: Booking, held: bool, now: dt.datetime, others: list[Slot]) -> None:
    """To the association: no answer came in time, or it did not take in time what was kept for it."""
    _tell_association("booking_expired", booking, now, others, held=held, closed=not booking.lapses_in_time)


def booking_cancelled(*, booking: Booking, now: dt.datetime, others: list[Slot]) -> None:
    """To both sides and the volunteers: it is off, and leaves their calendars; the association has other slots."""
    told: list[tuple[Reader, str, list[Slot]]] = [(manager, _company_url(booking), []) for manager in _company(booking)]
    told += [(manager, _association_url(booking), others) for manager in _association(booking)]
    for person, url, offered in told:
        facts = Others(offered).facts
        _tell("booking_cancelled", booking, person, now, url=url, event=CANCEL, priority=1, facts=facts)
    for promise in _promises(booking):
        reader, none = Reader(promise.volunteer), Others([]).facts
        event, url = CANCEL, _volunteer_url()
        _tell("booking_cancelled", booking, reader, now, url=url, event=event, promise=promise, priority=1, facts=none)


def booking_moved(*, was: Booking, booking: Booking, now: dt.datetime) -> None:
    """To everybody concerned: it is at another time or place, where their calendars move it to.

    A company that the workshop leaves for another one is told that it is off there, the other one that it comes.
    Volunteers had promised the former date, which leaves their calendars: the other one is theirs to promise, where
    it is their company's. Their mail is about the booking that was left: whatever becomes of the other one, that word
    stays true. Who had promised the other date is told that it is booked.
    """
    there, before = booking.slot.room.site.company, was.slot.room.site.company

    def facts() -> dict[str, object]:
        told = _slot_facts(was.slot)
        return {"was": f"{told['day']}, {told['hours']}, {told['place']}", "leaves": False}

    told: list[tuple[Reader, str, Facts]] = [
        (one, _association_url(booking), lambda: facts() | _access(booking)) for one in _association(booking)
    ]
    told += [(one, _company_url(booking), facts) for one in _company(booking) if there == before]
    for person, url, said in told:
        _tell("booking_moved", booking, person, now, url=url, event=REQUEST, priority=1, facts=said)
    left, told_of = Left(was, booking), Said(was, now)
    for promise in _promises(was):
        _tell(
            "booking_moved",
            was,
            Reader(promise.volunteer),
            now,
            url=_volunteer_url(),
            event=CANCEL,
            promise=promise,
            facts=lambda: facts() | left.facts(),
            priority=1,
            told_once="left",
            said=told_of,
        )
    _tell_promised(booking, _promises(booking), now, Said(booking, now))
    if there != before:
        _tell_two_companies(was, booking, now)


class Left(NamedTuple):
    """What volunteers hear of a workshop that has left their evening: where it is, in their company; else no more."""

    was: Booking
    there: Booking | None

    def facts(self) -> dict[str, object]:
        """In the language spoken."""
        there, company = self.there, self.was.slot.room.site.company_id
        stays = there is not None and there.slot.room.site.company_id == company
        shown = there if there is not None and stays else self.was
        return _booking_facts(shown) | {
            "leaves": True,
            "off": there is None,
            "elsewhere": there is not None and not stays,
            "may_come": stays and shown.slot.volunteers_offered > 0,
        }


def _tell_two_companies(was: Booking, booking: Booking, now: dt.datetime) -> None:
    for manager in _company(was):
        url, none, event = _company_url(was), Others([]).facts, CANCEL
        _tell("booking_cancelled", was, manager, now, url=url, event=event, priority=1, facts=none)
    for manager in _company(booking):
        _tell("booking_confirmed", booking, manager, now, url=_company_url(booking), event=REQUEST)


def booking_changed(*, booking: Booking, side: Side, longer: bool, now: dt.datetime) -> None:
    """To the other side: what this one brings or offers is another number. A later end is for everybody's calendars.

    What the association changes is in the event, whose sequence rises with it; what the company offers besides is not.
    """
    writer = booking.slot.room.site.company.name if side == Side.COMPANY else booking.association.name
    which, event = f"{now:%Y%m%dT%H%M%S%f}", REQUEST if longer or side == Side.ASSOCIATION else ""

    def facts() -> dict[str, object]:
        return {"writer": writer}

    tell = partial(_tell, "booking_changed", booking, now=now, facts=facts, event=event, told_once=which)
    until = booking.slot.starts_at
    for person in _company(booking) if longer or side == Side.ASSOCIATION else []:
        tell(person, url=_company_url(booking), not_after=until)
    for person in _association(booking) if longer or side == Side.COMPANY else []:
        tell(person, url=_association_url(booking), not_after=until)
    for promise in _promises(booking) if longer else []:
        reader = as_volunteer(booking.slot, promise.volunteer)
        tell(reader, url=_volunteer_url(), promise=promise, not_after=until)


def booking_withdrawn(*, booking: Booking, now: dt.datetime) -> None:
    """To the company: the association does not wait for its answer any more."""
    for manager in _company(booking):
        _tell("booking_withdrawn", booking, manager, now, url=_company_url(booking))


@by_day
@on_a_clock
def booking_unanswered(*, booking: Booking, now: dt.datetime) -> None:
    """To the company: since when an association has waited, two days or more; until when it may answer."""
    zone = ZoneInfo(booking.slot.time_zone)

    def facts() -> dict[str, object]:
        return {"asked": long_date(booking.created_at.astimezone(zone).date()), **_until(booking)}

    for manager in _company(booking):
        url = settings.SITE_URL + answer_path(booking, manager.person)
        _tell("booking_unanswered", booking, manager, now, url=url, not_after=booking.expires_at, facts=facts)


def waitlist_hold(*, booking: Booking, now: dt.datetime) -> None:
    """To an association whose turn has come."""
    _kept("waitlist_hold", booking, now)


def slot_offered(*, booking: Booking, now: dt.datetime) -> None:
    """To an association that looks for a room: a company keeps one for it."""
    _kept("slot_offered", booking, now)


def slot_planned(*, booking: Booking, now: dt.datetime) -> None:
    """To an association that looks for a room: whoever runs the portal has found one."""
    _kept("slot_planned", booking, now)


def _kept(template: str, booking: Booking, now: dt.datetime) -> None:
    """The slot is kept for the association, why, until when, and one page to say yes or no."""
    match = match_of(booking, now)

    def facts() -> dict[str, object]:
        return _until(booking) | {"why": ", ".join(why_kept(match))}

    for manager in _association(booking):
        url, until = settings.SITE_URL + hold_path(booking, manager.person), booking.expires_at
        _tell(template, booking, manager, now, url=url, not_after=until, priority=1, facts=facts)


def offer_declined(*, booking: Booking, expired: bool, now: dt.datetime) -> None:
    """To the company: the association did not take what was offered, or did not say; whether the slot is free again."""
    free = not expired or booking.lapses_in_time
    for manager in _company(booking):
        url = _company_url(booking)
        _tell("offer_declined", booking, manager, now, url=url, facts=lambda: {"expired": expired, "free": free})


def waitlist_closed(
    *, entry: WaitlistEntry, slot: Slot, others: list[Slot], why: Callable[[], str], now: dt.datetime
) -> None:
    """To an association that queued: this slot will not come free for it, why, in its own language, and others."""
    for manager in managers_of(entry.association):
        with writing_to(manager) as post:
            post(
                "waitlist_closed",
                key=f"waitlist_closed:{entry.pk}:{manager.pk}",
                context=_slot_facts(slot)
                | {"why": why(), "url": settings.SITE_URL + reverse("workshops:search")}
                | Others(others).facts(),
                about=f"waitlist:{entry.pk}",
                on_behalf_of=f"associations:{entry.association_id}",
                time_zone=slot.time_zone,
                now=now,
            )


def _until(booking: Booking) -> dict[str, object]:
    """Until when somebody may answer, on the clock of the site."""
    assert booking.expires_at is not None
    here = booking.expires_at.astimezone(ZoneInfo(booking.slot.time_zone))
    return {
        "until": long_date(here.date()),
        "until_time": wall_time(here),
        "lapses_in_time": booking.lapses_in_time,
    }


def _asked(booking: Booking) -> dict[str, object]:
    """Until when somebody may answer; and of a move, from which of the company's own evenings, if it is one."""
    was, here = booking.moved_from, booking.slot.room.site.company_id
    told = _slot_facts(was.slot) if was is not None and was.slot.room.site.company_id == here else None
    before = f"{told['day']}, {told['hours']}, {told['place']}" if told else ""
    return _until(booking) | {"moves": was is not None, "was": before}


@by_day
def workshop_agreement(*, workshop: Workshop, side: Side, now: dt.datetime) -> None:
    """To one side, seven days ahead: does it still stand? One click, recorded as that person's.

    And how many come, which the association has to say where it has not.
    """
    booking = workshop.booking
    page = _company_url(booking) if side == Side.COMPANY else _association_url(booking)
    for person in _company(booking) if side == Side.COMPANY else _association(booking):
        url = settings.SITE_URL + agreement_path(workshop, side, person.person)
        told = partial(Expected(workshop, side, now).facts, page_url=page)
        event, until = REQUEST, booking.slot.starts_at
        _tell("workshop_agreement", booking, person, now, url=url, event=event, not_after=until, facts=told)


@by_day
def workshop_unsure(*, workshop: Workshop, silent: list[Side], unreached: list[Side], now: dt.datetime) -> None:
    """To the owners of both sides and the operators, three days ahead: who has not said that it still stands.

    Of whom we could not ask, that.
    """
    booking = workshop.booking
    company, association = booking.slot.room.site.company, booking.association
    facts = {"silent": names_of(silent, booking), "unreached": names_of(unreached, booking)}
    told = [(owner, _company_url(booking)) for owner in owners_of(company)]
    told += [(owner, _association_url(booking)) for owner in owners_of(association)]
    told += [(person, settings.SITE_URL + reverse("dashboard")) for person in operators()]
    for person, url in told:
        _tell("workshop_unsure", booking, person, now, url=url, not_after=booking.slot.starts_at, facts=lambda: facts)


def workshop_visitors(*, workshop: Workshop, now: dt.datetime) -> None:
    """To the company: how many come. A number told anew is a new fact."""
    booking, count = workshop.booking, workshop.visitors
    assert count is not None

    def facts() -> dict[str, object]:
        return {"visitors": counted(count, "visiteur", "visiteurs")}

    fact = f"{count}:{now:%Y%m%dT%H%M%S%f}"
    for manager in _company(booking):
        url, until = _company_url(booking), booking.slot.ends_at
        _tell("workshop_visitors", booking, manager, now, url=url, facts=facts, told_once=fact, not_after=until)


def room_taken(*, booking: Booking, now: dt.datetime) -> None:
    """To the company: its room's own calendar has it elsewhere while a workshop is agreed. Once."""
    for manager in _company(booking):
        url, until = _company_url(booking), booking.slot.starts_at
        _tell("room_taken", booking, manager, now, url=url, not_after=until, priority=1)


def workshop_note(*, note: WorkshopNote, now: dt.datetime) -> None:
    """To the other side: what this one writes. That evening, lateness and closed doors go before everything else."""
    booking = note.booking
    to_company = note.side == Side.ASSOCIATION
    url = _company_url(booking) if to_company else _association_url(booking)
    writer = booking.association.name if to_company else booking.slot.room.site.company.name

    def facts() -> dict[str, object]:
        return {"writer": writer, "what": str(note.get_kind_display()), "text": note.text}

    urgent = note.kind in WorkshopNote.URGENT
    for person in _company(booking) if to_company else _association(booking):
        _tell(
            "workshop_note",
            booking,
            person,
            now,
            url=url,
            facts=facts,
            not_after=booking.slot.ends_at if urgent else None,
            priority=1 if urgent else 5,
            told_once=str(note.pk),
        )


def promise_moved(*, promise: SlotVolunteer, was: dt.datetime, now: dt.datetime) -> None:
    """To a volunteer: the evening that they had promised is at another time, where their calendar moves it to."""
    with writing_to(as_volunteer(promise.slot, promise.volunteer)) as post:
        post(
            "promise_moved",
            key=f"promise_moved:{promise.pk}:{promise.starts_at:%Y%m%dT%H%M}:{now:%Y%m%dT%H%M%S%f}",
            context=Shifted(promise, was).facts() | {"url": _volunteer_url()},
            about=f"promise:{promise.pk}",
            calendar=promise_event(promise, booked=is_booked(promise), now=now),
            calendar_method=REQUEST,
            not_after=promise.starts_at,
            priority=1,
            now=now,
        )


class Shifted(NamedTuple):
    """What a mail says of a promised evening that is at another time."""

    promise: SlotVolunteer
    was: dt.datetime

    def facts(self) -> dict[str, object]:
        """In the language spoken."""
        before = self.was.astimezone(ZoneInfo(self.promise.slot.time_zone))
        day = f"{long_date(before.date())}, {wall_time(before)}"
        return _slot_facts(self.promise.slot) | {"was": day, "was_at": self.was.isoformat()}


def promises_elsewhere(*, promises: list[SlotVolunteer], now: dt.datetime) -> None:
    """To one volunteer, in one mail: where evenings are that they had promised, and that nobody has booked yet."""
    first = promises[0]
    company = first.slot.room.site.company
    with writing_to(in_organisation("member", company, first.volunteer)) as post:
        event, method = promise_events(promises, booked=booked_among(promises), now=now)
        post(
            "promises_elsewhere",
            key=f"promises_elsewhere:{first.pk}:{now:%Y%m%dT%H%M%S%f}",
            context=Elsewhere(promises).facts() | {"promises": [one.pk for one in promises], "url": _volunteer_url()},
            on_behalf_of=f"companies:{company.pk}",
            calendar=event,
            calendar_method=method,
            not_after=max(one.starts_at for one in promises),
            priority=1,
            now=now,
        )


class Elsewhere(NamedTuple):
    """What a mail says of promised evenings whose place has changed."""

    promises: list[SlotVolunteer]

    def facts(self) -> dict[str, object]:
        """In the language spoken."""
        return {"workshops": [_slot_facts(one.slot) for one in self.promises]}


@told_as(Kind.VOLUNTEERING)
def volunteer_invited(*, workshop: Workshop, colleague: User, by: User, now: dt.datetime) -> None:
    """To a colleague: a manager asks whether they come, one page to say yes."""
    _ask_to_come("volunteer_invited", workshop, colleague, now, who=by.name)


@told_as(Kind.VOLUNTEERING)
def volunteers_missing(
    *, workshop: Workshop, colleague: User, now: dt.datetime, lost: LostPromise | None = None
) -> None:
    """To a colleague, three days ahead: somebody is missing, one page to say yes. Once more after a promise is lost."""
    _ask_to_come("volunteers_missing", workshop, colleague, now, told_once=str(lost.promise) if lost else "")


def _ask_to_come(
    template: str, workshop: Workshop, colleague: User, now: dt.datetime, *, told_once: str = "", **told: object
) -> None:
    booking = workshop.booking
    url = settings.SITE_URL + coming_path(workshop, colleague)
    reader = in_organisation("member", booking.slot.room.site.company, colleague)
    until = booking.slot.starts_at
    _tell(template, booking, reader, now, url=url, not_after=until, facts=lambda: told, told_once=told_once)


def absence_reported(*, report: Report, now: dt.datetime) -> None:
    """To who was said to be absent: what the other side reports, and that theirs is read beside it."""
    booking = report.workshop.booking
    if report.absent == Side.COMPANY:
        people, writer, page = _company(booking), booking.association.name, _company_url(booking)
    else:
        people, writer, page = _association(booking), booking.slot.room.site.company.name, _association_url(booking)
    for person in people:
        _tell(
            "absence_reported", booking, person, now, url=page, facts=lambda: {"writer": writer, "text": report.comment}
        )


def dispute_settled(*, booking: Booking, held: bool, reason: str, now: dt.datetime) -> None:
    """To both, whose reports told different things: what a moderator concluded, and why."""
    hosts, guests, _ = _everybody(booking)
    told = [(one, _company_url(booking)) for one in hosts] + [(one, _association_url(booking)) for one in guests]
    said = Said(booking, now)
    with outbox.together():
        for person, url in told:
            facts = partial(dict[str, object], held=held, reason=reason)
            _tell("dispute_settled", booking, person, now, url=url, facts=facts, said=said)


@by_day
def agreement_signed(*, agreement: HostingAgreement, side: Side, now: dt.datetime) -> None:
    """To the other side: this one has signed; theirs is awaited, or all is done."""
    _tell_other_side("agreement_signed", agreement, side, now, waits=not agreement.is_signed)


@by_day
def agreement_ended(*, agreement: HostingAgreement, side: Side, now: dt.datetime) -> None:
    """To the other side: this one has ended it; what is booked stays."""
    _tell_other_side("agreement_ended", agreement, side, now)


def _tell_other_side(template: str, agreement: HostingAgreement, side: Side, now: dt.datetime, **told: object) -> None:
    company, association = agreement.company, agreement.association
    if side == Side.ASSOCIATION:
        people, slug, partner = managers_of(company), company.slug, association.slug
    else:
        people, slug, partner = managers_of(association), association.slug, company.slug
    reader = Side.COMPANY if side == Side.ASSOCIATION else Side.ASSOCIATION
    for person in people:
        with writing_to(person) as post:
            post(
                template,
                key=f"{template}:{agreement.pk}:{side}:{person.pk}",
                context={
                    "partner": agreement.company_name if side == Side.COMPANY else agreement.association_name,
                    "from_day": long_date(agreement.from_date),
                    "until_day": long_date(agreement.until_date),
                    "url": settings.SITE_URL + reverse(f"workshops:{reader}_hosting", args=[slug, partner]),
                    **told,
                },
                about=f"hosting:{agreement.pk}",
                time_zone=(company if reader == Side.COMPANY else association).time_zone,
                on_behalf_of=f"companies:{agreement.company_id}",
                now=now,
            )


@by_day
def insurance_ending(*, certificate: InsuranceCertificate, now: dt.datetime) -> None:
    """To the association: its insurance ends before workshops that are to come. Once for each certificate."""
    association = certificate.association
    for manager in managers_of(association):
        with writing_to(manager) as post:
            post(
                "insurance_ending",
                key=f"insurance_ending:{certificate.pk}:{manager.pk}",
                context={
                    "association": association.name,
                    "insurer": certificate.insurer,
                    "until_day": long_date(certificate.valid_until_date),
                    "url": settings.SITE_URL + reverse("associations:insurance", args=[association.slug]),
                },
                about=f"certificate:{certificate.pk}",
                time_zone=association.time_zone,
                on_behalf_of=f"associations:{association.pk}",
                now=now,
            )


@told_as(Kind.REMINDERS)
def workshop_reminder(*, workshop: Workshop, now: dt.datetime) -> None:
    """To both sides and the volunteers, two days before; of no use on the day, when another one comes."""
    slot = workshop.booking.slot
    midnight = dt.datetime.combine(slot.starts_on, dt.time(), tzinfo=ZoneInfo(slot.time_zone))
    _tell_all("workshop_reminder", workshop, now, not_after=midnight)


@told_as(Kind.REMINDERS)
def workshop_today(*, workshop: Workshop, now: dt.datetime) -> None:
    """To both sides and the volunteers, on the morning of the day."""
    _tell_all("workshop_today", workshop, now, not_after=workshop.booking.slot.starts_at)


def workshop_way_changed(*, workshop: Workshop, changed_at: dt.datetime, now: dt.datetime) -> None:
    """To both sides and the volunteers: the place is called otherwise, is elsewhere, or one gets in otherwise."""
    until, which = workshop.booking.slot.ends_at, f"{changed_at:%Y%m%dT%H%M%S%f}"
    _tell_all("workshop_way_changed", workshop, now, not_after=until, priority=1, told_once=which)


@told_as(Kind.REPORTS)
@on_a_clock
def report_due(*, workshop: Workshop, side: Side, until: dt.datetime, now: dt.datetime) -> None:
    """To one side: tell us how it went, four numbers and a minute. From `until` on, the mail of thanks asks for it."""
    booking = workshop.booking
    people = _company(booking) if side == Side.COMPANY else _association(booking)
    url = _company_url(booking) if side == Side.COMPANY else _association_url(booking)
    for person in people:
        _tell("report_due", booking, person, now, url=url, not_after=until, facts=lambda: {"side": str(side)})


@told_as(Kind.REPORTS)
def workshop_thanks(*, workshop: Workshop, now: dt.datetime) -> None:
    """To both sides, a fortnight later: thanks, what was counted, and what only they can still tell."""
    booking, reports = workshop.booking, workshop.reports.all()
    for manager in _company(booking):
        told = partial(what_was_reported, reports, Side.COMPANY)
        _tell("workshop_thanks", booking, manager, now, url=_company_url(booking), facts=told)
    for manager in _association(booking):
        told = partial(what_was_reported, reports, Side.ASSOCIATION)
        _tell("workshop_thanks", booking, manager, now, url=_association_url(booking), facts=told)


@told_as(Kind.SUGGESTIONS)
def slots_matched(*, request: Request, matches: list[Match], now: dt.datetime) -> None:
    """To the association: these slots serve your request. At once when one of them cannot wait for a weekly digest."""
    first = min(match.slot.pk for match in matches)
    urgent = min(match.slot.closes_at for match in matches) < now + URGENT_WITHIN
    for manager in managers_of(request.association):
        with writing_to(manager) as post:
            post(
                "slots_matched",
                key=f"slots_matched:{request.pk}:{first}:{now:%Y%m%dT%H%M%S%f}:{manager.pk}",
                context=Proposal(request, matches).facts(),
                about=f"request:{request.pk}",
                on_behalf_of=f"associations:{request.association_id}",
                time_zone=request.commune.time_zone,
                instant=urgent,
                now=now,
            )


class Proposal(NamedTuple):
    """What a mail says of the slots that serve a request."""

    request: Request
    matches: list[Match]

    def facts(self) -> dict[str, object]:
        """In the language spoken."""
        return {
            "topic": self.request.about,
            "slots": [
                _slot_facts(match.slot)
                | {"slot_url": settings.SITE_URL + path_of_slot(match.slot.pk, self.request.pk)}
                | {
                    "id": match.slot.pk,
                    "merit": match.merit_of_slot,
                    "starts": f"{match.slot.starts_at:%Y-%m-%dT%H:%MZ}",
                }
                | {"why": ", ".join(reasons(match))}
                for match in self.matches
            ],
        }


@told_as(Kind.ALERTS)
def search_alert(*, search: SavedSearch, slots: list[Slot], more: int, now: dt.datetime) -> None:
    """To who keeps a search: the first slots that are new to it, and how many more; in a week's digest if so wished."""
    reader = Reader(search.user)
    with writing_to(reader) as post:
        post(
            "search_alert",
            key=f"search_alert:{search.pk}:{now:%Y%m%dT%H%M%S%f}:{reader.key}",
            context=Alert(search, slots, more).facts(),
            about=f"search:{search.pk}",
            time_zone=slots[0].time_zone,
            weekly=search.frequency == SavedSearch.Frequency.WEEKLY,
            now=now,
        )


class Alert(NamedTuple):
    """What a mail says of the slots that are new to a search."""

    search: SavedSearch
    slots: list[Slot]
    more: int

    def facts(self) -> dict[str, object]:
        """In the language spoken."""
        return {
            "name": self.search.name,
            "slots": [
                _slot_facts(slot) | {"id": slot.pk, "starts_at": slot.starts_at.isoformat()} for slot in self.slots
            ],
            "more": self.more,
            "url": settings.SITE_URL + self.search.path,
            "searches_url": settings.SITE_URL + reverse("workshops:saved_searches"),
        }


def _tell_all(
    template: str,
    workshop: Workshop,
    now: dt.datetime,
    *,
    not_after: dt.datetime,
    priority: int = 5,
    told_once: str = "",
) -> None:
    """Both sides and the volunteers, each with the event for their calendars; the association has the access kit.

    And all of them how many visitors are expected. Who acts for the company and comes as a volunteer is reminded once.
    """
    booking, event = workshop.booking, REQUEST
    tell = partial(_tell, not_after=not_after, priority=priority, told_once=told_once)
    hosts, expected = _company(booking), Expected(workshop, Side.COMPANY, now).facts
    for person in hosts:
        tell(template, booking, person, now, url=_company_url(booking), event=event, facts=expected)
    reminded = {host.pk for host in hosts}
    for promise in [one for one in _promises(booking) if one.volunteer_id not in reminded]:
        reader, url = as_volunteer(booking.slot, promise.volunteer), _volunteer_url()
        tell(template, booking, reader, now, url=url, event=event, promise=promise, facts=expected)
    url, guests = _association_url(booking), Expected(workshop, Side.ASSOCIATION, now).facts
    for person in _association(booking):
        tell(template, booking, person, now, url=url, event=event, facts=lambda: guests() | _access(booking))


def _tell_association(template: str, booking: Booking, now: dt.datetime, others: list[Slot], **told: object) -> None:
    instead = Instead.of(booking, others)
    for manager in _association(booking):
        _tell(template, booking, manager, now, url=instead.url, facts=lambda: instead.facts() | told)


def _tell(  # the one place where a mail about a booking is put together
    template: str,
    booking: Booking,
    reader: Reader,
    now: dt.datetime,
    *,
    url: str,
    event: str = "",
    promise: SlotVolunteer | None = None,
    facts: Facts = dict,
    not_after: dt.datetime | None = None,
    priority: int = 5,
    told_once: str = "",
    said: Said | None = None,
) -> None:
    """`told_once` tells apart what may be told several times of one booking; `said` is for several readers of one mail.

    An event is put into a calendar, or taken out of it, until it is over: that of the booking, or of a volunteer's
    `promise`.
    """
    said = said or Said(booking, now)
    with writing_to(reader) as post:
        post(
            template,
            # Who is of both sides is told, and asked, for each.
            key=":".join(filter(None, (fact(template, booking), told_once, reader.key))),
            context=said.facts() | {"url": url, "in_calendar": bool(event)} | dict(facts()),
            about=about(booking),
            thread=thread(booking),
            on_behalf_of=f"companies:{booking.slot.room.site.company_id}",
            calendar=addressed(said.event(event, promise), reader.person.email) if event else "",
            calendar_method=event,
            not_after=not_after or (booking.slot.ends_at if event else None),
            priority=priority,
            time_zone=booking.slot.time_zone,
            now=now,
        )


class Said:
    """What a mail says of a booking to whoever reads it: put together once for each language."""

    def __init__(self, booking: Booking, now: dt.datetime) -> None:
        self.booking, self.now = booking, now
        self._facts: dict[str, dict[str, object]] = {}
        self._events: dict[tuple[str, str], str] = {}

    def facts(self) -> dict[str, object]:
        """In the language spoken."""
        spoken = language()
        if spoken not in self._facts:
            self._facts[spoken] = _booking_facts(self.booking)
        return self._facts[spoken]

    def event(self, method: str, promise: SlotVolunteer | None = None) -> str:
        """Its calendar file, or that of a promise, in the language spoken, to nobody yet."""
        if promise is not None and method == CANCEL:
            return promises_off([promise], now=self.now)[0]
        if promise is not None:
            return promise_event(promise, booked=True, now=self.now)
        spoken = language()
        if (spoken, method) not in self._events:
            self._events[spoken, method] = calendar.workshop_event(self.booking, now=self.now, method=method)
        return self._events[spoken, method]


def _access(booking: Booking) -> dict[str, object]:
    return {"access": booking.slot.room.site.access_lines()}


class Expected(NamedTuple):
    """What a side is reminded of the number of visitors: how many were told, or that the association has to say it."""

    workshop: Workshop
    side: Side
    at: dt.datetime

    def facts(self, **more: object) -> dict[str, object]:
        """In the language spoken, with what else a mail tells this side."""
        count, due_at = self.workshop.visitors, self.workshop.visitors_due_at
        return {
            "side": str(self.side),
            "visitors": "" if count is None else counted(count, "visiteur", "visiteurs"),
            "visitors_due": at_the_site(self.workshop.booking.slot, due_at) if due_at else "",
            "visitors_late": due_at is not None and due_at <= self.at,
            **more,
        }


class Others(NamedTuple):
    """What a mail says of the slots that it proposes in the place of one."""

    slots: list[Slot]

    def facts(self) -> dict[str, object]:
        """In the language spoken."""
        return {"others": [_slot_facts(slot) | {"id": slot.pk} for slot in self.slots]}


class Instead(NamedTuple):
    """What an association reads when it does not get a slot: others, and that its workshop stays, if it was to move."""

    stays: Booking | None
    slots: list[Slot]

    @classmethod
    def of(cls, booking: Booking, slots: list[Slot]) -> Instead:
        """What stays is read anew: it may be off, or have moved elsewhere, since it was to move here."""
        return cls(booking.still_there, slots)

    @property
    def url(self) -> str:
        """Where another slot is chosen."""
        if self.stays is None:
            return settings.SITE_URL + reverse("workshops:search")
        at = [self.stays.association.slug, self.stays.pk]
        return settings.SITE_URL + reverse("workshops:association_move", args=at)

    def facts(self) -> dict[str, object]:
        """In the language spoken."""
        if self.stays is None:
            return Others(self.slots).facts() | {"stays": "", "stays_url": "", "url": self.url}
        there, move = _slot_facts(self.stays.slot), self.url
        return {
            "others": [
                _slot_facts(slot) | {"id": slot.pk, "slot_url": f"{move}?vers={slot.pk}"} for slot in self.slots
            ],
            "stays": f"{there['day']}, {there['hours']}, {there['place']}",
            "stays_url": _association_url(self.stays),
            "url": move,
        }


def _booking_facts(booking: Booking) -> dict[str, object]:
    return _slot_facts(booking.slot) | {
        "association": booking.association.name,
        "participants": counted(booking.participants, "participant", "participants"),
        "topic": str(Topic(booking.topic).label),
        "message": booking.message,
        "reason": booking.why,
    }


def _slot_facts(slot: Slot) -> dict[str, object]:
    zone = ZoneInfo(slot.time_zone)
    site = slot.room.site
    start, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    return {
        "company": site.company.name,
        "day": long_date(start.date()),
        "hours": time_range(start.time(), end.time()),
        "place": f"{slot.room.name}, {site.address}, {site.commune.name}",
        "computers": counted(slot.computers, "ordinateur", "ordinateurs"),
        "places": counted(slot.places, "place", "places"),
        "slot_url": settings.SITE_URL + path_of_slot(slot.pk),
    }


def _company(booking: Booking) -> list[Reader]:
    return managers_of(booking.slot.room.site.company)


def _association(booking: Booking) -> list[Reader]:
    return managers_of(booking.association)


def _everybody(booking: Booking) -> tuple[list[Reader], list[Reader], list[SlotVolunteer]]:
    """The managers of the company and those of the association, in one query; and what volunteers have promised."""
    company, association = booking.slot.room.site.company, booking.association
    people = _PARTIES(company=company.pk, association=association.pk, slot=booking.slot_id)
    hosts = [in_organisation("manager", company, one) for one in people if one.is_host]  # type: ignore[attr-defined]
    guests = [in_organisation("manager", association, one) for one in people if one.is_guest]  # type: ignore[attr-defined]
    comes = any(one.is_volunteer for one in people)  # type: ignore[attr-defined]
    return hosts, guests, _promises(booking) if comes else []


def _parties(*, company: int, association: int, slot: int) -> QuerySet[User]:
    role = Q(role__in=Role.managing())
    hosts = Q(pk__in=InCompany.objects.filter(role, company=company).values("user"))
    guests = Q(pk__in=InAssociation.objects.filter(role, association=association).values("user"))
    volunteers = Q(pk__in=SlotVolunteer.objects.filter(slot=slot).values("volunteer"))
    parties = User.objects.filter(hosts | guests | volunteers, is_active=True).order_by("pk")
    return parties.annotate(
        is_host=ExpressionWrapper(hosts, BooleanField()),
        is_guest=ExpressionWrapper(guests, BooleanField()),
        is_volunteer=ExpressionWrapper(volunteers, BooleanField()),
    )


_PARTIES = Prepared(_parties, company=-1, association=-2, slot=-3)


def _promises(booking: Booking) -> list[SlotVolunteer]:
    """Of who comes as a volunteer."""
    return list(
        SlotVolunteer.objects.filter(slot=booking.slot, volunteer__is_active=True).with_place().order_by("volunteer_id")
    )


def _company_url(booking: Booking) -> str:
    slug = booking.slot.room.site.company.slug
    return settings.SITE_URL + reverse("workshops:company_booking", args=[slug, booking.pk])


def _association_url(booking: Booking) -> str:
    return settings.SITE_URL + reverse("workshops:association_booking", args=[booking.association.slug, booking.pk])


def _volunteer_url() -> str:
    return settings.SITE_URL + reverse("workshops:volunteering")
