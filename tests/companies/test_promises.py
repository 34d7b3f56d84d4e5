"""At commit, in SQL: who has promised to come is a member, with consent where it is on working time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Decision, Role
from companies.actions.volunteers import withdraw_consent
from companies.models import Engagement, SlotVolunteer
from solidarite.moderation.merging import merge
from tests import factories
from tests.factories import World

DAY = dt.timedelta(days=1)
LEAVES = "DELETE FROM companies_membership WHERE role = 'volunteer'"
LEAVES_ALONE = "DELETE FROM companies_volunteerprofile"
TAKES_BACK = "DELETE FROM companies_slotvolunteer"
BREAKS = {
    "the membership goes with its profile": (
        "promise_of_a_member",
        f"{LEAVES_ALONE}; {LEAVES}",
    ),
    "the membership becomes another company's": (
        "promise_of_a_member",
        "UPDATE companies_membership SET company_id = {other} WHERE role = 'volunteer'",
    ),
    "the membership becomes another person's": (
        "promise_of_a_member",
        "UPDATE companies_membership SET user_id = {stranger} WHERE role = 'volunteer'",
    ),
    "the site becomes another company's": ("promise_of_a_member", "UPDATE companies_site SET company_id = {other}"),
    "the consent goes": ("promise_with_consent", "UPDATE companies_volunteerprofile SET consented_at = NULL"),
    "the profile goes": ("promise_with_consent", LEAVES_ALONE),
}


@pytest.fixture
def promise(world: World, now: dt.datetime) -> SlotVolunteer:
    """Of a volunteer who comes on working time, with consent."""
    factories.make_profile(now, world.company, world.volunteer, engagement_type=Engagement.MECENAT, consented_at=now)
    return factories.make_promise(now, world.slot, world.volunteer, engagement_type=Engagement.MECENAT)


def attempt(statement: str, *, at: dt.datetime | None, other: int = 0) -> None:
    """In one transaction, at this instant of the portal; without one, at the real one."""
    with transaction.atomic(), connection.cursor() as cursor:
        if at:
            cursor.execute("SELECT set_config('solidarite.now', %s, true)", [at.isoformat()])
        cursor.execute(statement.format(other=other, stranger=factories.make_user().pk))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(("constraint", "statement"), BREAKS.values(), ids=BREAKS)
def test_a_coming_promise_keeps_what_it_leans_on(
    world: World, promise: SlotVolunteer, now: dt.datetime, constraint: str, statement: str
) -> None:
    other = factories.make_company(now).pk
    with pytest.raises(IntegrityError, match="promise") as refusal:
        attempt(statement, at=promise.starts_at - DAY, other=other)
    assert refusal.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


@pytest.mark.parametrize("statement", [one for _, one in BREAKS.values()], ids=BREAKS)
def test_what_is_over_holds_nobody_back(world: World, promise: SlotVolunteer, now: dt.datetime, statement: str) -> None:
    attempt(statement, at=promise.starts_at + DAY, other=factories.make_company(now).pk)


def test_without_an_instant_it_is_the_real_one(world: World, now: dt.datetime) -> None:
    far = dt.datetime(2199, 12, 8, 17, 30, tzinfo=dt.UTC)
    factories.make_promise(now, factories.make_slot(world.room, far), world.volunteer)
    with pytest.raises(IntegrityError, match="needs a member"):
        attempt(LEAVES, at=None)


def test_all_may_go_together_in_any_order(world: World, promise: SlotVolunteer) -> None:
    attempt(f"{LEAVES_ALONE}; {LEAVES}; {TAKES_BACK}", at=None)
    assert not SlotVolunteer.objects.exists()


def test_a_consent_taken_back_ends_what_is_still_to_come_by_the_instant_of_the_deed(
    world: World, promise: SlotVolunteer
) -> None:
    """The portal's instant counts, although by the real one the first date may be still to come."""
    factories.make_promise(
        promise.joined_at,
        factories.make_slot(world.room, promise.starts_at + 7 * DAY),
        world.volunteer,
        engagement_type=Engagement.MECENAT,
    )
    profile = world.company.memberships.get(user=world.volunteer).volunteer_profile
    ended = withdraw_consent(profile=profile, by=world.company_owner, now=promise.starts_at + DAY)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert (ended, list(SlotVolunteer.objects.all())) == (1, [promise])


@pytest.mark.parametrize(
    ("own", "after"),
    [
        ({"engagement_type": Engagement.MECENAT}, (True, Engagement.MECENAT)),
        ({"engagement_type": Engagement.BENEVOLAT}, (False, Engagement.BENEVOLAT)),
    ],
    ids=["the consent counts for both", "the volunteer's own time"],
)
def test_of_two_companies_united_the_promise_stands(
    world: World,
    promise: SlotVolunteer,
    now: dt.datetime,
    own: dict[str, Engagement],
    after: tuple[bool, Engagement],
) -> None:
    kept = factories.make_company(now)
    factories.add_member(kept, world.volunteer, Role.VOLUNTEER, now)
    profile = factories.make_profile(now, kept, world.volunteer, **own)
    merge(
        file=kept,
        subject=Decision.Subject.SIGNATURE,
        keep=kept,
        absorb=world.company,
        by=world.moderator,
        now=now,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    profile.refresh_from_db()
    promise.refresh_from_db()
    assert (profile.consented_at is not None, promise.engagement_type) == after
