"""What associations look for, for companies that could open their doors."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import signed_in
from accounts.models import User
from accounts.refusals import Refused
from associations.models import Request, RequestQuerySet
from associations.views import managed_association
from companies.models import Company, Room, Site
from territories import clock
from territories.forms import choices_of
from territories.keys import key_in
from territories.models import Commune
from territories.wording import enumerated
from workshops import actions
from workshops.forms import NearForm
from workshops.matching import Condition, missing_in_rooms
from workshops.sought import around, near_sites, stretch, with_offers

SHOWN = 30
# Why a room does not serve a request, in the order in which one would look into it.
MISSING = {
    Condition.DISTANCE: "trop loin pour elle",
    Condition.PLACES: "trop peu de places",
    Condition.COMPUTERS: "trop peu d’ordinateurs",
    Condition.ACCESS: "pas d’accès sans marche connu",
    Condition.DISMISSED: "un lieu que l’association a écarté",
}
NO_ROOM = "Ajoutez d’abord une salle à votre entreprise"


@login_not_required
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Open requests, without saying of which association: near a place, near one's company, or all of them."""
    form, own, now = NearForm(request.GET), _own_companies(request), clock.now()
    asked = form.cleaned_data if form.is_valid() else {}
    place, near = asked.get("lieu"), bool(own) and not asked.get("partout")
    wanted = _chosen(Request.objects.open(now), place, asked.get("rayon", 0), own if near else [])
    listed = with_offers(wanted, now).select_related("commune__departement")
    after, before = (key_in(request.GET.get(name, "")) for name in ("apres", "avant"))
    page = stretch(listed, place=place, after=after, before=before, count=SHOWN)
    _say_why_not(request, page.shown)
    context = {
        "form": form,
        "choices": [{"label": str(one), "url": f"?{form.kept(lieu=one.link)}"} for one in choices_of(form, "lieu")],
        "page": page,
        "associations": wanted.order_by().aggregate(count=Count("association", distinct=True))["count"],
        "query": form.kept(),
        "place": place,
        "near": near,
        "has_sites": bool(own),
    }
    return render(request, "workshops/request_list.html", context, status=200 if form.is_valid() else 422)


@require_POST
def withdraw(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """An association takes its request back."""
    association = managed_association(request, slug)
    posted = get_object_or_404(Request, association=association, pk=request_id)
    try:
        taken_back = actions.withdraw_request(request=posted, by=signed_in(request), now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        also = (
            " Ce qui attendait une réponse pour elle l’est aussi, et l’entreprise est prévenue." if taken_back else ""
        )
        messages.success(request, f"Votre demande est retirée.{also}")
    return redirect("associations:requests", association.slug)


def _own_companies(request: HttpRequest) -> list[Company]:
    """Those that have a site: of what is near the others there is nothing to say."""
    if not isinstance(request.user, User):
        return []
    sites = Site.objects.filter(company=OuterRef("pk"), archived_at=None)
    return list(Company.objects.managed_by(request.user).filter(Exists(sites)))


def _say_why_not(request: HttpRequest, shown: list[Request]) -> None:
    """To who acts for a company: `why_not` of each request that none of its rooms can serve."""
    if not isinstance(request.user, User) or not shown:
        return
    own = Company.objects.managed_by(request.user).order_by("pk")
    rooms = list(Room.objects.filter(site__company__in=own, archived_at=None).select_related("site__commune"))
    if rooms:
        missing = missing_in_rooms(shown, rooms)
        for one in shown:
            one.why_not = _why_not(missing[one.pk]) if one.pk in missing else ""  # type: ignore[attr-defined]
    elif own:
        for one in shown:
            one.why_not = NO_ROOM  # type: ignore[attr-defined]


def _why_not(missing: Condition) -> str:
    words = enumerated([text for condition, text in MISSING.items() if condition in missing])
    return f"Aucune de vos salles ne convient\u00a0: {words}"


def _chosen(wanted: RequestQuerySet, place: Commune | None, radius: int, own: list[Company]) -> RequestQuerySet:
    if place is not None:
        return around(wanted, place, radius)
    return near_sites(wanted, own) if own else wanted
