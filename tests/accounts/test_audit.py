"""The database keeps every change of organisations, signatures and bookings, with who acted, and never changes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.audit import changes, member_changes
from accounts.models import Role, User
from accounts.vocabulary import Topic
from associations.models import Association
from charter.models import Signature
from companies.models import Company
from tests import factories
from tests.factories import World
from workshops.models import Booking, WaitlistEntry, Workshop

Visitor = Callable[[User], Client]


def test_change_tells_what_when_and_who(world: World, now: dt.datetime, visitor: Visitor) -> None:
    company = factories.make_company(now, name="Menuiserie", owner=world.company_owner)
    identity = {"name": "Menuiserie du Parc", "legal_form": "company", "commune": "Lille (59)"}
    visitor(world.company_owner).post(reverse("charter:company_edit", args=[company.slug]), identity)
    found = [(one.column, one.before, one.after, one.who) for one in changes(company)]
    assert found == [("nom", "Menuiserie", "Menuiserie du Parc", "Hélène")]


def test_bulk_updates_and_raw_sql_are_seen(world: World) -> None:
    Association.objects.filter(pk=world.association.pk).update(website="https://a.example")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE associations_association SET siren = '356000000' WHERE id = %s", [world.association.pk])
    assert [one.column for one in changes(world.association)] == ["SIREN", "site web"]


@pytest.mark.django_db
def test_members_are_seen_coming_changing_and_going(now: dt.datetime) -> None:
    company = factories.make_company(now, owner=factories.make_user("Odile"))
    person, gone = factories.make_user("Paul"), factories.make_user("Gaston")
    for one in (person, gone):
        factories.add_member(company, one, Role.VOLUNTEER, now)
    company.members().filter(user=person).update(role=Role.MANAGER)
    company.members().filter(user=person).delete()
    gone.delete()
    found = [(one.column, one.before, one.after) for one in reversed(member_changes(company))]
    assert sorted(found) == sorted(
        [
            ("membre Odile", "", "responsable"),
            ("membre Paul", "", "bénévole"),
            ("membre Paul", "bénévole", "gestionnaire"),
            ("membre Paul", "gestionnaire", ""),
            ("membre au compte effacé", "", "bénévole"),
            ("membre au compte effacé", "bénévole", ""),
        ]
    )


@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "UPDATE {table} SET name = 'autre'"])
def test_history_is_never_changed(world: World, statement: str) -> None:
    table = world.company.events.model._meta.db_table  # type: ignore[attr-defined]  # made by `tracked`
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table))


def test_history_names_nobody(world: World, now: dt.datetime) -> None:
    factories.make_signature(now, world.company, world.charter)
    columns = {field.name for field in Signature.objects.get().events.model._meta.fields}  # type: ignore[attr-defined]  # idem
    assert columns.isdisjoint({"signatory_name", "signatory_email"})
    before = Company.objects.get(pk=world.company.pk).events.count()  # type: ignore[attr-defined]  # idem
    world.volunteer.delete()
    assert Company.objects.get(pk=world.company.pk).events.count() == before  # type: ignore[attr-defined]  # idem


def test_history_keeps_the_capacity_in_which_somebody_signs(world: World, now: dt.datetime) -> None:
    company = factories.make_company(now, owner=factories.make_user("Odile"))
    signature = factories.make_signature(now, company, world.charter, state="draft")
    before = signature.signatory_capacity
    Signature.objects.filter(pk=signature.pk).update(signatory_capacity="gérante")
    assert [(one.column, one.before, one.after) for one in changes(signature)] == [("en qualité de", before, "gérante")]


def test_file_shows_its_changes(world: World, now: dt.datetime, visitor: Visitor) -> None:
    signature = factories.make_signature(now, world.company, world.charter)
    client = visitor(world.moderator)
    client.post(reverse("moderation_claim", args=["signature", signature.pk]))
    page = client.get(reverse("moderation_file", args=["signature", signature.pk])).content.decode()
    assert "en attente d’examen → en cours d’examen" in page


def test_booking_is_kept_with_who_acted(world: World, now: dt.datetime, visitor: Visitor) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    address = reverse("workshops:company_cancel", args=[world.company.slug, booking.pk])
    visitor(world.company_owner).post(address, {"code": "closed", "reason": "Odile est souffrante."})
    states = [(one.before, one.after, one.who) for one in changes(booking) if one.column == "état"]
    assert states == [("confirmée", "annulée par l’entreprise", "Hélène")]
    of_workshop = changes(Workshop.objects.get(booking=booking))
    assert [(one.before, one.after) for one in of_workshop if one.column == "état"] == [("prévu", "annulé")]


def test_queue_and_bookings_changed_by_hand_are_kept(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, factories.make_association(now))
    entry = WaitlistEntry.objects.create(
        slot=world.slot, association=world.association, participants=3, topic=Topic.EMAIL, created_at=now
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workshops_booking SET participants = 7 WHERE id = %s", [booking.pk])
        cursor.execute(
            "UPDATE workshops_waitlistentry SET state = 'left', ended_at = %s WHERE id = %s", [now, entry.pk]
        )
    assert [(one.column, one.after) for one in changes(booking)] == [("participants", "7")]
    assert [one.after for one in changes(entry) if one.column == "état"] == ["liste quittée"]


def test_what_did_not_happen_is_not_kept(world: World, now: dt.datetime) -> None:
    """The audit is written in the transaction of what it tells."""
    kept = Booking.events.rel.related_model.objects  # type: ignore[attr-defined]  # made by `tracked`
    with transaction.atomic():
        factories.make_booking(now, world.slot, world.association)
        assert kept.count() == 1
        transaction.set_rollback(True)
    assert kept.count() == 0


@pytest.mark.parametrize(
    ("model", "words"),
    [(Booking, {"message", "reason"}), (WaitlistEntry, {"message"}), (Workshop, {"title", "material"})],
)
def test_history_of_bookings_keeps_no_free_words(model: type[Model], words: set[str]) -> None:
    history = model.events.rel.related_model  # type: ignore[attr-defined]  # made by `tracked`
    assert {field.name for field in history._meta.fields}.isdisjoint(words)
