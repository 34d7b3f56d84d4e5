"""Addresses as pictures to scan."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """The address as a code to scan, drawn in SVG, whole at any size."""
    code = segno.make(address, error="m")
    return mark_safe(code.svg_inline(border=2, dark="#10152b", light="#ffffff", svgclass="qr", omitsize=True))
