"""What is over: workshops of an organisation, hours of a volunteer, each page also as CSV (`format=csv`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity import signed_in
from associations.models import Association
from associations.views import managed_association
from companies.models import Company
from companies.views import managed_company
from territories import clock
from territories.keys import key_in
from workshops.figures import Given, given_in_year, received_in_year
from workshops.history import hours_csv, lines, workshops_csv
from workshops.models import Attendance, Booking, BookingQuerySet, Side
from workshops.views.downloads import downloaded

LINES_A_PAGE = 50


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """A company's workshops, the latest first, with what it gave in a year (`annee`), this one if none is asked for."""
    own = managed_company(request, slug)
    return _workshops(request, own, Booking.objects.of_company(own), Side.COMPANY, partial(given_in_year, own))


@require_safe
def association(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of an association, with what it was given in the year."""
    own = managed_association(request, slug)
    bookings = Booking.objects.of_association(own)
    return _workshops(request, own, bookings, Side.ASSOCIATION, partial(received_in_year, own))


def _workshops(
    request: HttpRequest,
    own: Company | Association,
    bookings: BookingQuerySet,
    side: Side,
    counted: Callable[..., Given],
) -> HttpResponse:
    now = clock.now()
    over = bookings.counted_on().filter(slot__ends_at__lte=now).with_everything()
    over = over.with_outcome().prefetch_related("workshop__reports", "workshop__attendances")
    over = over.order_by("-slot__starts_at", "-pk")
    if request.GET.get("format") == "csv":
        return downloaded(workshops_csv(lines(over)), f"ateliers-{own.slug}")
    page = Paginator(over, LINES_A_PAGE).get_page(request.GET.get("page"))
    year, years = _year_asked(request, bookings, now)
    context = {
        "organisation": own,
        "hosts": side == Side.COMPANY,
        "page": page,
        "lines": lines(page),
        "year": year,
        "years": years,
        "given": counted(year, now=now),
    }
    return render(request, "workshops/workshop_history.html", context)


def _year_asked(request: HttpRequest, bookings: BookingQuerySet, now: dt.datetime) -> tuple[int, list[int]]:
    """And all years with workshops that are over, the latest first."""
    held = bookings.agreed().filter(slot__ends_at__lte=now).order_by("-slot__local_date__year")
    years = list(held.values_list("slot__local_date__year", flat=True).distinct())
    asked = key_in(request.GET.get("annee", ""))
    return asked if asked is not None and asked in years else now.year, years


@require_safe
def volunteer(request: HttpRequest) -> HttpResponse:
    """A volunteer's hours, the latest first, and the years of which they may have a certificate."""
    user = signed_in(request)
    own = Attendance.objects.filter(volunteer=user).there(clock.now()).with_place()
    own = own.order_by("-workshop__booking__slot__starts_at", "-pk")
    if request.GET.get("format") == "csv":
        return downloaded(hours_csv(own), "mes-heures")
    page = Paginator(own, LINES_A_PAGE).get_page(request.GET.get("page"))
    site = "workshop__booking__slot__room__site__company"
    years = own.order_by("-workshop__booking__slot__local_date__year", f"{site}__name")
    context = {
        "page": page,
        "certificates": years.values_list(
            f"{site}__slug", f"{site}__name", "workshop__booking__slot__local_date__year"
        ).distinct(),
    }
    return render(request, "workshops/volunteer_history.html", context)
