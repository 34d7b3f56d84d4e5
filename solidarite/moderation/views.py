"""Pages of the moderators: the queue, a file, decisions one by one and in batches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import moderators_only
from accounts.identity import signed_in
from accounts.models import User
from accounts.refusals import Refused
from accounts.registry.lookups import look_up
from associations.models import Association
from charter.models import Signature
from companies.models import Company
from solidarite.moderation import merging
from solidarite.moderation.forms import BatchForm, DecisionForm, MergeForm, SearchForm
from solidarite.moderation.kinds import KINDS, Kind
from solidarite.moderation.queue import (
    COMMUNES,
    FILES_A_PAGE,
    Position,
    Row,
    counts,
    next_free,
    page,
    territory_of,
    within_territory,
)
from territories import clock
from territories.folding import fold
from workshops.models import Booking, Side
from workshops.reliability import record

FLAGGED_AT_MOST = 100
ORGANISATIONS: dict[str, tuple[type[Company | Association], Side]] = {
    "entreprises": (Company, Side.COMPANY),
    "associations": (Association, Side.ASSOCIATION),
}


@require_safe
@moderators_only
def queue(request: HttpRequest) -> HttpResponse:
    """What awaits a decision, oldest first."""
    user, now = signed_in(request), clock.now()
    rows = page(user, after=Position.read(request.GET.get("apres", "")))
    shown = rows[:FILES_A_PAGE]
    context = {
        "rows": [_shown(row, held=row.is_held(by_other_than=user, now=now)) for row in shown],
        "more": shown[-1].position if len(rows) > FILES_A_PAGE else None,
        "counts": [(KINDS[kind].label, count) for kind, count in counts(user).items()],
        "flagged": _flagged(user, now)[:FLAGGED_AT_MOST],
        "form": SearchForm(),
    }
    return render(request, "solidarite/moderation_queue.html", context)


def _flagged(user: User, now: dt.datetime) -> QuerySet[Booking]:
    """Workshops to come whose company is no signatory any more."""
    flagged = Booking.objects.without_signatory(now).with_everything().order_by("slot__starts_at", "pk")
    return within_territory(flagged, "slot__room__site__commune", territory_of(user))


def _shown(row: Row, *, held: bool) -> dict[str, Any]:
    kind = KINDS[row.kind]
    return {"row": row, "label": kind.label, "held": held, "in_batches": kind.in_batches and not held}


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _file(request: HttpRequest, kind: str, pk: int) -> Any:
    """A file of this kind within the moderator's territory; others get 404."""
    files = within_territory(_kind(kind).files(), COMMUNES[kind], territory_of(signed_in(request)))
    return get_object_or_404(files, pk=pk)


