from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from mail.models import Message, Pause, Suppression
from tests.mail.conftest import NOW

pytestmark = pytest.mark.django_db
Tell = Callable[..., Message]
LIST = "/admin/mail/message/"


@pytest.fixture
def operator(client: Client, settings: Settings, tmp_path: Path) -> Client:
    settings.STATIC_ROOT = tmp_path
    user = get_user_model().objects.create_superuser("exploitation@example.org", "a long enough password")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def staff(client: Client, settings: Settings, tmp_path: Path) -> Client:
    """An operator as the documentation makes them: no superuser."""
    settings.STATIC_ROOT = tmp_path
    user = get_user_model().objects.create_user("equipe@example.org", "a long enough password", is_staff=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_operator_pauses_mail_and_sends_what_failed_again(staff: Client, tell: Tell) -> None:
    fail(tell("hello:1"))
    assert "hello:1" in staff.get(LIST, {"state__exact": "failed"}).text
    chosen = {"action": "send_again", "_selected_action": [str(Message.objects.get().pk)]}
    staff.post(LIST, chosen)
    assert Message.objects.get().state == Message.State.QUEUED
    assert staff.post("/admin/mail/pause/add/", {"template": "", "reason": "Panne."}).status_code == 302
    assert Pause.objects.get().reason == "Panne."
    assert staff.get("/admin/mail/suppression/").status_code == 200
    assert staff.post(f"/admin/mail/pause/{Pause.objects.get().pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Pause.objects.exists()


def test_who_runs_nothing_opens_nothing(client: Client, tell: Tell) -> None:
    user = get_user_model().objects.create_user("ana@example.org", "a long enough password", is_moderator=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(LIST).status_code == 302


def fail(message: Message, **fields: object) -> None:
    Message.objects.filter(pk=message.pk).move(Message.State.FAILED, failed_at=NOW, last_error="451 later", **fields)


def test_list_shows_messages_by_state(operator: Client, tell: Tell) -> None:
    fail(tell("hello:1"))
    tell("hello:2")
    content = operator.get(LIST, {"state__exact": "failed"}).text
    assert ("hello:1" in content, "451 later" in content, "hello:2" in content) == (True, True, False)


def test_message_is_shown_but_not_changed(operator: Client, tell: Tell) -> None:
    message = tell()
    Message.objects.filter(pk=message.pk).move(Message.State.SENT, sent_at=NOW, text="le texte", html="<b>le html</b>")
    response = operator.get(f"{LIST}{message.pk}/change/")
    assert (response.status_code, "le texte" in response.text, "&lt;b&gt;le html" in response.text) == (200, True, True)
    assert operator.post(f"{LIST}{message.pk}/change/", {"text": "autre"}).status_code == 403
    assert operator.get(f"{LIST}add/").status_code == 403


def test_secret_is_not_shown(operator: Client, tell: Tell) -> None:
    message = tell("code:1", "code", context={"code": "482 913"}, secret=True)
    response = operator.get(f"{LIST}{message.pk}/change/")
    assert (response.status_code, "482 913" in response.text, "code:1" in response.text) == (200, False, True)


def test_failed_message_is_sent_again(operator: Client, tell: Tell) -> None:
    message = tell()
    fail(message, attempts=10)
    answer = operator.post(LIST, {"action": "send_again", "_selected_action": [message.pk]}, follow=True)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.failed_at) == ("queued", 0, None)
    assert "1 message remis en file." in answer.text


def test_nothing_to_send_again_is_said(operator: Client, tell: Tell) -> None:
    answer = operator.post(LIST, {"action": "send_again", "_selected_action": [tell().pk]}, follow=True)
    assert "Aucun message remis en file\u00a0: choisissez des messages en échec, revenus ou non envoyés" in answer.text


def test_what_an_address_set_aside_kept_is_sent_once_it_is_put_back(operator: Client, tell: Tell) -> None:
    aside = Suppression.objects.create(address="ana@example.org", reason="550", created_at=NOW)
    kept, failed = tell("kept", to=("Ana@example.org", "")), tell("failed")
    fail(Message.objects.get(pk=tell("other", to=("bob@example.org", "")).pk))
    assert [kept.state, failed.state] == ["skipped", "skipped"]
    again = {"action": "send_again", "_selected_action": [one.pk for one in Message.objects.all()]}
    said = operator.post(LIST, again, follow=True).text
    assert "1 message remis en file." in said
    assert "2 messages restent\u00a0: leur adresse est écartée. Retirez-la des adresses écartées" in said
    kept.refresh_from_db()
    assert (kept.state, kept.last_error) == ("skipped", "Adresse écartée\u00a0: 550")
    operator.post(f"/admin/mail/suppression/{aside.pk}/delete/", {"post": "yes"})
    assert "2 messages remis en file." in operator.post(LIST, again, follow=True).text
    assert set(Message.objects.values_list("state", flat=True)) == {"queued"}


def test_message_is_not_deleted_alone_or_with_others(operator: Client, tell: Tell) -> None:
    """What is deleted would be told again."""
    message = tell()
    assert "Supprimer" not in operator.get(f"{LIST}{message.pk}/change/").text
    assert "delete_selected" not in operator.get(LIST).text
    assert operator.post(f"{LIST}{message.pk}/delete/", {"post": "yes"}).status_code == 403
    operator.post(LIST, {"action": "delete_selected", "_selected_action": [message.pk], "post": "yes"})
    assert Message.objects.filter(pk=message.pk).exists()


def test_suppression_is_removed_but_not_changed(operator: Client) -> None:
    suppression = Suppression.objects.create(address="ana@example.org", reason="550", created_at=NOW)
    page = f"/admin/mail/suppression/{suppression.pk}/"
    assert operator.post(f"{page}change/", {"reason": "autre"}).status_code == 403
    assert operator.post(f"{page}delete/", {"post": "yes"}).status_code == 302
    assert Suppression.objects.count() == 0
