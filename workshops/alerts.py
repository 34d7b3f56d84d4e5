"""Saved searches whose people hear of what is new: each slot once, in one of their searches, and anew at another date.

A slot is new when it has been noticed since (`Slot.matched_at`): by then it may be booked, whether it was published,
moved, free again, or published before its company became a signatory. What a person's own association gave back is no
news to them. It stands outside of the actions because it reads queries as the search's page does.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, Max, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from accounts.scans import one_by_one
from associations.models import Association
from companies.models import Slot
from workshops import emails
from workshops.models import Booking, BookingQuerySet, SavedSearch, SearchNotice
from workshops.saved import asked_by
from workshops.searching import Criteria, searched

SEARCHES_A_RUN = 5000
# Who notices slots stamps them when they begin, and may take `CELERY_TASK_TIME_LIMIT` until others see it.
SEEN_WITHIN = dt.timedelta(minutes=10)


def tell_alerts(*, now: dt.datetime) -> int:
    """Tell of each search, in one mail, the slots that are new to it. Returns of how many searches.

    While nothing is noticed no search is looked at. May run twice, late or at once with others.
    """
    newest = Slot.objects.filter(state=Slot.State.OPEN).aggregate(at=Max("matched_at"))["at"]
    if newest is None:
        return 0
    due = SavedSearch.objects.alerting().filter(news_since_at__lt=newest).order_by("news_since_at", "pk")
    found = list(due.values_list("pk", "frequency")[:SEARCHES_A_RUN])
    # What two searches of a person find is told at once where one of them says so.
    found.sort(key=lambda one: one[1] != SavedSearch.Frequency.INSTANT)
    return one_by_one([number for number, _ in found], lambda number: _tell(number, now))


def _tell(number: int, now: dt.datetime) -> bool:
    """What another run has in hand is left to it, and all of the same person meanwhile."""
    held = SavedSearch.objects.alerting().select_for_update(no_key=True, skip_locked=True, of=("self", "user"))
    search = held.select_related("user").filter(pk=number).first()
    if search is None:
        return False
    noticed = _noticed(search, now)
    since = Greatest("news_since_at", Value(now - SEEN_WITHIN))
    SavedSearch.objects.filter(pk=number).update(news_since_at=since)
    if not noticed:
        return False
    # Of what nobody can book any more no word is kept.
    SearchNotice.objects.filter(search=search, slot__closes_at__lte=now).delete()
    SearchNotice.objects.bulk_create(
        [SearchNotice(search=search, slot_id=one, starts_at=starts_at, told_at=now) for one, starts_at, _ in noticed],
        update_conflicts=True,
        unique_fields=["search", "slot"],
        update_fields=["starts_at", "told_at"],
    )
    new = [one for one, _, is_given_back in noticed if not is_given_back]
    if not new:
        return False
    first = new[: emails.SHOWN_IN_ALERT]
    slots = list(Slot.objects.filter(pk__in=first).with_place().order_by("starts_at", "pk"))
    emails.search_alert(search=search, slots=slots, more=len(new) - len(first), now=now)
    return True


def _noticed(search: SavedSearch, now: dt.datetime) -> list[tuple[int, dt.datetime, bool]]:
    """Which slots may be booked and were noticed since, when they begin, and whether its person gave them back.

    Those of which they were told are left out; what waits for a weekly mail is told at once all the same where a search
    says so.
    """
    asked = asked_by(search.query)
    if asked is None:
        return []
    told = SearchNotice.objects.filter(
        Q(search=search) | Q(search__frequency__in={SavedSearch.Frequency.INSTANT, search.frequency}),
        search__user=search.user_id,
        slot=OuterRef("pk"),
        starts_at=OuterRef("starts_at"),
    )
    given_back = Exists(_given_back(search.user).filter(slot=OuterRef("pk")))
    found = searched(Criteria.of(asked), now=now).filter(matched_at__gt=search.news_since_at)
    new = found.filter(~Exists(told) | given_back)
    return list(new.order_by("starts_at", "pk").values_list("pk", "starts_at", given_back))


def _given_back(user: User) -> BookingQuerySet:
    """What the person's associations had, or were offered, and let go, where no look at their searches has come since.

    A look writes down what was given back as if it had told it: such a slot is news at another date.
    """
    states = Booking.State
    own = Booking.objects.filter(association__in=Association.objects.managed_by(user))
    refused = own.proposed().filter(state__in=(states.DECLINED, states.EXPIRED))
    cancelled = own.filter(state=states.CANCELLED_BY_ASSOCIATION)
    ended = (cancelled | refused).annotate(ended_at=Coalesce("cancelled_at", "settled_at"))
    seen = SearchNotice.objects.filter(search__user=user, slot=OuterRef("slot"), told_at__gte=OuterRef("ended_at"))
    return ended.filter(~Exists(seen))
