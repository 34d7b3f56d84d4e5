import datetime as dt
import hashlib
import io

import pytest
from django.db import transaction

from associations.models import Association
from companies.models import Company, Slot
from mail.models import Message
from solidarite.demonstration import seed
from solidarite.rehearsals import MADE_UP, names, previews
from workshops.actions import sweep_matches, tell_matches
from workshops.catalogue import bookable
from workshops.models import Booking, MatchNotice, Report

# Nobody was absent, asks to join, lost a second factor, seeks a stand-in, was invited by name, reported or appealed;
# no workshop or promise was moved, no offer made, no request hidden, no agreement ended.
STAGED = {
    "absence_reported",
    "agreement_ended",
    "appeal_answered",
    "booking_moved",
    "join_answered",
    "join_requested",
    "member_invited",
    "offer_declined",
    "promise_moved",
    "promises_elsewhere",
    "promises_ended",
    "recovery_confirmed",
    "recovery_opened",
    "report_settled",
    "request_hidden",
    "slot_offered",
    "slot_planned",
    "stand_in_asked",
}


def written() -> dict[str, str]:
    """A mark of the rows of each kind, keys apart, which count on."""
    companies = Company.objects.values_list("slug", "commune", "charter_approved_at")
    slots = Slot.objects.values_list("starts_at", "places", "room__name", "room__site__address")
    bookings = Booking.objects.values_list("key", "state", "participants", "reason", "slot__starts_at")
    reports = Report.objects.values_list("workshop__booking__key", "side", "attended", "rating", "under_12")
    kinds = {"companies": companies, "slots": slots, "bookings": bookings, "reports": reports}
    return {
        name: hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()[:12] for name, rows in kinds.items()
    }


@pytest.mark.django_db
def test_demonstration_is_of_a_believable_size_and_keeps_its_promises(now: dt.datetime) -> None:
    seed.load(now=now, progress=io.StringIO())
    assert Company.objects.count() == seed.COMPANIES
    assert Association.objects.count() == seed.ASSOCIATIONS
    assert 2500 <= Slot.objects.filter(starts_at__gt=now).count() <= 4500
    assert bookable(now).count() >= 2000
    assert {state for (state,) in Booking.objects.values_list("state").distinct()} == set(Booking.State)
    answered = Booking.objects.filter(state__in=["pending", "declined", "not_selected"])
    assert {mode for (mode,) in answered.values_list("slot__booking_mode").distinct()} == {"on_approval"}
    own = Booking.objects.filter(association=Booking.objects.latest("pk").association, slot__starts_at__gt=now)
    assert own.filter(state="pending").exists()
    assert Report.objects.filter(side="association").count() >= 200
    assert seed.is_loaded()
    # The first minute and the first night write nobody about what was invented before.
    first, mails = MatchNotice.objects.count(), Message.objects.filter(template="slots_matched")
    assert first >= 100
    assert (tell_matches(now=now), sweep_matches(now=now), mails.count()) == (0, 0, 0)

    seen = previews(names(), ["fr", "en"], now=now)
    assert [one.template for one in seen if not one.is_real] == []
    assert {one.template for one in seen if one.remark == MADE_UP} == STAGED


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 2])
def test_same_number_gives_the_same_data_all_day(now: dt.datetime, number: int) -> None:
    marks = []
    for instant in (now, now.replace(hour=21, minute=45)):
        with transaction.atomic():
            seed.load(now=instant, progress=io.StringIO(), seed=number)
            marks.append(written())
            transaction.set_rollback(True)
    assert marks[0] == marks[1]
