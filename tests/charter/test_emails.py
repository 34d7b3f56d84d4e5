"""What a company and its signatory are told: each fact in words, in text and in HTML."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import Role
from charter import actions, emails
from charter.models import Signature
from mail.models import Message
from mail.rendering import render
from territories.models import Commune
from territories.wording import long_date
from tests import factories
from tests.factories import World

SUBJECTS = {
    "signature_link": "Bois & Fils vous demande de signer la charte",
    "signature_signed": "Hélène Carpentier a signé la charte pour Bois & Fils",
    "signature_approved": "Bois & Fils est signataire de la charte",
    "signature_changes_requested": "La signature de Bois & Fils est à compléter",
    "signature_refused": "La signature de Bois & Fils est refusée",
    "signature_suspended": "La signature de Bois & Fils est suspendue",
    "signature_reinstated": "Bois & Fils est à nouveau signataire",
    "signature_withdrawn": "La signature de Bois & Fils est retirée",
    "signature_lapsed": "La signature de Bois & Fils est échue",
    "charter_renewal_due": "La charte change\u00a0: signez la version 2",
    "charter_renewal_reminder": "Il reste peu de temps pour signer la charte",
}
WITH_REASON = {"signature_changes_requested", "signature_refused", "signature_suspended"}


@pytest.fixture
def signature(world: World, now: dt.datetime) -> Signature:
    company = factories.make_company(now, signatory=False, name="Bois & Fils")
    return factories.make_signature(
        now, company, world.charter, reason="La fonction <b>.", reason_code="other", link_sent_at=now
    )


@pytest.mark.parametrize("template", SUBJECTS)
def test_each_fact_is_told_in_words(world: World, now: dt.datetime, signature: Signature, template: str) -> None:
    tell = getattr(emails, template)
    version = factories.make_charter_version(now, 2, effective_from_date=now.date() + dt.timedelta(days=9))
    renewal = {"version": version, "until": now + dt.timedelta(days=99)}
    extras: dict[str, dict[str, Any]] = {
        "signature_link": {"by": world.company_owner},
        "signature_changes_requested": {"comments": {"pledged_rooms": "Deux\u00a0?", "address": "Laquelle\u00a0?"}},
        "signature_lapsed": {"waits": False},
        "charter_renewal_due": renewal,
        "charter_renewal_reminder": {**renewal, "days": 7},
    }
    tell(signature=signature, now=now, **extras.get(template, {}))
    message = Message.objects.get()
    rendered = render(message)
    assert (message.template, rendered.subject) == (template, SUBJECTS[template])
    assert ("La fonction <b>." in rendered.text) == (template in WITH_REASON)
    assert "<b>" not in rendered.html
    assert "http" in rendered.text


def test_remarks_beside_the_fields_are_in_the_mail(world: World, now: dt.datetime, signature: Signature) -> None:
    remarks = {"pledged_rooms": "Deux\u00a0?", "address": "Laquelle\u00a0?"}
    emails.signature_changes_requested(signature=signature, comments=remarks, now=now)
    rendered = render(Message.objects.get())
    assert "- Salles que vous pensez ouvrir\u00a0: Deux\u00a0?\n- Adresse\u00a0: Laquelle\u00a0?" in rendered.text
    assert "<li>Adresse" in rendered.html


def test_link_to_sign_is_for_the_signatory_alone(now: dt.datetime, world: World, signature: Signature) -> None:
    emails.signature_link(signature=signature, by=world.company_owner, now=now)
    message = Message.objects.get()
    assert (message.to_email, message.secret) == ("helene@example.org", True)
    assert message.not_after == now + dt.timedelta(days=14)


@pytest.mark.parametrize(("commune", "hour", "day"), [("59350", 22, 15), ("59350", 23, 16), ("98818", 13, 16)])
def test_link_to_sign_tells_its_last_day_where_the_company_is(
    world: World, signature: Signature, commune: str, hour: int, day: int
) -> None:
    signature.company.commune = Commune.objects.get(pk=commune)
    now = dt.datetime(2026, 12, 1, hour, 30, tzinfo=dt.UTC)
    emails.signature_link(signature=signature, by=world.company_owner, now=now)
    assert Message.objects.get().context["until"] == long_date(dt.date(2026, 12, day))


def test_decision_is_told_to_each_manager(world: World, now: dt.datetime, signature: Signature) -> None:
    factories.add_member(signature.company, factories.make_user(), Role.MANAGER, now)
    actions.claim_signature(signature=signature, by=world.moderator, now=now)
    actions.approve_signature(signature=signature, by=world.moderator, now=now)
    assert Message.objects.filter(template="signature_approved").count() == 2
