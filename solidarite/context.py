"""What every page's layout needs."""

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, object]:
    """Identity of the portal."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "debug_tools": settings.DEBUG}
