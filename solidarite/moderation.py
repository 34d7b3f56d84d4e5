"""The moderators' queue: signatures and new associations, oldest first."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.identity import signed_in
from accounts.models import User
from accounts.refusals import Refused
from associations import actions as associations
from associations.models import Association
from charter import actions as charter
from charter.models import Signature
from solidarite.forms import DecisionForm
from territories import clock

FILES_A_PAGE = 30

View = Callable[..., HttpResponse]


def moderators_only(view: View) -> View:
    """Moderators pass; for anybody else the page does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not signed_in(request).is_moderator:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_GET
@moderators_only
def queue(request: HttpRequest) -> HttpResponse:
    """What awaits a decision."""
    signatures = Signature.objects.awaiting_decision().with_file()
    context = {
        "page": Paginator(signatures, FILES_A_PAGE).get_page(request.GET.get("page")),
        "associations": Association.objects.awaiting_decision().select_related("commune")[:FILES_A_PAGE],
    }
    return render(request, "solidarite/moderation_queue.html", context)


@require_GET
@moderators_only
def signature_file(request: HttpRequest, signature_id: int) -> HttpResponse:
    """What was typed, the history, and the decision."""
    signature = get_object_or_404(Signature.objects.with_file(), pk=signature_id)
    return _signature_page(request, signature, DecisionForm())


@require_POST
@moderators_only
def signature_decide(request: HttpRequest, signature_id: int) -> HttpResponse:
    """Approve, ask for changes, or refuse."""
    signature = get_object_or_404(Signature.objects.with_file(), pk=signature_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _signature_page(request, signature, form)
    return _decide(request, lambda: _apply(form, signature, signed_in(request)))


def _apply(form: DecisionForm, signature: Signature, user: User) -> None:
    reason, now = form.cleaned_data["reason"], clock.now()
    match form.cleaned_data["outcome"]:
        case "approve":
            charter.approve_signature(signature=signature, by=user, now=now)
        case "changes":
            charter.request_changes(signature=signature, reason=reason, by=user, now=now)
        case _:
            charter.refuse_signature(signature=signature, reason=reason, by=user, now=now)


def _signature_page(request: HttpRequest, signature: Signature, form: DecisionForm) -> HttpResponse:
    context = {
        "signature": signature,
        "owners": signature.company.managers(),
        "history": signature.decisions.select_related("decided_by"),
        "form": form,
    }
    return render(request, "solidarite/moderation_signature.html", context, status=422 if form.is_bound else 200)


@require_GET
@moderators_only
def association_file(request: HttpRequest, association_id: int) -> HttpResponse:
    association = get_object_or_404(Association.objects.select_related("commune"), pk=association_id)
    return _association_page(request, association, DecisionForm())


@require_POST
@moderators_only
def association_decide(request: HttpRequest, association_id: int) -> HttpResponse:
    """Admit or refuse a new association."""
    association = get_object_or_404(Association.objects.select_related("commune"), pk=association_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _association_page(request, association, form)
    user, now = signed_in(request), clock.now()
    if form.cleaned_data["outcome"] == "approve":
        return _decide(request, lambda: associations.admit_association(association=association, by=user, now=now))
    reason = form.cleaned_data["reason"]
    return _decide(
        request,
        lambda: associations.refuse_association(association=association, reason=reason, by=user, now=now),
    )


def _association_page(request: HttpRequest, association: Association, form: DecisionForm) -> HttpResponse:
    context = {"association": association, "owners": association.managers(), "form": form}
    return render(request, "solidarite/moderation_association.html", context, status=422 if form.is_bound else 200)


def _decide(request: HttpRequest, action: Callable[[], None]) -> HttpResponse:
    try:
        action()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Décision enregistrée. L’organisation est prévenue.")
    return redirect("moderation")
