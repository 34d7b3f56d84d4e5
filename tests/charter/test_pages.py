"""The charter's pages as people use them: reading, signing, verifying, the list, the badge, the PDF, editions."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from charter import actions
from charter.document import signed_charter
from charter.links import signing_path
from charter.models import CharterVersion, Edition, Signature
from companies.models import Company
from mail.bounces import set_aside
from mail.models import Message
from territories.models import Departement
from tests import factories
from tests.charter.test_actions import next_version
from tests.factories import World
from workshops.models import Certificate

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)
PLEDGE = {
    "pledged_rooms": "2",
    "pledged_computers": "16",
    "pledged_hours": "80",
    "signatory_name": "Hélène Carpentier",
    "signatory_capacity": "directrice générale",
    "signatory_email": "helene@example.org",
}


@pytest.fixture
def applicant(world: World, now: dt.datetime) -> Company:
    return factories.make_company(now, signatory=False, name="Menuiserie du Parc", owner=world.company_owner)


@pytest.fixture
def approved(world: World, applicant: Company, now: dt.datetime) -> Signature:
    signature = factories.make_signature(now, applicant, world.charter)
    actions.claim_signature(signature=signature, by=world.moderator, now=now)
    actions.approve_signature(signature=signature, by=world.moderator, now=now)
    return signature


def second_version(
    world: World, now: dt.datetime, text: str = "# Charte\n\nNous ouvrons grand nos portes."
) -> CharterVersion:
    effective = now.date() + 10 * DAY
    draft = actions.save_draft_version(text=text, effective_from_date=effective, by=world.moderator, now=now)
    return actions.publish_version(version=draft, seen=draft.etag, by=world.moderator, now=now)


# --- reading and signing ----------------------------------------------------------------------------


def test_versions_say_whether_they_are_in_force(world: World, now: dt.datetime, client: Client) -> None:
    second_version(world, now)
    assert "entre en vigueur le" in client.get(reverse("charter:version", args=[2])).content.decode()
    assert "plus en vigueur" not in client.get(reverse("charter:current")).content.decode()
    changes = client.get(reverse("charter:changes", args=[2])).content.decode()
    assert re.search(r"<ins>.*grand.*</ins>", changes)


def test_draft_is_nobody_s_to_read(world: World, now: dt.datetime, client: Client) -> None:
    actions.save_draft_version(text="Secret", effective_from_date=now.date(), by=world.moderator, now=now)
    assert client.get(reverse("charter:version", args=[2])).status_code == 404


def sign_page(world: World, applicant: Company, visitor: Visitor) -> tuple[Client, str]:
    return visitor(world.company_owner), reverse("charter:sign", args=[applicant.slug])


def test_signing_oneself_needs_the_explicit_act(world: World, applicant: Company, visitor: Visitor) -> None:
    client, page = sign_page(world, applicant, visitor)
    answer = client.post(page, PLEDGE | {"version": "1"})
    assert answer.status_code == 422
    assert "Cochez la case pour signer" in answer.content.decode()
    assert client.post(page, PLEDGE | {"version": "1", "agreed": "on"}).status_code == 302
    assert Signature.objects.get(company=applicant).state == "submitted"


def test_refused_company_may_sign_again(world: World, applicant: Company, now: dt.datetime, visitor: Visitor) -> None:
    client, page = sign_page(world, applicant, visitor)
    client.post(page, PLEDGE | {"version": "1", "agreed": "on"})
    refused = Signature.objects.get(company=applicant)
    actions.claim_signature(signature=refused, by=world.moderator, now=now)
    actions.refuse_signature(signature=refused, reason_code="other", reason="Pas si vite.", by=world.moderator, now=now)
    shown = client.get(page).text
    assert "Pas si vite." in shown
    assert 'value="directrice générale"' in shown
    assert client.post(page, PLEDGE | {"version": "1", "agreed": "on"}).status_code == 302
    assert (
        Signature.objects.filter(company=applicant).values_list("state", flat=True).get(~Q(pk=refused.pk))
        == "submitted"
    )


def test_signing_is_offered_while_it_is_the_company_s_turn(
    world: World, applicant: Company, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.company_owner)
    page, offer = reverse("charter:company_charter", args=[applicant.slug]), "Lire et signer la version"
    assert f"{offer} 1" in client.get(page).text
    signature = factories.make_signature(now, applicant, world.charter)
    assert offer not in client.get(page).text
    actions.claim_signature(signature=signature, by=world.moderator, now=now)
    actions.approve_signature(signature=signature, by=world.moderator, now=now)
    assert offer not in client.get(page).text
    second_version(world, now)
    assert f"{offer} 2" in client.get(page).text


def test_remarks_outlive_a_new_version(world: World, applicant: Company, now: dt.datetime, visitor: Visitor) -> None:
    client, page = sign_page(world, applicant, visitor)
    client.post(page, PLEDGE | {"version": "1", "agreed": "on"})
    signature = Signature.objects.get(company=applicant)
    actions.claim_signature(signature=signature, by=world.moderator, now=now)
    remark = {"signatory_capacity": "Précisez votre fonction."}
    actions.request_changes(signature=signature, reason="À revoir.", comments=remark, by=world.moderator, now=now)
    second_version(world, now)
    shown = client.get(page).text
    assert "À revoir." in shown
    assert "Précisez votre fonction." in shown
    assert "Signer la version 2 le remplace" in shown


def test_version_published_while_one_reads_is_shown_and_nothing_is_lost(
    world: World, applicant: Company, now: dt.datetime, visitor: Visitor
) -> None:
    client, page = sign_page(world, applicant, visitor)
    client.get(page)
    second_version(world, now)
    answer = client.post(page, PLEDGE | {"version": "1", "agreed": "on"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "nouvelle version de la charte vient d’être publiée" in shown
    assert 'value="directrice générale"' in shown
    assert "<ins>" in shown
    assert 'name="version" value="2"' in shown
    assert not Signature.objects.filter(company=applicant).exists()
    assert client.post(page, PLEDGE | {"version": "2", "agreed": "on"}).status_code == 302


def test_legal_signatory_signs_by_the_link(world: World, applicant: Company, visitor: Visitor, client: Client) -> None:
    owner, page = sign_page(world, applicant, visitor)
    assert owner.post(page, PLEDGE | {"version": "1", "send": "1"}).status_code == 302
    link = Message.objects.get(template="signature_link").context["url"].partition("/charte/")
    path = f"/charte/{link[2]}"
    stranger = Client()
    assert "Menuiserie du Parc" in stranger.get(path).content.decode()
    typed = {"version": "1", "signatory_name": "H. Carpentier", "signatory_capacity": "PDG"}
    assert stranger.post(path, typed).status_code == 422
    assert "la charte est signée" in stranger.post(path, typed | {"agreed": "on"}).content.decode()
    assert "ne sert plus" in stranger.get(path).content.decode()
    assert Signature.objects.get(company=applicant).signatory_name == "H. Carpentier"


def test_link_is_not_sent_to_an_address_that_our_mail_does_not_reach(
    world: World, applicant: Company, visitor: Visitor, now: dt.datetime
) -> None:
    set_aside(address=PLEDGE["signatory_email"], reason="550 5.1.1 no such user", now=now)
    owner, page = sign_page(world, applicant, visitor)
    answer = owner.post(page, PLEDGE | {"version": "1", "send": "1"})
    assert (answer.status_code, f'value="{PLEDGE["signatory_name"]}"' in answer.text) == (422, True)
    [said] = answer.context["form"].errors["signatory_email"]
    assert said.startswith("Cette adresse ne reçoit pas nos courriels\u00a0: indiquez-en une autre")
    assert (said in answer.text, "550" in answer.text) == (True, False)
    assert not Signature.objects.filter(company=applicant).exists()
    assert not Message.objects.filter(template="signature_link").exists()
    assert owner.post(page, PLEDGE | {"version": "1", "agreed": "on"}).status_code == 302


def test_link_shows_the_text_that_came_out_since_and_signs_that_one(
    world: World, applicant: Company, visitor: Visitor, now: dt.datetime
) -> None:
    owner, page = sign_page(world, applicant, visitor)
    owner.post(page, PLEDGE | {"version": "1", "send": "1"})
    path = "/charte/" + Message.objects.get(template="signature_link").context["url"].partition("/charte/")[2]
    stranger = Client()
    next_version(world, now)
    shown = stranger.get(path).text
    assert "c’est elle que vous signez" in shown
    assert 'name="version" value="2"' in shown
    typed = {"signatory_name": "H. Carpentier", "signatory_capacity": "PDG", "agreed": "on"}
    late = stranger.post(path, typed | {"version": "1"})
    assert late.status_code == 409
    for kept in ('name="version" value="2"', 'value="H. Carpentier"', "Ce que vous avez écrit est gardé"):
        assert kept in late.text
    assert 'id="id_agreed" required checked' not in late.text
    assert "la charte est signée" in stranger.post(path, typed | {"version": "2"}).text
    assert Signature.objects.get(company=applicant).version.number == 2


def test_link_sent_later_replaces_the_first(world: World, applicant: Company, now: dt.datetime, client: Client) -> None:
    pledge = actions.Pledge(
        "Hélène", "PDG", "h@example.org", shows_name=False, pledged_rooms=1, pledged_computers=1, pledged_hours=1
    )
    by = world.company_owner
    first = actions.send_signing_link(company=applicant, version=world.charter, pledge=pledge, by=by, now=now)
    path = signing_path(first)
    actions.send_signing_link(company=applicant, version=world.charter, pledge=pledge, by=by, now=now + DAY)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "1-1.abc", "é", "1.%00"])
@pytest.mark.django_db
def test_link_that_we_did_not_sign_leads_nowhere(client: Client, token: str) -> None:
    assert client.get(f"/charte/signer/{token}/").status_code == 404


# --- verifying --------------------------------------------------------------------------------------


def test_verification_shows_no_more_than_was_agreed(
    world: World, applicant: Company, now: dt.datetime, client: Client
) -> None:
    approved = factories.make_signature(
        now, applicant, world.charter, state="approved", decided_at=now, shows_name=True
    )
    page = reverse("charter:verify", args=[approved.code])
    assert "Hélène Carpentier" in client.get(page).text
    Signature.objects.filter(pk=approved.pk).update(shows_name=False)
    shown = client.get(page).text
    assert "Cette signature est valide" in shown
    assert "Hélène Carpentier" not in shown
    assert (
        client.get(reverse("charter:verify_form"), {"code": f" {approved.code[:4]} {approved.code[4:].lower()}"})[
            "Location"
        ]
        == page
    )


def test_verification_follows_the_state(world: World, approved: Signature, now: dt.datetime, client: Client) -> None:
    page = reverse("charter:verify", args=[approved.code])
    actions.suspend_signature(signature=approved, reason="Travaux.", by=world.moderator, now=now)
    assert "Cette signature est suspendue" in client.get(page).content.decode()
    actions.reinstate_signature(signature=approved, reason="Finis.", by=world.moderator, now=now)
    actions.withdraw_signature(signature=approved, by=world.company_owner, now=now)
    assert "Cette signature est retirée" in client.get(page).content.decode()


def test_verification_does_not_wait_for_the_task_that_lapses(
    approved: Signature, now: dt.datetime, client: Client
) -> None:
    Company.objects.filter(pk=approved.company_id).update(charter_until_at=now - dt.timedelta(seconds=1))
    assert "Cette signature est échue" in client.get(reverse("charter:verify", args=[approved.code])).content.decode()


@pytest.mark.django_db
def test_one_form_knows_the_code_of_every_document(
    world: World, approved: Signature, now: dt.datetime, client: Client
) -> None:
    certificate = Certificate.objects.create(
        kind="company",
        company=world.company,
        year=2026,
        workshops=1,
        benevolat_minutes=120,
        mecenat_minutes=0,
        issued_at=now,
    )
    agreement = factories.make_agreement(now, world.company, factories.make_certificate(now, world.association))
    pages = {
        approved.code: reverse("charter:verify", args=[approved.code]),
        certificate.code: reverse("workshops:certificate", args=[certificate.code]),
        agreement.code: reverse("workshops:hosting_verify", args=[agreement.code]),
        "AAAAAAAAAAAA": reverse("charter:verify", args=["AAAAAAAAAAAA"]),
    }
    form = reverse("charter:verify_form")
    assert {code: client.get(form, {"code": code.lower()})["Location"] for code in pages} == pages
    unknown = client.get(form, {"code": "AAAA AAAA AAAA"}, follow=True)
    assert (unknown.status_code, "Aucun document ne porte ce code" in unknown.text) == (404, True)


@pytest.mark.parametrize("code", ["AAAAAAAAAAAA", "x", "\u202e", "%00", "A" * 300])
@pytest.mark.django_db
def test_code_of_nothing_is_said(client: Client, code: str) -> None:
    assert client.get(f"/charte/verifier/{code}/").status_code == 404


@pytest.mark.parametrize(
    "name", ["Hélène Carpentier", "محمد العربي", "李雷 \U0001f600", "#let x = 1 \\ $ * _ `<b>", "n" * 120]
)
def test_signed_pdf_holds_the_text_the_proof_and_any_name(approved: Signature, world: World, name: str) -> None:
    approved.signatory_name = name
    assert approved.signed_at is not None
    approved.signed_at = approved.signed_at.replace(microsecond=123456)
    pdf = PdfReader(io.BytesIO(signed_charter(approved)))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "Nous ouvrons nos portes." in text
    assert approved.code in text
    assert world.charter.sha256[:20] in text.replace("\n", "")
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Charte signée par Menuiserie du Parc"


def test_signed_pdf_is_the_same_each_time(approved: Signature) -> None:
    assert signed_charter(approved) == signed_charter(approved)


def test_badge_tells_how_the_signature_stands_and_may_be_shown_elsewhere(
    world: World, approved: Signature, now: dt.datetime, client: Client
) -> None:
    page = reverse("charter:badge", args=[approved.company.slug])
    badge = client.get(page)
    assert (badge["Content-Type"], badge["Cross-Origin-Resource-Policy"]) == ("image/svg+xml", "cross-origin")
    assert "Signataire de la charte" in badge.content.decode()
    actions.suspend_signature(signature=approved, reason="Travaux.", by=world.moderator, now=now)
    assert "Signature non valable" in client.get(page).content.decode()
    never = factories.make_company(now, signatory=False)
    assert client.get(reverse("charter:badge", args=[never.slug])).status_code == 404


# --- signatories and editions -----------------------------------------------------------------------


def test_list_finds_by_name_and_departement_and_sums_pledges(
    world: World, approved: Signature, now: dt.datetime, client: Client
) -> None:
    page = reverse("charter:signatories")
    found = client.get(page, {"q": "menuisérie", "departement": "59"}).content.decode()
    assert "Menuiserie du Parc" in found
    assert "Orange" not in found
    assert "Menuiserie du Parc" not in client.get(page, {"departement": "974"}).content.decode()
    assert "Orange" in client.get(page, {"q": "orange"}).content.decode()
    assert client.get(page, {"departement": "999"}).status_code == 422
    assert client.get(page, {"q": "\x00", "page": "9" * 30}).status_code in (200, 422)


@pytest.mark.parametrize("signatories", [1, 3])
def test_list_costs_the_same_whatever_its_length(
    world: World, now: dt.datetime, client: Client, django_assert_num_queries: DjangoAssertNumQueries, signatories: int
) -> None:
    for _ in range(signatories):
        factories.make_company(now)
    with django_assert_num_queries(5):
        client.get(reverse("charter:signatories"))


def test_edition_is_public_once_announced_and_counts_what_is_in_it(
    world: World, now: dt.datetime, visitor: Visitor, client: Client
) -> None:
    operator = visitor(factories.make_user(is_staff=True))
    typed = {
        "name": "Portes ouvertes",
        "from_date": "2026-12-01",
        "until_date": "2026-12-20",
        "departements": ["59"],
        "text": "**Venez.**",
    }
    wrong = operator.post(reverse("charter:edition_create"), typed | {"until_date": "2026-11-01"})
    assert wrong.status_code == 422
    operator.post(reverse("charter:edition_create"), typed)
    edition = Edition.objects.get()
    page = reverse("charter:edition", args=[edition.slug])
    assert client.get(page).status_code == 404
    operator = visitor(factories.make_user(is_staff=True))
    operator.post(reverse("charter:edition_announce", args=[edition.pk]))
    shown = Client().get(page).content.decode()
    assert "<strong>Venez.</strong>" in shown
    assert "créneau libre" in shown
    assert world.room.name in shown
    edition.departements.set([Departement.objects.get(pk="974")])
    assert world.room.name not in Client().get(page).content.decode()


def test_operator_writes_previews_and_publishes(world: World, visitor: Visitor) -> None:
    client = visitor(factories.make_user(is_staff=True))
    page = reverse("charter:draft")
    assert client.post(page, {"text": "", "effective_from_date": "x"}).status_code == 422
    client.post(page, {"text": "# Charte\n\n<script>x</script> *Plus.*", "effective_from_date": "2026-12-20"})
    shown = client.get(page).content.decode()
    assert "<em>Plus.</em>" in shown
    assert "<script>x" not in shown
    assert "<ins>" in shown
    publish = reverse("charter:publish", args=[2])
    seen = {"seen": CharterVersion.objects.get(number=2).etag}
    assert "rien n’est perdu" in client.post(publish, follow=True).text
    assert client.post(publish, seen)["Location"] == reverse("charter:version", args=[2])
    assert "déjà publiée" in client.post(publish, seen, follow=True).text


def test_operator_whose_draft_was_rewritten_keeps_what_they_typed(world: World, visitor: Visitor) -> None:
    client, page = visitor(factories.make_user(is_staff=True)), reverse("charter:draft")
    typed = {"text": "Nous ouvrons nos salles.", "effective_from_date": "2026-12-20"}
    client.post(page, typed | {"text": "Nous ouvrons nos portes."})
    answer = client.post(page, typed)
    assert answer.status_code == 422
    assert "rien n’est perdu" in answer.text
    assert "Nous ouvrons nos salles." in answer.text
    assert "portes" in answer.text
    seen = re.search(r'name="seen" value="([^"]+)"', answer.text)
    assert seen is not None
    client.post(page, typed | {"seen": seen[1]})
    assert CharterVersion.objects.get(number=2).text == "Nous ouvrons nos salles."


def test_withdrawing_a_renewal_alone_says_nothing_of_slots(
    world: World, approved: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    version = second_version(world, now)
    renewal = factories.make_signature(now, approved.company, version)
    client = visitor(world.company_owner)

    def withdraw(signature: Signature) -> str:
        address = reverse("charter:withdraw", args=[approved.company.slug, signature.pk])
        return client.post(address, follow=True).text

    assert "ne sont plus au catalogue" not in withdraw(renewal)
    assert "ne sont plus au catalogue" in withdraw(approved)
