"""Photographs of rooms, made safe to show: what is not a picture is refused, and only the picture is kept. Pure."""

from __future__ import annotations

import io
from typing import NamedTuple

from accounts.uploads import LONGEST_FILE, Damaged, NoPicture, TooManyPixels, Unusable, upright

FORMATS = ("JPEG", "PNG", "WEBP")
# Pixels of the longer side.
LONGEST_SIDE = 1600
QUALITY = 80

SAID: dict[type[Unusable], str] = {
    NoPicture: "Donnez une photo au format JPEG, PNG ou WebP.",
    TooManyPixels: "Cette photo compte trop de pixels\u00a0: réduisez-la.",
    Damaged: "Cette photo est abîmée\u00a0: enregistrez-la à nouveau.",
}


class Photo(NamedTuple):
    """A WebP picture without a word about where, when and with what it was taken."""

    data: bytes
    width: int
    height: int


class UnusablePhoto(ValueError):
    """Why it cannot be used, in a French sentence that says what to do."""


def clean_photo(file: bytes) -> Photo:
    """The picture in a file, upright, at most 1600 pixels long, encoded anew.

    Raises:
        UnusablePhoto: it is no JPEG, PNG or WebP picture, or too large to be opened.
    """
    if len(file) > LONGEST_FILE:
        raise UnusablePhoto("Cette photo dépasse 5\u00a0Mo\u00a0: réduisez-la.")
    try:
        picture = upright(file, formats=FORMATS)
    except Unusable as error:
        raise UnusablePhoto(SAID[type(error)]) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, exif=b"", icc_profile=None)
    return Photo(out.getvalue(), picture.width, picture.height)
