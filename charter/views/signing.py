"""Signing the charter in the name of a company, and what the company has of its signatures."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import comment_on
from accounts.identity import signed_in
from accounts.models import Decision
from accounts.refusals import Refused
from charter import actions
from charter.badge import badge_snippet
from charter.differences import differences
from charter.document import signed_charter
from charter.forms import LinkForm, SignatureForm
from charter.links import signature_of
from charter.markdown import to_html
from charter.models import CharterVersion, Signature
from companies.forms import CompanyForm
from companies.models import Company
from companies.views import managed_company
from territories import clock


def _owned_company(request: HttpRequest, slug: str) -> Company:
    """The company of this page, for who answers for it; others get 404."""
    found: Company = get_object_or_404(Company.objects.owned_by(signed_in(request)), slug=slug)
    return found


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Read the newest text and sign it, or send the link to who signs."""
    company = _owned_company(request, slug)
    newest = CharterVersion.objects.newest()
    if newest is None:
        raise Http404
    signature = _file_of(company, newest)
    by_link = "send" in request.POST
    form = _signature_form(request, company, newest, signature, by_link=by_link)
    if request.method == "POST" and form.is_valid():
        read = CharterVersion.objects.published().filter(number=form.cleaned_data["version"]).first()
        act = actions.send_signing_link if by_link else actions.sign_charter
        try:
            act(company=company, version=read or newest, pledge=form.pledge(), by=signed_in(request), now=clock.now())
        except actions.NewerVersion as refusal:
            form = _signature_form(request, company, newest, signature, by_link=by_link, read=newest)
            form.add_error(None, str(refusal))
            return _sign_page(request, company, newest, signature, form, read=read)
        except actions.AlreadySigned as refusal:
            messages.info(request, str(refusal))
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
            return _sign_page(request, company, newest, signature, form)
        else:
            messages.success(request, _said(form, by_link=by_link))
        return redirect("company", company.slug)
    return _sign_page(request, company, newest, signature, form)


def _file_of(company: Company, newest: CharterVersion) -> Signature | None:
    """The company's file of the newest text, or else the one of an earlier text that is still on its way."""
    files = Signature.objects.of_company(company).select_related("version")
    of_newest = files.filter(version=newest).exclude(state=Signature.State.WITHDRAWN).first()
    return of_newest or files.filter(state__in=Signature.UNFINISHED).first()


def _signature_form(
    request: HttpRequest,
    company: Company,
    newest: CharterVersion,
    signature: Signature | None,
    *,
    by_link: bool,
    read: CharterVersion | None = None,
) -> SignatureForm:
    """The form as typed, or filled with the draft, the signature to renew, or the person who asks."""
    user = signed_in(request)
    last = signature or Signature.objects.of_company(company).first()
    initial = {"version": newest.number, "signatory_name": user.name, "signatory_email": user.email}
    if last is not None:
        kept = SignatureForm.Meta.fields
        initial |= {field: getattr(last, field) for field in kept}
    data: QueryDict | None = request.POST if request.method == "POST" else None
    if data is not None and read is not None:
        data = _for_another_text(data, read)
    return SignatureForm(data, by_link=by_link or read is not None, comments=_comments(signature), initial=initial)


def _comments(signature: Signature | None) -> dict[str, str]:
    """What the moderator wrote beside each field, while corrections are awaited, also from another who signs."""
    if signature is None or signature.state not in (Signature.State.CHANGES_REQUESTED, Signature.State.DRAFT):
        return {}
    files = Signature.objects.filter(company=signature.company_id)
    latest = Decision.objects.about_any(Decision.Subject.SIGNATURE, files).last()
    return dict(latest.comments) if latest and latest.outcome == Decision.Outcome.CHANGES_REQUESTED else {}


def _said(form: SignatureForm, *, by_link: bool) -> str:
    if by_link:
        return f"Le lien part à {form.cleaned_data['signatory_email']}. Il vaut 14 jours."
    return "La charte est signée. Pendant l’examen, préparez vos sites et vos salles."


