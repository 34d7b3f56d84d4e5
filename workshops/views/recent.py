"""Pages that everybody sees alike, kept for a second in the memory of each process.

A crowd that opens one page costs one; what changes is seen a second later at most, whoever changed it and however.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

SECONDS = 1.0
MOST = 500


class _Kept(NamedTuple):
    until: float
    tag: str
    body: bytes
    status: int
    kind: str


_kept: OrderedDict[str, _Kept] = OrderedDict()


def is_anonymous(request: HttpRequest) -> bool:
    """Whether nothing is known of who asks: no session, and nothing to tell them."""
    return request.COOKIES.keys().isdisjoint((settings.SESSION_COOKIE_NAME, "messages"))


def answer(request: HttpRequest, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The page of this address for somebody unknown: kept, or made now; 304 when they have it already."""
    key, now = request.get_full_path(), time.monotonic()
    kept = _kept.get(key)
    if kept is None or kept.until <= now:
        kept = _keep(key, make(), now)
    response = HttpResponse(kept.body, status=kept.status, content_type=kept.kind)
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = kept.tag
    patch_vary_headers(response, ("Cookie", "HX-Request"))
    return get_conditional_response(request, etag=kept.tag, response=response) or response


def _keep(key: str, made: HttpResponse, now: float) -> _Kept:
    tag = f'W/"{blake2b(made.content, digest_size=12).hexdigest()}"'
    kept = _Kept(now + SECONDS, tag, made.content, made.status_code, made["Content-Type"])
    # Another thread may drop the same one at any step: what is last was put there anew.
    _kept.pop(key, None)
    _kept[key] = kept
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return kept
