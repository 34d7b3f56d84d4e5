"""How each mail looks with what the portal holds, in both languages: nothing is written, no link acts for anybody."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account import app_settings
from django.apps import apps
from django.conf import settings
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Membership, User
from associations.models import Association, Request
from associations.models import JoinRequest as AssociationJoinRequest
from companies import actions as companies
from companies.models import JoinRequest as CompanyJoinRequest
from mail import outbox
from mail.digests import facts_of
from mail.kinds import DIGEST, kind_of
from mail.models import Message
from mail.previews import Preview, templates
from mail.rendering import Rendered, render
from solidarite import rehearsals
from solidarite.notices import NOTICES, WITH_CODE
from solidarite.rehearsals import Cast, names, previews, rehearse
from solidarite.understudies import UNDERSTUDIES
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Report, Side

pytestmark = pytest.mark.django_db
Seen = dict[tuple[str, str], Preview]
LANGUAGES = ["fr", "en"]

# What the world has nothing for, and what its operators read is missing.
EXAMPLES = {"absence_reported": "compte rendu", "slots_matched": "demande"}
# What has happened to nobody in it.
STAGED = {
    "agreement_ended",
    "appeal_answered",
    "booking_moved",
    "offer_declined",
    "promise_moved",
    "promises_elsewhere",
    "promises_ended",
    "report_due",
    "report_settled",
    "request_hidden",
    "slot_offered",
    "slot_planned",
    "workshop_thanks",
}
URL = re.compile(rf"{re.escape(settings.SITE_URL)}(/[^\s\"'<>]*)")


def look(now: dt.datetime, *some: str) -> Seen:
    return {(one.template, one.language): one for one in previews(some or names(), LANGUAGES, now=now)}


@pytest.fixture
def seen(people: dict[str, User], addresses: dict[str, str], now: dt.datetime) -> Seen:
    return look(now)


def test_every_mail_is_seen_in_both_languages(seen: Seen) -> None:
    assert list(seen) == [(name, language) for name in names() for language in LANGUAGES]
    assert len(seen) > 110
    examples = {name: one.remark for (name, _), one in seen.items() if not one.is_real}
    assert examples == {name: rehearsals.MISSING % missing for name, missing in EXAMPLES.items()}
    assert {name for (name, _), one in seen.items() if one.remark == rehearsals.MADE_UP} == STAGED
    assert all(f'<html lang="{language}">' in one.rendered.html for (_, language), one in seen.items())


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        ("booking_confirmed", "Bonjour Karim", "Hello Karim"),
        ("workshop_reminder", "mardi 8\u00a0décembre 2026", "Tuesday 8\u00a0December 2026"),
        ("waitlist_closed", "10\u00a0places, 8\u00a0ordinateurs", "10\u00a0places, 8\u00a0computers"),
        ("report_due", "Bonjour Hélène", "Hello Hélène"),
        ("series_to_confirm", "le jeudi, 18\u00a0h\u00a030", "Thursdays, 6:30\u00a0pm"),
        ("request_expiring", "samedi 30\u00a0janvier 2027", "Saturday 30\u00a0January 2027"),
        ("signature_link", "Hélène Carpentier", "Hélène Carpentier"),
    ],
)
def test_mail_tells_real_facts_in_its_language(seen: Seen, name: str, french: str, english: str) -> None:
    assert french in seen[name, "fr"].rendered.text
    assert english in seen[name, "en"].rendered.text


def test_reader_who_is_told_the_most_is_shown(seen: Seen) -> None:
    """The association's mail has the access kit."""
    assert "On the evening: 01 99 00 12 34" in seen["booking_confirmed", "en"].rendered.text


