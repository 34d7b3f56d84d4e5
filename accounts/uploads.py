"""Files that people send, looked at before anything is kept: whether it is a picture, and the picture alone. Pure."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageOps, UnidentifiedImageError

# Bytes of the largest file that is read into memory.
LONGEST_FILE = 5_000_000
MOST_PIXELS = 40_000_000

# What the library's parts raise of a file that is not what its header says, its EXIF among them.
DAMAGED = (OSError, ValueError, SyntaxError, LookupError, TypeError, AttributeError, ArithmeticError, struct.error)


class Unusable(ValueError):
    """Why a file cannot be used."""


class NoPicture(Unusable):
    """It is of none of the formats asked for."""


class TooManyPixels(Unusable):
    """It says that it is larger than may be opened."""


class Damaged(Unusable):
    """It is not what its header says."""


def upright(file: bytes, *, formats: tuple[str, ...]) -> Image.Image:
    """The picture in a file, turned as it is to be shown; what else the file holds is left behind.

    Raises:
        NoPicture, TooManyPixels, Damaged: it cannot be used.
    """
    try:
        with Image.open(io.BytesIO(file), formats=formats) as opened:
            # Only the header is read so far.
            if opened.width * opened.height <= MOST_PIXELS:
                return _on_paper(ImageOps.exif_transpose(opened))
    except UnidentifiedImageError as error:
        raise NoPicture from error
    except Image.DecompressionBombError as error:
        raise TooManyPixels from error
    except DAMAGED as error:
        raise Damaged from error
    raise TooManyPixels


def _on_paper(picture: Image.Image) -> Image.Image:
    """Without transparency: what was written on nothing stands on white."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    drawn = picture.convert("RGBA")
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper
