"""The portal as an app on a phone: what it is called there, its icon, and what it shows without a network.

Only an installed app keeps anything: `static/installed.js` registers `static/worker.js` there and nowhere else, so that
a borrowed computer shows nobody's workshops.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.identity import signed_in
from territories import clock
from workshops.coming import coming_of

STATIC = Path(settings.BASE_DIR) / "static"
SIZES = (180, 192, 512)
DAY = 24 * 3600


@login_not_required
@require_safe
def manifest(_request: HttpRequest) -> JsonResponse:
    """What a phone calls the portal on its screen (W3C Web Application Manifest)."""
    icons = [
        {"src": reverse("icon", args=[size]), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
        for size in SIZES
    ]
    described = {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "lang": "fr",
        "start_url": reverse("dashboard"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#fffdf7",
        "theme_color": "#1f2a5c",
        "icons": [{"src": static("door.svg"), "sizes": "any", "type": "image/svg+xml"}, *icons],
        "shortcuts": [{"name": "Chercher un créneau", "url": reverse("workshops:search")}],
    }
    return JsonResponse(described, content_type="application/manifest+json")


@login_not_required
@require_safe
def icon(_request: HttpRequest, size: int) -> HttpResponse:
    """The open door in a square of `size` dots, with room around it for any shape of icon."""
    if size not in SIZES:
        raise Http404
    return HttpResponse(_drawn(size), content_type="image/png", headers={"Cache-Control": f"public, max-age={DAY}"})


@lru_cache(maxsize=len(SIZES))
def _drawn(size: int) -> bytes:
    drawing = (STATIC / "door.svg").read_text(encoding="utf-8")
    # A point is a dot at 72 to an inch.
    source = f"""
#set page(width: {size}pt, height: {size}pt, margin: {size // 10}pt, fill: rgb("#1f2a5c"))
#image(bytes(sys.inputs.door), format: "svg", width: 100%)
"""
    made: Any = typst.compile(source.encode(), format="png", ppi=72, sys_inputs={"door": drawing})
    return bytes(made)


@login_not_required
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The script that answers for the portal without a network: from the root, whose pages it looks after."""
    script = (STATIC / "worker.js").read_bytes()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What an installed app keeps to show without a network: one's next workshops, with how to get in."""
    now = clock.now()
    response = render(request, "solidarite/offline.html", {"coming": coming_of(signed_in(request), now), "now": now})
    response["Cache-Control"] = "no-store"
    return response
