"""Saved searches whose people hear of what is new: each slot once, and anew at another date.

A slot is new when it has been noticed since (`Slot.matched_at`): by then it may be booked, whether it was published,
moved, free again, or published before its company became a signatory. It stands outside of the actions because it reads
queries as the search's page does.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, Max, OuterRef, Value
from django.db.models.functions import Greatest

from accounts.scans import one_by_one
from companies.models import Slot
from workshops import emails
from workshops.models import SavedSearch, SearchNotice
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
    numbers = list(due.values_list("pk", flat=True)[:SEARCHES_A_RUN])
    return one_by_one(numbers, lambda number: _tell(number, now))


def _tell(number: int, now: dt.datetime) -> bool:
    """What another run has in hand is left to it."""
    held = SavedSearch.objects.alerting().select_for_update(no_key=True, skip_locked=True, of=("self",))
    search = held.select_related("user").filter(pk=number).first()
    if search is None:
        return False
    new = _new_to(search, now)
    since = Greatest("news_since_at", Value(now - SEEN_WITHIN))
    SavedSearch.objects.filter(pk=number).update(news_since_at=since)
    if not new:
        return False
    # Of what nobody can book any more no word is kept.
    SearchNotice.objects.filter(search=search, slot__closes_at__lte=now).delete()
    SearchNotice.objects.bulk_create(
        [SearchNotice(search=search, slot_id=one, starts_at=starts_at, told_at=now) for one, starts_at in new],
        update_conflicts=True,
        unique_fields=["search", "slot"],
        update_fields=["starts_at", "told_at"],
    )
    first = [one for one, _ in new[: emails.SHOWN_IN_ALERT]]
    slots = list(Slot.objects.filter(pk__in=first).with_place().order_by("starts_at", "pk"))
    emails.search_alert(search=search, slots=slots, more=len(new) - len(first), now=now)
    return True


def _new_to(search: SavedSearch, now: dt.datetime) -> list[tuple[int, dt.datetime]]:
    """Which slots may be booked and were noticed since, and when they begin, of which its person was not told."""
    asked = asked_by(search.query)
    if asked is None:
        return []
    told = SearchNotice.objects.filter(search=search, slot=OuterRef("pk"), starts_at=OuterRef("starts_at"))
    new = searched(Criteria.of(asked), now=now).filter(~Exists(told), matched_at__gt=search.news_since_at)
    return list(new.order_by("starts_at", "pk").values_list("pk", "starts_at"))
