"""Searches that a person keeps: one more, how often one hears of each, and one less."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import accepted
from territories import clock
from workshops import actions, counting
from workshops.filters import read
from workshops.forms import AlertsForm, SavedSearchForm
from workshops.models import SavedSearch
from workshops.saved import asked_by, canonical, words
from workshops.searching import Criteria

LONGEST_NAME = 120


@require_http_methods(["GET", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search of this address, under a name."""
    asked = read(request.GET)
    if asked is None:
        return redirect(f"{reverse('workshops:search')}?{request.GET.urlencode()}")
    query, said = canonical(asked.cleaned), words(asked.cleaned)
    form = SavedSearchForm(request.POST or None, initial={"name": Truncator(said).chars(LONGEST_NAME)})
    if request.method == "POST" and form.is_valid() and accepted(form, lambda: _save(request, query, form)):
        return redirect("workshops:saved_searches")
    context = {"form": form, "words": said, "back": SavedSearch(query=query).path}
    return render(request, "workshops/search_save.html", context, status=422 if form.is_bound else 200)


def _save(request: HttpRequest, query: str, form: SavedSearchForm) -> None:
    """Kept already, it is as good as kept: its person is led to it, and hears of it as they have just chosen."""
    user, now = signed_in(request), clock.now()
    try:
        actions.save_search(user=user, query=query, now=now, **form.cleaned_data)
    except actions.AlreadySaved:
        kept = get_object_or_404(SavedSearch, user=user, query=query)
        actions.change_alerts(search=kept, frequency=form.cleaned_data["frequency"], now=now)
        told = f"Cette recherche est déjà enregistrée, sous le nom «\u00a0{kept.name}\u00a0»\u00a0: "
        messages.info(request, f"{told}ses alertes suivent votre nouveau choix.")
    else:
        messages.success(request, "La recherche est enregistrée.")


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """One's searches, and how many slots each finds now."""
    own = SavedSearch.objects.filter(user=signed_in(request))
    asked = {one: asked_by(one.query) for one in own}
    criteria = {one.pk: Criteria.of(cleaned) for one, cleaned in asked.items() if cleaned is not None}
    found = counting.count_each(own, criteria, now=clock.now())
    lines = [_line(one, cleaned, found.get(one.pk)) for one, cleaned in asked.items()]
    return render(request, "workshops/saved_searches.html", {"lines": lines})


def _line(search: SavedSearch, cleaned: dict[str, Any] | None, found: int | None) -> dict[str, Any]:
    said = "Ses critères n’existent plus." if cleaned is None else words(cleaned)
    return {
        "search": search,
        "words": "" if said == search.name else said,
        "found": "" if found is None else counting.counted_slots(found),
        "form": AlertsForm(instance=search, auto_id=f"recherche-{search.pk}-%s"),
    }


@require_POST
def change(request: HttpRequest, search_id: int) -> HttpResponse:
    """How often one hears of what is new to a search."""
    own = _own(request, search_id)
    form = AlertsForm(request.POST, instance=own)
    if form.is_valid():
        actions.change_alerts(search=own, now=clock.now(), **form.cleaned_data)
        messages.success(request, "Votre choix est enregistré.")
    else:
        messages.error(request, "Choisissez quand vous prévenir dans la liste.")
    return redirect("workshops:saved_searches")


@require_POST
def forget(request: HttpRequest, search_id: int) -> HttpResponse:
    actions.forget_search(search=_own(request, search_id))
    messages.success(request, "La recherche est supprimée\u00a0: vous n’en recevrez plus d’alerte.")
    return redirect("workshops:saved_searches")


def _own(request: HttpRequest, search_id: int) -> SavedSearch:
    return get_object_or_404(SavedSearch, user=signed_in(request), pk=search_id)
