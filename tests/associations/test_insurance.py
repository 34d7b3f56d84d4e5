"""Certificates of insurance: what is kept of a file, which one counts, who reads it, and what the database holds."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.models import Role, User
from associations import actions
from associations.certificates import UnusableCertificate, clean_certificate
from associations.models import InsuranceCertificate
from tests import factories
from tests.factories import World
from tests.pictures import paper, picture
from tests.races import at_once

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)
UNTIL = dt.date(2027, 6, 30)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("page.html", "<script>alert(1)</script>")
    return out.getvalue()


def add(world: World, now: dt.datetime, file: bytes | None = None, **fields: Any) -> InsuranceCertificate:
    said = {"insurer": "Mutuelle des Canaux", "policy_number": "RC-42", "valid_until_date": UNTIL, **fields}
    certificate = InsuranceCertificate(association=world.association, **said)
    return actions.add_certificate(certificate=certificate, file=file or paper(), by=world.association_owner, now=now)


def counting(world: World) -> InsuranceCertificate | None:
    return InsuranceCertificate.objects.of_association(world.association).counting().first()


# --- what is kept of a file ---------------------------------------------------------------------------


def test_pdf_is_kept_as_it_is() -> None:
    assert clean_certificate(paper()) == (paper(), "pdf")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("hidden", [b"", b"%PDF-1.7\n%%EOF", zipped()])
def test_of_a_picture_only_the_picture_is_kept(kind: str, hidden: bytes) -> None:
    kept = clean_certificate(picture(kind) + hidden)
    with Image.open(io.BytesIO(kept.data)) as shown:
        assert (kept.kind, shown.format, shown.size, len(shown.getexif())) == ("jpg", "JPEG", (120, 80), 0)
    for secret in (b"Appareil secret", b"Exif", b"%PDF", b"PK\x03\x04"):
        assert secret not in kept.data


def test_writing_on_nothing_stands_on_white() -> None:
    drawn = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    drawn.paste((0, 0, 0, 255), (0, 0, 20, 40))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    with Image.open(io.BytesIO(clean_certificate(out.getvalue()).data)) as shown:
        assert [shown.convert("L").getpixel(point) for point in ((5, 20), (35, 20))] == [0, 255]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "en PDF, ou une image JPEG ou PNG"),
        (b"<svg onload=alert(1)>", "en PDF, ou une image JPEG ou PNG"),
        (b"<html><script>alert(1)</script>" + paper(), "en PDF, ou une image JPEG ou PNG"),
        (b"GIF89a" + b"\0" * 50, "en PDF, ou une image JPEG ou PNG"),
        (picture("WEBP"), "en PDF, ou une image JPEG ou PNG"),
        (zipped(), "en PDF, ou une image JPEG ou PNG"),
        (b"%PDF-9.9\n" + paper()[9:], "en PDF, ou une image JPEG ou PNG"),
        (picture()[:600], "image est abîmée"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "PDF est abîmé"),
        (paper()[:-20], "PDF est abîmé"),
        (paper() + zipped(), "PDF est abîmé"),
        (paper() + b"<script>alert(1)</script>", "PDF est abîmé"),
        (paper() + b" " * 5_000_000, "dépasse 5"),
    ],
)
def test_what_is_no_certificate_says_what_to_do(file: bytes, said: str) -> None:
    with pytest.raises(UnusableCertificate) as refusal:
        clean_certificate(file)
    assert said in str(refusal.value)


@pytest.mark.filterwarnings("ignore::UserWarning")  # the library warns of what it then leaves out
@given(st.sampled_from([picture(), picture("PNG"), paper()]), st.integers(0, 700), st.binary(min_size=1, max_size=8))
def test_damaged_file_never_crashes(whole: bytes, at: int, bytes_: bytes) -> None:
    with contextlib.suppress(UnusableCertificate):
        clean_certificate(whole[:at] + bytes_ + whole[at + len(bytes_) :])


# --- which one counts ---------------------------------------------------------------------------------


def test_latest_end_counts_whichever_came_first(world: World, now: dt.datetime) -> None:
    longest = add(world, now)
    add(world, now, valid_until_date=UNTIL - DAY)
    assert counting(world) == longest
    later = add(world, now, valid_until_date=UNTIL + DAY)
    assert counting(world) == later
    actions.withdraw_certificate(certificate=later, by=world.association_owner, now=now)
    assert counting(world) == longest
    assert InsuranceCertificate.objects.count() == 3


def test_certificate_that_is_sent_twice_is_one(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    assert at_once(*[partial(add, world, now)] * 4) == {"done": 4}
    kept = InsuranceCertificate.objects.get()
    with kept.file.open() as file:
        assert file.read() == paper()


def test_association_sends_ten_a_day(world: World, now: dt.datetime) -> None:
    for number in range(actions.CERTIFICATES_A_DAY):
        add(world, now, policy_number=f"RC-{number}")
    with pytest.raises(actions.TooManyCertificates, match="demain"):
        add(world, now)
    add(world, now + DAY)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (dt.date(2026, 12, 1), "échue"),
        (dt.date(2025, 12, 1), "échue"),
        (dt.date(2028, 12, 3), "vérifiez l’année"),
        (dt.date(2036, 6, 30), "vérifiez l’année"),
    ],
)
def test_end_that_cannot_be_is_refused(world: World, now: dt.datetime, until: dt.date, said: str) -> None:
    with pytest.raises(actions.NotValid, match=said):
        add(world, now, valid_until_date=until)
    assert counting(world) is None


def test_days_are_those_of_the_portal(world: World) -> None:
    """Half past midnight in Paris is still the day before in UTC."""
    late = dt.datetime(2026, 12, 1, 23, 30, tzinfo=dt.UTC)
    with pytest.raises(actions.NotValid):
        add(world, late, valid_until_date=dt.date(2026, 12, 2))
    add(world, late, valid_until_date=dt.date(2026, 12, 3))


# --- what the database holds --------------------------------------------------------------------------

COPY = (
    "INSERT INTO associations_insurancecertificate (association_id, insurer, policy_number, valid_until_date, file, "
    "kind, sha256, added_at) SELECT association_id, {insurer}, policy_number, {until}, file, {kind}, sha256, added_at "
    "FROM associations_insurancecertificate"
)
AS_IT_IS = {"insurer": "insurer", "until": "valid_until_date", "kind": "kind"}


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"insurer": "''"}, "certificate_of_something"),
        ({"until": "DATE '2026-12-01'"}, "certificate_ends_later"),
        ({"until": "DATE '2028-12-03'"}, "certificate_ends_in_two_years"),
    ],
)
def test_database_keeps_certificates_in_order(
    world: World, now: dt.datetime, fields: dict[str, str], constraint: str
) -> None:
    factories.make_certificate(now, world.association)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(COPY.format(**AS_IT_IS | fields))
    with connection.cursor() as cursor:
        cursor.execute(COPY.format(**AS_IT_IS | {"until": "DATE '2028-12-02'"}))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE associations_insurancecertificate SET valid_until_date = valid_until_date + 1",
        "UPDATE associations_insurancecertificate SET insurer = 'Autre'",
        "UPDATE associations_insurancecertificate SET policy_number = 'Autre'",
        "UPDATE associations_insurancecertificate SET file = 'autre.pdf'",
        "UPDATE associations_insurancecertificate SET sha256 = 'autre'",
        "UPDATE associations_insurancecertificate SET added_at = now()",
        "UPDATE associations_insurancecertificate SET added_by_id = (SELECT max(id) FROM accounts_user)",
        "UPDATE associations_insurancecertificate SET withdrawn_at = NULL, withdrawn_by_id = NULL",
        "DELETE FROM associations_insurancecertificate",
    ],
)
def test_certificates_are_a_record(world: World, now: dt.datetime, change: str) -> None:
    certificate = factories.make_certificate(now, world.association, added_by=world.association_owner)
    actions.withdraw_certificate(certificate=certificate, by=world.association_owner, now=now)
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_who_sets_aside_is_known_with_the_instant(world: World, now: dt.datetime) -> None:
    factories.make_certificate(now, world.association)
    with pytest.raises(IntegrityError, match="certificate_withdrawn_stamped"), transaction.atomic():
        InsuranceCertificate.objects.update(withdrawn_by=world.association_owner)


def test_account_that_is_erased_leaves_the_certificate(world: World, now: dt.datetime) -> None:
    manager = factories.make_user()
    factories.add_member(world.association, manager, Role.MANAGER, now)
    certificate = factories.make_certificate(now, world.association, added_by=manager)
    manager.delete()
    certificate.refresh_from_db()
    assert certificate.added_by is None


# --- pages --------------------------------------------------------------------------------------------


def send(client: Client, world: World, file: bytes | None, name: str = "a.pdf", **typed: str) -> Any:
    said = {"insurer": "Mutuelle", "policy_number": "RC-1", "valid_until_date": "2027-06-30", **typed}
    given_file = {} if file is None else {"file": SimpleUploadedFile(name, file, "text/html")}
    return client.post(reverse("associations:insurance", args=[world.association.slug]), said | given_file)


def test_certificate_is_given_on_the_page_and_read_again(world: World, visitor: Visitor) -> None:
    client = visitor(world.association_owner)
    page = reverse("associations:insurance", args=[world.association.slug])
    assert "Aucune attestation ne compte" in client.get(page).text
    assert send(client, world, paper(), "../../<script>.html").status_code == 302
    shown = client.get(page).text
    assert "assurés jusqu’au mercredi 30\u00a0juin 2027\u00a0: Mutuelle, contrat RC-1" in shown
    certificate = InsuranceCertificate.objects.get()
    assert "script" not in str(certificate.file.name)
    answer = client.get(reverse("associations:insurance_file", args=[world.association.slug, certificate.pk]))
    assert answer.content == paper()
    assert {name: answer[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="attestation-2027-06-30.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    client.post(reverse("associations:insurance_withdraw", args=[world.association.slug, certificate.pk]))
    assert "Aucune attestation ne compte" in client.get(page).text


def test_insurance_that_is_over_is_said_to_be(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_certificate(now - 40 * DAY, world.association, valid_until_date=now.date() - DAY)
    page = visitor(world.association_owner).get(reverse("associations:insurance", args=[world.association.slug])).text
    assert "échue depuis le lundi 30\u00a0novembre 2026" in page


@pytest.mark.parametrize(
    ("file", "typed", "said"),
    [
        (None, {}, "obligatoire"),
        (b"nothing", {}, "Donnez l’attestation en PDF"),
        (b"\0" * 5_000_001, {}, "dépasse 5"),
        (paper(), {"valid_until_date": "2026-12-01"}, "est échue"),
        (paper(), {"valid_until_date": "2040-01-01"}, "vérifiez l’année"),
        (paper(), {"insurer": ""}, "obligatoire"),
        (paper(), {"insurer": "Mutu\u202eelle"}, "invisibles"),
        (paper(), {"policy_number": "9" * 61}, "60"),
    ],
)
def test_certificate_that_is_none_comes_back(
    world: World, visitor: Visitor, file: bytes | None, typed: dict[str, str], said: str
) -> None:
    answer = send(visitor(world.association_owner), world, file, **typed)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert not InsuranceCertificate.objects.exists()


def test_file_is_for_the_association_and_operators(world: World, now: dt.datetime, visitor: Visitor) -> None:
    certificate = add(world, now)
    rival = factories.make_association(now)
    operator = factories.make_user(is_staff=True)
    page = reverse("associations:insurance_file", args=[world.association.slug, certificate.pk])
    under_own_name = reverse("associations:insurance_file", args=[rival.slug, certificate.pk])
    for person, status in ((world.association_owner, 200), (operator, 200), (world.moderator, 404)):
        assert visitor(person).get(page).status_code == status
    for address in (page, under_own_name):
        assert visitor(rival.owners()[0]).get(address).status_code == 404
        assert visitor(world.company_owner).get(address).status_code == 404


def test_operator_without_second_factor_does_not_read(
    world: World, now: dt.datetime, visitor: Visitor, settings: Any
) -> None:
    settings.STAFF_NEED_SECOND_FACTOR = True
    page = reverse("associations:insurance_file", args=[world.association.slug, add(world, now).pk])
    assert visitor(factories.make_user(is_staff=True)).get(page).status_code == 404


def test_file_that_is_lost_is_not_found(world: World, now: dt.datetime, visitor: Visitor) -> None:
    certificate = factories.make_certificate(now, world.association)
    page = reverse("associations:insurance_file", args=[world.association.slug, certificate.pk])
    assert visitor(world.association_owner).get(page).status_code == 404
