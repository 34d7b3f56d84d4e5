import datetime as dt

import pytest

from charter import actions
from charter.models import Signature
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.factories import World


@pytest.mark.parametrize(
    ("decide", "template", "subject"),
    [
        ("approve", "signature_approved", "Imprimerie du Parc est signataire de la charte"),
        ("changes", "signature_changes_requested", "La signature de Imprimerie du Parc est à compléter"),
        ("refuse", "signature_refused", "La signature de Imprimerie du Parc est refusée"),
    ],
)
def test_each_decision_is_told_in_words(
    world: World, now: dt.datetime, decide: str, template: str, subject: str
) -> None:
    company = factories.make_company(now, signatory=False, name="Imprimerie du Parc")
    signature = Signature.objects.create(
        company=company,
        version=world.charter,
        text_sha256=world.charter.sha256,
        signatory_name="Hélène",
        signatory_capacity="directrice",
        signed_at=now,
        submitted_at=now,
    )
    if decide == "approve":
        actions.approve_signature(signature=signature, by=world.moderator, now=now)
    elif decide == "changes":
        actions.request_changes(signature=signature, reason="La fonction <b>.", by=world.moderator, now=now)
    else:
        actions.refuse_signature(signature=signature, reason="La fonction <b>.", by=world.moderator, now=now)
    message = Message.objects.get()
    rendered = render(message)
    assert (message.template, rendered.subject) == (template, subject)
    assert ("La fonction <b>." in rendered.text) == (decide != "approve")
    assert "<b>" not in rendered.html
