"""Hosting agreements and insurance where apps meet: what awaits either side, and entries that are united."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Decision, User
from associations.models import InsuranceCertificate
from solidarite.association_tasks import association_tasks
from solidarite.company_tasks import company_tasks
from solidarite.moderation import merging
from tests import factories
from tests.factories import World
from workshops.models import HostingAgreement, Side, Workshop

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)
BOTH = (Side.COMPANY, Side.ASSOCIATION)


def awaits(world: World, side: Side, now: dt.datetime) -> list[tuple[str, str, str]]:
    tasks = company_tasks([world.company], now) if side == Side.COMPANY else association_tasks([world.association], now)
    return [
        (task.title, task.detail, task.url) for task in tasks if "ssurance" in task.title or "onvention" in task.title
    ]


# --- what awaits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (31, None),
        (30, "Votre assurance finit le jeudi 31\u00a0décembre 2026"),
        (1, "Votre assurance finit le mercredi 2\u00a0décembre 2026"),
        (0, "Votre assurance finit le mardi 1er\u00a0décembre 2026"),
        (-1, "Votre assurance est échue depuis le lundi 30\u00a0novembre 2026"),
        (-40, "Votre assurance est échue depuis le jeudi 22\u00a0octobre 2026"),
    ],
)
def test_insurance_that_ends_awaits_the_association(
    world: World, now: dt.datetime, days: int, title: str | None
) -> None:
    factories.make_booking(now, world.slot, world.association)
    until = now.date() + days * DAY
    factories.make_certificate(now - 100 * DAY, world.association, valid_until_date=until)
    page = reverse("associations:insurance", args=[world.association.slug])
    detail = "des ateliers sont à venir\u00a0: déposez la nouvelle attestation"
    assert awaits(world, Side.ASSOCIATION, now) == ([(title, detail, page)] if title else [])


@pytest.mark.parametrize("coming", ["none", "cancelled", "another's"])
def test_insurance_awaits_nobody_without_a_workshop_to_come(world: World, now: dt.datetime, coming: str) -> None:
    factories.make_certificate(now, world.association, valid_until_date=now.date() + DAY)
    if coming != "none":
        whose = factories.make_association(now) if coming == "another's" else world.association
        factories.make_booking(now, world.slot, whose)
    if coming == "cancelled":
        Workshop.objects.update(state="cancelled", cancelled_at=now)
    assert awaits(world, Side.ASSOCIATION, now) == []


def test_insurance_that_was_renewed_awaits_nobody(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    factories.make_certificate(now, world.association, valid_until_date=now.date() + DAY)
    later = factories.make_certificate(now, world.association)
    assert awaits(world, Side.ASSOCIATION, now) == []
    InsuranceCertificate.objects.filter(pk=later.pk).update(withdrawn_at=now)
    assert len(awaits(world, Side.ASSOCIATION, now)) == 1


@pytest.mark.parametrize("side", Side)
def test_agreement_awaits_who_has_not_signed(world: World, now: dt.datetime, side: Side) -> None:
    other = BOTH[1 - BOTH.index(side)]
    agreement = factories.make_agreement(
        now, world.company, factories.make_certificate(now, world.association), signed=[other]
    )
    slugs = [world.company.slug, world.association.slug]
    page = reverse(f"workshops:{side}_hosting", args=slugs if side == Side.COMPANY else slugs[::-1])
    partner = world.association.name if side == Side.COMPANY else world.company.name
    assert awaits(world, side, now) == [(f"Convention d’accueil à signer\u00a0: {partner}", f"{partner} a signé", page)]
    assert awaits(world, other, now) == []
    HostingAgreement.objects.filter(pk=agreement.pk).update(ended_at=now)
    assert awaits(world, side, now) == []


def test_draft_awaits_both_and_what_is_over_nobody(world: World, now: dt.datetime) -> None:
    certificate = factories.make_certificate(now, world.association)
    factories.make_agreement(now, world.company, certificate)
    assert [len(awaits(world, side, now)) for side in BOTH] == [1, 1]
    after = dt.datetime.combine(certificate.valid_until_date + DAY, dt.time(9), tzinfo=dt.UTC)
    assert [len(awaits(world, side, after)) for side in BOTH] == [0, 0]


def test_either_side_finds_its_agreements_from_its_own_page(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_agreement(now, world.company, factories.make_certificate(now, world.association))
    for owner, name, slug in (
        (world.company_owner, "company", world.company.slug),
        (world.association_owner, "association", world.association.slug),
    ):
        page = visitor(owner).get(reverse(name, args=[slug])).text
        assert reverse(f"workshops:{name}_hostings", args=[slug]) in page
        assert "Convention d’accueil à signer" in page


# --- entries that are united --------------------------------------------------------------------------


def unite(keep: Any, absorb: Any, world: World, now: dt.datetime) -> None:
    subject = Decision.Subject.ASSOCIATION
    file: Any = keep
    if keep._meta.model_name == "company":
        file = factories.make_signature(now, keep, world.charter, state="withdrawn", ended_at=now)
        subject = Decision.Subject.SIGNATURE
    merging.merge(file=file, subject=subject, keep=keep, absorb=absorb, by=world.moderator, now=now)


def test_certificates_and_agreements_follow_their_association(world: World, now: dt.datetime) -> None:
    gone = factories.make_association(now)
    certificate = factories.make_certificate(now, gone)
    agreement = factories.make_agreement(now, world.company, certificate, signed=BOTH)
    unite(world.association, gone, world, now)
    certificate.refresh_from_db()
    agreement.refresh_from_db()
    assert (certificate.association, agreement.association) == (world.association, world.association)
    assert (agreement.association_name, agreement.ended_at) == (gone.name, None)


@pytest.mark.parametrize("kind", ["company", "association"])
@pytest.mark.parametrize(
    ("of_kept", "of_gone", "goes_on"), [((), (), "kept"), (BOTH, BOTH, "kept"), ([Side.COMPANY], BOTH, "gone")]
)
def test_of_two_agreements_with_one_partner_the_one_that_is_signed_most_goes_on(
    world: World, now: dt.datetime, kind: str, of_kept: list[Side], of_gone: list[Side], goes_on: str
) -> None:
    own = factories.make_certificate(now, world.association)
    if kind == "company":
        keep: Any = world.company
        gone: Any = factories.make_company(now, signatory=False)
        first, second = (keep, own), (gone, own)
    else:
        keep, gone = world.association, factories.make_association(now)
        first, second = (world.company, own), (world.company, factories.make_certificate(now, gone))
    agreements = {
        "kept": factories.make_agreement(now, *first, signed=of_kept),
        "gone": factories.make_agreement(now, *second, signed=of_gone),
    }
    unite(keep, gone, world, now)
    running = HostingAgreement.objects.get(ended_at=None)
    assert running == agreements[goes_on]
    assert set(HostingAgreement.objects.values_list(kind, flat=True)) == {keep.pk}


def test_insurance_that_was_set_aside_awaits_the_association_of_an_agreement(world: World, now: dt.datetime) -> None:
    certificate = factories.make_certificate(now, world.association)
    factories.make_booking(now, world.slot, world.association)
    agreement = factories.make_agreement(now, world.company, certificate)
    InsuranceCertificate.objects.update(withdrawn_at=now)
    page = reverse("associations:insurance", args=[world.association.slug])
    asked = ("Votre assurance n’est plus connue", "une convention d’accueil demande une attestation qui compte", page)
    assert asked in awaits(world, Side.ASSOCIATION, now)
    HostingAgreement.objects.filter(pk=agreement.pk).update(ended_at=now, ended_side="company")
    assert asked not in awaits(world, Side.ASSOCIATION, now)
