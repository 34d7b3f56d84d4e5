"""Pages of a demonstration, served in DEBUG alone: what was mailed, and a clock that can be set forward."""

import datetime as dt
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from mail.models import Message
from territories import clock


class ForwardForm(forms.Form):
    """How far to set the clock forward."""

    hours = forms.IntegerField(label="Avancer de (heures)", min_value=1, max_value=24 * 365)


@login_not_required
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The outbox, newest first; `q` is a part of an address or of a subject."""
    return _mail_list(request, ForwardForm())


def _mail_list(request: HttpRequest, form: ForwardForm) -> HttpResponse:
    sought = request.GET.get("q", "").replace("\x00", "")
    found = Message.objects.filter(Q(to_email__icontains=sought) | Q(subject__icontains=sought))
    page = Paginator(found.order_by("-created_at", "-pk"), 30).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "sought": sought,
        "query": urlencode({"q": sought}),
        "form": form,
        "now": clock.now(),
    }
    return render(request, "dev/mail_list.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_safe
def mail(request: HttpRequest, message_id: int) -> HttpResponse:
    """One mail as text, with its calendar file."""
    return render(request, "dev/mail_detail.html", {"message": get_object_or_404(Message, pk=message_id)})


@login_not_required
@require_safe
@csp_override({"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE]})  # a mail carries its own style
def mail_html(_request: HttpRequest, message_id: int) -> HttpResponse:
    """The HTML part alone."""
    return HttpResponse(get_object_or_404(Message, pk=message_id).html)


@login_not_required
@require_POST
def clock_forward(request: HttpRequest) -> HttpResponse:
    """Set the edges' clock forward."""
    form = ForwardForm(request.POST)
    if form.is_valid():
        clock.set_forward(dt.timedelta(hours=form.cleaned_data["hours"]))
        messages.success(request, "L’horloge du portail est avancée. Les rappels partent dans la minute.")
        return redirect("dev:mails")
    return _mail_list(request, form)
