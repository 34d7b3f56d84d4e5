"""Every address of the portal, filled with the world's objects, and the people who visit them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.actions import files, recovery
from accounts.invitations import invitation_path, join_path
from accounts.models import Role, User
from associations import actions as associations
from associations.confirmations import keeping_path
from associations.models import Association, InsuranceCertificate
from charter.links import signing_path
from charter.models import Edition
from companies import actions as companies
from companies.confirmations import confirmation_path
from companies.models import Company
from mail import links, outbox
from mail.models import Message
from tests import factories
from tests.factories import World
from tests.pictures import paper, picture
from workshops.agreements import agreement_path
from workshops.answers import answer_path, hold_path
from workshops.feeds import feed_path
from workshops.models import Booking, CalendarFeed, Certificate, Course, Side, WaitlistEntry, Workshop, WorkshopNote
from workshops.presence import coming_path, presence_path

GIVEN = {"workshops": 3, "benevolat_minutes": 240, "mecenat_minutes": 120}


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        elif pattern.namespace != "admin":
            yield from names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


@pytest.fixture
def people(world: World, now: dt.datetime) -> dict[str, User]:
    rival = factories.make_user()
    factories.make_company(now, owner=rival)
    factories.make_association(now, owner=rival)
    managers = {"company manager": factories.make_user(), "association manager": factories.make_user()}
    factories.add_member(world.company, managers["company manager"], Role.MANAGER, now)
    factories.add_member(world.association, managers["association manager"], Role.MANAGER, now)
    return managers | {
        "stranger": factories.make_user(),
        "volunteer": world.volunteer,
        "rival": rival,
        "company": world.company_owner,
        "association": world.association_owner,
        "moderator": world.moderator,
        "superuser": User.objects.create_superuser("racine@example.org"),
    }


@pytest.fixture
def addresses(world: World, now: dt.datetime) -> dict[str, str]:
    """Each address of the table, filled with the world's objects."""
    booking = factories.make_booking(now, world.slot, world.association)
    refused = {"state": "refused", "decided_at": now, "reason": "Société radiée.", "reason_code": "closed"}
    approved = factories.make_signature(now, world.company, world.charter, state="approved", decided_at=now)
    without = factories.make_company(now, signatory=False, owner=world.company_owner)
    rejected = factories.make_signature(now - dt.timedelta(days=1), without, world.charter, **refused)
    files.record_decision("signature", rejected.pk, "refused", by=world.moderator, now=now)  # type: ignore[arg-type]
    draft = factories.make_signature(
        now,
        factories.make_company(now),
        world.charter,
        state="draft",
        signed_at=None,
        submitted_at=None,
        link_sent_at=now,
    )
    series = factories.make_series(now, world.room)
    Workshop.objects.filter(booking=booking).update(visitors=6, visitors_told_at=now)
    WorkshopNote.objects.create(booking=booking, side=Side.COMPANY, kind="late", created_at=now)
    elsewhere = factories.make_slot(
        world.room, world.slot.starts_at + dt.timedelta(days=50), booking_mode="on_approval"
    )
    asked = factories.make_booking(now, elsewhere, world.association, state="pending")
    held = factories.make_booking(
        now, factories.make_slot(world.room, elsewhere.ends_at), world.association, state="held"
    )
    queued = WaitlistEntry.objects.create(
        slot=world.slot, association=world.association, participants=6, topic="email", created_at=now
    )
    wanted = factories.make_request(now, world.association)
    plan = factories.make_plan(now, wanted, world.slot)
    outbox.post("workshop_reminder", key="told", to=("odile@example.org", "Odile"), context={}, now=now)
    told = Message.objects.get(key="told")
    edition = Edition.objects.create(
        name="Printemps", slug="printemps", from_date=now, until_date=now, created_at=now, announced_at=now
    )
    colleague = factories.make_user()
    factories.add_member(world.company, colleague, Role.VOLUNTEER, now)
    promise = factories.make_promise(now, world.slot, colleague, stand_in_asked_at=now)
    profile = factories.make_profile(now, world.company, colleague, engagement_type="mecenat")
    certificate = insure(world.association, now)
    agreed = factories.make_agreement(now, world.company, certificate, signed=[Side.COMPANY])
    own = {
        "promise_id": promise.pk,
        "photo_id": companies.add_photo(
            room=world.room, file=picture(), description="Des tables.", by=world.company_owner, now=now
        ).pk,
        "certificate_id": certificate.pk,
        "partner": world.association.slug,
        "agreement_id": agreed.pk,
        "agreed": agreed.code,
        "preferences": links.preferences_url(told).split("/")[-2],
        "unsubscribe": links.unsubscribe_url(told).split("/")[-3],
        "feed": feed_path(CalendarFeed.objects.create(user=colleague, created_at=now)).split("/")[-1][: -len(".ics")],
        "search_id": factories.make_search(now, colleague).pk,
        "membership_id": profile.pk,
        "slug": world.company.slug,
        "slot_id": world.slot.pk,
        "site_id": world.site.pk,
        "room_id": world.room.pk,
        "booking_id": booking.pk,
        "number": world.charter.number,
        "edition_id": edition.pk,
        "recovery_id": recovery.open_recovery(
            user=world.volunteer, reason="Appelée.", by=factories.make_user(), now=now
        ).pk,
        "signature_id": approved.pk,
        "refused_id": rejected.pk,
        "new_id": factories.make_association(now, admitted=False).pk,
        "signing": signing_path(draft).split("/")[-2],
        "code": approved.code,
        "series_id": series.pk,
        "confirming": confirmation_path(series, world.company_owner).split("/")[-2],
        "request_id": wanted.pk,
        "keeping": keeping_path(wanted, world.association_owner).split("/")[-2],
        "agreeing": agreement_path(booking.workshop, Side.COMPANY, world.company_owner).split("/")[-2],
        "answering": answer_path(asked, world.company_owner).split("/")[-2],
        "holding": hold_path(held, world.association_owner).split("/")[-2],
        "presence": presence_path(booking.workshop).split("/")[-2],
        "coming": coming_path(booking.workshop, world.volunteer).split("/")[-2],
        "year": 2026,
        "certificate": Certificate.objects.create(
            kind="volunteer", company=world.company, volunteer=world.volunteer, year=2026, issued_at=now, **GIVEN
        ).code,
        "course_id": _course(world, now, booking).pk,
        "entry_id": queued.pk,
        "plan_id": plan.pk,
        "template": "workshop_reminder",
        "departement": "59",
        "table": "themes",
        "size": 192,
        "topic": "email",
        "pk": 1,
        "uidb36": "1",
        "key": "x",
    }
    found = {}
    of_company, of_association = of_members(world.company, now), of_members(world.association, now)
    of_association["partner"] = world.company.slug
    for name in names(get_resolver()):
        arguments = own | (of_association if "association" in name else of_company)
        found[name] = reverse_with(name, arguments | special(name, arguments))
    return found


