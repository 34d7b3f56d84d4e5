"""How a scan of facts goes through what it found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from django.db import transaction

logger = logging.getLogger(__name__)


def one_by_one[Thing](found: Iterable[Thing], tell: Callable[[Thing], object]) -> int:
    """Tell of each in a transaction of its own. Returns of how many: False means that there was nothing to tell.

    A fault in one of them, which is logged, holds up none of the others: the next run tries it again.
    """
    return sum(_try(tell, thing) for thing in found)


def _try[Thing](tell: Callable[[Thing], object], thing: Thing) -> bool:
    try:
        with transaction.atomic():
            return tell(thing) is not False
    except Exception:
        logger.exception("A scan could not tell of %r", thing)
        return False
