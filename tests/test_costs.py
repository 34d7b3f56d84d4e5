"""What each page asks of the database: the same number of statements whatever the number of rows that it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AbuseReport, Role, User
from associations.models import InsuranceCertificate
from charter.models import Edition
from companies import actions as companies
from companies.models import BusyTime, RoomCalendar
from territories.gazetteer import gazetteer
from tests import factories
from tests.addresses import signed_in_as
from tests.factories import World
from tests.pictures import picture
from tests.test_access import OK, TABLE, VISITORS
from tests.typed import SEASON
from workshops import filters
from workshops.models import CalendarFeed, Side

WEEK = dt.timedelta(days=7)
# Who sees most of a page comes first.
SEEN_BY = ("company", "association", "superuser", "moderator", "volunteer", "anonymous")
PAGES = sorted(name for name, rule in TABLE.items() if rule.method == "get" and OK in rule.answers)
BOOKING_FORM = 4
COSTS: dict[str, int] = {
    "accessibility": 1,
    "account_email": 4,
    "account_inactive": 1,
    "account_login": 0,
    "account_logout": 1,
    "account_request_login_code": 0,
    "account_reset_password": 1,
    "account_reset_password_done": 1,
    "account_reset_password_from_key": 2,
    "account_reset_password_from_key_done": 1,
    "account_set_password": 1,
    "account_signup": 0,
    "appeal": 4,
    "association": 20,
    "associations:create": 1,
    "associations:edit": 3,
    "associations:insurance": 4,
    "associations:insurance_file": 2,
    "associations:invitation": 4,
    "associations:join": 2,
    "associations:members": 9,
    "associations:request_create": 3,
    "associations:requests": 3,
    "associations:request_keep_by_link": 4,
    "charter:badge": 3,
    "charter:changes": 3,
    "charter:company_charter": 6,
    "charter:company_edit": 4,
    "charter:current": 6,
    "charter:draft": 4,
    "charter:edition": 7,
    "charter:edition_create": 2,
    "charter:edition_desk": 2,
    "charter:edition_edit": 4,
    "charter:editions": 3,
    "charter:sign": 5,
    "charter:sign_by_link": 5,
    "charter:signatories": 6,
    "charter:signatory": 5,
    "charter:signed_pdf": 3,
    "charter:verify": 2,
    "charter:verify_form": 1,
    "charter:version": 5,
    "companies:addresses": 2,
    "companies:availability_create": 9,
    "companies:create": 1,
    "companies:invitation": 4,
    "companies:join": 2,
    "companies:members": 9,
    "companies:photo": 2,
    "companies:room_create": 3,
    "companies:room_edit": 3,
    "companies:room_photos": 4,
    "companies:series": 4,
    "companies:series_confirm": 4,
    "companies:site_access": 4,
    "companies:site_accessibility": 3,
    "companies:site_create": 2,
    "companies:site_edit": 4,
    "companies:site_position": 4,
    "companies:sites": 4,
    "companies:volunteer_profile": 5,
    "company": 24,
    "dashboard": 26,
    "health": 8,
    "home": 7,
    "legal_notice": 1,
    "mail:preferences": 3,
    "mail:unsubscribe": 2,
    "mail_language": 1,
    "mail_preview_html": 9,
    "mailroom": 230,
    "mfa_activate_totp": 9,
    "mfa_add_webauthn": 10,
    "mfa_generate_recovery_codes": 5,
    "mfa_index": 3,
    "mfa_list_webauthn": 2,
    "moderation": 12,
    "moderation_file": 12,
    "moderation_search": 2,
    "own_data": 12,
    "own_preferences": 3,
    "privacy": 1,
    "recoveries": 2,
    "report_abuse": 1,
    "usersessions_list": 2,
    "workshops:agenda": 6,
    "moderation_reliability": 4,
    "workshops:association_history": 9,
    "workshops:association_reliability": 3,
    "workshops:certificate": 4,
    "workshops:certificate_pdf": 3,
    "workshops:company_history": 9,
    "workshops:company_reliability": 3,
    "workshops:volunteer_history": 3,
    "workshops:company_hostings": 4,
    "workshops:company_hosting": 8,
    "workshops:company_hosting_pdf": 5,
    "workshops:company_hosting_certificate": 6,
    "workshops:association_hostings": 4,
    "workshops:association_hosting": 8,
    "workshops:association_hosting_pdf": 5,
    "workshops:hosting_verify": 2,
    "workshops:agreement": 4,
    "workshops:company_crew": 7,
    "workshops:presence": 4,
    "workshops:volunteer_answer": 5,
    "workshops:answer": 4,
    "workshops:hold": 4,
    "workshops:waitlist_join": 8,
    "workshops:association_booking": 11,
    "workshops:association_report": 4,
    "workshops:association_move": 6,
    "workshops:association_prepare": 4,
    "workshops:association_request": 21,
    "workshops:association_sheet": 4,
    "workshops:association_course": 5,
    "workshops:course_book": 5,
    "workshops:company_booking": 11,
    "workshops:company_close": 10,
    "workshops:company_report": 4,
    "workshops:company_move": 6,
    "workshops:company_sheet": 4,
    "workshops:company_slots": 22,
    "workshops:feed": 5,
    "workshops:feeds": 5,
    "workshops:guidance": 2,
    "robots": 1,
    "sitemap": 4,
    "share_card": 1,
    "manifest": 1,
    "icon": 1,
    "worker": 1,
    "offline": 2,
    "charter:share_card": 2,
    "workshops:slot_share_card": 2,
    **dict.fromkeys(
        ("for_companies", "for_associations", "for_volunteers", "help", "running_a_workshop", "site_map"), 1
    ),
    "workshops:sheets": 1,
    "workshops:sheet": 1,
    "workshops:impact": 14,
    "workshops:impact_file": 2,
    "workshops:company_impact": 13,
    "workshops:company_impact_file": 3,
    "workshops:own_impact": 17,
    "workshops:own_impact_file": 3,
    "workshops:impact_report": 15,
    "workshops:matching": 2,
    "workshops:weights": 3,
    "workshops:plans": 3,
    "workshops:plan": 8,
    "workshops:plan_file": 3,
    "workshops:requests": 7,
    "workshops:offer": 14,
    "workshops:needs": 3,
    "workshops:needs_file": 2,
    "workshops:needs_of_communes": 4,
    "workshops:needs_of_communes_file": 3,
    "workshops:offer_from": 3,
    "workshops:room_calendar": 6,
    "workshops:room_close": 10,
    "workshops:search": 2,
    "workshops:search_counts": 8,
    "workshops:communes": 1,
    "workshops:search_atom": 5,
    "workshops:search_rss": 5,
    "workshops:search_agenda": 3,
    "workshops:search_save": 1,
    "workshops:saved_searches": 3,
    "workshops:series": 6,
    "workshops:site_close": 10,
    "workshops:slot": 7,
    "workshops:slot_change": 4,
    "workshops:volunteering": 10,
    "workshops:volunteers": 5,
}
# What else these addresses show: to whom, which query, and its cost.
ALSO = [
    ("dashboard", "association", "", 14),
    ("dashboard", "volunteer", "", 8),
    ("dashboard", "moderator", "", 5),
    ("workshops:agenda", "company", "?semaine=2026-12-08", 7),
    ("workshops:agenda", "company", "?mois=2026-12", 7),
    ("workshops:search", "anonymous", "?lieu=insee-59350&rayon=20&tri=distance", 2),
    ("workshops:search", "anonymous", "?lieu=Lille", 1),
    ("workshops:search", "anonymous", "?lieu=Annecy&tri=distance&rayon=30", 2),
    ("workshops:search", "anonymous", "?lieu=Annecy&rayon=30&commune=Annecy&departement=74&vue=semaine", 1),
    ("workshops:search", "anonymous", "?lieu=Lille&vue=semaine", 2),
    ("workshops:search", "anonymous", "?lieu=Lille&commune=Roubaix&departement=59&vue=carte", 1),
    ("workshops:search", "association", "?lieu=Lille&commune=Roubaix&departement=59&tri=distance", 3),
    ("workshops:search", "association", "?lieu=Lille&vue=semaine", 3),
    ("workshops:search", "association", "?du=2026-12-01&moment=soir&ordinateurs=2", 2),
    ("workshops:slot", "anonymous", "", 5),
    ("charter:signatories", "anonymous", "?departement=59", 6),
    ("workshops:volunteering", "volunteer", "", 11),
]


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("name", PAGES)
def test_page_costs_the_same_however_much_it_shows(
    world: World, now: dt.datetime, people: dict[str, User], addresses: dict[str, str], name: str
) -> None:
    answers = dict(zip(VISITORS, TABLE[name].answers, strict=True))
    visitor = next(one for one in SEEN_BY if answers[one] == OK)
    costs = [cost(people.get(visitor), addresses[name]) for _ in growing(world, now)]
    assert costs == [COSTS[name]] * 2


@pytest.mark.parametrize(("name", "visitor", "query", "expected"), ALSO)
def test_page_costs_the_same_for_others_and_with_what_they_ask_for(
    world: World,
    now: dt.datetime,
    people: dict[str, User],
    addresses: dict[str, str],
    name: str,
    visitor: str,
    query: str,
    expected: int,
) -> None:
    address = addresses[name] + query
    costs = [cost(people.get(visitor), address) for _ in growing(world, now)]
    assert costs == [expected] * 2


@pytest.mark.parametrize("weeks", [1, 3])
def test_preview_costs_the_same_however_many_dates_it_shows(
    world: World, visitor: Callable[[User], Client], weeks: int
) -> None:
    client = visitor(world.company_owner)
    until = dt.date(2026, 12, 3) + dt.timedelta(weeks=weeks - 1)
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    with CaptureQueriesContext(connection) as asked:
        shown = client.post(page, SEASON | {"until_date": until.isoformat()}).text
    assert (shown.count('name="shown"'), len(asked)) == (weeks, 17)


def cost(person: User | None, address: str) -> int:
    """Statements of an address that answers, with nothing kept from before."""
    cache.clear()
    gazetteer()  # which a process reads when it starts
    filters._kept.cache_clear()
    client = signed_in_as(person)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == OK
    return len(asked)


def growing(world: World, now: dt.datetime) -> Iterator[None]:
    """One of everything that pages list, then three in all."""
    for more in ([0], [1, 2]):
        for number in more:
            _offer(world, now, number)
            _hang(world, now, number)
            _ask(world, now, number)
            _moderate(world, now, number)
        yield


def _offer(world: World, now: dt.datetime, number: int) -> None:
    """A site, its room, and what happens in it: asked for, booked, free, and over."""
    site = factories.make_site(now, world.company, name=f"Site {number}")
    room = factories.make_room(now, site)
    factories.make_series(now, room, confirm_by_at=now + WEEK)
    start = world.slot.starts_at
    slot = factories.make_slot(room, start)
    factories.make_booking(now, slot, world.association)
    factories.make_booking(now, factories.make_slot(room, start + WEEK), world.association, state="pending")
    factories.make_slot(room, start + 2 * WEEK)
    factories.make_booking(now - 4 * WEEK, factories.make_slot(room, start - 3 * WEEK), world.association)
    person = factories.make_user()
    factories.add_member(world.company, person, Role.VOLUNTEER, now)
    factories.make_profile(now, world.company, person, engagement_type="mecenat")
    factories.make_promise(now, slot, person, stand_in_asked_at=now)
    RoomCalendar.objects.create(
        room=room, url="https://a.example", created_at=now, tried_at=now, read_at=now, failure="Non."
    )
    BusyTime.objects.create(room=room, starts_at=slot.starts_at, ends_at=slot.ends_at)
    CalendarFeed.objects.create(user=world.company_owner, site=site, created_at=now)
    factories.make_search(now, world.company_owner, f"ordinateurs={number + 1}")


def _hang(world: World, now: dt.datetime, number: int) -> None:
    """On the world's own room: a photo, dates of its series, a volunteer's promise and a busy time."""
    companies.add_photo(room=world.room, file=picture(), description="Des tables.", by=world.company_owner, now=now)
    series = world.room.availabilities.get()
    start = world.slot.starts_at + WEEK * (number + 1)
    slot = factories.make_slot(world.room, start, availability=series, original_date=start.date())
    factories.make_booking(now, slot, world.association)
    factories.make_promise(now, slot, world.volunteer)
    free = start + WEEK * 10
    factories.make_slot(world.room, free, availability=series, original_date=free.date())
    BusyTime.objects.create(room=world.room, starts_at=slot.starts_at, ends_at=slot.ends_at)


def _ask(world: World, now: dt.datetime, number: int) -> None:
    """Requests, certificates, members, invitations and people who ask to be let in."""
    factories.make_request(now, world.association)
    other = factories.make_certificate(now, factories.make_association(now))
    factories.make_agreement(now, world.company, other, signed=[Side.ASSOCIATION])
    own = factories.make_certificate(now, world.association)
    factories.make_agreement(now, factories.make_company(now), own, signed=[Side.COMPANY])
    _agree_again(world, now, number, own)
    for organisation in (world.company, world.association):
        factories.add_member(organisation, factories.make_user(), Role.MANAGER, now)
        factories.make_invitation(now, organisation, email=f"invitee{number}@example.org")
        organisation.join_requests.create(user=factories.make_user(), created_at=now)
    factories.make_request(now, factories.make_association(now, owner=world.company_owner))


def _agree_again(world: World, now: dt.datetime, number: int, certificate: InsuranceCertificate) -> None:
    """What the world's own two had agreed on before."""
    day = now.date() - dt.timedelta(days=10 * (number + 1))
    factories.make_agreement(now, world.company, certificate, from_date=day, until_date=day)


def _moderate(world: World, now: dt.datetime, number: int) -> None:
    """Signatories, files that wait for a moderator, reports, editions and later texts."""
    first = factories.make_company(now)
    factories.make_signature(now, first, world.charter, state="approved", decided_at=now)
    factories.make_signature(now, factories.make_company(now), world.charter)
    new = factories.make_association(now, admitted=False)
    factories.make_request(now, new, state="in_review")
    AbuseReport.objects.create(created_at=now, path="/", reason="other", message=f"Signalement {number}")
    Edition.objects.create(
        name=f"Édition {number}",
        slug=f"edition-{number}",
        from_date=now,
        until_date=now,
        created_at=now,
        announced_at=now,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_booking_form_costs_the_same_however_many_requests_it_offers(
    world: World, now: dt.datetime, count: int
) -> None:
    """A free slot has one; in the table of addresses the world's slot is booked."""
    for _ in range(count):
        factories.make_request(now, world.association)
    client = signed_in_as(world.association_owner)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("workshops:book", args=[world.slot.pk])).status_code == 200
    assert len(asked) == BOOKING_FORM
