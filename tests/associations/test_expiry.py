"""Requests leave the site after sixty days of silence, are asked about before, and come back in one click."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.models import User
from accounts.refusals import refusal_of
from associations import actions
from associations.confirmations import keeping_path
from associations.models import Association, Request
from mail import wanted
from mail.delivery import deliver_due
from mail.models import Message
from territories.models import Commune
from tests import factories
from tests.associations.test_requests import TYPED
from tests.factories import World

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)


@pytest.fixture
def asked(world: World, now: dt.datetime) -> Request:
    """A request for next spring."""
    return factories.make_request(now, world.association, until_date=now.date() + 200 * DAY)


def test_request_is_asked_about_once_in_its_last_week(asked: Request, now: dt.datetime) -> None:
    assert actions.remind_expiring(now=now + 52 * DAY) == 0
    for at in (53, 54, 59):
        assert actions.remind_expiring(now=now + at * DAY) == 1
    [message] = Message.objects.all()
    assert (message.template, message.to_name, message.not_after) == ("request_expiring", "Karim", now + 60 * DAY)
    assert actions.remind_expiring(now=now + 60 * DAY) == 0


def test_request_that_ends_by_itself_is_not_asked_about(asked: Request, now: dt.datetime) -> None:
    Request.objects.update(until_date=now.date() + 59 * DAY)
    assert actions.remind_expiring(now=now + 55 * DAY) == 0


def test_silence_takes_it_off_the_site_and_one_click_brings_it_back(
    asked: Request, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.association_owner)
    page = reverse("associations:requests", args=[world.association.slug])
    assert Request.objects.open(now + 59 * DAY).exists()
    with travel(now + 60 * DAY, tick=False):
        assert not Request.objects.open(now + 60 * DAY).exists()
        assert "expirée" in client.get(page).text
        path = reverse("associations:request_keep", args=[world.association.slug, asked.pk])
        assert "de nouveau en ligne" in client.post(path, follow=True).text
        assert "expirée" not in client.get(page).text
    asked.refresh_from_db()
    assert (asked.expires_at, asked.matched_at) == (now + 120 * DAY, None)


@pytest.mark.parametrize("end", ["suspended", "past"])
def test_request_that_left_the_site_in_the_night_is_not_asked_about(asked: Request, now: dt.datetime, end: str) -> None:
    evening = (now + 55 * DAY).replace(hour=22)
    assert actions.remind_expiring(now=evening) == 1
    deliver_due(now=evening, limit=9, clock=lambda: evening)
    if end == "suspended":
        Association.objects.update(state=Association.State.SUSPENDED)
    else:
        Request.objects.update(until_date=evening.date())
    morning = evening + dt.timedelta(hours=12)
    deliver_due(now=morning, limit=9, clock=lambda: morning)
    message = Message.objects.get()
    assert (message.state, message.last_error) == ("skipped", "La demande ne se termine plus à cette date.")


def test_link_of_the_mail_keeps_it(asked: Request, world: World, now: dt.datetime, client: Client) -> None:
    actions.remind_expiring(now=now + 55 * DAY)
    message = Message.objects.get()
    assert wanted.overtaken(message, at=now + 55 * DAY) == ""
    path = keeping_path(asked, world.association_owner)
    assert message.context["url"].endswith(path)
    with travel(now + 55 * DAY, tick=False):
        assert "Cherchez-vous toujours" in client.get(path).text
        assert "reste en ligne jusqu’au" in client.post(path).text
    asked.refresh_from_db()
    assert asked.expires_at == now + 115 * DAY
    assert wanted.overtaken(message, at=now + 55 * DAY) == "La demande ne se termine plus à cette date."


def test_link_is_of_its_member_and_for_open_requests(
    asked: Request, world: World, now: dt.datetime, client: Client
) -> None:
    assert client.get(keeping_path(asked, world.company_owner)).status_code == 404
    assert client.get(reverse("associations:request_keep_by_link", args=["1-2.x"])).status_code == 404
    actions.withdraw_request(request=asked, now=now)
    assert client.post(keeping_path(asked, world.association_owner)).status_code == 409
    with pytest.raises(actions.RequestClosed):
        actions.keep_request(request=asked, now=now)


@pytest.mark.parametrize("days", [40, 70])
def test_request_whose_dates_have_passed_is_posted_again_not_kept(  # before its silence ends it, and after
    world: World, now: dt.datetime, visitor: Visitor, days: int
) -> None:
    asked = factories.make_request(now, world.association, audiences=["seniors"], weekdays=[2])
    client, later = visitor(world.association_owner), now + days * DAY
    page = reverse("associations:requests", args=[world.association.slug])
    link = keeping_path(asked, world.association_owner)
    with travel(later, tick=False):
        shown = client.get(page).text
        assert ("dates passées" in shown, "Rouvrir" in shown, "Déposer de nouveau" in shown) == (True, False, True)
        assert "dates passées" in client.get(reverse("association", args=[world.association.slug])).text
        kept = client.post(reverse("associations:request_keep", args=[world.association.slug, asked.pk]), follow=True)
        assert ("de nouveau en ligne" in kept.text, "déposez-la de nouveau" in kept.text) == (False, True)
        form = reverse("associations:request_create", args=[world.association.slug]) + f"?comme={asked.pk}"
        for answer, status in ((client.get(link), 200), (client.post(link), 409)):
            assert (answer.status_code, form in answer.text) == (status, True)
            assert "déposez-la de nouveau" in answer.text
        fields = client.get(form).context["form"]
        assert [fields[name].value() for name in ("topics", "audiences", "weekdays", "participants")] == [
            ["email"], ["seniors"], [2], 6,
        ]  # fmt: skip
        assert "Roubaix" in str(fields["commune"])
        assert fields["from_date"].value() == later.date()
    asked.refresh_from_db()
    assert asked.expires_at == now + 60 * DAY


@pytest.mark.parametrize("state", ["in_review", "open"])
def test_new_association_posts_again_what_is_over(world: World, now: dt.datetime, visitor: Visitor, state: str) -> None:
    """One at a time: what is over is none."""
    owner = factories.make_user("Nina")
    new = factories.make_association(now, owner=owner, admitted=False)
    over = factories.make_request(now, new, state=state)
    client, page = visitor(owner), reverse("associations:requests", args=[new.slug])
    form = reverse("associations:request_create", args=[new.slug]) + f"?comme={over.pk}"
    with travel(now + 20 * DAY, tick=False):
        typed = TYPED | {"until_date": "2027-02-28", "key": str(client.get(form).context["form"]["key"].value())}
        refused = client.post(form, typed)
        assert (refused.status_code, "une demande à la fois" in refused.text) == (422, True)
    with travel(now + 40 * DAY, tick=False):
        assert ("dates passées" in client.get(page).text, form in client.get(page).text) == (True, True)
        typed = TYPED | {"until_date": "2027-02-28", "key": str(client.get(form).context["form"]["key"].value())}
        assert client.post(form, typed).status_code == 302
    assert list(Request.objects.order_by("pk").values_list("state", flat=True)) == [state, "in_review"]


def test_request_is_copied_for_its_own_association_alone(world: World, now: dt.datetime, visitor: Visitor) -> None:
    foreign = factories.make_request(now, factories.make_association(now), audiences=["seniors"])
    form = reverse("associations:request_create", args=[world.association.slug])
    for number in (foreign.pk, "x", "9" * 30):
        answer = visitor(world.association_owner).get(form, {"comme": number})
        assert (answer.status_code, answer.context["form"]["audiences"].value()) == (200, None)


def test_request_of_a_suspended_association_is_not_kept(
    asked: Request, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    Association.objects.filter(pk=world.association.pk).update(state="suspended")
    client = visitor(world.association_owner)
    page = reverse("associations:requests", args=[world.association.slug])
    with travel(now + 60 * DAY, tick=False):
        shown = client.get(page).text
        assert ("Rouvrir" in shown, "ne sont pas en ligne" in shown) == (False, True)
        kept = client.post(reverse("associations:request_keep", args=[world.association.slug, asked.pk]), follow=True)
        assert ("de nouveau en ligne" in kept.text, "ne sont pas en ligne" in kept.text) == (False, True)
        link = client.post(keeping_path(asked, world.association_owner))
        assert (link.status_code, "ne sont pas en ligne" in link.text) == (409, True)


@pytest.mark.parametrize("state", ["in_review", "open"])
def test_request_is_withdrawn_from_the_list_also_in_review(
    world: World, now: dt.datetime, visitor: Visitor, state: str
) -> None:
    asked = factories.make_request(now, world.association, state=state)
    client = visitor(world.association_owner)
    path = reverse("workshops:association_request_withdraw", args=[world.association.slug, asked.pk])
    assert path in client.get(reverse("associations:requests", args=[world.association.slug])).text
    answer = client.post(path, follow=True)
    assert ("Votre demande est retirée" in answer.text, path in answer.text) == (True, False)


def test_request_that_reopens_has_its_time_again(asked: Request, now: dt.datetime) -> None:
    actions.move_request(request_id=asked.pk, to=Request.State.IN_PROGRESS, now=now)
    actions.move_request(request_id=asked.pk, to=Request.State.OPEN, now=now + 70 * DAY)
    assert Request.objects.open(now + 71 * DAY).exists()


PAPEETE = "98735"


@pytest.mark.parametrize("place", [PAPEETE, factories.NOUMEA, factories.LILLE, "97411"])
def test_last_day_of_a_request_is_that_of_its_commune(world: World, now: dt.datetime, place: str) -> None:
    """A minute before the day ends there it is open, a minute after it is over, whatever the day elsewhere."""
    last = dt.date(2026, 12, 9)
    wanted = factories.make_request(now, world.association, commune_id=place, until_date=last)
    ends = dt.datetime.combine(last + DAY, dt.time(), ZoneInfo(Commune.objects.get(pk=place).time_zone))
    minute = dt.timedelta(minutes=1)
    for at, is_open in ((ends - minute, True), (ends + minute, False)):
        assert Request.objects.open(at).filter(pk=wanted.pk).exists() == is_open
        assert Request.objects.with_expiry(at).get(pk=wanted.pk).over != is_open
        refusal = refusal_of(partial(actions.check_keeping, request=wanted, now=at))
        assert ("Les dates de cette demande sont passées" in refusal) != is_open


def test_form_takes_the_day_that_it_is_where_one_looks(world: World, visitor: Visitor) -> None:
    Association.objects.update(commune=PAPEETE)
    client = visitor(world.association_owner)
    address = reverse("associations:request_create", args=[world.association.slug])
    today, typed = "2026-12-09", TYPED | {"from_date": "2026-12-09", "until_date": "2026-12-09"}
    with travel(dt.datetime(2026, 12, 10, 0, 30, tzinfo=dt.UTC), tick=False):
        assert str(client.get(address).context["form"]["from_date"].value()) == today
        elsewhere = client.post(address, typed)
        assert elsewhere.context["form"].errors == {"until_date": ["Indiquez une date de fin à venir."]}
        assert client.post(address, typed | {"commune": "Papeete"}).status_code == 302
    assert Request.objects.get().commune_id == PAPEETE
