"""What a name may not hold: characters that nobody sees, or that make text run backwards, and addresses of sites."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

# Control characters, zero-width spaces, what no XML may hold, and the marks that override the direction of text.
# Letters of scripts that are written from right to left need none of these.
INVISIBLE = "\u0001-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff"
# As PostgreSQL reads it, for a CHECK.
INVISIBLE_PATTERN = f"[{INVISIBLE}]"

visible = RegexValidator(
    re.compile(INVISIBLE_PATTERN),
    "Retapez ce texte\u00a0: il contient des caractères invisibles.",
    code="invisible",
    inverse_match=True,
)

# With a scheme, or a domain with a path or one of the endings that bait for clicks: « E.Leclerc » is a name.
_ADDRESS = re.compile(
    r"https?:|www\.|://|[\w-]\.[a-z]{2,}/|[\w-]{2,}\.(?:com|net|org|fr|eu|be|ch|de|es|it|uk|io|me|co|app|dev|link|page|info"
    r"|biz|example|online|site|shop|store|xyz|ru|top|click|pro|tv|cc)\b",
    re.IGNORECASE,
)


def not_an_address(text: str) -> None:
    """Refuse a name that is there to be clicked on."""
    if _ADDRESS.search(text):
        raise ValidationError("Écrivez un nom, sans adresse de site.", code="address")


NAME: list[Callable[[Any], None]] = [visible, not_an_address]
