"""What operators see of the mail: how it is doing, and how each mail looks."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET

from accounts.gates import operators_only
from mail import previews
from mail.figures import last_beat, mail_figures
from mail.models import Heartbeat, Pause
from territories import clock

LANGUAGES = dict(settings.LANGUAGES)


@require_GET
@operators_only
def mailroom(request: HttpRequest) -> HttpResponse:
    """Figures of the last day, periodic tasks, and all mails with the subject that they last had."""
    now, language = clock.now(), _language(request)
    figures = mail_figures(now)
    context = {
        "figures": figures,
        "waiting": now - figures.waiting_since if figures.waiting_since else None,
        "beat": last_beat(),
        "tasks": Heartbeat.objects.all(),
        "pauses": Pause.objects.all(),
        "lines": previews.lines(language),
        "language": language,
        "languages": settings.LANGUAGES,
    }
    return render(request, "solidarite/mailroom.html", context)


@require_GET
@operators_only
def mail_preview(request: HttpRequest, template: str) -> HttpResponse:
    """One mail as text, and a link to its HTML."""
    return render(
        request,
        "solidarite/mail_preview.html",
        {"preview": _preview(request, template), "language": _language(request)},
    )


@require_GET
@operators_only
@csp_override({"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE]})  # a mail carries its own style
def mail_preview_html(request: HttpRequest, template: str) -> HttpResponse:
    """The HTML part alone."""
    return HttpResponse(_preview(request, template).rendered.html)


def _preview(request: HttpRequest, template: str) -> previews.Preview:
    if template not in previews.templates():
        raise Http404
    return previews.preview(template, _language(request))


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("langue", "")
    return asked if asked in LANGUAGES else settings.LANGUAGE_CODE
