"""Photographs of rooms, made safe to show: what is not a picture is refused, and only the picture is kept. Pure."""

from __future__ import annotations

import io
import struct
from typing import NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_FILE = 5_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
TOO_MANY_PIXELS = "Cette photo compte trop de pixels\u00a0: réduisez-la."
# Pixels of the longer side.
LONGEST_SIDE = 1600
QUALITY = 80


# What the library's parts raise of a file that is not what its header says, its EXIF among them.
DAMAGED = (OSError, ValueError, SyntaxError, LookupError, TypeError, AttributeError, ArithmeticError, struct.error)


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
    upright = _upright(file)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=QUALITY, exif=b"", icc_profile=None)
    return Photo(out.getvalue(), upright.width, upright.height)


def _upright(file: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(file), formats=FORMATS) as opened:
            # Only the header is read so far.
            if opened.width * opened.height <= MOST_PIXELS:
                return ImageOps.exif_transpose(opened).convert("RGB")
    except UnidentifiedImageError as error:
        raise UnusablePhoto("Donnez une photo au format JPEG, PNG ou WebP.") from error
    except Image.DecompressionBombError as error:
        raise UnusablePhoto(TOO_MANY_PIXELS) from error
    except DAMAGED as error:
        raise UnusablePhoto("Cette photo est abîmée\u00a0: enregistrez-la à nouveau.") from error
    raise UnusablePhoto(TOO_MANY_PIXELS)
