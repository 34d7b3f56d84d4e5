"""What is logged: a line for each request, in JSON on a server, in colours in a demonstration."""

from __future__ import annotations

import logging

import structlog


def configure(*, as_json: bool) -> None:
    """Lines of JSON hold the trace of an exception without the values of its variables, which may be somebody's."""
    exceptions = [structlog.processors.format_exc_info] if as_json else []
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *exceptions,
            renderer,
        ],
        cache_logger_on_first_use=True,
    )
