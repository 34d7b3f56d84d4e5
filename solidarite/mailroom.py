"""What operators see of the mail: how it is doing, and how each mail looks in each language."""

from __future__ import annotations

import datetime as dt
from itertools import batched
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.gates import operators_only
from mail.figures import last_beat, mail_figures
from mail.kinds import Kind, kind_of
from mail.models import Heartbeat, Pause
from mail.previews import Preview
from solidarite.rehearsals import names, previews
from territories import clock

LANGUAGES = dict(settings.LANGUAGES)
# The policy of all pages, and frames of ours.
MAY_FRAME: dict[str, Any] = settings.SECURE_CSP | {"frame-src": [CSP.SELF]}


class Mail(NamedTuple):
    """A mail among all: its kind (None: it always leaves), and how it looks in each language, with its name."""

    template: str
    kind: Kind | None
    versions: list[tuple[str, Preview]]


@require_safe
@operators_only
@csp_override(MAY_FRAME)
def mailroom(request: HttpRequest) -> HttpResponse:
    """Figures of the last day, periodic tasks, and every mail in both languages, side by side."""
    now = clock.now()
    figures = mail_figures(now)
    context = {
        "figures": figures,
        "waiting": now - figures.waiting_since if figures.waiting_since else None,
        "beat": last_beat(),
        "tasks": Heartbeat.objects.all(),
        "pauses": Pause.objects.all(),
        "mails": _mails(now),
    }
    return render(request, "solidarite/mailroom.html", context)


def _mails(now: dt.datetime) -> list[Mail]:
    every = names()
    versions = batched(previews(every, list(LANGUAGES), now=now), len(LANGUAGES), strict=True)
    return [
        Mail(name, kind_of(name), list(zip(LANGUAGES.values(), one, strict=True)))
        for name, one in zip(every, versions, strict=True)
    ]


@require_safe
@operators_only
@xframe_options_sameorigin
@csp_override(
    # A mail carries its own style; the page of all mails shows it in a frame.
    {"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "frame-ancestors": [CSP.SELF]}
)
def mail_preview_html(request: HttpRequest, template: str) -> HttpResponse:
    """The HTML part alone, in the language `langue`."""
    asked = request.GET.get("langue", "")
    if template not in names():
        raise Http404
    language = asked if asked in LANGUAGES else settings.LANGUAGE_CODE
    [shown] = previews([template], [language], now=clock.now())
    return HttpResponse(shown.rendered.html)
