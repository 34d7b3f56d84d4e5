"""The charter as everybody reads it, and the page that verifies a signature, or whatever else has a code."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from charter.differences import differences
from charter.forms import CodeForm
from charter.markdown import to_html
from charter.models import CharterVersion, Signature
from territories import clock
from workshops.models import Certificate, HostingAgreement


@login_not_required
@require_safe
def current(request: HttpRequest) -> HttpResponse:
    """The text in force; before the first one takes effect, the first one to come."""
    version = CharterVersion.objects.in_force(timezone.localdate(clock.now()))
    first = CharterVersion.objects.published().order_by("effective_from_date").first()
    return _text_page(request, version or first)


@login_not_required
@require_safe
def version(request: HttpRequest, number: int) -> HttpResponse:
    """A published version by its number, past, present or to come."""
    return _text_page(request, get_object_or_404(CharterVersion.objects.published(), number=number))


def _text_page(request: HttpRequest, version: CharterVersion | None) -> HttpResponse:
    today = timezone.localdate(clock.now())
    context = {
        "version": version,
        "text": to_html(version.text) if version else "",
        "in_force": CharterVersion.objects.in_force(today),
        "to_come": bool(version and version.effective_from_date > today),
        "versions": CharterVersion.objects.published(),
        "previous": _before(version) if version else None,
    }
    return render(request, "charter/version_detail.html", context)


def _before(version: CharterVersion) -> CharterVersion | None:
    earlier = CharterVersion.objects.published().filter(effective_from_date__lt=version.effective_from_date)
    return earlier.order_by("-effective_from_date").first()


@login_not_required
@require_safe
def changes(request: HttpRequest, number: int) -> HttpResponse:
    """What a version adds to the one before it, and what it takes away."""
    shown = get_object_or_404(CharterVersion.objects.published(), number=number)
    previous = _before(shown)
    stretches = differences(previous.text if previous else "", shown.text)
    context = {"version": shown, "previous": previous, "stretches": stretches}
    return render(request, "charter/version_changes.html", context)


@login_not_required
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Where the code of any document of the portal is typed."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid() and form.cleaned_data["code"]:
        return redirect(_vouching_page(form.cleaned_data["code"]), form.cleaned_data["code"])
    return render(request, "charter/verify_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _vouching_page(code: str) -> str:
    """The page that says what stands of a document; of a code that is on none, the page of signatures says so."""
    if Certificate.objects.filter(code=code).exists():
        return "workshops:certificate"
    if HostingAgreement.objects.filter(code=code).exists():
        return "workshops:hosting_verify"
    return "charter:verify"


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a signature stands, without more of a person than they agreed to show."""
    signed = Signature.objects.select_related("company", "version").filter(signed_at__isnull=False)
    signature = signed.filter(code=code.upper().replace("\x00", "")).first()
    context = {"signature": signature, "code": code, "stands": _stands(signature)}
    return render(request, "charter/verify.html", context, status=200 if signature else 404)


def _stands(signature: Signature | None) -> bool:
    """Decided at this instant from the company's standing, like the catalogue: never by a task that may be late."""
    if signature is None or signature.state != Signature.State.APPROVED:
        return False
    until = signature.company.charter_until_at
    return until is None or until > clock.now()
