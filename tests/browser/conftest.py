"""A running portal, started by the README's command, and Chromium to walk it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from bench.chromium import CHROMIUM, LAUNCH, new_context, sign_in_on
from bench.portal import Portal


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a portal that was started once for all workers, to be copied."""
    own = tmp_path_factory.getbasetemp()
    data = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "loaded"
    with data.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data.exists():
            begun = data.with_suffix(".begun")
            running = Portal(begun)
            running.ready()
            running.stop()
            # Whole, or not there: another worker must not copy what did not start.
            begun.rename(data)
    return data


@contextlib.contextmanager
def started(loaded: Path, folder: Path) -> Iterator[Portal]:
    running = Portal(shutil.copytree(loaded, folder / "data"))
    yield running.ready()
    running.stop()


@pytest.fixture(scope="session")
def portal(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One portal for all browser tests."""
    with started(loaded, tmp_path_factory.mktemp("portal")) as running:
        yield running


@pytest.fixture(scope="module")
def own_portal(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal for one file of tests, which change what others rely on: the clock, or the charter."""
    with started(loaded, tmp_path_factory.mktemp("own")) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium. Without it these tests are skipped, but not in CI."""
    if CHROMIUM is None:
        reason = "Chromium is missing: apt install chromium-headless-shell"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return LAUNCH


SignIn = Callable[[str], Page]


@pytest.fixture
def sign_in(portal: Portal, browser: Browser) -> Iterator[SignIn]:
    """A page of a browser of their own for each person who signs in with the demonstration's password."""
    contexts: list[BrowserContext] = []

    def enter(email: str) -> Page:
        context = new_context(browser, portal)
        contexts.append(context)
        return sign_in_on(context.new_page(), email)

    yield enter
    for context in contexts:
        context.close()
