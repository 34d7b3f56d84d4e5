"""Volunteers: the dates that need them, what they promised, and who is who for the company's managers."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused
from companies import actions as companies
from companies.calendar import promise_to_keep
from companies.models import Availability, Company, Slot, SlotVolunteer, VolunteerProfile
from companies.views import managed_company
from territories import clock
from territories.wording import counted, day_date
from workshops import actions
from workshops.awaited import memberships_of, seeking, to_note
from workshops.models import Attendance, LostPromise
from workshops.presence import presence_path
from workshops.volunteers import Hours, dates, fitting, hours_given, is_booked, joinable, wanting

DATES_A_PAGE = 60
REFUSED_SHOWN = 5
JOINED = "Merci\u00a0! Vous participez à cet atelier."
JOINED_UNBOOKED = "Merci\u00a0! Cette date n’est pas encore réservée\u00a0: nous vous écrirons dès qu’elle le sera."


@require_safe
def volunteering(request: HttpRequest) -> HttpResponse:
    """A volunteer's page: what they promised, who seeks a stand-in, and the dates that they may join."""
    user, now = signed_in(request), clock.now()
    memberships = memberships_of(user)
    offered = joinable(user, now)
    profiles = [one.volunteer_profile for one in memberships if hasattr(one, "volunteer_profile")]
    everything = "tout" in request.GET
    wanted = wanting(offered if everything else fitting(offered, profiles), user, now)
    page = Paginator(wanted, DATES_A_PAGE).get_page(request.GET.get("page"))
    shown = dates(page, user)
    this_year = Attendance.objects.filter(volunteer=user).in_year(now.year)
    given = hours_given(this_year, now).get(user.pk, Hours(0, 0))
    context = {
        "memberships": memberships,
        "given": given,
        "pledged": sum(one.pledged_hours for one in profiles),
        "own": dates(offered.filter(volunteers__volunteer=user), user),
        "stand_ins": [(one, wanted) for one in dates(seeking(user, now), user) for wanted in one.stand_ins],
        "booked": [one for one in shown if one.booked],
        "open": [one for one in shown if not one.booked],
        "to_note": [(one, presence_path(one)) for one in to_note(user, now)],
        "page": page,
        "query": "tout=1" if everything else "",
        "narrowed": not everything and any(one.moments or one.sites.all() for one in profiles),
    }
    return render(request, "workshops/volunteering.html", context)


@require_POST
def join(request: HttpRequest, slot_id: int) -> HttpResponse:
    """« Je participe » to one date."""
    user = signed_in(request)
    chosen = joinable(user, clock.now()).filter(pk=slot_id).first()
    if chosen is None:
        return _gone(request, slot_id)
    try:
        companies.join_slot(slot=chosen, by=user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, JOINED if chosen.booked else JOINED_UNBOOKED)  # type: ignore[attr-defined]
    return redirect("workshops:volunteering")