def _sign_page(
    request: HttpRequest,
    company: Company,
    newest: CharterVersion,
    signature: Signature | None,
    form: SignatureForm,
    *,
    read: CharterVersion | None = None,
) -> HttpResponse:
    standing = Signature.objects.public().filter(company=company).select_related("version").first()
    earlier = read or (standing.version if standing and standing.version != newest else None)
    context = {
        "company": company,
        "version": newest,
        "text": to_html(newest.text),
        "latest": signature,
        "waiting": signature is not None and signature.version == newest and not signature.awaits_company,
        "replaced": signature if signature is not None and signature.version != newest else None,
        "stretches": differences(earlier.text, newest.text) if earlier else [],
        "comments": _comments(signature),
        "form": form,
    }
    return render(request, "charter/charter_sign.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def company_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Correct the company's identity, with the moderator's remarks beside the fields."""
    company = _owned_company(request, slug)
    form = CompanyForm(request.POST or None, instance=company)
    comment_on(form, _comments(Signature.objects.of_company(company).first()))
    if request.method == "POST" and form.is_valid():
        try:
            actions.describe_signatory(company=form.save(commit=False), now=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La fiche est à jour.")
            return redirect("company", company.slug)
    context = {"company": company, "form": form}
    return render(request, "charter/company_edit.html", context, status=422 if form.is_bound else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The legal signatory's own page: the text, what is pledged in their name, and the act. No account needed."""
    signature = signature_of(token)
    if signature is None:
        raise Http404
    now = clock.now()
    newest = CharterVersion.objects.newest() or signature.version
    sent = signature.version
    form = LinkForm(request.POST or None, instance=signature, version=newest.number)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        read = CharterVersion.objects.published().filter(number=form.cleaned_data["version"]).first()
        try:
            signed = actions.sign_by_link(
                signature=signature,
                version=read or newest,
                name=form.cleaned_data["signatory_name"],
                capacity=form.cleaned_data["signatory_capacity"],
                shows_name=form.cleaned_data["shows_name"],
                now=now,
            )
        except Refused as error:
            refusal = str(error)
            form = LinkForm(_for_another_text(request.POST, newest), instance=signature, version=newest.number)
        else:
            return render(request, "charter/signed_by_link.html", {"signature": signed})
    signature.refresh_from_db()
    context = {
        "signature": signature,
        "version": newest,
        "text": to_html(newest.text),
        "stretches": differences(sent.text, newest.text) if sent != newest else [],
        "open": signature.link_is_open(now),
        "refusal": refusal,
        "form": form,
    }
    status = 409 if refusal else 422 if form.is_bound else 200
    return render(request, "charter/sign_by_link.html", context, status=status)


def _for_another_text(typed: QueryDict, version: CharterVersion) -> QueryDict:
    """What was typed, for the text that is shown now; the act is to be done again, on that text."""
    data = typed.copy()
    data["version"] = str(version.number)
    data.pop("agreed", None)
    return data


@require_safe
def company_charter(request: HttpRequest, slug: str) -> HttpResponse:
    """All that a company has of the charter: its signatures, the signed PDF, the badge, the way out."""
    company = managed_company(request, slug)
    signatures = list(Signature.objects.of_company(company).select_related("version"))
    newest = CharterVersion.objects.newest()
    latest = next((one for one in signatures if one.version == newest), None)
    context = {
        "company": company,
        "signatures": signatures,
        "newest": newest,
        "to_sign": newest if latest is None or latest.awaits_company else None,
        "owner": Company.objects.owned_by(signed_in(request)).filter(pk=company.pk).exists(),
        "stands": Company.objects.signatories(clock.now()).filter(pk=company.pk).exists(),
        "snippet": badge_snippet(company),
        "can_withdraw": [one for one, targets in Signature.TRANSITIONS.items() if Signature.State.WITHDRAWN in targets],
    }
    return render(request, "charter/company_charter.html", context)


@require_safe
def signed_pdf(request: HttpRequest, slug: str, signature_id: int) -> HttpResponse:
    """The signed charter on paper, for the members who act in the company's name."""
    company = managed_company(request, slug)
    signed = Signature.objects.with_file().filter(company=company, signed_at__isnull=False)
    signature = get_object_or_404(signed, pk=signature_id)
    name = f"charte-{company.slug}-{signature.version.number}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(signed_charter(signature), content_type="application/pdf", headers=headers)


@require_POST
def withdraw(request: HttpRequest, slug: str, signature_id: int) -> HttpResponse:
    """Take a signature back."""
    company = _owned_company(request, slug)
    signature = get_object_or_404(Signature.objects.of_company(company).select_related("version"), pk=signature_id)
    stood = signature.state == Signature.State.APPROVED
    try:
        actions.withdraw_signature(signature=signature, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        gone = " Vos créneaux libres ne sont plus au catalogue." if stood else ""
        messages.success(request, f"Votre signature est retirée.{gone}")
    return redirect("charter:company_charter", company.slug)
