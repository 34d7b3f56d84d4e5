"""The company's calendar: weeks and months of its rooms, what their own calendars say, and feeds to subscribe to."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from associations.models import Association
from associations.views import managed_association
from companies import actions as companies
from companies.models import Company, Room, RoomCalendar, Site
from companies.views import managed_company
from territories import clock
from territories.outward.fetching import NotFetched, fetch
from workshops import actions
from workshops.agenda import month_days, schedule, today_of, week_days
from workshops.feeds import feed_calendar, feed_of, feed_path
from workshops.forms import CalendarForm, RoomCalendarForm
from workshops.models import Booking, CalendarFeed

BUSY_SHOWN = 20


@require_safe
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """Slots, bookings and busy times of a week or a month, of one room or all."""
    company = managed_company(request, slug)
    form = CalendarForm(request.GET, rooms=Room.objects.filter(site__company=company, archived_at=None))
    now, chosen = clock.now(), form.cleaned_data if form.is_valid() else {}
    room = chosen.get("salle")
    rooms = form.rooms()
    today = today_of([room] if room else rooms, now)
    monthly = bool(chosen.get("mois"))
    first = chosen.get("mois") or chosen.get("semaine") or today
    days = month_days(first) if monthly else week_days(first)
    context = {
        "company": company,
        "form": form,
        "room": room,
        "room_label": form.label(room) if room else "",
        "monthly": monthly,
        "days": schedule(company, days, now, room=room),
        "first": days[0],
        "last": days[-1],
        "today": today,
        "before": days[0] - dt.timedelta(days=1) if monthly else days[0] - dt.timedelta(days=7),
        "after": days[-1] + dt.timedelta(days=1),
        "kept": f"&salle={room.pk}" if room else "",
        "rooms": rooms,
    }
    return render(request, "workshops/company_agenda.html", context)


@require_http_methods(["GET", "POST"])
def room_calendar(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    """The room's own calendar, from an address or a file: what it takes, and which bookings it meets."""
    company = managed_company(request, slug)
    rooms = Room.objects.filter(site__company=company, archived_at=None)
    room = get_object_or_404(rooms.select_related("site", "calendar"), pk=room_id)
    form = RoomCalendarForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _import(request, room, form):
        return redirect(request.path)
    now = clock.now()
    context = {
        "company": company,
        "room": room,
        "calendar": RoomCalendar.objects.filter(room=room).first(),
        "busy": room.busy_times.filter(ends_at__gt=now)[:BUSY_SHOWN],
        "busy_count": room.busy_times.filter(ends_at__gt=now).count(),
        "conflicts": Booking.objects.of_company(company).on_taken_rooms(now).filter(slot__room=room).with_everything(),
        "form": form,
    }
    return render(request, "workshops/room_calendar.html", context, status=422 if form.is_bound else 200)


def _import(request: HttpRequest, room: Room, form: RoomCalendarForm) -> bool:
    """Read what was given; says on the form why it was not to be read."""
    url, upload = form.cleaned_data["url"], form.cleaned_data["file"]
    try:
        file = fetch(url) if url else upload.read()
        count = companies.import_calendar(
            room=room, file=file, name=upload.name if upload else "", url=url, by=signed_in(request), now=clock.now()
        )
    except NotFetched as error:
        form.add_error("url", str(error))
        return False
    except companies.CalendarRefused as refusal:
        form.add_error("url" if url else "file", str(refusal))
        return False
    messages.success(request, f"L’agenda est lu\u00a0: périodes occupées, {count}. Ces créneaux quittent le catalogue.")
    return True


@require_POST
def room_calendar_forget(request: HttpRequest, slug: str, room_id: int) -> HttpResponse:
    """Forget the room's own calendar."""
    company = managed_company(request, slug)
    room = get_object_or_404(Room, site__company=company, pk=room_id)
    companies.forget_calendar(room=room)
    messages.success(request, "L’agenda de la salle est oublié. Ses créneaux libres sont de retour au catalogue.")
    return redirect("workshops:room_calendar", company.slug, room.pk)


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """One's feeds: their addresses, to be subscribed to in any calendar, renewed or closed."""
    user = signed_in(request)
    own = CalendarFeed.objects.open().filter(user=user).select_related("site", "company", "association")
    addresses = {feed.shown: settings.SITE_URL + feed_path(feed) for feed in own}
    companies, associations = Company.objects.managed_by(user), Association.objects.managed_by(user)
    sites = Site.objects.filter(company__in=companies).select_related("company").order_by("company__name", "name")
    context = {
        "personal": addresses.get(None),
        "companies": [(one, addresses.get(one)) for one in companies.order_by("name", "pk")],
        "associations": [(one, addresses.get(one)) for one in associations.order_by("name", "pk")],
        "sites": [
            (site, addresses.get(site))
            for site in sites
            if site.archived_at is None or site in addresses  # an address given away can always be closed
        ],
    }
    return render(request, "workshops/feeds.html", context)


@require_POST
def feed_open(request: HttpRequest) -> HttpResponse:
    """One's own workshops."""
    return _open(request, None)


@require_POST
def site_feed_open(request: HttpRequest, site_id: int) -> HttpResponse:
    return _open(request, _own_site(request, site_id))


@require_POST
def company_feed_open(request: HttpRequest, slug: str) -> HttpResponse:
    return _open(request, managed_company(request, slug))


@require_POST
def association_feed_open(request: HttpRequest, slug: str) -> HttpResponse:
    return _open(request, managed_association(request, slug))


@require_POST
def feed_close(request: HttpRequest) -> HttpResponse:
    """One's own workshops."""
    return _close(request, None)


@require_POST
def site_feed_close(request: HttpRequest, site_id: int) -> HttpResponse:
    return _close(request, get_object_or_404(Site, pk=site_id))


@require_POST
def company_feed_close(request: HttpRequest, slug: str) -> HttpResponse:
    return _close(request, get_object_or_404(Company, slug=slug))


@require_POST
def association_feed_close(request: HttpRequest, slug: str) -> HttpResponse:
    return _close(request, get_object_or_404(Association, slug=slug))


def _own_site(request: HttpRequest, site_id: int) -> Site:
    return get_object_or_404(Site, company__in=Company.objects.managed_by(signed_in(request)), pk=site_id)


def _open(request: HttpRequest, shown: Site | Company | Association | None) -> HttpResponse:
    """Open a feed, or give it another address: the former one shows nothing any more."""
    actions.open_feed(user=signed_in(request), shown=shown, now=clock.now())
    messages.success(request, "Voici l’adresse à donner à votre agenda. L’ancienne, s’il y en avait une, ne sert plus.")
    return redirect("workshops:feeds")


def _close(request: HttpRequest, shown: Site | Company | Association | None) -> HttpResponse:
    """Close one's own feed, whoever manages what it shows by now."""
    actions.close_feed(user=signed_in(request), shown=shown, now=clock.now())
    messages.success(request, "Cette adresse ne sert plus.")
    return redirect("workshops:feeds")


@login_not_required
@require_safe
def feed(_request: HttpRequest, token: str) -> HttpResponse:
    """An open feed, for programs: who has the address reads it."""
    found = feed_of(token)
    if found is None:
        raise Http404
    text = feed_calendar(found, url=settings.SITE_URL + reverse("workshops:feeds"), now=clock.now())
    headers = {"Content-Disposition": 'inline; filename="ateliers.ics"', "Cache-Control": "private, max-age=300"}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
