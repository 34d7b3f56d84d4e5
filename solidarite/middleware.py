"""What is answered where there is no page any more, or none, and where somebody else holds what it is about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import psycopg
from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse

from accounts.models import Organisation, User
from associations.models import Association
from companies.models import Company

# The first part of an address tells what its slug names.
KINDS: dict[str, type[Organisation]] = {"entreprises": Company, "associations": Association}


def former_addresses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a page that is not there, but whose organisation goes on under another address, leads to it.

    Members' bookmarks and the links in old mails still lead on.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        found = _current_address(request) if response.status_code == 404 and request.method == "GET" else None  # noqa: PLR2004
        return redirect(found, permanent=True) if found else response

    return respond


def _current_address(request: HttpRequest) -> str | None:
    """For members alone: that two entries were united is nobody else's business."""
    match, user = request.resolver_match, request.user
    kind = KINDS.get(request.path.split("/")[1])
    if match is None or kind is None or "slug" not in match.kwargs or not isinstance(user, User):
        return None
    slugs = (
        kind.objects.of_member(user).filter(former_entries__slug=match.kwargs["slug"]).values_list("slug", flat=True)
    )
    slug = slugs.first()
    if slug is None:
        return None
    address = reverse(match.view_name, kwargs=match.kwargs | {"slug": slug})
    query = request.META.get("QUERY_STRING", "")
    return f"{address}?{query}" if query else address


def pages_of_forms(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an address that only takes a form leads who is signed in to the page above it.

    Who sends a form when the session is over signs in again, and comes back to the form's address.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or request.method != "GET" or not request.user.is_authenticated:  # noqa: PLR2004
            return response
        messages.info(request, "Votre geste n’a pas été enregistré\u00a0: refaites-le depuis cette page.")
        return redirect(_page_above(request.path))

    return respond


def _page_above(path: str) -> str:
    """The nearest address above this one that the portal knows."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        with suppress(Resolver404):
            resolve(path)
            break
    return path


class TooMuchSent:
    """Middleware: more fields than Django reads are answered with a page that says so.

    Also in DEBUG, whose own page of an error would read them again. Before what reads forms, as the check of CSRF does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._unreadable(request, "GET") or self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], *_: object) -> HttpResponse | None:
        """Of a form; a view that checks no token reads by itself what it is sent."""
        return None if getattr(view, "csrf_exempt", False) else self._unreadable(request, "POST")

    def _unreadable(self, request: HttpRequest, sent: str) -> HttpResponse | None:
        try:
            getattr(request, sent)
        except UnreadablePostError:
            return None
        except SuspiciousOperation:
            return HttpResponse(render_to_string("400.html"), status=422)
        return None


class Contended:
    """Middleware: who waited too long for a row, or whom PostgreSQL ended in a deadlock, is told to send it again.

    What they sent was rolled back as a whole.
    """

    ENDED = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
    AGAIN_AFTER_SECONDS = "5"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError) or not isinstance(error.__cause__, self.ENDED):
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = self.AGAIN_AFTER_SECONDS
        return response
