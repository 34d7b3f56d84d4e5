"""Series of sessions for one group: booked together, each with its own page and report."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused, accepted
from associations.models import Association
from associations.views import managed_association
from companies.models import Slot
from territories import clock
from territories.keys import key_in
from territories.wording import counted, day_date
from workshops import actions
from workshops.actions.courses import MOST_SESSIONS
from workshops.catalogue import bookable
from workshops.forms import CourseForm, ReasonForm
from workshops.models import Booking, Course, Side, Workshop
from workshops.views.booking import gone, proposed_for
from workshops.views.for_whom import to_register

SHOWN_AT_MOST = 30


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Book several dates for one group, this one and those that follow in the same place."""
    now = clock.now()
    first = Slot.objects.of_signatories(now).with_place().filter(pk=slot_id).first()
    if first is None:
        return gone(request, slot_id)
    own = list(Association.objects.managed_by(signed_in(request)).order_by("name", "pk"))
    if not own:
        return to_register(request, "réserver")
    sent = _sent(request, own) if request.method == "POST" else None
    if sent is not None:
        _say_what_is_missing(request, sent)
        return redirect("workshops:association_course", sent.association.slug, sent.pk)
    dates, wanted = _dates(first, sent=request.POST.getlist("slots")), proposed_for(request, own)
    form = CourseForm(request.POST or None, associations=own, slots=dates, wanted=wanted)
    booked: list[actions.BookedCourse] = []

    def act() -> None:
        chosen = dict(form.cleaned_data)
        booked.append(actions.book_course(slot_ids=chosen.pop("slots"), by=signed_in(request), now=now, **chosen))

    if request.method == "POST" and form.is_valid() and accepted(form, act):
        [course] = booked
        done = counted(len(course.bookings), "date réservée ou demandée", "dates réservées ou demandées")
        messages.success(request, f"{done}.")
        _say_left_out(request, course.refused)
        return redirect("workshops:association_course", course.course.association.slug, course.course.pk)
    context = {"slot": first, "form": form}
    return render(request, "workshops/course_create.html", context, status=422 if form.is_bound else 200)


def _sent(request: HttpRequest, own: list[Association]) -> Course | None:
    """The course that the same form made before: its dates are no longer to be had, and it is in no order any more."""
    try:
        form, association = UUID(request.POST.get("key", "")), int(request.POST.get("association", ""))
        key = actions.course_key(form, association, [int(slot) for slot in request.POST.getlist("slots")])
    except ValueError:
        return None
    return Course.objects.filter(key=key, association__in=own).select_related("association").first()


def _say_what_is_missing(request: HttpRequest, sent: Course) -> None:
    """Of a form that was sent twice, the second page is the one that people read."""
    asked = [key for key in map(key_in, request.POST.getlist("slots")) if key is not None]
    _say_left_out(request, actions.left_out(sent, Slot.objects.filter(pk__in=asked).order_by("starts_at", "pk")))


def _say_left_out(request: HttpRequest, lines: list[tuple[Slot, str]]) -> None:
    for slot, reason in lines:
        messages.warning(request, f"{day_date(slot.starts_on)}\u00a0: {reason}")


def _dates(first: Slot, *, sent: list[str]) -> list[Slot]:
    """What may be booked there, this date first; a date that was asked for stays to be told what became of it."""
    there = Slot.objects.filter(room__site=first.room.site_id, starts_at__gte=first.starts_at).exclude(pk=first.pk)
    in_order = there.with_place().order_by("starts_at", "pk")
    coming = list(in_order.filter(pk__in=bookable(clock.now()).values("pk"))[: SHOWN_AT_MOST - 1])
    shown = {str(slot.pk) for slot in (first, *coming)}
    gone = in_order.filter(pk__in=[number for one in sent if one not in shown and (number := key_in(one))])
    return [first, *coming, *gone[:MOST_SESSIONS]]


@require_safe
def course(request: HttpRequest, slug: str, course_id: int) -> HttpResponse:
    """The sessions of a course, one line each."""
    found = _course_of(managed_association(request, slug), course_id)
    return _page(request, found)


@require_POST
def course_cancel(request: HttpRequest, slug: str, course_id: int) -> HttpResponse:
    """Call off all sessions that are to come."""
    found = _course_of(managed_association(request, slug), course_id)
    form = ReasonForm(request.POST, side=Side.ASSOCIATION)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        count = actions.cancel_course(course=found, by=signed_in(request), now=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field, str(refusal))
        return _page(request, found, form)
    if count:
        messages.success(request, f"{counted(count, 'séance annulée', 'séances annulées')}. Tout le monde est prévenu.")
    else:
        messages.info(request, "Il ne restait aucune séance à annuler.")
    return redirect("workshops:association_course", slug, course_id)


def _course_of(association: Association, course_id: int) -> Course:
    return get_object_or_404(Course.objects.select_related("association"), association=association, pk=course_id)


def _page(request: HttpRequest, found: Course, form: ReasonForm | None = None) -> HttpResponse:
    now = clock.now()
    bookings = found.bookings.sessions().with_everything().with_outcome()
    sessions = [one.as_of(now) for one in bookings.order_by("slot__starts_at", "pk")]
    to_report = Workshop.objects.over(now).to_report(Side.ASSOCIATION).filter(booking__in=sessions)
    context = {
        "course": found,
        "sessions": sessions,
        "to_report": set(to_report.values_list("booking_id", flat=True)),
        "coming": any(_is_to_come(one) and one.slot.starts_at > now for one in sessions),
        "form": form or ReasonForm(side=Side.ASSOCIATION),
    }
    return render(request, "workshops/course_detail.html", context, status=422 if form else 200)


def _is_to_come(booking: Booking) -> bool:
    return booking.is_confirmed or booking.state in Booking.WAITING
