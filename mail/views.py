"""Pages behind the links of mails. They need no login: a link serves one purpose, for the address that got it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mail import actions, links
from mail.forms import PreferencesForm
from mail.wishes import kinds_in, preferences_of
from territories import clock


def for_who_got_it(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """View decorator: a link whose mail goes elsewhere by now says so, and neither shows nor changes anything."""

    @wraps(view)
    def respond(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except links.AnotherAddress:
            return render(request, "mail/pages/another_address.html", status=410)

    return respond


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@for_who_got_it
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """What the address of a message wishes to get."""
    message = links.message_of_preferences(token)
    if message is None:
        raise Http404
    return preferences_page(request, message.to_email)


def preferences_page(
    request: HttpRequest,
    address: str,
    *,
    template: str = "mail/pages/preferences.html",
    **shown: object,
) -> HttpResponse:
    """The wishes of this address, shown and saved. The caller knows that the visitor may see them, and what else."""
    wishes = preferences_of(address)
    form = PreferencesForm(request.POST or None, instance=wishes)
    if request.method == "POST" and form.is_valid():
        actions.save_preferences(form.save(commit=False), now=clock.now())
        messages.success(request, "Vos choix sont enregistrés.")
        return redirect(request.path)
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"form": form, "address": address} | shown, status=status)


@csrf_exempt  # Programs that read mail post here for their owner (RFC 8058): the signed link is the permission.
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@for_who_got_it
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button; what is posted, by the button or by a mail program, refuses one kind of mail."""
    message = links.message_of_unsubscribe(token)
    kinds = kinds_in(message) if message else []
    if message is None or not kinds:
        raise Http404
    if request.method == "POST":
        actions.refuse_kinds(address=message.to_email, kinds=kinds, now=clock.now())
    context = {
        "address": message.to_email,
        "kinds": kinds,
        "done": request.method == "POST",
        "preferences_url": links.preferences_url(message),
    }
    return render(request, "mail/pages/unsubscribe.html", context)
