"""Certificates of insurance as files, made safe to keep: a PDF as it is, of a picture only the picture. Pure."""

from __future__ import annotations

import io
import re
from typing import NamedTuple

from accounts.uploads import LONGEST_FILE, Damaged, NoPicture, TooManyPixels, Unusable, upright

FORMATS = ("JPEG", "PNG")
# Pixels of the longer side: small print is still read.
LONGEST_SIDE = 2400
QUALITY = 85

# Readers forgive what stands before the head and after the end; that is where a second file hides.
PDF_HEAD = re.compile(rb"%PDF-[12]\.\d[\r\n \t%]")
PDF_END = re.compile(rb"startxref\s+\d+\s+%%EOF[\s\0]*\Z")

SAID: dict[type[Unusable], str] = {
    NoPicture: "Donnez l’attestation en PDF, ou une image JPEG ou PNG.",
    TooManyPixels: "Cette image compte trop de pixels\u00a0: réduisez-la, ou donnez un PDF.",
    Damaged: "Cette image est abîmée\u00a0: enregistrez-la à nouveau, ou donnez un PDF.",
}


class Kept(NamedTuple):
    """What is kept of a file, and how such a file ends: "pdf" or "jpg"."""

    data: bytes
    kind: str


class UnusableCertificate(ValueError):
    """Why it cannot be used, in a French sentence that says what to do."""


def clean_certificate(file: bytes) -> Kept:
    """The PDF of a file, or its picture upright and encoded anew, by what it holds and not by its name.

    Raises:
        UnusableCertificate: it is neither a whole PDF nor a JPEG or PNG picture, or too large.
    """
    if len(file) > LONGEST_FILE:
        raise UnusableCertificate("Ce fichier dépasse 5\u00a0Mo\u00a0: réduisez-le.")
    if PDF_HEAD.match(file):
        return _whole_pdf(file)
    try:
        picture = upright(file, formats=FORMATS)
    except Unusable as error:
        raise UnusableCertificate(SAID[type(error)]) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, exif=b"", icc_profile=None)
    return Kept(out.getvalue(), "jpg")


def _whole_pdf(file: bytes) -> Kept:
    if not PDF_END.search(file[-1024:]):
        raise UnusableCertificate("Ce PDF est abîmé\u00a0: enregistrez-le à nouveau, ou imprimez-le en PDF.")
    return Kept(file, "pdf")
