"""What a company and an association agree on: a page for both sides, and one that verifies for everybody."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in
from accounts.refusals import Refused
from associations.models import Association, InsuranceCertificate
from associations.views import certificate_file, managed_association
from companies.models import Company
from companies.views import managed_company
from territories import clock
from workshops import actions
from workshops.forms import HostingSignForm
from workshops.hosting_document import agreement_pdf
from workshops.models import Booking, HostingAgreement, Side
from workshops.permissions import may_agree, may_read_certificate, may_see_each_other

ONE_SIGNED = "C’est signé. L’autre partie reçoit un courriel."
BOTH_SIGNED = "La convention est signée par les deux parties."


class Pair(NamedTuple):
    """The two, and in whose name the person acts."""

    side: Side
    company: Company
    association: Association

    @property
    def own(self) -> Company | Association:
        return self.company if self.side == Side.COMPANY else self.association

    @property
    def partner(self) -> Company | Association:
        return self.association if self.side == Side.COMPANY else self.company


def _pair(request: HttpRequest, side: Side, slug: str, partner: str) -> Pair:
    """A pair that has, or had, something to agree on, one of whom this person acts for; others get 404."""
    if side == Side.COMPANY:
        pair = Pair(side, managed_company(request, slug), get_object_or_404(Association.objects.at(partner)))
    else:
        own = managed_association(request, slug)
        pair = Pair(side, get_object_or_404(Company.objects.at(partner)), own)
    if not may_see_each_other(pair.company, pair.association):
        raise Http404
    return pair


def _agreement(pair: Pair, agreement_id: int) -> HostingAgreement:
    """One of the pair's."""
    own = HostingAgreement.objects.between(pair.company, pair.association).select_related("company", "association")
    return get_object_or_404(own, pk=agreement_id)


def _today() -> dt.date:
    return timezone.localdate(clock.now())


@require_safe
def agreements(request: HttpRequest, side: Side, slug: str) -> HttpResponse:
    """Everybody with whom the organisation has something to agree on, and where that stands."""
    own = managed_company(request, slug) if side == Side.COMPANY else managed_association(request, slug)
    context = {"side": side.value, "own": own, "rows": _rows(own)}
    return render(request, "workshops/hosting_list.html", context)


class Row(NamedTuple):
    """Somebody to agree with, the latest agreement, and where it stands."""

    partner: Company | Association
    agreement: HostingAgreement | None
    standing: HostingAgreement.Standing | None


def _rows(own: Company | Association) -> list[Row]:
    """By the name of the partner."""
    today = _today()
    partners: QuerySet[Any]
    if isinstance(own, Company):
        key, partners = "association_id", Association.objects.all()
        met = Q(pk__in=Booking.objects.of_company(own).agreed().values("association"))
        agreed = HostingAgreement.objects.filter(company=own)
    else:
        key, partners = "company_id", Company.objects.all()
        met = Q(pk__in=Booking.objects.of_association(own).agreed().values("slot__room__site__company"))
        agreed = HostingAgreement.objects.filter(association=own)
    latest = {getattr(one, key): one for one in agreed.order_by("from_date", "pk")}
    found = partners.filter(met | Q(pk__in=latest)).order_by("name", "pk")
    return [_row(one, latest.get(one.pk), today) for one in found]


def _row(partner: Company | Association, agreement: HostingAgreement | None, today: dt.date) -> Row:
    return Row(partner, agreement, agreement.standing(today) if agreement else None)


@require_safe
def detail(request: HttpRequest, side: Side, slug: str, partner: str) -> HttpResponse:
    return _page(request, _pair(request, side, slug, partner))


def _page(request: HttpRequest, pair: Pair, *, form: HostingSignForm | None = None) -> HttpResponse:
    """The pair's agreements, what is missing, and what this side may do; 422 with a form that comes back."""
    today, user = _today(), signed_in(request)
    own = list(HostingAgreement.objects.between(pair.company, pair.association))
    to_sign = next((one for one in own if _may_sign(one, pair.side, today)), None)
    certificate = InsuranceCertificate.objects.of_association(pair.association).counting().first()
    insured = certificate is not None and certificate.valid_until_date >= today
    if form is None and to_sign is not None:
        form = HostingSignForm(initial={"name": user.name, "read": to_sign.fingerprint})
    live = [one for one in own if one.ended_at is None and one.until_date >= today]
    context = {
        "pair": pair,
        "side": pair.side.value,
        "rows": [(one, one.standing(today)) for one in own],
        "to_sign": to_sign,
        "outdated": to_sign is not None and not to_sign.is_begun and not _is_current(to_sign, pair, certificate),
        "certificate": certificate,
        "insured": insured,
        "may_read": insured and may_read_certificate(pair.company, pair.association, today),
        "may_propose": insured and may_agree(pair.company, pair.association) and _may_begin(live, today),
        "form": form if to_sign is not None else None,
    }
    bound = form is not None and form.is_bound
    return render(request, "workshops/hosting_detail.html", context, status=422 if bound else 200)


