"""What operators do with the charter: write and publish its text, announce editions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gates import operators_only
from accounts.identity import signed_in
from accounts.refusals import Refused
from charter import actions
from charter.differences import differences
from charter.forms import EditionForm, VersionForm
from charter.markdown import to_html
from charter.models import CharterVersion, Edition
from territories import clock


@require_http_methods(["GET", "POST"])
@operators_only
def draft(request: HttpRequest) -> HttpResponse:
    """Write the next version: preview and differences stand below what was saved."""
    written = _written()
    newest = CharterVersion.objects.newest()
    base = written or newest
    initial = {"seen": written.etag if written else ""} | ({"text": base.text} if base and not written else {})
    form = VersionForm(request.POST or None, instance=written, initial=initial)
    typed = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_draft_version(**form.cleaned_data, by=signed_in(request), now=clock.now())
        except actions.DraftChanged as refusal:
            typed, written = form.cleaned_data["text"], _written()
            form = VersionForm(_having_seen(request.POST, written), instance=form.instance)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Le brouillon est enregistré. Relisez l’aperçu, puis publiez.")
            return redirect("charter:draft")
    context = {
        "form": form,
        "draft": written,
        "newest": newest,
        "preview": to_html(written.text) if written else "",
        "stretches": differences(newest.text, written.text) if newest and written else [],
        "others": differences(typed, written.text) if typed and written else [],
        "versions": CharterVersion.objects.published(),
    }
    return render(request, "charter/version_draft.html", context, status=422 if form.is_bound else 200)


def _written() -> CharterVersion | None:
    """The draft, as it is now."""
    return CharterVersion.objects.filter(published_at__isnull=True).first()


def _having_seen(typed: QueryDict, draft: CharterVersion | None) -> QueryDict:
    """What was typed, by who has now read the draft as it is."""
    data = typed.copy()
    data["seen"] = draft.etag if draft else ""
    return data


@require_POST
@operators_only
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Publish the draft, for good."""
    written = get_object_or_404(CharterVersion, number=number)
    try:
        seen = request.POST.get("seen", "")
        actions.publish_version(version=written, seen=seen, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("charter:draft")
    messages.success(request, f"La version {number} est publiée. Les signataires sont prévenus.")
    return redirect("charter:version", number)


@require_safe
@operators_only
def editions(request: HttpRequest) -> HttpResponse:
    """All editions, those not announced included."""
    return render(request, "charter/edition_desk.html", {"editions": Edition.objects.all()})


@require_http_methods(["GET", "POST"])
@operators_only
def edition_edit(request: HttpRequest, edition_id: int | None = None) -> HttpResponse:
    """Describe an edition, or correct it."""
    edition = get_object_or_404(Edition, pk=edition_id) if edition_id else None
    form = EditionForm(request.POST or None, instance=edition)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_edition(
            edition=form.save(commit=False), departements=form.cleaned_data["departements"], now=clock.now()
        )
        messages.success(request, f"L’édition «\u00a0{saved.name}\u00a0» est enregistrée.")
        return redirect("charter:edition_desk")
    context = {"form": form, "edition": edition}
    return render(request, "charter/edition_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@operators_only
def edition_announce(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Make an edition public."""
    edition = get_object_or_404(Edition, pk=edition_id)
    actions.announce_edition(edition=edition, by=signed_in(request), now=clock.now())
    messages.success(request, f"L’édition «\u00a0{edition.name}\u00a0» est annoncée.")
    return redirect("charter:edition", edition.slug)
