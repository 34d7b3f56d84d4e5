"""What a person may take along is all that is kept of them, and nothing of others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.test import Client

from accounts.models import User
from mail.kinds import Frequency
from mail.models import Preferences
from tests import factories
from tests.factories import World
from workshops.actions import certify
from workshops.models import Attendance, LostPromise, Workshop, WorkshopNote

Visitor = Callable[[User], Client]


def test_export_holds_what_is_kept_of_the_person_alone(world: World, now: dt.datetime, visitor: Visitor) -> None:
    profile = factories.make_profile(now, world.company, world.volunteer, topics=["email"], pledged_hours=12)
    profile.sites.add(world.site)
    factories.make_promise(now, world.slot, world.volunteer)
    factories.make_booking(now, world.slot, world.association)
    workshop = Workshop.objects.get()
    given = {"engagement_type": "benevolat", "told_at": world.slot.ends_at}
    Attendance.objects.create(workshop=workshop, volunteer=world.volunteer, minutes=90, **given)
    made = certify(
        company=world.company, volunteer=world.volunteer, year=2026, by=world.volunteer, now=world.slot.ends_at
    )
    for person, text in ((world.volunteer, "Bonjour."), (world.company_owner, "Non.")):
        note = {"side": "company", "kind": "other", "text": text, "created_at": now, "created_by": person}
        WorkshopNote.objects.create(booking=workshop.booking, **note)
    Preferences.objects.create(address=world.volunteer.email, suggestions=Frequency.NEVER, changed_at=now)
    Preferences.objects.create(address=world.company_owner.email, changed_at=now)
    factories.make_search(now, world.volunteer, "lieu=insee-59350", name="Près de chez moi")
    factories.make_search(now, world.company_owner, name="Ailleurs")
    LostPromise.objects.create(promise=1, slot=world.slot, volunteer=world.volunteer, sequence=1, lost_at=now)
    answer = visitor(world.volunteer).get("/compte/mes-donnees.json")
    assert "attachment" in answer["Content-Disposition"]
    told = answer.json()
    assert (told["account"]["email"], told["account"]["addresses"][0]["verified"]) == (world.volunteer.email, True)
    assert [one["role"] for one in told["memberships"]] == ["volunteer"]
    (own,) = told["volunteer_profiles"]
    assert (own["topics"], own["pledged_hours"], own["sites"]) == (["email"], 12, ["Siège"])
    assert [one["starts_at"] for one in told["promises"]] == ["2026-12-08T17:30:00Z"]
    assert [one["slot__starts_at"] for one in told["lost_promises"]] == ["2026-12-08T17:30:00Z"]
    assert [(one["address"], one["suggestions"]) for one in told["mail"]] == [(world.volunteer.email, "never")]
    assert world.company_owner.email not in answer.text
    assert [(one["minutes"], one["company"]) for one in told["presences"]] == [(90, world.company.name)]
    assert [one["code"] for one in told["certificates"]] == [made.code]
    assert [one["text"] for one in told["words"]] == ["Bonjour."]
    assert [(one["name"], one["query"]) for one in told["saved_searches"]] == [("Près de chez moi", "lieu=insee-59350")]
    nothing = visitor(factories.make_user()).get("/compte/mes-donnees.json").json()
    assert (nothing["memberships"], nothing["volunteer_profiles"], nothing["promises"]) == ([], [], [])