def _may_sign(agreement: HostingAgreement, side: Side, today: dt.date) -> bool:
    return agreement.ended_at is None and agreement.until_date >= today and agreement.consent(side).at is None


def _may_begin(live: list[HostingAgreement], today: dt.date) -> bool:
    """Whether there is none to sign or in force, or it soon ends."""
    return all(one.is_begun and one.until_date <= today + actions.RENEWED_WITHIN for one in live)


def _is_current(agreement: HostingAgreement, pair: Pair, certificate: InsuranceCertificate | None) -> bool:
    """Whether names and insurance are still those that it holds."""
    names = (agreement.company_name, agreement.association_name) == (pair.company.name, pair.association.name)
    held = (agreement.insurer, agreement.policy_number, agreement.insurance_until_date)
    counts = certificate and (certificate.insurer, certificate.policy_number, certificate.valid_until_date)
    return names and held == counts


@require_POST
def propose(request: HttpRequest, side: Side, slug: str, partner: str) -> HttpResponse:
    """Put an agreement down, or bring one up to date that nobody has signed."""
    pair = _pair(request, side, slug, partner)
    try:
        actions.propose_agreement(
            company=pair.company, association=pair.association, by=signed_in(request), now=clock.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La convention est prête\u00a0: lisez-la, puis signez.")
    return _back(pair)


@require_POST
def sign(request: HttpRequest, side: Side, slug: str, partner: str, agreement_id: int) -> HttpResponse:
    """Consent for one's own side."""
    pair = _pair(request, side, slug, partner)
    agreement = _agreement(pair, agreement_id)
    form = HostingSignForm(request.POST)
    if not form.is_valid():
        return _page(request, pair, form=form)
    typed = {name: form.cleaned_data[name] for name in ("name", "capacity", "read")}
    try:
        actions.sign_agreement(agreement=agreement, side=side, by=signed_in(request), now=clock.now(), **typed)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, BOTH_SIGNED if agreement.is_signed else ONE_SIGNED)
    return _back(pair)


@require_POST
def end(request: HttpRequest, side: Side, slug: str, partner: str, agreement_id: int) -> HttpResponse:
    """Put an end to it, or drop what nobody has signed."""
    pair = _pair(request, side, slug, partner)
    agreement = _agreement(pair, agreement_id)
    try:
        actions.end_agreement(agreement=agreement, side=side, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La convention est terminée. Les ateliers confirmés restent à tenir.")
    return _back(pair)


def _back(pair: Pair) -> HttpResponse:
    return redirect(f"workshops:{pair.side}_hosting", pair.own.slug, pair.partner.slug)


@require_safe
def pdf(request: HttpRequest, side: Side, slug: str, partner: str, agreement_id: int) -> HttpResponse:
    """An agreement on paper, for both sides."""
    pair = _pair(request, side, slug, partner)
    agreement = _agreement(pair, agreement_id)
    name = f"convention-{pair.company.slug}-{pair.association.slug}-{agreement.from_date.isoformat()}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(agreement_pdf(agreement), content_type="application/pdf", headers=headers)


@require_safe
def certificate(request: HttpRequest, side: Side, slug: str, partner: str) -> HttpResponse:
    """The association's certificate of insurance that counts, for a company that it comes to."""
    pair = _pair(request, side, slug, partner)
    counts = InsuranceCertificate.objects.of_association(pair.association).counting().first()
    if counts is None or not may_read_certificate(pair.company, pair.association, _today()):
        raise Http404
    return certificate_file(counts)


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether an agreement stands: the two organisations and its days, no person."""
    agreement = HostingAgreement.objects.filter(code=code.upper().replace("\x00", "")).first()
    standing = agreement.standing(_today()) if agreement else None
    context = {"agreement": agreement, "standing": standing, "code": code}
    return render(request, "workshops/hosting_verify.html", context, status=200 if agreement else 404)