@require_safe
def event(request: HttpRequest, slot_id: int) -> HttpResponse:
    """One's own promise, to put into a calendar."""
    own = SlotVolunteer.objects.filter(volunteer=signed_in(request)).with_place()
    promise = get_object_or_404(own, slot=slot_id)
    text = promise_to_keep(promise, booked=is_booked(promise), now=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="benevolat.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


@require_POST
def join_series(request: HttpRequest, series_id: int) -> HttpResponse:
    """« Je participe » to each coming date of a series."""
    user = signed_in(request)
    own = Availability.objects.filter(room__site__company__in=Company.objects.of_member(user))
    series = get_object_or_404(own, pk=series_id)
    try:
        joined = companies.join_series(series=series, by=user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("workshops:volunteering")
    count = len(joined.slots)
    if count:
        messages.success(request, f"Merci\u00a0! Vous participez à {counted(count, 'date', 'dates')}.")
    for slot, reason in joined.refused[:REFUSED_SHOWN]:
        messages.warning(request, f"{day_date(slot.local_date)}\u00a0: {reason}")
    if not count and not joined.refused:
        messages.info(request, "Aucune date de cette série n’est à prendre.")
    return redirect("workshops:volunteering")


@require_POST
def leave(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Take one's promise back."""
    user = signed_in(request)
    now = clock.now()
    chosen = joinable(user, now).filter(pk=slot_id).first()
    if chosen is None:
        return _gone(request, slot_id)
    if actions.leave(slot=chosen, by=user, now=now):
        messages.success(request, "Vous ne participez plus à cet atelier.")
    return redirect("workshops:volunteering")


@require_POST
def ask_stand_in(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Ask the others to take one's place."""
    user, now = signed_in(request), clock.now()
    promise = SlotVolunteer.objects.filter(volunteer=user, slot=slot_id).coming(now).with_place().first()
    if promise is None:
        return _gone(request, slot_id)
    companies.ask_stand_in(promise=promise, now=now)
    messages.success(
        request, "Vos collègues sont prévenus. Vous restez inscrit tant que personne ne prend votre place."
    )
    return redirect("workshops:volunteering")


def _gone(request: HttpRequest, slot_id: int) -> HttpResponse:
    """From a date that ended, was taken back or moved after the page was opened: to what is to come."""
    own = Slot.objects.filter(room__site__company__in=Company.objects.of_member(signed_in(request)))
    get_object_or_404(own, pk=slot_id)
    messages.info(request, "Cette date n’est plus à votre programme\u00a0: voici celles qui viennent.")
    return redirect("workshops:volunteering")


@require_POST
def take_over(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Take a colleague's place."""
    user, now = signed_in(request), clock.now()
    dates_to_join = joinable(user, now).values("pk")
    if LostPromise.objects.filter(promise=promise_id, slot__in=dates_to_join).exists():
        # It ended after the page was opened: taken over by somebody, also by a first click here, or taken back.
        messages.info(request, "Cette place n’est plus à prendre. Merci\u00a0!")
        return redirect("workshops:volunteering")
    of_colleagues = SlotVolunteer.objects.filter(slot__in=dates_to_join).with_place()
    promise = get_object_or_404(of_colleagues.exclude(volunteer=user), pk=promise_id)
    try:
        companies.take_over(promise=promise, by=user, now=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Merci\u00a0! Vous remplacez {promise.volunteer.name}.")
    return redirect("workshops:volunteering")


@require_http_methods(["GET", "POST"])
def guidance(request: HttpRequest) -> HttpResponse:
    """How to be with minors and vulnerable people; a volunteer notes that they read it."""
    memberships = memberships_of(signed_in(request))
    if request.method == "POST":
        companies.read_guidance(memberships=memberships, now=clock.now())
        messages.success(request, "C’est noté. Merci d’avoir lu ces repères.")
        return redirect("workshops:volunteering")
    return render(request, "workshops/guidance.html", {"memberships": memberships})


@require_safe
def volunteers(request: HttpRequest, slug: str) -> HttpResponse:
    """The company's volunteers, for its managers: what they bring, hours given and promised, consents to give."""
    company, now = managed_company(request, slug), clock.now()
    profiles = (
        VolunteerProfile.objects.filter(membership__company=company)
        .select_related("membership__user", "consented_by")
        .prefetch_related("sites")
        .order_by("membership__user__name", "pk")
    )
    given = hours_given(Attendance.objects.of_company(company).in_year(now.year), now)
    rows = [(one, given.get(one.membership.user_id, Hours(0, 0))) for one in profiles]
    context = {
        "company": company,
        "rows": rows,
        "year": now.year,
        "given": sum(hours.both for hours in given.values()),
        "pledged": sum(one.pledged_hours for one, _ in rows),
    }
    return render(request, "workshops/volunteer_list.html", context)


@require_POST
def consent(request: HttpRequest, slug: str, membership_id: int) -> HttpResponse:
    """Give a consent to time at work, or take it back (`retirer`)."""
    company = managed_company(request, slug)
    own = VolunteerProfile.objects.filter(membership__company=company).select_related(
        "membership__company", "membership__user"
    )
    profile = get_object_or_404(own, pk=membership_id)
    if "retirer" in request.POST:
        companies.withdraw_consent(profile=profile, by=signed_in(request), now=clock.now())
        messages.success(request, f"L’accord est repris. {profile.membership.user.name} est au courant.")
        return redirect("workshops:volunteers", company.slug)
    try:
        companies.consent(profile=profile, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"L’accord est donné. {profile.membership.user.name} est au courant.")
    return redirect("workshops:volunteers", company.slug)
