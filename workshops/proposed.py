"""The address of a slot that is proposed for a request: who books it from there books it for that request."""

from __future__ import annotations

from django.urls import reverse

from territories.keys import key_in

FOR = "demande"


def path_of_slot(slot: int, request: int | None = None) -> str:
    """The page of a slot (a number), for a request (another one) or for none in particular."""
    return reverse("workshops:slot", args=[slot]) + carried(request)


def carried(request: int | None) -> str:
    """What an address says of the request, to be put behind a path."""
    return f"?{FOR}={request}" if request is not None else ""


def request_said(said: str | None) -> int | None:
    """The number of the request that an address names, whosever it is; None where it names none."""
    return key_in(said) if said else None
