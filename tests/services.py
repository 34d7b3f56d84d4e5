"""PostgreSQL and Valkey for the tests: embedded, of the tests' own, kept between runs, not durable.

Imported before the settings are read. Workers of pytest-xdist find the addresses in their environment.
"""

import atexit
import contextlib
import os
from pathlib import Path

from solidarite.embedded import addresses, cluster

TEST_DATA = Path(__file__).resolve().parent.parent / ".data" / "tests"


def provide() -> None:
    """Start what the environment does not give, until this process ends, and say where it is."""
    # Playwright keeps an event loop in the thread of the tests, which Django takes for asynchronous code.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    os.environ.setdefault("SECRET_KEY", "tests-only")
    os.environ.setdefault("DEBUG", "false")
    os.environ.setdefault("HTTPS", "false")
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    os.environ.setdefault("SOLIDARITE_DATA", str(TEST_DATA))
    stack = contextlib.ExitStack()
    stack.enter_context(cluster.running(durable=False))
    atexit.register(stack.close)
    os.environ.setdefault("DATABASE_URL", addresses.database_url())
    os.environ.setdefault("REDIS_URL", addresses.redis_url())
