"""Pages of an association about itself: identity, requests and insurance."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gates import lacks_second_factor
from accounts.identity import signed_in
from accounts.models import User
from accounts.prefill import prefill
from accounts.refusals import Refused, accepted, refusal_of
from accounts.views import MemberPages
from associations import actions
from associations.confirmations import kept_by
from associations.forms import AssociationForm, CertificateForm, RequestForm
from associations.models import Association, InsuranceCertificate, Invitation, Request
from territories import clock
from territories.keys import key_in

ONLINE = "Votre demande est en ligne. Nous vous écrivons dès qu’un créneau lui convient."
PRESENTED_AGAIN = "La fiche est corrigée et repart à l’examen. Nous vous répondons par courriel."
IN_REVIEW = "Votre demande est enregistrée. La modération la regarde avant de la mettre en ligne."

member_pages = MemberPages(Association, Invitation)


def managed_association(request: HttpRequest, slug: str) -> Association:
    """The association of this page, for who may act in its name; others get 404."""
    found: Association = get_object_or_404(Association.objects.managed_by(signed_in(request)), slug=slug)
    return found


@require_http_methods(["GET", "POST"])
def association_create(request: HttpRequest) -> HttpResponse:
    """Register an association, prefilled from the directory or the registry."""
    known = prefill(request.GET, now=clock.now())
    form = AssociationForm(request.POST or None, initial=known.initial)
    if request.method == "POST" and form.is_valid():
        try:
            association = actions.register_association(
                association=form.save(commit=False), by=signed_in(request), now=clock.now()
            )
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Votre association est inscrite. Cherchez un créneau, ou déposez une demande.")
            return redirect(known.onward or reverse("association", args=[association.slug]))
    return render(
        request,
        "associations/association_create.html",
        {"form": form, "prefill": known},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
def association_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Correct the association's identity."""
    association: Association = get_object_or_404(Association.objects.owned_by(signed_in(request)), slug=slug)
    form = AssociationForm(request.POST or None, instance=association)
    again = association.state == Association.State.REFUSED
    if request.method == "POST" and form.is_valid():
        try:
            corrected = form.save(commit=False)
            if again:
                actions.present_again(association=corrected, now=clock.now())
            else:
                actions.describe_association(association=corrected)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, PRESENTED_AGAIN if again else "La fiche est à jour.")
            return redirect("association", association.slug)
    context = {"association": association, "form": form, "again": again}
    return render(request, "associations/association_edit.html", context, status=422 if form.is_bound else 200)


@require_safe
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """The association's own requests, whatever their state."""
    association = managed_association(request, slug)
    own = Request.objects.filter(association=association).with_expiry(clock.now()).select_related("commune")
    return render(request, "associations/request_list.html", {"association": association, "requests": own})