@require_safe
@moderators_only
def file(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """What was typed, what is known, what happened, and the decision. Opening it changes nothing."""
    found = _file(request, kind, pk)
    return _file_page(request, kind, found)


def _file_page(request: HttpRequest, kind: str, found: Any, form: DecisionForm | None = None) -> HttpResponse:
    return render(request, _kind(kind).template, _file_context(request, kind, found, form), status=422 if form else 200)


def _too_late(request: HttpRequest, kind: str, found: Any, refusal: str) -> HttpResponse:
    """The file as somebody else left it, and what this moderator had written."""
    found.refresh_from_db()
    context = _file_context(request, kind, found, None)
    said = {"refusal": refusal, "written": request.POST.get("reason", "")}
    return render(request, _kind(kind).template, context | said, status=409)


def _file_context(request: HttpRequest, kind: str, found: Any, form: DecisionForm | None) -> dict[str, Any]:
    its = _kind(kind)
    waits = its.waits(found)
    held = waits and found.claimed_by_id == signed_in(request).pk
    return {
        "file": found,
        "kind": kind,
        "label": its.label,
        "waits": waits,
        "held": held,
        "later": its.later(found),
        "form": form or its.form(None, found, waits=waits),
        **its.context(found, territory_of(signed_in(request))),
    }


@require_POST
@moderators_only
def claim(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take a file, and open it."""
    found = _file(request, kind, pk)
    try:
        _kind(kind).claim(found, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("moderation_file", kind, pk)


@require_POST
@moderators_only
def release(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Give a file back to the queue."""
    found = _file(request, kind, pk)
    _kind(kind).release(found, by=signed_in(request))
    messages.success(request, "Le dossier est rendu à la file.")
    return redirect("moderation")


@require_POST
@moderators_only
def decide(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Decide on a file; with « et prendre le suivant », go on to the next one."""
    user, its = signed_in(request), _kind(kind)
    found = _file(request, kind, pk)
    waits = its.waits(found)
    if not waits and its.is_late(request.POST.get("outcome", ""), found):
        return _too_late(request, kind, found, its.settled_words(found))
    form = its.form(request.POST, found, waits=waits)
    if not form.is_valid():
        return _file_page(request, kind, found, form)
    try:
        its.decide(found, form.cleaned_data, by=user, now=clock.now())
    except Refused as refusal:
        return _too_late(request, kind, found, str(refusal))
    messages.success(request, its.decided)
    return _next_file(request) if "next" in request.POST else redirect("moderation")


@require_POST
@moderators_only
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the oldest file that nobody works on."""
    return _next_file(request)


def _next_file(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), clock.now()
    row = next_free(user, now=now)
    if row is None:
        messages.info(request, "Rien n’attend plus. Merci\u00a0!")
        return redirect("moderation")
    found = get_object_or_404(KINDS[row.kind].files(), pk=row.pk)
    try:
        KINDS[row.kind].claim(found, by=user, now=now)
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("moderation")
    return redirect("moderation_file", row.kind, row.pk)


@require_POST
@moderators_only
def batch(request: HttpRequest) -> HttpResponse:
    """Approve several files at once: each is taken and approved by itself, or says why it was not."""
    user, now = signed_in(request), clock.now()
    form = BatchForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Cochez au moins un dossier\u00a0: certains ont pu être traités entre-temps.")
        return redirect("moderation")
    files = list(_chosen(form.cleaned_data["chosen"], territory_of(user)))
    approved = sum(_approve(request, kind, found, by=user, now=now) for kind, found in files)
    if not files:
        messages.error(request, "Cochez au moins un dossier\u00a0: certains ont pu être traités entre-temps.")
    if approved:
        messages.success(request, f"Dossiers approuvés\u00a0: {approved}. Les organisations sont prévenues.")
    return redirect("moderation")


def _approve(request: HttpRequest, kind: Kind, found: Any, *, by: User, now: dt.datetime) -> bool:
    """Take one file of a batch and approve it, or say why not."""
    if not kind.in_batch(found):
        messages.error(request, f"{found}\u00a0: ouvrez ce dossier, une suspension est en cours.")
        return False
    try:
        kind.claim(found, by=by, now=now)
        kind.decide(found, {"outcome": "approve", "reason": ""}, by=by, now=now)
    except Refused as refusal:
        messages.error(request, f"{found}\u00a0: {refusal}")
        kind.release(found, by=by)
        return False
    return True


def _chosen(chosen: list[tuple[str, int]], territory: list[str]) -> Iterator[tuple[Kind, Any]]:
    """The files of a batch within the moderator's territory, loaded kind by kind."""
    for name, kind in KINDS.items():
        numbers = [number for of, number in chosen if of == name]
        if numbers and kind.in_batches:
            for found in within_territory(kind.files(), COMMUNES[name], territory).in_bulk(numbers).values():
                yield kind, found


@require_safe
@moderators_only
def search(request: HttpRequest) -> HttpResponse:
    """Find an organisation, whatever its state."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    typed = form.cleaned_data["q"].strip() if form.is_valid() else ""
    territory = territory_of(signed_in(request))
    companies, associations = (
        within_territory(kind.objects.named(typed), "commune", territory)[:20] if typed else kind.objects.none()
        for kind in (Company, Association)
    )
    signatures = Signature.objects.filter(company__in=[company.pk for company in companies]).order_by("created_at")
    latest = {signature.company_id: signature for signature in signatures}
    context = {
        "form": form,
        "typed": fold(typed),
        "companies": [(company, latest.get(company.pk)) for company in companies],
        "associations": associations,
    }
    return render(request, "solidarite/moderation_search.html", context, status=422 if form.errors else 200)


@require_safe
@moderators_only
def reliability(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """How far an organisation keeps its word, with what it answers."""
    if kind not in ORGANISATIONS:
        raise Http404
    model, side = ORGANISATIONS[kind]
    theirs = within_territory(model.objects.all(), "commune", territory_of(signed_in(request)))
    organisation = get_object_or_404(theirs, slug=slug)
    context = {"organisation": organisation, "side": side.value, "record": record(organisation, clock.now())}
    return render(request, "solidarite/moderation_reliability.html", context)


@require_POST
@moderators_only
def ask_registry(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask the registry now, instead of waiting for the task."""
    its = _kind(kind)
    organisation = its.organisation(_file(request, kind, pk))
    if organisation is None or not organisation.siren or not settings.REGISTRY_URL:
        raise Http404
    if not look_up(siren=organisation.siren, now=clock.now()):
        messages.warning(request, "Le registre ne répond pas\u00a0: décidez sans lui, ou réessayez plus tard.")
    return redirect("moderation_file", kind, pk)


@require_POST
@moderators_only
def merge(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take a duplicate into the organisation of this file, with everything that hangs on it."""
    its, found = _kind(kind), _file(request, kind, pk)
    organisation = its.organisation(found)
    form = MergeForm(request.POST)
    if organisation is None or not form.is_valid():
        raise Http404
    others = within_territory(type(organisation).objects.all(), "commune", territory_of(signed_in(request)))
    absorbed = get_object_or_404(others, pk=form.cleaned_data["absorb"])
    try:
        merging.merge(
            file=found, subject=its.subject, keep=organisation, absorb=absorbed, by=signed_in(request), now=clock.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"«\u00a0{absorbed.name}\u00a0» est réunie à «\u00a0{organisation.name}\u00a0».")
    return redirect("moderation_file", kind, pk)
