"""What moderators and those they decide about do on the pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import files
from accounts.actions.holding import Gone
from accounts.models import AbuseReport, Appeal, Decision, Role, User
from associations.models import Association
from charter import actions as charter
from charter.models import Signature
from companies import actions as companies
from companies.models import Company
from mail.models import Message
from solidarite.moderation import merging
from territories.models import Departement
from tests import factories
from tests.charter.test_actions import next_version
from tests.factories import World
from tests.races import second_waits
from workshops.models import Booking

Visitor = Callable[[User], Client]


def address(action: str, kind: str, pk: int) -> str:
    return reverse(f"moderation_{action}", args=[kind, pk])


@pytest.fixture
def signature(world: World, now: dt.datetime) -> Signature:
    company = factories.make_company(now, signatory=False, name="Menuiserie du Parc", siren="356000000")
    return factories.make_signature(now, company, world.charter)


def test_file_is_taken_then_decided_in_two_clicks(world: World, signature: Signature, visitor: Visitor) -> None:
    client = visitor(world.moderator)
    assert "Menuiserie du Parc" in client.get(reverse("moderation")).content.decode()
    taken = client.post(address("claim", "signature", signature.pk), follow=True)
    assert "et prendre le suivant" in taken.content.decode()
    done = client.post(address("decide", "signature", signature.pk), {"outcome": "approve"}, follow=True)
    assert "Décision enregistrée" in done.content.decode()
    assert Company.objects.get(pk=signature.company_id).charter_approved_at is not None


def test_opening_a_file_changes_nothing(world: World, signature: Signature, visitor: Visitor) -> None:
    page = visitor(world.moderator).get(address("file", "signature", signature.pk)).content.decode()
    assert "Prendre ce dossier" in page
    signature.refresh_from_db()
    assert signature.state == "submitted"


def test_moderator_of_some_departements_reaches_no_other_file(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    twin = factories.make_company(now, name="Menuiserie du Parc", signatory=False, commune_id=factories.NOUMEA)
    local = factories.make_user(is_moderator=True)
    local.moderated_departements.add(Departement.objects.get(pk="75"))
    client = visitor(local)
    assert client.get(address("file", "signature", signature.pk)).status_code == 404
    for action in ("claim", "release", "decide", "merge", "registry"):
        typed = {"outcome": "approve", "absorb": twin.pk}
        assert client.post(address(action, "signature", signature.pk), typed).status_code == 404
    assert "Menuiserie du Parc" not in client.get(reverse("moderation_search"), {"q": "menuiserie"}).text
    signature.refresh_from_db()
    assert signature.state == "submitted"
    local.moderated_departements.set(Departement.objects.filter(pk="59"))
    client.post(address("claim", "signature", signature.pk))
    assert client.post(address("merge", "signature", signature.pk), {"absorb": twin.pk}).status_code == 404
    assert client.post(address("decide", "signature", signature.pk), {"outcome": "approve"}).status_code == 302


def test_operator_limits_a_moderator_in_the_administration(world: World, visitor: Visitor) -> None:
    page = reverse("admin:accounts_user_change", args=[world.moderator.pk])
    assert "moderated_departements" in visitor(User.objects.create_superuser("racine@example.org")).get(page).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"outcome": "refuse"}, "Indiquez un motif"),
        ({"outcome": "refuse", "reason": "Non."}, "Choisissez le motif du refus"),
        ({"outcome": "changes"}, "Indiquez un motif"),
        ({"outcome": "suspend", "reason": "Non."}, "Sélectionnez un choix valide"),
        ({}, "obligatoire"),
    ],
)
def test_decision_without_reason_comes_back(
    world: World, signature: Signature, visitor: Visitor, typed: dict[str, str], words: str
) -> None:
    client = visitor(world.moderator)
    client.post(address("claim", "signature", signature.pk))
    answer = client.post(address("decide", "signature", signature.pk), typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Decision.objects.exists()


def test_remarks_reach_the_owner_beside_the_fields(world: World, signature: Signature, visitor: Visitor) -> None:
    client = visitor(world.moderator)
    client.post(address("claim", "signature", signature.pk))
    remarks = {"remark_signatory_capacity": "Laquelle des deux ?", "remark_name": "Le nom du registre."}
    decision = {"outcome": "changes", "reason": "Deux précisions.", **remarks}
    client.post(address("decide", "signature", signature.pk), decision)
    owner = visitor(signature.company.owners()[0])
    sign = owner.get(reverse("charter:sign", args=[signature.company.slug])).content.decode()
    assert "Laquelle des deux ?" in sign
    assert "Le nom du registre." not in sign
    identity = owner.get(reverse("charter:company_edit", args=[signature.company.slug])).content.decode()
    assert "Le nom du registre." in identity


def test_next_file_comes_by_itself(world: World, signature: Signature, now: dt.datetime, visitor: Visitor) -> None:
    newcomer = factories.make_association(now + dt.timedelta(hours=1), admitted=False)
    client = visitor(world.moderator)
    client.post(reverse("moderation_next"))
    decided = client.post(address("decide", "signature", signature.pk), {"outcome": "approve", "next": "1"})
    assert decided["Location"] == address("file", "association", newcomer.pk)
    last = client.post(address("decide", "association", newcomer.pk), {"outcome": "approve", "next": "1"}, follow=True)
    assert "Rien n’attend plus" in last.content.decode()


def test_batch_approves_each_and_says_which_it_could_not(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    newcomer = factories.make_association(now, admitted=False)
    other = factories.make_user("Paul", is_moderator=True)
    held = factories.make_association(now, admitted=False, name="Tenue", claimed_at=now, claimed_by=other)
    chosen = [f"signature-{signature.pk}", f"association-{newcomer.pk}", f"association-{held.pk}"]
    page = visitor(world.moderator).post(reverse("moderation_batch"), {"chosen": chosen}, follow=True).content.decode()
    assert "Dossiers approuvés\u00a0: 2" in page
    assert "Paul examine ce dossier" in page
    assert Association.objects.get(pk=held.pk).state == "new"
    assert Message.objects.filter(template__in=("signature_approved", "association_admitted")).count() == 2


def test_suspension_is_seen_on_the_renewal_and_never_ended_in_a_batch(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    company = factories.make_company(now, signatory=False, name="Menuiserie du Parc")
    stamps = {"decided_at": now, "reason": "Danger pour les gens."}
    factories.make_signature(now, company, world.charter, state="suspended", **stamps)
    second = factories.make_charter_version(now, 2, effective_from_date=dt.date(2026, 12, 20), published_at=now)
    renewal = factories.make_signature(now, company, second)
    client = visitor(world.moderator)
    page = client.post(address("claim", "signature", renewal.pk), follow=True).text
    assert "Danger pour les gens." in page
    client.post(address("release", "signature", renewal.pk))
    answer = client.post(reverse("moderation_batch"), {"chosen": f"signature-{renewal.pk}"}, follow=True)
    assert "ouvrez ce dossier" in answer.text
    renewal.refresh_from_db()
    assert renewal.state == "submitted"


def test_next_file_passes_over_appeals_against_oneself(world: World, now: dt.datetime, visitor: Visitor) -> None:
    stamps = {"state": "refused", "decided_at": now, "reason": "Non.", "reason_code": "other"}
    signature = factories.make_signature(now, factories.make_company(now, signatory=False), world.charter, **stamps)
    decision = files.record_decision(
        Decision.Subject.SIGNATURE, signature.pk, Decision.Outcome.REFUSED, by=world.moderator, now=now
    )
    files.appeal(decision=decision, message="Encore.", by=world.company_owner, now=now)
    client = visitor(world.moderator)
    assert "Rien n’attend plus" in client.post(reverse("moderation_next"), follow=True).text
    taken = client.post(address("claim", "appeal", Appeal.objects.get().pk), follow=True)
    assert "une autre personne de la modération" in taken.text
    assert Appeal.objects.get().claimed_by is None


def test_changes_are_told_in_words(world: World, signature: Signature, visitor: Visitor) -> None:
    client = visitor(world.moderator)
    client.post(address("claim", "signature", signature.pk))
    page = client.get(address("file", "signature", signature.pk)).text
    assert f"<strong>prise du dossier, par</strong>\u00a0: vide → {world.moderator}" in page
    assert "<strong>prise du dossier</strong>\u00a0: vide → mardi 1er\u00a0décembre 2026, 10\u00a0h" in page
    assert "<strong>état</strong>\u00a0: en attente d’examen → en cours d’examen" in page


@pytest.mark.parametrize("chosen", [[], ["signature-999"], ["report-1"], ["x"]])
def test_batch_of_nothing_is_refused(world: World, visitor: Visitor, chosen: list[str]) -> None:
    page = visitor(world.moderator).post(reverse("moderation_batch"), {"chosen": chosen}, follow=True)
    assert "Cochez au moins un dossier" in page.content.decode()


def test_suspension_and_its_end_from_the_file(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.moderator)
    client.post(address("claim", "signature", signature.pk))
    client.post(address("decide", "signature", signature.pk), {"outcome": "approve"})
    found = client.get(reverse("moderation_search"), {"q": "menuiserie"}).content.decode()
    assert address("file", "signature", signature.pk) in found
    decide = address("decide", "signature", signature.pk)
    assert client.post(decide, {"outcome": "suspend"}).status_code == 422
    client.post(decide, {"outcome": "suspend", "reason": "Travaux."})
    signature.refresh_from_db()
    assert signature.state == "suspended"
    client.post(decide, {"outcome": "reinstate", "reason": "Finis."})
    signature.refresh_from_db()
    assert signature.state == "approved"
    assert [one.outcome for one in Decision.objects.all()] == ["approved", "suspended", "reinstated"]


def test_refused_company_appeals_and_another_moderator_reopens(
    world: World, signature: Signature, visitor: Visitor
) -> None:
    client = visitor(world.moderator)
    client.post(address("claim", "signature", signature.pk))
    refusal = {"outcome": "refuse", "reason_code": "closed", "reason": "Radiée du registre."}
    client.post(address("decide", "signature", signature.pk), refusal)
    owner = visitor(signature.company.owners()[0])
    page = owner.get(reverse("company", args=[signature.company.slug])).content.decode()
    appeal = re.search(r'href="(/recours/[^"]+)"', page)
    assert appeal is not None
    assert "Radiée du registre." in owner.get(appeal[1]).content.decode()
    assert owner.post(appeal[1], {"message": ""}).status_code == 422
    owner.post(appeal[1], {"message": "C’est un homonyme."})
    made = Appeal.objects.get()
    first = visitor(world.moderator)
    first.post(address("claim", "appeal", made.pk))
    said = first.post(address("decide", "appeal", made.pk), {"outcome": "approve"}, follow=True).content.decode()
    assert "une autre personne de la modération" in said
    first.post(address("release", "appeal", made.pk))
    second = visitor(factories.make_user(is_moderator=True))
    second.post(address("claim", "appeal", made.pk))
    second.post(address("decide", "appeal", made.pk), {"outcome": "approve", "reason": "En effet."})
    signature.refresh_from_db()
    assert signature.state == "submitted"
    assert Message.objects.filter(template="appeal_answered").count() == 1


def test_stranger_reports_a_page_and_learns_what_is_missing(client: Client, db: None) -> None:
    page = reverse("report_abuse")
    typed = {"path": "https://ailleurs.example/", "reason": "false", "message": "Faux."}
    answer = client.post(page, typed)
    assert answer.status_code == 422
    assert "une page de ce portail" in answer.content.decode()
    client.post(page, typed | {"path": "/creneaux/1/"})
    assert AbuseReport.objects.get().path == "/creneaux/1/"


def test_duplicate_is_shown_and_taken_in_with_all_that_hangs_on_it(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    twin_owner = factories.make_user()
    twin = factories.make_company(
        now, signatory=False, name="Menuiserie du parc SARL", owner=twin_owner, website="https://menuiserie.example"
    )
    factories.add_member(twin, signature.company.owners()[0], Role.VOLUNTEER, now)
    site = factories.make_site(now, twin)
    client = visitor(world.moderator)
    page = client.get(address("file", "signature", signature.pk)).content.decode()
    assert "Menuiserie du parc SARL" in page
    assert "nom proche" in page
    client.post(address("merge", "signature", signature.pk), {"absorb": twin.pk})
    site.refresh_from_db()
    kept = Company.objects.get(pk=signature.company_id)
    assert (site.company, kept.website) == (kept, "https://menuiserie.example")
    assert not Company.objects.filter(pk=twin.pk).exists()
    assert sorted(kept.members().values_list("role", flat=True)) == ["owner", "owner"]
    assert "Réunion de" in Decision.objects.get().reason


def test_duplicate_of_a_signatory_whose_signature_waits_is_taken_in(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    Signature.objects.filter(pk=signature.pk).update(state="approved", decided_at=now)
    twin = factories.make_company(now, signatory=False, name="Menuiserie du Parc", address="3 rue du Port")
    waiting = factories.make_signature(now, twin, world.charter)
    invited = factories.make_invitation(now, twin)
    owner = twin.owners()[0]
    visitor(world.moderator).post(address("merge", "signature", signature.pk), {"absorb": twin.pk})
    waiting.refresh_from_db()
    invited.refresh_from_db()
    kept = Company.objects.get(pk=signature.company_id)
    assert (waiting.state, waiting.company, invited.company, kept.address) == ("withdrawn", kept, kept, "3 rue du Port")
    decision = Decision.objects.get()
    assert (decision.subject_id, decision.outcome) == (signature.pk, "merged")
    told = Message.objects.filter(template="organisations_merged")
    assert owner.email in told.values_list("to_email", flat=True)


def test_what_another_moderator_works_on_is_not_taken_in(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    twin = factories.make_company(now, signatory=False, name="Menuiserie du Parc")
    held = factories.make_signature(now, twin, world.charter)
    other = factories.make_user("Odile", is_moderator=True)
    charter.claim_signature(signature=held, by=other, now=now)
    page = visitor(world.moderator).post(address("merge", "signature", signature.pk), {"absorb": twin.pk}, follow=True)
    assert "Odile examine un de ces dossiers" in page.text
    assert Company.objects.filter(pk=twin.pk).exists()


def test_admission_counts_for_both_and_the_history_goes_on(world: World, now: dt.datetime, visitor: Visitor) -> None:
    kept, twin = factories.make_association(now, admitted=False), factories.make_association(now)
    refused = Decision.Outcome.REFUSED
    files.record_decision(
        Decision.Subject.ASSOCIATION, twin.pk, refused, by=world.moderator, now=now, reason="Une ancienne affaire."
    )
    client = visitor(world.moderator)
    client.post(address("merge", "association", kept.pk), {"absorb": twin.pk})
    kept.refresh_from_db()
    assert kept.state == "admitted"
    assert "Une ancienne affaire." in client.get(address("file", "association", kept.pk)).text


@pytest.mark.parametrize(
    ("states", "left", "signatory"),
    [
        (("approved", "approved"), ["approved", "lapsed"], True),
        (("approved", "suspended"), ["lapsed", "suspended"], False),
        (("suspended", "approved"), ["suspended", "lapsed"], False),
    ],
)
def test_of_two_standing_signatures_one_goes_on(
    world: World,
    signature: Signature,
    now: dt.datetime,
    visitor: Visitor,
    states: tuple[str, str],
    left: list[str],
    signatory: object,
) -> None:
    company, twin = signature.company, factories.make_company(now, name="Menuiserie du Parc")
    stamps = {"decided_at": now, "reason": "Le temps de voir."}
    Signature.objects.filter(pk=signature.pk).update(state=states[0], **stamps)
    other = factories.make_signature(now, twin, world.charter, state=states[1], **stamps)
    for one, state in zip((company, twin), states, strict=True):
        companies.set_charter_standing(company=one, since=now if state == "approved" else None)
    visitor(world.moderator).post(address("merge", "signature", signature.pk), {"absorb": twin.pk})
    assert not Company.objects.filter(pk=twin.pk).exists()
    after = Signature.objects.in_bulk([signature.pk, other.pk])
    assert [after[signature.pk].state, after[other.pk].state] == left
    assert {one.company_id for one in after.values()} == {company.pk}
    assert Company.objects.signatories(now).filter(pk=company.pk).exists() is signatory


def test_merged_association_keeps_bookings_and_requests(world: World, now: dt.datetime, visitor: Visitor) -> None:
    twin = factories.make_association(now)
    booking, wanted = factories.make_booking(now, world.slot, twin), factories.make_request(now, twin)
    visitor(world.moderator).post(address("merge", "association", world.association.pk), {"absorb": twin.pk})
    booking.refresh_from_db()
    wanted.refresh_from_db()
    assert (booking.association, wanted.association) == (world.association, world.association)


def test_bookings_of_a_company_that_is_no_signatory_are_flagged(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    factories.make_booking(now, world.slot, world.association)
    client = visitor(world.moderator)
    assert "Ateliers à surveiller" not in client.get(reverse("moderation")).content.decode()
    Company.objects.update(charter_approved_at=None)
    assert "Ateliers à surveiller" in client.get(reverse("moderation")).content.decode()
    assert Booking.objects.get().state == "confirmed"


def test_suspended_while_on_the_booking_page(world: World, now: dt.datetime, visitor: Visitor) -> None:
    """The association reads the page, the moderator suspends, the association books: told, with other slots."""
    client = visitor(world.association_owner)
    page = client.get(reverse("workshops:book", args=[world.slot.pk])).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    signature = factories.make_signature(now, world.company, world.charter, state="approved", decided_at=now)
    moderator = visitor(world.moderator)
    moderator.post(address("decide", "signature", signature.pk), {"outcome": "suspend", "reason": "Travaux."})
    again = visitor(world.association_owner)
    typed = {"association": world.association.pk, "participants": "6", "topic": "email", "key": key[1]}
    answer = again.post(reverse("workshops:book", args=[world.slot.pk]), typed)
    assert answer.status_code == 409
    assert "n’est plus proposé" in answer.content.decode()
    assert not Booking.objects.exists()


def test_association_appeals_against_a_hidden_request(world: World, now: dt.datetime, visitor: Visitor) -> None:
    wanted = factories.make_request(now, world.association, state="in_review")
    other = factories.make_user(is_moderator=True)
    client = visitor(other)
    client.post(address("claim", "request", wanted.pk))
    client.post(address("decide", "request", wanted.pk), {"outcome": "refuse", "reason": "Hors sujet."})
    owner = visitor(world.association_owner)
    page = owner.get(reverse("associations:requests", args=[world.association.slug])).text
    assert "Hors sujet." in page
    owner.post(reverse("appeal", args=["request", wanted.pk]), {"message": "C’est le sujet."})
    made = Appeal.objects.get()
    moderator = visitor(world.moderator)
    moderator.post(address("claim", "appeal", made.pk))
    moderator.post(address("decide", "appeal", made.pk), {"outcome": "approve", "reason": "Entendu."})
    wanted.refresh_from_db()
    assert wanted.state == "open"


def test_entry_pressed_twice_is_taken_in_once(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    twin = factories.make_company(now, signatory=False, name="Menuiserie du Parc")
    third = factories.make_company(now, signatory=False, name="Menuiserie du parc bis")
    link = factories.make_invitation(now, twin, "", domains=["parc.example"])
    factories.make_invitation(now, signature.company, "", domains=["menuiserie.example"])
    twin.__class__.objects.filter(pk=twin.pk).update(website="https://parc.example")
    merging.merge(
        file=factories.make_signature(now, twin, world.charter, state="withdrawn", ended_at=now),
        subject=Decision.Subject.SIGNATURE,
        keep=twin,
        absorb=third,
        by=world.moderator,
        now=now,
    )
    moves: dict[str, Any] = {
        "file": signature,
        "subject": Decision.Subject.SIGNATURE,
        "keep": signature.company,
        "absorb": twin,
    }
    merging.merge(**moves, by=world.moderator, now=now)
    with pytest.raises(merging.CannotMerge, match="vient d’être réunie"):
        merging.merge(**moves, by=world.moderator, now=now)
    link.refresh_from_db()
    assert link.company == signature.company, "both links go on"
    page = visitor(world.moderator).get(address("file", "signature", signature.pk)).text
    assert "https://parc.example" in page, "changes of what was taken in stay visible"
    with pytest.raises(Gone):
        companies.describe_company(company=twin, now=now)


def test_signed_and_waiting_goes_before_what_is_not_signed(world: World, now: dt.datetime) -> None:
    kept, twin = (factories.make_company(now, signatory=False) for _ in range(2))
    draft = factories.make_signature(
        now, kept, world.charter, state="draft", signed_at=None, submitted_at=None, link_sent_at=now
    )
    waiting = factories.make_signature(now, twin, world.charter)
    subject = Decision.Subject.SIGNATURE
    merging.merge(file=draft, subject=subject, keep=kept, absorb=twin, by=world.moderator, now=now)
    for one in (draft, waiting):
        one.refresh_from_db()
    assert (draft.state, waiting.state, waiting.company) == ("withdrawn", "submitted", kept)


@pytest.mark.parametrize("guarded", [True, False])
def test_version_is_published_while_two_entries_are_united(
    now: dt.datetime,
    committed: None,
    monkeypatch: pytest.MonkeyPatch,
    guarded: bool,  # noqa: FBT001
) -> None:
    """The standing that the kept entry takes over ends with the grace period too. Without the lock it never ends."""
    if not guarded:
        monkeypatch.setattr(merging, "hold_newest", lambda: None)
    world = factories.make_world(now)
    kept, twin = factories.make_company(now, signatory=False), factories.make_company(now, signatory=False)
    signature = factories.make_signature(
        now, twin, world.charter, state="in_review", claimed_by=world.moderator, claimed_at=now
    )
    charter.approve_signature(signature=signature, by=world.moderator, now=now)

    def unite(pause: Callable[[], object]) -> None:
        subject = Decision.Subject.SIGNATURE
        merging.merge(file=signature, subject=subject, keep=kept, absorb=twin, by=world.moderator, now=now)
        pause()

    assert second_waits(unite, partial(next_version, world, now))
    kept.refresh_from_db()
    assert kept.charter_approved_at is not None
    assert (kept.charter_until_at is not None) == guarded


@pytest.mark.parametrize("how", ["withdrawn", "decided"])
def test_who_comes_second_is_told_who_was_first(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor, how: str
) -> None:
    client = visitor(world.moderator)
    client.post(address("claim", "signature", signature.pk))
    signature.refresh_from_db()
    if how == "withdrawn":
        charter.withdraw_signature(signature=signature, by=world.company_owner, now=now)
    else:
        client.post(address("decide", "signature", signature.pk), {"outcome": "approve"})
    answer = client.post(address("decide", "signature", signature.pk), {"outcome": "approve"}, follow=True)
    who = world.company_owner if how == "withdrawn" else world.moderator
    assert f"Déjà traité par {who} à 10\u00a0h" in answer.text


def test_two_moderators_on_one_association_the_second_is_told(world: World, now: dt.datetime, visitor: Visitor) -> None:
    newcomer = factories.make_association(now, admitted=False)
    visitor(world.moderator).post(address("claim", "association", newcomer.pk))
    second = visitor(factories.make_user("Paul", is_moderator=True))
    files.settle_file(newcomer, by=world.moderator, state="admitted", decided_at=now, decided_by=world.moderator)
    answer = second.post(address("decide", "association", newcomer.pk), {"outcome": "refuse"}, follow=True)
    assert f"Déjà traité par {world.moderator} à 10\u00a0h" in answer.text


def test_request_hidden_twice_is_told_twice(world: World, now: dt.datetime, visitor: Visitor) -> None:
    wanted = factories.make_request(now, world.association)
    client = visitor(world.moderator)
    for _ in range(2):
        for outcome in ("suspend", "reinstate"):
            client.post(address("decide", "request", wanted.pk), {"outcome": outcome, "reason": "Voici pourquoi."})
    told = [message.template for message in Message.objects.order_by("pk")]
    assert told == ["request_hidden", "request_published"] * 2


def test_appeal_shows_what_was_refused_and_then_stands_in_its_history(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    refuser = factories.make_user("Paul", is_moderator=True)
    client = visitor(refuser)
    client.post(address("claim", "signature", signature.pk))
    refusal = {"outcome": "refuse", "reason_code": "off_topic", "reason": "Rien à ouvrir."}
    client.post(address("decide", "signature", signature.pk), refusal)
    decision = Decision.objects.get()
    made = files.appeal(decision=decision, message="Nous avons une salle.", by=world.company_owner, now=now)
    client = visitor(world.moderator)
    page = client.post(address("claim", "appeal", made.pk), follow=True).text
    for said in (
        "Hélène Carpentier",
        "1\u00a0salle",
        "de quoi tenir les engagements",
        address("file", "signature", signature.pk),
    ):
        assert said in page
    client.post(address("decide", "appeal", made.pk), {"outcome": "approve", "reason": "Entendu."})
    page = client.get(address("file", "signature", signature.pk)).text
    for said in (
        "refus\u00a0: L’organisation n’a pas de quoi tenir",
        "Nous avons une salle.",
        "recours accepté",
        "Entendu.",
    ):
        assert said in page


def test_remarks_beside_fields_stay_on_the_file(world: World, signature: Signature, visitor: Visitor) -> None:
    client = visitor(world.moderator)
    client.post(address("claim", "signature", signature.pk))
    asked = {"outcome": "changes", "reason": "Complétez.", "remark_signatory_name": "Qui est-ce ?"}
    client.post(address("decide", "signature", signature.pk), asked)
    page = client.get(address("file", "signature", signature.pk)).text
    assert "<strong>Nom de la personne qui signe</strong>\u00a0: Qui est-ce ?" in page


def test_batch_takes_files_of_any_page_of_the_queue(world: World, now: dt.datetime, visitor: Visitor) -> None:
    many = [factories.make_association(now, admitted=False) for _ in range(12)]
    page = visitor(world.moderator).post(reverse("moderation_batch"), {"chosen": f"association-{many[-1].pk}"})
    assert page.status_code == 302
    many[-1].refresh_from_db()
    assert many[-1].state == "admitted"


def test_batch_stays_within_the_moderators_territory(world: World, now: dt.datetime, visitor: Visitor) -> None:
    elsewhere = factories.make_association(now, admitted=False)
    world.moderator.moderated_departements.set([Departement.objects.get(pk="75")])
    page = visitor(world.moderator).post(
        reverse("moderation_batch"), {"chosen": f"association-{elsewhere.pk}"}, follow=True
    )
    assert "Cochez au moins un dossier" in page.text
    elsewhere.refresh_from_db()
    assert elsewhere.state == "new"


def test_address_of_a_company_taken_into_another_still_leads_to_it(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    twin = factories.make_company(now, name="Menuiserie du Parc", signatory=True)
    factories.make_signature(now, twin, world.charter, state="approved", decided_at=now)
    merging.merge(
        file=signature,
        subject=Decision.Subject.SIGNATURE,
        keep=signature.company,
        absorb=twin,
        by=world.moderator,
        now=now,
    )
    public = Client()
    answer = public.get(reverse("charter:signatory", args=[twin.slug]))
    assert (answer.status_code, answer["Location"]) == (
        301,
        reverse("charter:signatory", args=[signature.company.slug]),
    )
    assert public.get(reverse("charter:badge", args=[twin.slug])).status_code == 200
    assert Company.objects.free_slug(twin.slug) != twin.slug


def test_signatory_that_takes_another_name_is_shown_to_the_moderators_and_its_proof_stays(
    world: World, now: dt.datetime
) -> None:
    signed = factories.make_signature(now, world.company, world.charter, state="approved", decided_at=now)
    was = world.company.name
    world.company.name = "Ministère"
    companies.describe_company(company=world.company, now=now)
    flagged = AbuseReport.objects.get()
    assert was in flagged.message
    assert "Ministère" in flagged.message
    signed.refresh_from_db()
    assert (signed.company_name, signed.renamed) == (was, True)
    shown = Client().get(reverse("charter:verify", args=[signed.code])).text
    assert f"{was} (aujourd’hui Ministère)" in shown
    world.company.description = "Autre chose."
    companies.describe_company(company=world.company, now=now)
    assert AbuseReport.objects.count() == 1


def test_same_site_and_same_number_elsewhere_stand_beside_the_file(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    Company.objects.filter(pk=signature.company_id).update(website="https://parc.example")
    factories.make_company(now, name="Tout Autre Nom", website="https://parc.example", signatory=False)
    factories.make_association(now, name="Les Amis du Parc", siren="356000000")
    page = visitor(world.moderator).get(address("file", "signature", signature.pk)).text
    assert "même site web" in page
    assert "aussi celui des Amis du Parc" in page


def test_names_in_another_script_resemble_each_other_too(world: World, now: dt.datetime, visitor: Visitor) -> None:
    company = factories.make_company(now, signatory=False, name="شركة التضامن")
    factories.make_company(now, signatory=False, name="شركة التضامن الرقمي")
    file = factories.make_signature(now, company, world.charter)
    assert "même début de nom" in visitor(world.moderator).get(address("file", "signature", file.pk)).text


def test_merge_keeps_what_a_member_of_both_said_and_who_still_waits(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    company, twin = signature.company, factories.make_company(now, name="Menuiserie du parc bis", signatory=False)
    both, asking = factories.make_user(), factories.make_user()
    for one in (company, twin):
        factories.add_member(one, both, Role.VOLUNTEER, now)
    profile = factories.make_profile(now, twin, both, pledged_hours=30)
    profile.sites.add(factories.make_site(now, twin))
    company.join_requests.create(user=asking, created_at=now, state="declined", decided_at=now)
    twin.join_requests.create(user=asking, created_at=now)
    visitor(world.moderator).post(address("merge", "signature", signature.pk), {"absorb": twin.pk})
    kept = company.memberships.get(user=both).volunteer_profile
    assert (kept.pledged_hours, kept.sites.count()) == (30, 1)
    assert sorted(company.join_requests.filter(user=asking).values_list("state", flat=True)) == ["declined", "pending"]


def test_entry_whose_appeal_waits_is_not_taken_in(world: World, now: dt.datetime, visitor: Visitor) -> None:
    stamps: dict[str, Any] = {"state": "refused", "decided_at": now, "decision_reason": "Non."}
    twin = factories.make_association(now, admitted=False, **stamps)
    decision = files.record_decision(
        Decision.Subject.ASSOCIATION, twin.pk, Decision.Outcome.REFUSED, by=factories.make_user(), now=now
    )
    files.appeal(decision=decision, message="Encore.", by=factories.make_user(), now=now)
    client = visitor(world.moderator)
    page = client.post(address("merge", "association", world.association.pk), {"absorb": twin.pk}, follow=True)
    assert "répondez-y d’abord" in page.text
    assert Association.objects.filter(pk=twin.pk).exists()


def test_every_change_stays_readable_on_the_file(
    world: World, signature: Signature, now: dt.datetime, visitor: Visitor
) -> None:
    company = signature.company
    company.description = "Nous accueillons des associations le soir, dans nos salles du centre. Gratuit."
    company.save()
    company.description = "Nous accueillons des associations le soir, dans nos salles du centre. Payant."
    company.save()
    for number in range(60):
        Company.objects.filter(pk=company.pk).update(website=f"https://parc{number}.example")
    page = visitor(world.moderator).get(address("file", "signature", signature.pk)).text
    assert "retiré\u00a0: </span>Gratuit." in page
    assert "ajouté\u00a0: </span>Payant." in page
    assert "https://parc0.example" in page


def test_file_of_a_request_tells_what_became_of_it(world: World, now: dt.datetime, visitor: Visitor) -> None:
    wanted = factories.make_request(now, world.association, state="in_review")
    client = visitor(world.moderator)
    client.post(address("claim", "request", wanted.pk))
    client.post(address("release", "request", wanted.pk))
    page = client.get(address("file", "request", wanted.pk)).text
    assert page.count("<strong>prise du dossier, par</strong>") == 2


def test_merge_does_not_lift_the_suspension_of_an_association(world: World, now: dt.datetime, visitor: Visitor) -> None:
    twin = factories.make_association(now, state="suspended", decision_reason="Danger.")
    visitor(world.moderator).post(address("merge", "association", world.association.pk), {"absorb": twin.pk})
    world.association.refresh_from_db()
    assert (world.association.state, world.association.decision_reason) == ("suspended", "Danger.")
