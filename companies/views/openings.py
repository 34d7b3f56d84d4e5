"""Seasons of evenings: published, listed, and confirmed from a mail."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused
from companies import actions
from companies.confirmations import confirmation_of
from companies.demand import Opening, demand, moments
from companies.forms import SeasonForm
from companies.models import Availability, BookingMode, Room
from companies.views.organisations import managed_company
from territories import clock
from territories.holidays import school_calendar_known_until
from territories.wording import counted, long_date, time_range


@require_http_methods(["GET", "POST"])
def availability_create(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    """Open a room for a season: the dates are shown first, each may be left out, then each becomes a slot."""
    company = managed_company(request, slug)
    rooms = Room.objects.filter(archived_at=None).select_related("site__commune__departement")
    room = get_object_or_404(rooms, site__company=company, pk=room_id)
    now = clock.now()
    form = SeasonForm(request.POST or None, room=room, today=now.astimezone(ZoneInfo(room.site.time_zone)).date())
    unticked = form.unticked_dates()
    proposed: list[actions.ProposedDate] = []
    if request.method == "POST" and form.is_valid():
        try:
            proposed = actions.preview_season(room=room, openings=form.openings(), now=now)
            if _is_to_publish(request, form, proposed):
                _publish(request, room, form, now)
                return redirect("workshops:company_slots", company.slug)
        except Refused as refused:
            form.add_error(refused.field, str(refused))
    context = {
        "company": company,
        "room": room,
        "form": form,
        "evening_starts_at": settings.EVENING_STARTS_AT,
        "school_known_until": school_calendar_known_until(room.site.commune.departement_id),
        "last_date": max((one.date for one in proposed), default=None),
        "proposed": [(one, one.date not in unticked) for one in proposed],
        "free": sum(not one.obstacle for one in proposed),
        **_demand(room, form, proposed, now),
    }
    status = 422 if form.errors else 200
    return render(request, "companies/availability_create.html", context, status=status)


def _demand(room: Room, form: SeasonForm, proposed: list[actions.ProposedDate], now: dt.datetime) -> dict[str, object]:
    """Who looks for a room here: by moment of the week, before dates are chosen; then with these dates."""
    if not proposed:
        sought = moments(room, now)
        return {"sought": sought.best, "most": sought.most}
    free = [one for one in proposed if not one.obstacle]
    given = form.cleaned_data
    opening = Opening(room, given["places"], given["computers"], given["booking_mode"] == BookingMode.INSTANT)
    found = demand(opening, starts=[one.starts_at for one in free], now=now)
    return {"demand": found.all, "people": sum(one.participants for one in found.all), "most": found.most}


def _is_to_publish(request: HttpRequest, form: SeasonForm, proposed: list[actions.ProposedDate]) -> bool:
    """Whether the dates were seen as they are, and some are wanted; notes on the form why there is none to want.

    Dates that are all taken may be those that a first click has just published.
    """
    pressed = "publish" in request.POST and form.shown_dates() == {one.mark for one in proposed}
    if pressed and form.ticked_dates():
        return True
    if refusal := actions.why_none(proposed):
        form.add_error(None, refusal)
    elif pressed:
        form.add_error(None, "Aucune date n’est cochée\u00a0: cochez au moins une date à ouvrir.")
    return False


def _publish(request: HttpRequest, room: Room, form: SeasonForm, now: dt.datetime) -> None:
    """Publish the dates that are wanted, and tell what became of them."""
    by, without = signed_in(request), form.unticked_dates()
    try:
        season = actions.publish_season(room=room, openings=form.openings(), without=without, by=by, now=now)
    except actions.AlreadyPublished as already:
        tell_season(request, already.season, again=True)
    else:
        tell_season(request, season)


def tell_season(request: HttpRequest, season: actions.Season, *, again: bool = False) -> None:
    """How many slots there are now, each date that is none with its reason, and the public holidays among them.

    `again`: they were published before.
    """
    count = len(season.slots)
    published = counted(count, "créneau publié", "créneaux publiés")
    if again:
        published = counted(count, "créneau est déjà publié", "créneaux sont déjà publiés")
    messages.add_message(request, messages.SUCCESS if count else messages.WARNING, f"{published}.")
    if season.refused:
        dates = "\u00a0; ".join(f"{long_date(date.starts_at.date())} ({date.reason})" for date in season.refused)
        messages.warning(request, f"Dates laissées de côté\u00a0: {dates}.")
    if season.moved:
        days = ", ".join(f"{long_date(slot.starts_on)} ({time_range(*slot.hours_local)})" for slot in season.moved)
        messages.warning(
            request, f"L’heure change ces nuits-là, et le créneau commence ou finit plus tard\u00a0: {days}."
        )
    if season.holidays:
        kept = ", ".join(f"{long_date(day)} ({name})" for day, name in season.holidays)
        messages.warning(request, f"Jours fériés publiés\u00a0: {kept}. Retirez-les si vos locaux sont fermés.")


@require_safe
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """The company's series that have dates to come, and which of them wait to be confirmed."""
    company = managed_company(request, slug)
    now = clock.now()
    coming = Availability.objects.of_company(company).coming(now).select_related("room__site")
    due = set(coming.to_confirm(now).values_list("pk", flat=True))
    rows = [(one, one.pk in due, one.is_asleep(now)) for one in coming.order_by("room__name", "pk")]
    return render(request, "companies/series_list.html", {"company": company, "rows": rows})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def series_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: a page with a button, since programs that read mail follow links."""
    found = confirmation_of(token)
    if found is None:
        raise Http404
    availability, member = found
    context = {"series": availability, "member": member, "done": request.method == "POST"}
    if request.method == "POST":
        now = clock.now()
        actions.confirm_availability(availability=availability, by=member, now=now)
        context["offered"] = actions.is_offered(availability=availability, now=now)
    return render(request, "companies/series_confirm.html", context)
