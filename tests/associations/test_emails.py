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
    newcomer = factories.make_association(now, admitted=False, name="La Souris")
    if template == "association_admitted":
        actions.admit_association(association=newcomer, by=world.moderator, now=now)
    else:
        actions.refuse_association(association=newcomer, reason="Hors sujet.", by=world.moderator, now=now)
    message = Message.objects.get()
    rendered = render(message)
    assert (message.template, rendered.subject) == (template, subject)
    assert ("Hors sujet." in rendered.text) == (template == "association_refused")
