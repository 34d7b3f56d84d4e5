"""What is proposed for a request, why, and why what looks better is not."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in
from associations.models import Request
from associations.views import managed_association
from companies.models import Slot
from territories import clock
from territories.wording import counted
from workshops import actions
from workshops.catalogue import claims
from workshops.forms import DismissForm
from workshops.forms.dismissing import CHOOSE
from workshops.matching import Match, almost, awaited, proposals, reasons
from workshops.models import Dismissal

# Of what serves as well, but not so well.
LATER_SHOWN = 5
GONE = "Ce créneau n’est plus proposé à personne."


class Proposed(NamedTuple):
    """A slot, why it is proposed, and the form to dismiss it."""

    slot: Slot
    why: list[str]
    form: DismissForm

    @classmethod
    def of(cls, match: Match) -> Proposed:
        """Each form with ids of its own."""
        return cls(match.slot, reasons(match), DismissForm(auto_id=f"ecarter_{match.slot.pk}_%s"))


@require_safe
def association_request(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """A request, the best slots that serve it with their reasons, why others come later, and those that almost do."""
    wanted, now = _request_of(request, slug, request_id), clock.now()
    is_open = Request.objects.open(now).filter(pk=wanted.pk).exists()
    found, later = proposals(wanted, now, more=LATER_SHOWN) if is_open else ([], [])
    context = {
        "association": wanted.association,
        "wanted": wanted,
        "is_open": is_open,
        "proposals": [Proposed.of(match) for match in found],
        "later": later,
        "almost": almost(wanted, now) if is_open else None,
        "awaited": awaited(wanted, now) if is_open else [],
        "claim": claims(now).filter(request=wanted).select_related("slot").order_by("-created_at", "-pk").first(),
        "dismissed": Dismissal.objects.filter(request=wanted).count(),
    }
    return render(request, "workshops/request_detail.html", context)


@require_POST
def association_dismiss(request: HttpRequest, slug: str, request_id: int, slot_id: int) -> HttpResponse:
    """« Pas pour moi », from a page that may be older than what has become of the slot."""
    wanted = _request_of(request, slug, request_id)
    slot = Slot.objects.of_signatories(clock.now()).with_place().filter(pk=slot_id).first()
    form = DismissForm(request.POST)
    if slot is None:
        messages.warning(request, GONE)
    elif form.is_valid():
        why = form.cleaned_data["why"]
        actions.dismiss_slot(request=wanted, slot=slot, why=why, by=signed_in(request), now=clock.now())
        messages.success(request, "Ce créneau ne vous sera plus proposé pour cette demande.")
    else:
        messages.error(request, CHOOSE)
    return redirect("workshops:association_request", slug, wanted.pk)


@require_POST
def association_undismiss(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """Propose again whatever serves the request."""
    wanted = _request_of(request, slug, request_id)
    count = actions.forget_dismissals(request=wanted)
    again = counted(count, "créneau écarté peut", "créneaux écartés peuvent")
    messages.success(
        request, f"{again} de nouveau vous être proposés." if count > 1 else f"{again} de nouveau vous être proposé."
    )
    return redirect("workshops:association_request", slug, wanted.pk)


def _request_of(request: HttpRequest, slug: str, request_id: int) -> Request:
    association = managed_association(request, slug)
    own = Request.objects.with_expiry(clock.now()).select_related("association", "commune__departement")
    found: Request = get_object_or_404(own, association=association, pk=request_id)
    return found