@require_http_methods(["GET", "POST"])
def request_create(request: HttpRequest, slug: str) -> HttpResponse:
    """Post a request, prefilled from the search that found nothing, or from an own one whose dates have passed."""
    association = managed_association(request, slug)
    now = clock.now()
    known = _copied(association, request.GET.get("comme", "")) or _searched(request.GET)
    form = RequestForm(request.POST or None, now=now, home=association.commune, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            posted = actions.post_request(
                association=association,
                request=form.save(commit=False),
                by=signed_in(request),
                now=now,
                key=form.cleaned_data["key"],
            )
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            in_review = posted.state == Request.State.IN_REVIEW
            messages.success(request, IN_REVIEW if in_review else ONLINE)
            return redirect("workshops:association_request", association.slug, posted.pk)
    context = {"association": association, "form": form}
    return render(request, "associations/request_create.html", context, status=422 if form.is_bound else 200)


def _searched(data: QueryDict) -> dict[str, Any]:
    """Fields of the form from an address; those that take several words have a list."""
    lists = {name for name, field in RequestForm.base_fields.items() if isinstance(field, forms.MultipleChoiceField)}
    given = [name for name in RequestForm.Meta.fields if name in data]
    return {name: data.getlist(name) if name in lists else data[name] for name in given}


def _copied(association: Association, number: str) -> dict[str, Any]:
    """All that an own request says but its days."""
    key = key_in(number)
    own = association.requests.filter(pk=key).first() if key is not None else None
    says = set(RequestForm.Meta.fields) - {"from_date", "until_date"}
    return forms.model_to_dict(own, says) if own is not None else {}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_keep_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail: a page with a button, since programs that read mail follow links."""
    found = kept_by(token)
    if found is None:
        raise Http404
    wanted, member = found
    now, done = clock.now(), request.method == "POST"
    act = actions.keep_request if done else actions.check_keeping
    refusal = refusal_of(lambda: act(request=wanted, now=now))
    context = {"wanted": wanted, "member": member, "done": done, "refusal": refusal}
    context["again"] = wanted.state == Request.State.OPEN and wanted.association.may_ask
    return render(request, "associations/request_keep.html", context, status=409 if done and refusal else 200)


@require_POST
def request_keep(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    association = managed_association(request, slug)
    posted = get_object_or_404(Request, association=association, pk=request_id)
    try:
        actions.keep_request(request=posted, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Votre demande est de nouveau en ligne.")
    return redirect("associations:requests", association.slug)


@require_http_methods(["GET", "POST"])
def insurance(request: HttpRequest, slug: str) -> HttpResponse:
    """The certificates of insurance, which one counts and until when, and another one."""
    association = managed_association(request, slug)
    form = CertificateForm(
        request.POST or None, request.FILES or None, instance=InsuranceCertificate(association=association)
    )
    asked = request.method == "POST" and form.is_valid()
    if asked and accepted(form, lambda: _add_certificate(request, form)):
        messages.success(request, "L’attestation est enregistrée.")
        return redirect(request.path)
    certificates = list(association.certificates.order_by("-added_at", "-pk"))
    context = {
        "association": association,
        "certificates": certificates,
        "counts": InsuranceCertificate.objects.of_association(association).counting().first(),
        "today": timezone.localdate(clock.now()),
        "form": form,
    }
    return render(request, "associations/insurance.html", context, status=422 if form.is_bound else 200)


def _add_certificate(request: HttpRequest, form: CertificateForm) -> None:
    certificate, file = form.save(commit=False), form.cleaned_data["file"].read()
    actions.add_certificate(certificate=certificate, file=file, by=signed_in(request), now=clock.now())


@require_safe
def insurance_file(request: HttpRequest, slug: str, certificate_id: int) -> HttpResponse:
    """A certificate's file, for the association's managers and the portal's operators."""
    certificates = InsuranceCertificate.objects.filter(association__in=_associations_read_by(signed_in(request)))
    return certificate_file(get_object_or_404(certificates, association__slug=slug, pk=certificate_id))


def _associations_read_by(user: User) -> QuerySet[Association]:
    operates = user.is_staff and not lacks_second_factor(user)
    found: QuerySet[Association] = Association.objects.all() if operates else Association.objects.managed_by(user)
    return found


def certificate_file(certificate: InsuranceCertificate) -> HttpResponse:
    """The file, to be kept and not to be shown: what strangers sent never runs as a page of ours."""
    try:
        with certificate.file.open() as file:
            data = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    kind = "application/pdf" if certificate.kind == InsuranceCertificate.Kind.PDF else "image/jpeg"
    name = f"attestation-{certificate.valid_until_date.isoformat()}.{certificate.kind}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(data, content_type=kind, headers=headers)


@require_POST
def insurance_withdraw(request: HttpRequest, slug: str, certificate_id: int) -> HttpResponse:
    """Set a wrong certificate aside."""
    certificate = get_object_or_404(managed_association(request, slug).certificates, pk=certificate_id)
    actions.withdraw_certificate(certificate=certificate, by=signed_in(request), now=clock.now())
    messages.success(request, "L’attestation est écartée\u00a0: elle ne compte plus.")
    return redirect("associations:insurance", slug)
