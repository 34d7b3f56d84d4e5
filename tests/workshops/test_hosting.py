"""Hosting agreements: proposed, signed by both, ended by either; what the database holds, and who sees what."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from time_machine import travel

from accounts.models import Role, User
from associations import actions as associations
from associations.models import InsuranceCertificate
from mail import wanted
from mail.models import Message
from tests import factories
from tests.addresses import insure
from tests.factories import World
from tests.pictures import paper
from tests.races import at_once
from workshops import actions
from workshops.hosting_document import agreement_pdf
from workshops.models import Booking, HostingAgreement, Side, Workshop

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)
BOTH = (Side.COMPANY, Side.ASSOCIATION)


@pytest.fixture
def certificate(world: World, now: dt.datetime) -> InsuranceCertificate:
    """Of an association that has a confirmed workshop."""
    factories.make_booking(now, world.slot, world.association)
    return insure(world.association, now)


@pytest.fixture
def agreement(world: World, now: dt.datetime, certificate: InsuranceCertificate) -> HostingAgreement:
    return propose(world, now)


def propose(world: World, now: dt.datetime) -> HostingAgreement:
    return actions.propose_agreement(
        company=world.company, association=world.association, by=world.association_owner, now=now
    )


def sign(agreement: HostingAgreement, now: dt.datetime, *sides: Side, **fields: Any) -> None:
    for side in sides:
        by = (agreement.company if side == Side.COMPANY else agreement.association).owners()[0]
        given = {"name": f"Signe {side}", "capacity": "présidente", "read": agreement.fingerprint, "by": by, "now": now}
        actions.sign_agreement(agreement=agreement, side=side, **{**given, **fields})


def told() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("template", "to_name"))


def page_of(world: World, side: Side, name: str = "hosting", *more: object) -> str:
    slugs = [world.company.slug, world.association.slug]
    return reverse(f"workshops:{side}_{name}", args=[*(slugs if side == Side.COMPANY else slugs[::-1]), *more])


def owner(world: World, side: Side) -> User:
    return world.company_owner if side == Side.COMPANY else world.association_owner


# --- proposing ----------------------------------------------------------------------------------------


def test_agreement_holds_both_names_and_the_insurance_that_counts(
    world: World, now: dt.datetime, certificate: InsuranceCertificate
) -> None:
    agreement = propose(world, now)
    assert (agreement.company_name, agreement.association_name) == (world.company.name, world.association.name)
    assert (agreement.insurer, agreement.policy_number) == ("Mutuelle", "RC-1")
    assert (agreement.from_date, agreement.until_date) == (dt.date(2026, 12, 1), dt.date(2027, 6, 30))
    assert agreement.standing(now.date()) == HostingAgreement.Standing.DRAFT


def test_agreement_lasts_a_year_where_the_insurance_lasts_longer(
    world: World, now: dt.datetime, certificate: InsuranceCertificate
) -> None:
    factories.make_certificate(now, world.association, valid_until_date=dt.date(2028, 6, 30))
    assert propose(world, now).until_date == dt.date(2027, 11, 30)


def test_nothing_is_proposed_without_a_confirmed_workshop(world: World, now: dt.datetime) -> None:
    insure(world.association, now)
    factories.make_booking(now, world.slot, world.association, state="pending")
    with pytest.raises(actions.NeverMet, match="atelier est confirmé"):
        propose(world, now)


@pytest.mark.parametrize("state", ["cancelled_by_company", "cancelled_by_association"])
def test_workshop_that_was_called_off_is_none(
    world: World, now: dt.datetime, certificate: InsuranceCertificate, state: str
) -> None:
    Booking.objects.update(state=state, cancelled_at=now)
    with pytest.raises(actions.NeverMet):
        propose(world, now)


def test_nothing_is_proposed_without_an_insurance(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    with pytest.raises(actions.NotInsured, match="dépose une attestation"):
        propose(world, now)
    certificate = insure(world.association, now)
    with pytest.raises(actions.NotInsured):
        propose(world, dt.datetime(2027, 7, 1, 9, tzinfo=dt.UTC))
    associations.withdraw_certificate(certificate=certificate, by=world.association_owner, now=now)
    with pytest.raises(actions.NotInsured):
        propose(world, now)


def test_draft_is_one_and_is_brought_up_to_date(world: World, now: dt.datetime, agreement: HostingAgreement) -> None:
    factories.make_certificate(now, world.association, valid_until_date=dt.date(2027, 9, 30), policy_number="RC-2")
    again = propose(world, now + DAY)
    assert (again.pk, HostingAgreement.objects.count()) == (agreement.pk, 1)
    assert (again.policy_number, again.from_date) == ("RC-2", dt.date(2026, 12, 2))


def test_two_who_propose_at_once_get_one_draft(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    factories.make_booking(now, world.slot, world.association)
    insure(world.association, now)
    assert at_once(*[partial(propose, world, now)] * 4) == {"done": 4}
    assert HostingAgreement.objects.count() == 1


def test_next_one_is_prepared_before_the_first_ends(
    world: World, now: dt.datetime, agreement: HostingAgreement
) -> None:
    sign(agreement, now, *BOTH)
    later = dt.datetime(2027, 5, 10, 9, tzinfo=dt.UTC)
    with pytest.raises(actions.StillRunning, match="jusqu’au mercredi 30\u00a0juin 2027"):
        propose(world, now)
    with pytest.raises(actions.NotInsured):
        propose(world, later)
    factories.make_certificate(later, world.association, valid_until_date=dt.date(2028, 6, 30))
    following = propose(world, later)
    assert (following.from_date, following.until_date) == (dt.date(2027, 7, 1), dt.date(2028, 6, 30))
    sign(following, later, *BOTH)
    seen = [(agreement.standing(day), following.standing(day)) for day in (later.date(), following.from_date)]
    assert seen == [("in_force", "to_come"), ("over", "in_force")]


# --- signing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "second"), [BOTH, BOTH[::-1]])
def test_agreement_counts_once_both_have_signed_and_the_other_side_is_told(
    world: World, now: dt.datetime, agreement: HostingAgreement, first: Side, second: Side
) -> None:
    standing = HostingAgreement.Standing
    sign(agreement, now, first)
    assert agreement.standing(now.date()) == standing.HALF_SIGNED
    assert told() == [("agreement_signed", owner(world, second).name)]
    sign(agreement, now, second)
    assert agreement.standing(now.date()) == standing.IN_FORCE
    assert {message.to_name: message.context["waits"] for message in Message.objects.all()} == {
        owner(world, second).name: True,
        owner(world, first).name: False,
    }
    consent = agreement.consent(first)
    assert (consent.at, consent.name, consent.capacity) == (now, f"Signe {first}", "présidente")
    assert getattr(agreement, f"{first}_signed_by") == owner(world, first)


def test_side_signs_once(world: World, now: dt.datetime, agreement: HostingAgreement) -> None:
    sign(agreement, now, Side.COMPANY)
    with pytest.raises(actions.NotToSign, match="déjà signé"):
        sign(agreement, now, Side.COMPANY)


def test_one_of_several_at_once_signs_for_a_side(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    factories.make_booking(now, world.slot, world.association)
    insure(world.association, now)
    agreement = propose(world, now)
    assert at_once(*[partial(sign, agreement, now, Side.COMPANY)] * 4) == {"done": 1, "NotToSign": 3}


def test_what_was_read_is_what_is_signed(world: World, now: dt.datetime, agreement: HostingAgreement) -> None:
    read = agreement.fingerprint
    factories.make_certificate(now, world.association, valid_until_date=dt.date(2027, 9, 30))
    propose(world, now)
    with pytest.raises(actions.ChangedMeanwhile, match="relisez-la"):
        sign(agreement, now, Side.COMPANY, read=read)
    agreement.refresh_from_db()
    sign(agreement, now, Side.COMPANY)


def test_nobody_signs_without_a_valid_insurance(
    world: World, now: dt.datetime, certificate: InsuranceCertificate, agreement: HostingAgreement
) -> None:
    sign(agreement, now, Side.ASSOCIATION)
    with pytest.raises(actions.NotInsured, match="plus valable"):
        sign(agreement, dt.datetime(2027, 6, 30, 22, 30, tzinfo=dt.UTC), Side.COMPANY)
    associations.withdraw_certificate(certificate=certificate, by=world.association_owner, now=now)
    with pytest.raises(actions.NotInsured):
        sign(agreement, now, Side.COMPANY)


@pytest.mark.parametrize("signed", [(Side.COMPANY,), ()])
def test_nobody_signs_what_names_a_certificate_that_was_set_aside(
    world: World, now: dt.datetime, certificate: InsuranceCertificate, agreement: HostingAgreement, signed: tuple[Side]
) -> None:
    sign(agreement, now, *signed)
    factories.make_certificate(now, world.association, policy_number="RC-2")
    associations.withdraw_certificate(certificate=certificate, by=world.association_owner, now=now)
    with pytest.raises(actions.NotInsured, match="mise de côté"):
        sign(agreement, now, Side.ASSOCIATION)
    actions.end_agreement(agreement=agreement, side=Side.ASSOCIATION, by=world.association_owner, now=now)
    another = propose(world, now)
    sign(another, now, *BOTH)
    assert (another.policy_number, another.is_signed) == ("RC-2", True)


def test_older_certificate_that_still_counts_lets_the_other_side_sign(
    world: World, now: dt.datetime, agreement: HostingAgreement
) -> None:
    sign(agreement, now, Side.COMPANY)
    factories.make_certificate(now, world.association, valid_until_date=dt.date(2027, 11, 30))
    sign(agreement, now, Side.ASSOCIATION)
    assert agreement.is_signed


def test_insurance_is_valid_on_its_last_day(now: dt.datetime, agreement: HostingAgreement) -> None:
    sign(agreement, dt.datetime(2027, 6, 30, 21, 30, tzinfo=dt.UTC), *BOTH)


def test_agreement_that_is_over_is_not_signed(world: World, now: dt.datetime, agreement: HostingAgreement) -> None:
    HostingAgreement.objects.update(until_date=dt.date(2026, 12, 10))
    agreement.refresh_from_db()
    with pytest.raises(actions.NotToSign, match="échue"):
        sign(agreement, now + 10 * DAY, Side.COMPANY)


# --- ending -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", Side)
def test_either_side_ends_it_and_the_other_is_told(
    world: World, now: dt.datetime, agreement: HostingAgreement, side: Side
) -> None:
    sign(agreement, now, *BOTH)
    other = BOTH[1 - BOTH.index(side)]
    actions.end_agreement(agreement=agreement, side=side, by=owner(world, side), now=now)
    assert agreement.standing(now.date()) == HostingAgreement.Standing.ENDED
    assert (agreement.ended_by, agreement.ended_side) == (owner(world, side), side)
    assert ("agreement_ended", owner(world, other).name) in told()
    assert Booking.objects.get().is_confirmed
    with pytest.raises(actions.AlreadyOver):
        actions.end_agreement(agreement=agreement, side=other, by=owner(world, other), now=now)
    with pytest.raises(actions.NotToSign, match="terminée"):
        sign(agreement, now, side)
    assert propose(world, now).pk != agreement.pk


def test_draft_is_dropped_without_a_word(world: World, now: dt.datetime, agreement: HostingAgreement) -> None:
    actions.end_agreement(agreement=agreement, side=Side.COMPANY, by=world.company_owner, now=now)
    assert told() == []


def test_agreement_that_is_over_does_not_end(world: World, now: dt.datetime, agreement: HostingAgreement) -> None:
    after = dt.datetime(2027, 7, 1, 9, tzinfo=dt.UTC)
    with pytest.raises(actions.AlreadyOver):
        actions.end_agreement(agreement=agreement, side=Side.COMPANY, by=world.company_owner, now=after)


# --- what the database holds --------------------------------------------------------------------------


def run(sql: str, *values: str | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def change_to(change: str, *values: str) -> None:
    run(f"UPDATE workshops_hostingagreement SET {change}", *values)  # noqa: S608  # written here


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("until_date = from_date - 1", "hosting_for_a_year_at_most"),
        ("from_date = from_date - 400", "hosting_for_a_year_at_most"),
        ("until_date = insurance_until_date + 1", "hosting_within_the_insurance"),
        ("insurance_until_date = insurance_until_date + 1", "hosting_of_a_certificate"),
        ("insurer = 'Autre'", "hosting_of_a_certificate"),
        ("policy_number = 'Autre'", "hosting_of_a_certificate"),
        ("company_name = ''", "hosting_names_both_and_the_insurance"),
        ("association_name = ''", "hosting_names_both_and_the_insurance"),
        ("company_signed_at = '2026-12-01T09:00Z'", "hosting_company_signature_whole"),
        ("association_signed_at = '2026-12-01T09:00Z'", "hosting_association_signature_whole"),
        ("company_signed_name = 'Ana'", "hosting_company_signature_whole"),
        ("association_signed_by_id = (SELECT max(id) FROM accounts_user)", "hosting_association_signature_whole"),
        ("ended_side = 'company'", "hosting_ended_stamped"),
    ],
)
def test_database_keeps_agreements_in_order(agreement: HostingAgreement, change: str, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        change_to(change)


@pytest.mark.parametrize("side", ["company", "association"])
def test_database_lets_nobody_sign_once_the_insurance_is_over(
    now: dt.datetime, certificate: InsuranceCertificate, agreement: HostingAgreement, side: str
) -> None:
    """Until midnight in Paris."""
    signature = f"{side}_signed_at = %s, {side}_signed_name = 'Ana', {side}_signed_capacity = 'présidente'"
    with pytest.raises(IntegrityError, match="hosting_signed_while_insured"):
        change_to(signature, "2027-06-30T22:00:00Z")
    change_to(signature, "2027-06-30T21:59:59Z")


def test_database_lets_nobody_sign_what_is_over(agreement: HostingAgreement) -> None:
    signature = "company_signed_at = %s, company_signed_name = 'Ana', company_signed_capacity = 'présidente'"
    with pytest.raises(IntegrityError, match="hosting_signed_within_its_time"):
        change_to(f"until_date = '2026-12-10', {signature}", "2026-12-11T09:00:00Z")


COPY = (
    "INSERT INTO workshops_hostingagreement (company_id, association_id, code, company_name, association_name, "
    "insurer, policy_number, "
    "insurance_until_date, from_date, until_date, proposed_at, company_signed_name, company_signed_capacity, "
    "association_signed_name, association_signed_capacity, ended_at, ended_side) SELECT company_id, association_id, "
    "'AAAAAAAAAAAA', company_name, association_name, insurer, policy_number, insurance_until_date, %s, %s, "
    "proposed_at, '', '', '', '', %s, '' FROM workshops_hostingagreement"
)


@pytest.mark.parametrize(
    ("from_day", "until_day"),
    [("2026-12-01", "2027-06-30"), ("2026-11-01", "2026-12-01"), ("2027-06-30", "2027-06-30")],
)
def test_database_holds_one_agreement_of_a_pair_at_a_time(
    agreement: HostingAgreement, from_day: str, until_day: str
) -> None:
    with pytest.raises(IntegrityError, match="hosting_one_at_a_time"):
        run(COPY, from_day, until_day, None)
    run(COPY, from_day, until_day, "2026-12-01T10:00Z")


def test_database_lets_the_next_one_follow(agreement: HostingAgreement) -> None:
    run(COPY, "2026-11-01", "2026-11-30", None)


def test_code_is_of_one_agreement(agreement: HostingAgreement) -> None:
    change_to("code = 'AAAAAAAAAAAA'")
    with pytest.raises(IntegrityError, match="code"):
        run(COPY, "2026-11-01", "2026-11-30", None)


@pytest.mark.parametrize(
    "change",
    [
        "company_name = 'Autre'",
        "association_name = 'Autre'",
        "insurer = 'Autre'",
        "policy_number = 'Autre'",
        "insurance_until_date = insurance_until_date + 1",
        "from_date = from_date - 1",
        "until_date = until_date - 1",
        "code = 'AAAAAAAAAAAA'",
        "proposed_at = now()",
        "proposed_by_id = (SELECT max(id) FROM accounts_user)",
        "company_signed_at = NULL, company_signed_by_id = NULL, company_signed_name = '', company_signed_capacity = ''",
        "company_signed_name = 'Autre'",
        "company_signed_capacity = 'Autre'",
        "company_signed_at = now()",
        "company_signed_by_id = (SELECT max(id) FROM accounts_user)",
    ],
)
def test_facts_are_frozen_once_one_side_has_signed(
    world: World, now: dt.datetime, agreement: HostingAgreement, change: str
) -> None:
    """Also when there is a certificate of what it would say."""
    said: dict[str, Any] = {"insurer": "Mutuelle", "policy_number": "RC-1", "valid_until_date": dt.date(2027, 6, 30)}
    for other in ({"insurer": "Autre"}, {"policy_number": "Autre"}, {"valid_until_date": dt.date(2027, 7, 1)}):
        factories.make_certificate(now, world.association, **said | other)
    sign(agreement, now, Side.COMPANY)
    with pytest.raises(ProgrammingError, match="Cannot update"):
        change_to(change)


def test_agreement_that_is_signed_stays(now: dt.datetime, agreement: HostingAgreement) -> None:
    sign(agreement, now, Side.ASSOCIATION)
    with pytest.raises(ProgrammingError, match="Cannot delete"):
        run("DELETE FROM workshops_hostingagreement")


@pytest.mark.parametrize(
    "change",
    [
        "ended_at = NULL, ended_by_id = NULL, ended_side = ''",
        "ended_side = 'association'",
        "ended_by_id = (SELECT max(id) FROM accounts_user)",
        "association_signed_at = '2026-12-01T09:00Z', association_signed_name = 'A', association_signed_capacity = 'B'",
    ],
)
def test_end_is_an_end(world: World, now: dt.datetime, agreement: HostingAgreement, change: str) -> None:
    actions.end_agreement(agreement=agreement, side=Side.COMPANY, by=world.company_owner, now=now)
    with pytest.raises(ProgrammingError, match="Cannot update"):
        change_to(change)


def test_account_that_is_erased_leaves_the_agreement(
    world: World, now: dt.datetime, agreement: HostingAgreement
) -> None:
    manager = factories.make_user("Nadia")
    factories.add_member(world.company, manager, Role.MANAGER, now)
    sign(agreement, now, Side.COMPANY, by=manager, name="Nadia")
    manager.delete()
    agreement.refresh_from_db()
    assert (agreement.company_signed_by, agreement.company_signed_name) == (None, "Nadia")


# --- on paper -----------------------------------------------------------------------------------------


def text_of(pdf: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())


def test_paper_says_who_lends_what_and_who_answers_for_what(now: dt.datetime, agreement: HostingAgreement) -> None:
    sign(agreement, now, *BOTH)
    text = text_of(agreement_pdf(agreement))
    for said in (
        agreement.company_name,
        agreement.association_name,
        agreement.code,
        "gratuitement",
        "les sessions effacées",
        "chez Mutuelle, contrat RC-1, jusqu’au mercredi 30 juin 2027",
        "du mardi 1er décembre 2026 au mercredi 30 juin 2027",
        "aucune liste de participants",
        "Chaque partie peut y mettre fin",
        "Signe company, présidente, le mardi 1er décembre 2026",
        "Signe association, présidente, le mardi 1er décembre 2026",
    ):
        assert said in text.replace("\u00a0", " "), said
    assert "PROJET" not in text.upper()


@pytest.mark.parametrize("sides", [(), (Side.COMPANY,), (Side.ASSOCIATION,)])
def test_paper_is_marked_as_a_draft_before_both_have_signed(
    now: dt.datetime, agreement: HostingAgreement, sides: tuple[Side, ...]
) -> None:
    sign(agreement, now, *sides)
    text = text_of(agreement_pdf(agreement))
    assert "PROJET" in text
    assert "ne vaut pas tant que les deux parties" in text
    assert text.count("pas encore signée") == 2 - len(sides)


def test_paper_says_that_it_has_ended(world: World, now: dt.datetime, agreement: HostingAgreement) -> None:
    sign(agreement, now, *BOTH)
    actions.end_agreement(agreement=agreement, side=Side.COMPANY, by=world.company_owner, now=now + DAY)
    assert "a pris fin le mercredi 2 décembre 2026" in text_of(agreement_pdf(agreement)).replace("\u00a0", " ")


@pytest.mark.parametrize("name", ["محمد العربي", "李雷 \U0001f600", "#let x = 1 \\ $ * _ `<b> {site}", "n" * 120])
def test_paper_is_made_of_any_name_and_is_the_same_each_time(agreement: HostingAgreement, name: str) -> None:
    agreement.company_name = agreement.insurer = name
    pdf = agreement_pdf(agreement)
    assert pdf == agreement_pdf(agreement)
    metadata = PdfReader(io.BytesIO(pdf)).metadata
    assert metadata is not None
    assert str(metadata.title).startswith(f"Convention d’accueil\u00a0: {name}")


def test_paper_can_be_read_aloud(agreement: HostingAgreement) -> None:
    """Tagged, in French, and said to be ISO 14289-1."""
    catalogue: Any = PdfReader(io.BytesIO(agreement_pdf(agreement))).trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "fr"
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_object().get_data()


# --- pages --------------------------------------------------------------------------------------------


def test_the_two_agree_on_the_page(
    world: World, now: dt.datetime, certificate: InsuranceCertificate, visitor: Visitor
) -> None:
    client = visitor(world.association_owner)
    booking = reverse("workshops:association_booking", args=[world.association.slug, Booking.objects.get().pk])
    page = page_of(world, Side.ASSOCIATION)
    assert page in client.get(booking).text
    assert "Vous n’avez pas encore de convention" in client.get(page).text
    done = client.post(page_of(world, Side.ASSOCIATION, "hosting_propose"), follow=True)
    agreement = HostingAgreement.objects.get()
    assert "projet à signer" in done.text
    assert "attend votre signature" in done.text
    assert 'value="Karim"' in done.text
    typed = {"name": "Karim Benali", "capacity": "président", "agreed": "on", "read": agreement.fingerprint}
    signed = client.post(page_of(world, Side.ASSOCIATION, "hosting_sign", agreement.pk), typed, follow=True)
    assert "Karim Benali, président, le mardi 1er\u00a0décembre 2026" in signed.text
    assert "attend une signature" in signed.text
    client = visitor(world.company_owner)
    page = page_of(world, Side.COMPANY)
    assert page in client.get(reverse("workshops:company_hostings", args=[world.company.slug])).text
    typed |= {"name": "Hélène Carpentier", "capacity": "directrice"}
    client.post(page_of(world, Side.COMPANY, "hosting_sign", agreement.pk), typed)
    shown = client.get(page).text
    assert "en vigueur" in shown
    assert "Signer la convention" not in shown
    pdf = client.get(page_of(world, Side.COMPANY, "hosting_pdf", agreement.pk))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    ended = client.post(page_of(world, Side.COMPANY, "hosting_end", agreement.pk), follow=True)
    assert "Terminée" in ended.text
    assert "par vous" in ended.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"agreed": ""}, "Cochez la case"),
        ({"name": ""}, "obligatoire"),
        ({"capacity": ""}, "obligatoire"),
        ({"name": "www.exemple.fr"}, "sans adresse de site"),
    ],
)
def test_signature_that_is_not_whole_comes_back(
    world: World, agreement: HostingAgreement, visitor: Visitor, typed: dict[str, str], said: str
) -> None:
    whole = {"name": "Ana", "capacity": "présidente", "agreed": "on", "read": agreement.fingerprint}
    page = page_of(world, Side.COMPANY, "hosting_sign", agreement.pk)
    answer = visitor(world.company_owner).post(page, whole | typed)
    assert (answer.status_code, said in answer.text) == (422, True)
    agreement.refresh_from_db()
    assert not agreement.is_begun


def test_refusal_is_said_on_the_page(world: World, agreement: HostingAgreement, visitor: Visitor) -> None:
    typed = {"name": "Ana", "capacity": "présidente", "agreed": "on", "read": "x"}
    page = page_of(world, Side.COMPANY, "hosting_sign", agreement.pk)
    assert "relisez-la" in visitor(world.company_owner).post(page, typed, follow=True).text
    HostingAgreement.objects.update(ended_at=agreement.proposed_at)
    end = page_of(world, Side.COMPANY, "hosting_end", agreement.pk)
    assert "plus en cours" in visitor(world.company_owner).post(end, follow=True).text


def test_what_is_missing_is_said(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_booking(now, world.slot, world.association)
    assert "donnez une attestation" in visitor(world.association_owner).get(page_of(world, Side.ASSOCIATION)).text
    told_company = visitor(world.company_owner).get(page_of(world, Side.COMPANY)).text
    assert "n’a pas déposé d’attestation" in told_company
    assert "Préparer la convention" not in told_company
    refused = visitor(world.company_owner).post(page_of(world, Side.COMPANY, "hosting_propose"), follow=True)
    assert "dépose une attestation" in refused.text


def test_draft_that_is_out_of_date_is_said_to_be(
    world: World, now: dt.datetime, agreement: HostingAgreement, visitor: Visitor
) -> None:
    page, client = page_of(world, Side.COMPANY), visitor(world.company_owner)
    assert "Mettre le projet à jour" not in client.get(page).text
    world.company.name = "Menuiserie du Parc"
    world.company.save()
    assert "Mettre le projet à jour" in client.get(page).text
    client.post(page_of(world, Side.COMPANY, "hosting_propose"))
    assert "Mettre le projet à jour" not in client.get(page).text


def test_renewal_is_offered_when_the_end_is_near(
    world: World, now: dt.datetime, agreement: HostingAgreement, visitor: Visitor
) -> None:
    sign(agreement, now, *BOTH)
    client, page = visitor(world.company_owner), page_of(world, Side.COMPANY)
    assert "Préparer la convention" not in client.get(page).text
    with travel(dt.datetime(2027, 5, 10, 9, tzinfo=dt.UTC)):
        assert "Préparer la convention" in client.get(page).text


def test_rivals_see_nothing(world: World, now: dt.datetime, agreement: HostingAgreement, visitor: Visitor) -> None:
    """Neither under their own name, nor under that of the two."""
    sign(agreement, now, *BOTH)
    rival = factories.make_user()
    company = factories.make_company(now, owner=rival)
    association = factories.make_association(now, owner=rival)
    client = visitor(rival)
    pairs = [
        (Side.COMPANY, world.company.slug, world.association.slug),
        (Side.COMPANY, company.slug, world.association.slug),
        (Side.COMPANY, company.slug, association.slug),
        (Side.ASSOCIATION, world.association.slug, world.company.slug),
        (Side.ASSOCIATION, association.slug, world.company.slug),
    ]
    for side, *slugs in pairs:
        for name in ("hosting", "hosting_pdf", *(["hosting_certificate"] if side == Side.COMPANY else [])):
            more = [agreement.pk] if name == "hosting_pdf" else []
            assert client.get(reverse(f"workshops:{side}_{name}", args=[*slugs, *more])).status_code == 404
        for name in ("hosting_propose", "hosting_sign", "hosting_end"):
            more = [] if name == "hosting_propose" else [agreement.pk]
            assert client.post(reverse(f"workshops:{side}_{name}", args=[*slugs, *more])).status_code == 404
    assert world.association.name not in client.get(reverse("workshops:company_hostings", args=[company.slug])).text


def test_agreement_of_others_is_not_read_through_an_own_pair(
    world: World, now: dt.datetime, agreement: HostingAgreement, visitor: Visitor
) -> None:
    other = factories.make_company(now)
    room = factories.make_room(now, factories.make_site(now, other))
    factories.make_booking(now, factories.make_slot(room, world.slot.starts_at + 2 * DAY), world.association)
    args = [other.slug, world.association.slug]
    client = visitor(other.owners()[0])
    assert client.get(reverse("workshops:company_hosting", args=args)).status_code == 200
    assert client.get(reverse("workshops:company_hosting_pdf", args=[*args, agreement.pk])).status_code == 404
    assert client.post(reverse("workshops:company_hosting_end", args=[*args, agreement.pk])).status_code == 404


# --- who reads the certificate ------------------------------------------------------------------------


def test_company_that_hosts_reads_the_certificate_that_counts(
    world: World, now: dt.datetime, certificate: InsuranceCertificate, visitor: Visitor
) -> None:
    client, file = visitor(world.company_owner), page_of(world, Side.COMPANY, "hosting_certificate")
    assert file in client.get(page_of(world, Side.COMPANY)).text
    answer = client.get(file)
    assert (answer.content, answer["Content-Security-Policy"]) == (paper(), "default-src 'none'; sandbox")
    assert answer["Content-Disposition"].startswith("attachment")
    own_page = reverse("associations:insurance_file", args=[world.association.slug, certificate.pk])
    assert client.get(own_page).status_code == 404
    associations.withdraw_certificate(certificate=certificate, by=world.association_owner, now=now)
    assert client.get(file).status_code == 404


@pytest.mark.parametrize("state", ["pending", "held", "declined", "cancelled_by_association", "expired"])
def test_company_without_a_confirmed_workshop_does_not(
    world: World, now: dt.datetime, visitor: Visitor, state: str
) -> None:
    stamps = {"cancelled_at": now} if state.startswith("cancelled") else {}
    factories.make_booking(now, world.slot, world.association, state=state, **stamps)
    insure(world.association, now)
    client = visitor(world.company_owner)
    for name in ("hosting", "hosting_certificate"):
        assert client.get(page_of(world, Side.COMPANY, name)).status_code == 404


def test_live_agreement_lets_the_company_read_and_one_that_has_ended_does_not(
    world: World, now: dt.datetime, agreement: HostingAgreement, visitor: Visitor
) -> None:
    Booking.objects.update(state="cancelled_by_association", cancelled_at=now)
    client, file = visitor(world.company_owner), page_of(world, Side.COMPANY, "hosting_certificate")
    assert client.get(file).status_code == 200
    actions.end_agreement(agreement=agreement, side=Side.ASSOCIATION, by=world.association_owner, now=now)
    assert client.get(file).status_code == 404
    assert client.get(page_of(world, Side.COMPANY)).status_code == 200


def test_volunteer_of_the_company_does_not(world: World, agreement: HostingAgreement, visitor: Visitor) -> None:
    client = visitor(world.volunteer)
    for name in ("hosting", "hosting_certificate"):
        assert client.get(page_of(world, Side.COMPANY, name)).status_code == 404


# --- verification -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sides", "on", "said"),
    [
        ((), dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), "n’est pas signée par les deux"),
        ((Side.COMPANY,), dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), "n’est pas signée par les deux"),
        (BOTH, dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC), "est en vigueur"),
        (BOTH, dt.datetime(2027, 6, 30, 21, 59, tzinfo=dt.UTC), "est en vigueur"),
        (BOTH, dt.datetime(2027, 6, 30, 22, 1, tzinfo=dt.UTC), "est échue"),
    ],
)
def test_everybody_verifies_an_agreement_and_reads_no_person(
    now: dt.datetime, agreement: HostingAgreement, sides: tuple[Side, ...], on: dt.datetime, said: str
) -> None:
    sign(agreement, now, *sides)
    with travel(on):
        page = Client().get(reverse("workshops:hosting_verify", args=[agreement.code.lower()])).text
    assert f"Cette convention {said}" in page
    assert agreement.company_name in page
    assert agreement.association_name in page
    assert "mardi 1er\u00a0décembre 2026" in page
    assert "mercredi 30\u00a0juin 2027" in page
    for private in ("Signe company", "Signe association", "présidente", "Karim", "Hélène", "Mutuelle", "RC-1"):
        assert private not in page


def test_verification_follows_the_end(world: World, now: dt.datetime, agreement: HostingAgreement) -> None:
    sign(agreement, now, *BOTH)
    actions.end_agreement(agreement=agreement, side=Side.COMPANY, by=world.company_owner, now=now)
    assert "est terminée" in Client().get(reverse("workshops:hosting_verify", args=[agreement.code])).text


@pytest.mark.parametrize("code", ["AAAAAAAAAAAA", "x", "\u202e", "%00", "A" * 300])
@pytest.mark.django_db
def test_code_of_nothing_is_said(client: Client, code: str) -> None:
    assert client.get(f"/conventions/{code}/").status_code == 404


# --- mails --------------------------------------------------------------------------------------------


def test_mail_that_facts_have_overtaken_is_not_told(
    world: World, now: dt.datetime, agreement: HostingAgreement
) -> None:
    sign(agreement, now, Side.COMPANY)
    message = Message.objects.get(template="agreement_signed")
    assert wanted.why_not(message) == ""
    sign(agreement, now, Side.ASSOCIATION)
    assert wanted.why_not(message) == "Les deux côtés ont signé."
    last = Message.objects.get(template="agreement_signed", to_name="Hélène")
    assert wanted.why_not(last) == ""
    actions.end_agreement(agreement=agreement, side=Side.COMPANY, by=world.company_owner, now=now)
    assert wanted.why_not(last) == "La convention est terminée."


def coming(world: World, now: dt.datetime, starts_at: dt.datetime) -> Workshop:
    return factories.make_booking(now, factories.make_slot(world.room, starts_at), world.association).workshop


def test_insurance_that_ends_before_a_workshop_is_told_once(world: World, now: dt.datetime) -> None:
    until = dt.date(2027, 1, 10)
    factories.make_certificate(now, world.association, valid_until_date=until)
    coming(world, now, dt.datetime(2027, 1, 12, 17, 30, tzinfo=dt.UTC))
    early = dt.datetime(2026, 12, 10, 9, tzinfo=dt.UTC)
    assert actions.tell_ending_insurance(now=early) == 0
    on_time = early + DAY
    instants = (on_time, on_time, on_time + DAY, on_time + 10 * DAY)
    assert [actions.tell_ending_insurance(now=instant) for instant in instants] == [1, 0, 0, 0]
    message = Message.objects.get()
    assert (message.template, message.to_name) == ("insurance_ending", "Karim")
    assert message.context["until_day"] == "dimanche 10\u00a0janvier 2027"
    assert wanted.overtaken(message, at=on_time) == ""
    factories.make_certificate(on_time, world.association, valid_until_date=until + DAY)
    assert wanted.overtaken(message, at=on_time) == "Une autre attestation compte."
    assert actions.tell_ending_insurance(now=on_time + DAY) == 1


def test_scan_that_comes_late_still_tells(world: World, now: dt.datetime) -> None:
    factories.make_certificate(now, world.association, valid_until_date=dt.date(2027, 1, 10))
    coming(world, now, dt.datetime(2027, 1, 20, 17, 30, tzinfo=dt.UTC))
    assert actions.tell_ending_insurance(now=dt.datetime(2027, 1, 15, 9, tzinfo=dt.UTC)) == 1


@pytest.mark.parametrize(
    ("starts_at", "state", "count"),
    [
        (dt.datetime(2026, 12, 20, 17, 30, tzinfo=dt.UTC), "planned", 0),
        # Still the tenth in UTC, and the eleventh in Lille.
        (dt.datetime(2026, 12, 20, 23, 30, tzinfo=dt.UTC), "planned", 1),
        (dt.datetime(2026, 12, 21, 17, 30, tzinfo=dt.UTC), "planned", 1),
        (dt.datetime(2026, 12, 21, 17, 30, tzinfo=dt.UTC), "cancelled", 0),
    ],
)
def test_only_workshops_after_the_last_day_matter(
    world: World, now: dt.datetime, starts_at: dt.datetime, state: str, count: int
) -> None:
    factories.make_certificate(now, world.association, valid_until_date=dt.date(2026, 12, 20))
    workshop = coming(world, now, starts_at)
    Workshop.objects.filter(pk=workshop.pk).update(state=state, cancelled_at=now if state == "cancelled" else None)
    assert actions.tell_ending_insurance(now=now) == count


def test_scans_at_once_tell_once(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    factories.make_certificate(now, world.association, valid_until_date=dt.date(2026, 12, 20))
    coming(world, now, dt.datetime(2026, 12, 21, 17, 30, tzinfo=dt.UTC))
    at_once(*[partial(actions.tell_ending_insurance, now=now)] * 3)
    assert told() == [("insurance_ending", "Karim")]
