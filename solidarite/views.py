"""The pages that span apps: home, dashboards, health and legal notices."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.identity import signed_in
from accounts.models import Decision, Role
from accounts.silence import is_silent
from associations.actions import may_present_again
from associations.models import Association
from charter.models import CharterVersion, Signature
from companies.models import Company
from mail.figures import health as mail_health
from solidarite import rgaa
from solidarite.association_tasks import association_figures, association_tasks
from solidarite.company_tasks import company_figures, company_tasks
from solidarite.moderation.abuse import appeal_against
from solidarite.operator_tasks import operator_tasks
from solidarite.own_data import own_data
from solidarite.skyline import skyline
from solidarite.volunteer_tasks import volunteer_tasks
from territories import clock
from workshops.awaited import memberships_of
from workshops.catalogue import bookable
from workshops.figures import public_figures
from workshops.filters import SlotFilter
from workshops.models import Booking, WaitlistEntry


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who it is for, one search, real figures."""
    now = clock.now()
    context = {
        "figures": public_figures(now),
        "form": SlotFilter(QueryDict()).form,
        "skyline": skyline(now),
        "next_slots": bookable(now).with_place().order_by("starts_at", "pk")[:6],
    }
    return render(request, "solidarite/home.html", context)


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Where one lands after signing in: one's organisations, and what awaits, of all of them and of oneself."""
    user, now = signed_in(request), clock.now()
    memberships = memberships_of(user)
    companies = [one.company for one in memberships if one.role in Role.managing()]
    associations = list(Association.objects.managed_by(user).order_by("name", "pk"))
    tasks = [
        *operator_tasks(user, now),
        *association_tasks(associations, now),
        *company_tasks(companies, now),
        *volunteer_tasks(user, memberships, now),
    ]
    context = {
        "companies": companies,
        "associations": associations,
        "volunteers_at": [one.company for one in memberships if one.role == Role.VOLUNTEER],
        "tasks": tasks,
        "several": len(associations) + len(memberships) > 1,
        "silent": is_silent(user.email),
    }
    return render(request, "solidarite/dashboard.html", context)


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """A company's own page: where its signature stands, what awaits, what comes."""
    own = get_object_or_404(Company.objects.managed_by(signed_in(request)), slug=slug)
    now = clock.now()
    bookings = Booking.objects.of_company(own).with_everything()
    signatures = list(Signature.objects.of_company(own).select_related("version"))
    signature = signatures[0] if signatures else None
    refused = signature is not None and signature.state == Signature.State.REFUSED
    context = {
        "company": own,
        "owner": Company.objects.owned_by(signed_in(request)).filter(pk=own.pk).exists(),
        "signature": signature,
        "suspended": next((one for one in signatures if one.state == Signature.State.SUSPENDED), None),
        "appeal": appeal_against(Decision.Subject.SIGNATURE, signature.pk) if signature and refused else None,
        "stands": Company.objects.signatories(now).filter(pk=own.pk).exists(),
        "charter": CharterVersion.objects.newest(),
        "tasks": company_tasks([own], now),
        "figures": company_figures(own, now),
        "coming": bookings.filter(state=Booking.State.CONFIRMED, slot__ends_at__gt=now).order_by(
            "slot__starts_at", "pk"
        )[:20],
        "called_off": bookings.dropped()
        .in_calendars()
        .filter(slot__ends_at__gt=now)
        .order_by("slot__starts_at", "pk")[:20],
        "past": bookings.counted_on()
        .filter(slot__ends_at__lte=now)
        .with_outcome()
        .order_by("-slot__starts_at", "pk")[:20],
        "sites": own.sites.count(),
        "open_slots": bookable(now).of_company(own).count(),
    }
    return render(request, "solidarite/company.html", context)


@require_safe
def association(request: HttpRequest, slug: str) -> HttpResponse:
    """An association's own page: its bookings and requests, what awaits."""
    own = get_object_or_404(Association.objects.managed_by(signed_in(request)), slug=slug)
    now = clock.now()
    refused = own.state == Association.State.REFUSED
    bookings = Booking.objects.of_association(own).with_everything()
    context = {
        "association": own,
        "appeal": appeal_against(Decision.Subject.ASSOCIATION, own.pk) if refused else None,
        "again": refused and may_present_again(association=own),
        "owner": Association.objects.owned_by(signed_in(request)).filter(pk=own.pk).exists(),
        "tasks": association_tasks([own], now),
        "figures": association_figures(own, now),
        "queues": WaitlistEntry.objects.waiting()
        .filter(association=own, slot__starts_at__gt=now)
        .with_ahead()
        .select_related("slot__room__site__company"),
        "pending": bookings.awaiting_answer(now).order_by("slot__starts_at", "pk"),
        "coming": bookings.filter(state=Booking.State.CONFIRMED, slot__ends_at__gt=now).order_by(
            "slot__starts_at", "pk"
        ),
        "dropped": bookings.dropped().filter(slot__ends_at__gt=now).order_by("slot__starts_at", "pk")[:20],
        "past": bookings.unmoved()
        .filter(slot__ends_at__lte=now)
        .with_outcome()
        .order_by("-slot__starts_at", "pk")[:20],
        "own_requests": own.requests.filter(state__in=["open", "in_progress"])
        .with_expiry(now)
        .select_related("commune__departement"),
    }
    return render(request, "solidarite/association.html", context)


@require_safe
def export_own_data(request: HttpRequest) -> HttpResponse:
    """All that is kept of the person, as a file."""
    headers = {"Content-Disposition": 'attachment; filename="mes-donnees.json"'}
    params = {"indent": 2, "ensure_ascii": False}
    return JsonResponse(own_data(signed_in(request)), headers=headers, json_dumps_params=params)


@login_not_required
@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Whether database and cache answer, beat beats and mail leaves. An operator's monitor reads it."""
    mail = mail_health(clock.now())
    return JsonResponse({"database": "ok", "cache": _cache_health(), **mail})


def _cache_health() -> str:
    """Without its cache the portal is slower, and says so: what counts is in the database."""
    try:
        cache.set("health", "ok", timeout=10)
        return cache.get("health") or "forgets"
    except RedisError:
        return "unreachable"


@login_not_required
@require_safe
def legal_notice(request: HttpRequest) -> HttpResponse:
    """Who publishes and who hosts, from the operator's settings (LCEN, article 6)."""
    context = {
        "operator_name": settings.OPERATOR_NAME,
        "operator_address": settings.OPERATOR_ADDRESS,
        "operator_email": settings.OPERATOR_EMAIL,
        "operator_phone": settings.OPERATOR_PHONE,
        "publication_director": settings.PUBLICATION_DIRECTOR,
        "hosting_provider": settings.HOSTING_PROVIDER,
    }
    return render(request, "solidarite/legal_notice.html", context)


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "solidarite/privacy.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How far the portal can be used by everybody, and how that is known (law no 2005-102, article 47)."""
    context = {
        "subjects": rgaa.by_subject(),
        "counts": [{"how": how, "number": number} for how, number in rgaa.counts().items()],
        "operator_email": settings.OPERATOR_EMAIL,
    }
    return render(request, "solidarite/accessibility.html", context)
