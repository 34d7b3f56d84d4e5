import datetime as dt

import pytest

from associations import actions
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.factories import World


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("association_admitted", "La Souris peut réserver"),
        ("association_refused", "La Souris n’est pas admise"),
    ],
)
def test_each_decision_is_told_in_words(world: World, now: dt.datetime, template: str, subject: str) -> None:
    newcomer = factories.make_association(
        now, admitted=False, name="La Souris", claimed_at=now, claimed_by=world.moderator
    )
    if template == "association_admitted":
        actions.admit_association(association=newcomer, by=world.moderator, now=now)
    else:
        actions.refuse_association(
            association=newcomer, reason_code="off_topic", reason="Hors sujet.", by=world.moderator, now=now
        )
    message = Message.objects.get()
    rendered = render(message)
    assert (message.template, rendered.subject) == (template, subject)
    assert ("Hors sujet." in rendered.text) == (template == "association_refused")


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("association_suspended", "La Souris ne peut plus réserver"),
        ("association_reinstated", "La Souris peut à nouveau réserver"),
    ],
)
def test_suspension_and_its_end_are_told(world: World, now: dt.datetime, template: str, subject: str) -> None:
    association = factories.make_association(now, name="La Souris")
    actions.suspend_association(association=association, reason="Trois absences.", by=world.moderator, now=now)
    if template == "association_reinstated":
        factories.forget_mail()
        actions.reinstate_association(association=association, reason="Réglé.", by=world.moderator, now=now)
    rendered = render(Message.objects.get(template=template))
    assert rendered.subject == subject
    assert ("Trois absences." in rendered.text) == (template == "association_suspended")


@pytest.mark.parametrize("template", ["request_published", "request_hidden"])
def test_decision_on_a_first_request_is_told(world: World, now: dt.datetime, template: str) -> None:
    newcomer = factories.make_association(now, admitted=False)
    wanted = factories.make_request(now, newcomer, state="in_review", claimed_at=now, claimed_by=world.moderator)
    if template == "request_published":
        actions.publish_request(request=wanted, by=world.moderator, now=now)
    else:
        actions.hide_request(request=wanted, reason="Hors sujet.", by=world.moderator, now=now)
    rendered = render(Message.objects.get(template=template))
    assert "E-mail" in rendered.text
    assert ("Hors sujet." in rendered.text) == (template == "request_hidden")
