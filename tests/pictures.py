"""Pictures and papers for tests, made here."""

import io

from PIL import Image
from pypdf import PdfWriter


def picture(kind: str = "JPEG", size: tuple[int, int] = (120, 80), *, turned: bool = False) -> bytes:
    """A picture whose left half is red and whose right half is blue, with a position and a camera in its EXIF."""
    drawn = Image.new("RGB", size, "red")
    drawn.paste("blue", (size[0] // 2, 0, *size))
    exif = drawn.getexif()
    exif[0x010F] = "Appareil secret"
    exif.get_ifd(0x8825)[1] = "N"
    if turned:
        exif[0x0112] = 6  # to be shown a quarter turn to the right
    out = io.BytesIO()
    drawn.save(out, kind, exif=exif)
    return out.getvalue()


def paper() -> bytes:
    """A PDF of one empty page."""
    out = io.BytesIO()
    with PdfWriter() as writer:
        writer.add_blank_page(595, 842)
        writer.write(out)
    return out.getvalue()
