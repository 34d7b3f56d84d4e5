"""Where people write to the moderators."""

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse


def contact_url(path: str) -> str:
    """The page to write to the moderators about another page of the portal, given by its path."""
    return f"{settings.SITE_URL}{reverse('report_abuse')}?{urlencode({'page': path})}"