def test_nothing_is_written_and_nobody_woken(
    people: dict[str, User],
    addresses: dict[str, str],
    now: dt.datetime,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = written()
    with django_capture_on_commit_callbacks() as woken, CaptureQueriesContext(connection) as asked:
        look(now)
    assert (woken, written() == before) == ([], True)
    verbs = {query["sql"].removeprefix("QUERY = '").split()[0] for query in asked}
    assert verbs == {"SAVEPOINT", "SET", "SELECT", "RELEASE"}


def test_database_refuses_to_write_meanwhile_and_no_longer(now: dt.datetime) -> None:
    with pytest.raises(InternalError, match="read-only"), rehearsals._read_only():
        User.objects.create_user("ana@example.org")
    look(now, "booking_confirmed")
    assert User.objects.create_user("ana@example.org").pk


def test_no_address_of_anybody_is_shown(seen: Seen) -> None:
    everything = "\n".join("\n".join(one.rendered) for one in seen.values())
    assert [email for email in User.objects.values_list("email", flat=True) if email in everything] == []
    assert "Bonjour Karim" in everything
    assert "@" not in re.sub(r"@media", "", everything)


def test_portal_without_anything_shows_examples_and_says_what_is_missing(now: dt.datetime) -> None:
    seen = look(now)
    assert not any(one.is_real for one in seen.values())
    remarks = {name: one.remark for (name, _), one in seen.items()}
    assert "" not in remarks.values()
    assert remarks["join_requested"] == rehearsals.MISSING % "entreprise"
    assert remarks["account_notice-login_code"] == rehearsals.MISSING % "membre d’une entreprise"
    assert (remarks["signups_near_limit"], remarks["digest"]) == (rehearsals.UNREAD, rehearsals.NOTHING_GATHERED)


def test_mail_that_cannot_be_posted_stays_an_example(
    world: World, now: dt.datetime, caplog: pytest.LogCaptureFixture
) -> None:
    factories.make_booking(now, world.slot, world.association)
    User.objects.filter(pk=world.association_owner.pk).update(email="karim@maison")
    seen = look(now, "booking_declined", "booking_withdrawn")
    assert (seen["booking_declined", "en"].is_real, seen["booking_withdrawn", "en"].is_real) == (False, True)
    assert seen["booking_declined", "en"].remark == rehearsals.BROKEN
    assert "booking_declined could not be rehearsed" in caplog.text


def test_object_in_the_state_that_a_mail_tells_of_comes_first(world: World, now: dt.datetime) -> None:
    """Else the newest."""
    suspended = factories.make_association(now, name="Les Suspendus", state=Association.State.SUSPENDED)
    newest = factories.make_association(now, name="Les Derniers", state=Association.State.ADMITTED)
    seen = look(now, "association_suspended", "association_refused")
    assert suspended.slug in seen["association_suspended", "fr"].rendered.text
    assert newest.slug in seen["association_refused", "fr"].rendered.text


def test_what_has_happened_to_nobody_is_staged_until_it_happens(world: World, now: dt.datetime) -> None:
    """Between people and organisations that the portal knows."""
    booking = factories.make_booking(now, world.slot, world.association)
    Report.objects.create(workshop=booking.workshop, side="association", attended=7, rating=5, created_at=now)
    factories.make_promise(now, world.slot, world.volunteer)
    factories.make_request(now, world.association)
    seen = look(now, *UNDERSTUDIES)
    assert {(one.is_real, one.remark) for one in seen.values()} == {(True, rehearsals.MADE_UP)}
    assert world.company.name in seen["join_requested", "fr"].rendered.subject
    assert world.association.name in seen["appeal_answered", "fr"].rendered.text
    asked = CompanyJoinRequest(user=world.moderator, company=world.company, message="Bonjour", created_at=now)
    asked.save()
    shown = look(now, "join_requested")["join_requested", "fr"]
    assert (shown.remark, world.moderator.name in shown.rendered.subject) == ("", True)


def test_move_is_staged_until_a_workshop_is_moved(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    staged = look(now, "booking_moved")["booking_moved", "fr"]
    assert staged.remark == rehearsals.MADE_UP
    for day in ("1er\u00a0décembre", "8\u00a0décembre"):
        assert day in staged.rendered.text
    later = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=14))
    actions.move_workshop(booking=booking, slot_id=later.pk, side=Side.COMPANY, by=world.company_owner, now=now)
    real = look(now, "booking_moved")["booking_moved", "fr"]
    assert real.remark == ""
    for day in ("8\u00a0décembre", "22\u00a0décembre"):
        assert day in real.rendered.text


def test_reason_why_a_request_is_hidden_is_real_when_one_is(world: World, now: dt.datetime) -> None:
    request = factories.make_request(now, world.association)
    staged = look(now, "request_hidden")["request_hidden", "fr"]
    assert (staged.remark, "ne porte pas sur le numérique" in staged.rendered.text) == (rehearsals.MADE_UP, True)
    Request.objects.filter(pk=request.pk).update(state="hidden", hidden_reason="Des noms y figurent.")
    factories.make_request(now, world.association)
    real = look(now, "request_hidden")["request_hidden", "fr"]
    assert (real.remark, "Des noms y figurent." in real.rendered.text) == ("", True)


