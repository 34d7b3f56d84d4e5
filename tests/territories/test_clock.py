import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django.fixtures import Settings

from territories import clock


@pytest.fixture(autouse=True)
def _clock_back_in_place() -> Iterator[None]:
    yield
    cache.delete(clock.ADVANCE_KEY)


def test_clock_is_set_forward_in_a_demonstration(settings: Settings) -> None:
    settings.DEBUG = True
    clock.set_forward(dt.timedelta(days=1))
    clock.set_forward(dt.timedelta(hours=2))
    assert clock.advance() == dt.timedelta(days=1, hours=2)
    assert abs(clock.now() - timezone.now() - dt.timedelta(days=1, hours=2)) < dt.timedelta(seconds=1)


def test_clock_tells_the_true_time_when_nobody_moved_it(settings: Settings) -> None:
    settings.DEBUG = True
    assert clock.advance() == dt.timedelta()


def test_clock_ignores_the_advance_in_production(settings: Settings) -> None:
    settings.DEBUG = True
    clock.set_forward(dt.timedelta(days=1))
    settings.DEBUG = False
    assert clock.advance() == dt.timedelta()


def test_clock_refuses_to_be_moved_in_production(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(RuntimeError, match="démonstration"):
        clock.set_forward(dt.timedelta(days=1))
