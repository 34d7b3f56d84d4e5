"""A search as the portal makes it, page by page."""

from django.http import QueryDict

from tests.conftest import NOW
from workshops.filters import Position, read
from workshops.searching import Criteria, Found, find


def asked(query: dict[str, str]) -> Criteria:
    typed = QueryDict(mutable=True)
    typed.update(query)
    found = read(typed)
    assert found is not None
    return Criteria.of(found.cleaned)


def ends(found: Found, criteria: Criteria) -> tuple[Position, Position]:
    first, last = found.ends(criteria)
    assert first is not None
    assert last is not None
    return first, last


def search(query: dict[str, str], *, count: int = 7) -> list[int]:
    """Page by page until the end, then back again: both ways are one list."""
    criteria, pages = asked(query), []
    found = find(criteria, now=NOW, count=count)
    while True:
        pages.append([row[0] for row in found.rows])
        if not found.more:
            break
        found = find(criteria, now=NOW, position=ends(found, criteria)[1], count=count)
    forwards = [number for page in pages for number in page]
    back: list[int] = []
    while found.rows:
        back = [row[0] for row in found.rows] + back
        found = find(criteria, now=NOW, position=ends(found, criteria)[0], backwards=True, count=count)
    assert back == forwards
    return forwards