def test_end_of_promises_is_staged_until_some_have_ended(world: World, now: dt.datetime) -> None:
    """No row remembers them: then it is shown as it was told."""
    factories.make_promise(now, world.slot, world.volunteer)
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    factories.make_promise(now, other, world.volunteer)
    assert look(now, "promises_ended")["promises_ended", "fr"].remark == rehearsals.MADE_UP
    companies.withdraw_slots(slots=[other], by=world.company_owner, now=now, reason="Fuite d’eau.")
    real = look(now, "promises_ended")["promises_ended", "fr"]
    assert (real.is_real, real.remark, "Fuite d’eau." in real.rendered.text) == (True, "", True)


def test_request_plays_with_the_slots_that_serve_it(world: World, now: dt.datetime) -> None:
    factories.make_request(now, world.association)
    factories.make_request(now, world.association, participants=200)
    shown = look(now, "slots_matched")["slots_matched", "en"]
    assert (shown.is_real, world.company.name in shown.rendered.text) == (True, True)


def test_thanks_tell_how_many_came(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    Report.objects.create(workshop=booking.workshop, side="association", attended=7, rating=5, created_at=now)
    assert "7\u00a0people" in look(now, "workshop_thanks")["workshop_thanks", "en"].rendered.text


# --- mails of allauth -----------------------------------------------------------------------------------

# Never sent: settings turn them off, or allauth itself has no use of them.
UNUSED = {
    "account/email/email_confirm",
    "account/email/password_reset_code",
    "account/email/unknown_account",
}


def test_every_mail_of_allauth_is_shown() -> None:
    assert (app_settings.EMAIL_UNKNOWN_ACCOUNTS, app_settings.PASSWORD_RESET_BY_CODE_ENABLED) == (False, False)
    library = Path(allauth.__file__).parent
    subjects = [
        path.relative_to(library / "templates").as_posix().removesuffix("_subject.txt")
        for app in ("account", "mfa", "usersessions")
        for path in (library / "templates" / app).rglob("email/*_subject.txt")
    ]
    assert set(NOTICES.values()) == set(subjects) - UNUSED
    written = "".join(path.read_text(encoding="utf-8") for path in library.rglob("*.py") if "tests" not in path.parts)
    assert [one for one in NOTICES.values() if f'"{one}"' not in written] == []
    assert '"account/email/email_confirm"' not in written


@pytest.mark.parametrize(
    ("name", "french", "english"),
    [
        ("login_code", "Voici votre code de connexion", "Here is your sign-in code"),
        (
            "email_confirmation",
            "Voici le code qui vérifie votre adresse",
            "Here is the code that verifies",
        ),
        ("password_changed", "Votre mot de passe a été modifié", "Your password has been changed"),
        ("totp_activated", "Application d'authentification activée", "Authenticator app activated"),
    ],
)
def test_mail_of_allauth_is_told_of_a_person(
    world: World, now: dt.datetime, name: str, french: str, english: str
) -> None:
    seen = look(now, f"account_notice-{name}")
    told = {language: one.rendered.text for (_, language), one in seen.items()}
    assert (french in told["fr"], english in told["en"]) == (True, True)
    person = Cast(now=now).first(Membership).user
    assert (f"Bonjour {person.name}," in told["fr"], f"Hello {person.name}," in told["en"]) == (True, True)
    assert {(one.is_real, one.remark) for one in seen.values()} == {(True, rehearsals.HARMLESS)}


def test_what_lets_somebody_in_is_made_up(seen: Seen, client: Client) -> None:
    reset = seen["account_notice-password_reset_key", "fr"].rendered.text
    [path] = [path for path in URL.findall(reset) if "/key/" in path]
    assert 'name="password1"' not in client.get(path, follow=True).text
    codes = {name for (name, _), one in seen.items() if "ABCD-EFGH" in one.rendered.text}
    assert codes == {f"account_notice-{kind}" for kind in WITH_CODE}


# --- digests ------------------------------------------------------------------------------------------

REFUSABLE = [name for name in templates() if kind_of(name)]


def leaves(facts: object) -> Iterator[str]:
    """Every text of some facts, line by line."""
    match facts:
        case dict():
            yield from leaves(list(facts.values()))
        case list():
            for one in facts:
                yield from leaves(one)
        case str():
            yield from filter(None, facts.splitlines())


def shown(facts: object, rendered: Rendered) -> list[set[str]]:
    """What of these facts stands in the text, and in the HTML."""
    parts = (rendered.text, html.unescape(rendered.html))
    return [{one for one in leaves(facts) if one in part} for part in parts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_digest_tells_all_that_each_mail_would_have_told(
    world: World, people: dict[str, User], addresses: dict[str, str], now: dt.datetime, language: str
) -> None:
    """Of all kinds that may be gathered: dates and hours, the place, the access kit, messages, links."""
    factories.make_request(now, world.association)
    factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=14))
    cast = Cast(now=now)
    told = {name: message for name in REFUSABLE for _, message in rehearse(name, [language], cast).messages.items()}
    assert (list(told), len(told)) == (REFUSABLE, 13)
    for name, message in told.items():
        digest = Message(template=DIGEST, context=facts_of([message]), language=language, to_name=message.to_name)
        alone, gathered = render(message), render(digest)
        for facts, also in zip(shown(message.context, alone), shown(message.context, gathered), strict=True):
            assert (name, facts - also, len(facts) >= 3) == (name, set(), True)
        content = alone.text.partition("\n\n-- \n")[0]
        assert [line for line in content.splitlines() if line not in gathered.text.splitlines()] == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("workshop_reminder", ["Sonnez deux fois.", "01 99 00 12 34", "1 rue des Lilas", "18\u00a0h\u00a030"]),
        ("workshop_today", ["Sonnez deux fois.", "1 rue des Lilas", "/reservations/"]),
        ("join_requested", ["Je travaille ici.", "/membres/", "Répondre"]),
        ("member_joined", ["/membres/", "retirez cette personne"]),
        ("members_to_confirm", ["/membres/", "5\u00a0membres"]),
        ("volunteers_missing", ["1 rue des Lilas", "Je participe", "18\u00a0h\u00a030"]),
    ],
)
def test_digest_tells_what_one_needs_to_act(
    people: dict[str, User], addresses: dict[str, str], now: dt.datetime, name: str, told: list[str]
) -> None:
    CompanyJoinRequest.objects.update(message="Je travaille ici.")
    AssociationJoinRequest.objects.update(message="Je travaille ici.")
    message = rehearse(name, ["fr"], Cast(now=now)).messages["fr"]
    gathered = render(Message(template=DIGEST, context=facts_of([message]), language="fr"))
    for part in (gathered.text, html.unescape(gathered.html)):
        assert [one for one in told if one not in part] == []