def _course(world: World, now: dt.datetime, booking: Booking) -> Course:
    """One of which this booking is a session."""
    made = Course.objects.create(
        association=world.association, title="Premiers pas", topic="email", participants=6, key=uuid4(), created_at=now
    )
    Booking.objects.filter(pk=booking.pk).update(course=made)
    return made


def insure(association: Association, now: dt.datetime) -> InsuranceCertificate:
    """A certificate with its file."""
    certificate = InsuranceCertificate(
        association=association, insurer="Mutuelle", policy_number="RC-1", valid_until_date=dt.date(2027, 6, 30)
    )
    return associations.add_certificate(certificate=certificate, file=paper(), by=association.owners()[0], now=now)


def of_members(organisation: Company | Association, now: dt.datetime) -> dict[str, object]:
    """A member, an invitation and somebody who asks, of one organisation, and the links that lead into it."""
    member = factories.make_user()
    factories.add_member(organisation, member, Role.MANAGER, now)
    invitation = factories.make_invitation(now, organisation)
    return {
        "slug": organisation.slug,
        "member_id": organisation.memberships.get(user=member).pk,
        "invitation_id": invitation.pk,
        "asked_id": organisation.join_requests.create(user=factories.make_user(), created_at=now).pk,
        "token": invitation_path(organisation, invitation).split("/")[-2],
        "join": join_path(organisation).split("/")[-2],
    }


def special(name: str, arguments: dict[str, Any]) -> dict[str, object]:
    """What some addresses mean by the same word."""
    meant: dict[str, dict[str, object]] = {
        "companies:join": {"token": arguments["join"]},
        "associations:join": {"token": arguments["join"]},
        "companies:series_confirm": {"token": arguments["confirming"]},
        "workshops:feed": {"token": arguments["feed"]},
        "associations:request_keep_by_link": {"token": arguments["keeping"]},
        "workshops:hosting_verify": {"code": arguments["agreed"]},
        "workshops:agreement": {"token": arguments["agreeing"]},
        "workshops:answer": {"token": arguments["answering"]},
        "workshops:hold": {"token": arguments["holding"]},
        "workshops:presence": {"token": arguments["presence"]},
        "workshops:volunteer_answer": {"token": arguments["coming"]},
        "mail:preferences": {"token": arguments["preferences"]},
        "mail:unsubscribe": {"token": arguments["unsubscribe"]},
        "moderation_reliability": {"kind": "entreprises"},
        "workshops:certificate": {"code": arguments["certificate"]},
        "workshops:certificate_pdf": {"code": arguments["certificate"]},
        "appeal": {"kind": "signature", "pk": arguments["refused_id"]},
        "charter:edition": {"slug": "printemps"},
        "charter:sign_by_link": {"token": arguments["signing"]},
    }
    if name.startswith("moderation_") and name not in meant:
        return {"kind": "association", "pk": arguments["new_id"]}
    return meant.get(name, {})


def reverse_with(name: str, arguments: dict[str, object]) -> str:
    """The address, given only the arguments that it takes."""
    resolver: Any = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        _, resolver = resolver.namespace_dict[space]
    parameters = resolver.reverse_dict[last][0][0][1]
    return reverse(name, kwargs={parameter: arguments[parameter] for parameter in parameters})


def signed_in_as(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
