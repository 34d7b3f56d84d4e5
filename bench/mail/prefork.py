"""Processes that start at once, forked from one that has Django set up, so that many may be killed."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.synchronize import Barrier
from typing import Any


def start(deed: Callable[..., None], *values: Any) -> ForkServerProcess:
    """Have a process do this; it ends with us at the latest."""
    process = _forks().Process(target=deed, args=values, daemon=True)
    process.start()
    return process


def barrier(parties: int) -> Barrier:
    """Where so many processes wait for each other."""
    return _forks().Barrier(parties)


@cache
def _forks() -> ForkServerContext:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["__main__", "bench.mail.prepared"])
    return forks