def test_digest_is_that_of_one_reader(seen: Seen, world: World) -> None:
    """Who is told the most: the company's owner, of whom the association's access kit is none of the business."""
    for language, greeting in (("fr", "Bonjour Hélène,"), ("en", "Hello Hélène,")):
        text = seen["digest", language].rendered.text
        assert (greeting in text, text.count("\n* ") >= 8, "01 99 00 12 34" in text) == (True, True, False)


# --- links --------------------------------------------------------------------------------------------


def links_of(seen: Seen) -> Iterator[str]:
    for one in seen.values():
        for text in (one.rendered.text, html.unescape(one.rendered.html)):
            yield from URL.findall(text)


def token_of(path: str) -> str | None:
    """What a path has in the place of a token; None where it needs none, or leads nowhere."""
    try:
        return resolve(path.partition("?")[0]).kwargs.get("token")
    except Resolver404:
        return None


def written() -> dict[str, list[Any]]:
    """Every row of our own apps."""
    own = ("accounts", "associations", "charter", "companies", "mail", "workshops")
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for app in own
        for model in apps.get_app_config(app).get_models()
    }


def test_no_link_of_a_preview_does_anything(seen: Seen) -> None:
    links = sorted(set(links_of(seen)))
    signed = [path for path in links if token_of(path) is not None]
    assert {token_of(path) for path in signed} == {"apercu"}
    assert len(signed) >= 9
    before, visitor = written(), Client()
    for path in links:
        visitor.get(path)
    for path in signed:
        assert (path, visitor.get(path).status_code) == (path, 404)
        assert (path, visitor.post(path, {"answer": "yes"}).status_code) == (path, 404)
    assert written() == before


def test_what_nothing_plays_any_more_is_shown_as_it_was_told_without_its_links(
    client: Client, now: dt.datetime
) -> None:
    names = ("person", "address", "message", "organisation", "members_url", "dashboard_url")
    with transaction.atomic():
        outbox.post("join_requested", key="told", to=("a@b.example", "Ana"), context=dict.fromkeys(names, "x"), now=now)
    seen = look(now, "join_requested")
    assert (seen["join_requested", "fr"].is_real, seen["join_requested", "en"].is_real) == (True, False)
    assert "Bonjour Ana" in seen["join_requested", "fr"].rendered.text
    live = {path for path in URL.findall(render(Message.objects.get()).text) if token_of(path)}
    assert [client.get(path).status_code for path in live] == [200, 200]
    assert not live.intersection(links_of(seen))
