"""The picture that messengers and networks show beside a link to the portal: the words of its page, set in type."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

TEMPLATE = Path(__file__).with_suffix(".typ")
# 600 × 315 points at 144 dots an inch: 1200 × 630 dots, as the Open Graph protocol is read by most.
DOTS_AN_INCH = 144


@lru_cache(maxsize=200)
def share_card(title: str, *lines: str) -> bytes:
    """A PNG of 1200 × 630 dots."""
    words = json.dumps({"site": settings.SITE_NAME, "title": title, "lines": lines}, ensure_ascii=False)
    made: Any = typst.compile(TEMPLATE.read_bytes(), format="png", ppi=DOTS_AN_INCH, sys_inputs={"data": words})
    return bytes(made)
