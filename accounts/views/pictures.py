"""Pictures that pages elsewhere show."""

from __future__ import annotations

from django.http import HttpResponse

from accounts.share_cards import share_card

HOUR = 3600


def shared_picture(title: str, *lines: str) -> HttpResponse:
    """The picture beside a link to a page, of these words."""
    return HttpResponse(
        share_card(title, *lines),
        content_type="image/png",
        headers={"Cache-Control": f"public, max-age={HOUR}", "Cross-Origin-Resource-Policy": "cross-origin"},
    )
