import datetime as dt

import pytest

from associations import actions
from associations.models import Request
from mail.delivery import why_unwanted
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


@pytest.mark.parametrize("state", ["in_review", "hidden"])
def test_request_whose_dates_have_passed_is_not_published(world: World, now: dt.datetime, state: str) -> None:
    newcomer = factories.make_association(now, admitted=False)
    wanted = factories.make_request(
        now, newcomer, state=state, hidden_reason="Hors sujet." if state == "hidden" else ""
    )
    Request.objects.awaiting_decision().filter(pk=wanted.pk).claim(by=world.moderator, now=now)
    late = now + dt.timedelta(days=40)
    with pytest.raises(actions.DatesPassed, match="masquez-la" if state == "in_review" else "en déposer une autre"):
        if state == "hidden":
            actions.show_request(request=wanted, reason="Relu.", by=world.moderator, now=late)
        else:
            actions.publish_request(request=wanted, by=world.moderator, now=late)
    assert not Message.objects.exists()


def test_mail_that_waited_says_that_the_dates_have_passed(world: World, now: dt.datetime) -> None:
    newcomer = factories.make_association(now, admitted=False)
    wanted = factories.make_request(now, newcomer, state="in_review", claimed_at=now, claimed_by=world.moderator)
    actions.publish_request(request=wanted, by=world.moderator, now=now)
    message = Message.objects.get()
    said = {}
    for days in (1, 40):
        assert not why_unwanted(message, at=now + dt.timedelta(days=days))
        rendered = render(message)
        said[days] = (rendered.subject, f"?comme={wanted.pk}" in rendered.text)
    assert said == {
        1: ("Votre demande est en ligne", False),
        40: ("Votre demande est acceptée, ses dates sont passées", True),
    }
    actions.hide_request(request=wanted, reason="Hors sujet.", by=world.moderator, now=now)
    assert why_unwanted(message, at=now) == "La demande n’est plus en ligne."
