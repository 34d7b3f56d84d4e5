"""An owner saves what they describe while somebody decides: the decision stands, and so does what was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import files
from accounts.models import User
from associations import actions as associations
from associations.models import Association
from charter import actions as charter
from charter.models import Edition, Signature
from companies import actions as companies
from companies.models import Company, Room, Site
from tests import factories
from tests.factories import World
from tests.races import second_waits
from workshops.actions import close_places
from workshops.catalogue import bookable

TYPED = {"name": "Les Clics", "legal_form": "association", "commune": "Lille (59)", "description": "Nouveau texte."}


def edits(user: User, address: str) -> Callable[[], None]:
    """The page was read before; what was typed comes now."""

    def send() -> None:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.post(address, TYPED).status_code == 302

    return send


def test_suspension_stands_while_the_owner_edits(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    signature = factories.make_signature(now, world.company, world.charter, state="approved", decided_at=now)

    def suspend(pause: Callable[[], object]) -> None:
        charter.suspend_signature(signature=signature, reason="Non.", by=world.moderator, now=now)
        pause()

    assert second_waits(suspend, edits(world.company_owner, reverse("charter:company_edit", args=[world.company.slug])))
    company = Company.objects.get(pk=world.company.pk)
    assert (company.description, company.charter_approved_at) == ("Nouveau texte.", None)
    assert not bookable(now).of_company(company).exists()


def test_approval_stands_while_the_owner_edits(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    owner = factories.make_user()
    company = factories.make_company(now, signatory=False, owner=owner)
    signature = factories.make_signature(now, company, world.charter)
    charter.claim_signature(signature=signature, by=world.moderator, now=now)

    def approve(pause: Callable[[], object]) -> None:
        charter.approve_signature(signature=signature, by=world.moderator, now=now)
        pause()

    assert second_waits(approve, edits(owner, reverse("charter:company_edit", args=[company.slug])))
    company.refresh_from_db()
    assert (company.description, company.charter_approved_at) == ("Nouveau texte.", now)


def test_admission_stands_while_the_owner_edits(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    owner = factories.make_user()
    association = factories.make_association(now, admitted=False, owner=owner)
    files.claim_file(association, by=world.moderator, now=now)

    def admit(pause: Callable[[], object]) -> None:
        found = Association.objects.get(pk=association.pk)
        associations.admit_association(association=found, by=world.moderator, now=now)
        pause()

    assert second_waits(admit, edits(owner, reverse("associations:edit", args=[association.slug])))
    association.refresh_from_db()
    assert (association.description, association.state) == ("Nouveau texte.", "admitted")


def test_claim_stands_while_the_owner_edits(world: World, now: dt.datetime) -> None:
    association = factories.make_association(now, admitted=False)
    read = Association.objects.get(pk=association.pk)
    files.claim_file(association, by=world.moderator, now=now)
    associations.describe_association(association=read)
    association.refresh_from_db()
    assert association.claimed_by == world.moderator


def test_edition_announced_while_it_is_edited_stays_announced(world: World, now: dt.datetime) -> None:
    edition = Edition(name="Printemps", from_date=now.date(), until_date=now.date())
    charter.save_edition(edition=edition, departements=[], now=now)
    read = Edition.objects.get(pk=edition.pk)
    charter.announce_edition(edition=edition, by=world.moderator, now=now)
    read.text = "Venez."
    charter.save_edition(edition=read, departements=[], now=now)
    edition.refresh_from_db()
    assert (edition.text, edition.announced_at) == ("Venez.", now)


def test_place_closed_while_it_is_edited_stays_closed(world: World, now: dt.datetime) -> None:
    site, room = Site.objects.get(pk=world.site.pk), Room.objects.get(pk=world.room.pk)
    close_places(
        rooms=Room.objects.filter(pk=room.pk),
        sites=Site.objects.filter(pk=site.pk),
        reason="Vente.",
        by=world.company_owner,
        now=now,
    )
    site.name = room.name = "Autre nom"
    companies.describe_site(site=site, now=now)
    companies.describe_room(room=room, now=now)
    for place in (site, room):
        place.refresh_from_db()
        assert (place.name, place.archived_at) == ("Autre nom", now)


def test_consent_given_while_the_profile_is_edited_stays(world: World, now: dt.datetime) -> None:
    profile = factories.make_profile(now, world.company, world.volunteer, engagement_type="mecenat")
    read = type(profile).objects.get(pk=profile.pk)
    companies.consent(profile=profile, by=world.company_owner, now=now)
    read.pledged_hours = 12
    companies.describe_volunteer(profile=read, sites=[], now=now)
    profile.refresh_from_db()
    assert (profile.pledged_hours, profile.consented_by) == (12, world.company_owner)


PLEDGE = charter.Pledge("Hélène", "directrice", "helene@example.org", False, 1, 2, 3)


@pytest.mark.parametrize("owner_does", ["signs", "sends the link again"])
def test_legal_signatory_signs_while_the_owner_does(now: dt.datetime, committed: None, owner_does: str) -> None:
    world = factories.make_world(now)
    owner = factories.make_user()
    company = factories.make_company(now, signatory=False, owner=owner)
    call = {"company": company, "version": world.charter, "pledge": PLEDGE, "by": owner, "now": now}
    sent = charter.send_signing_link(**call)  # type: ignore[arg-type]

    def sign(pause: Callable[[], object]) -> None:
        charter.sign_by_link(
            signature=sent, version=world.charter, name="Hélène", capacity="PDG", shows_name=False, now=now
        )
        pause()

    def owner_too() -> None:
        act = charter.sign_charter if owner_does == "signs" else charter.send_signing_link
        with pytest.raises(charter.AlreadySigned):
            act(**call)  # type: ignore[arg-type]

    assert second_waits(sign, owner_too)
    assert Signature.objects.get().signatory_capacity == "PDG"
