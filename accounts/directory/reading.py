"""From the bytes of a file to its header and records, whatever spreadsheet or portal wrote them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

LOST = "\ufffd"
"""Stands for a letter that some program could not write."""

_DELIMITERS = (";", ",", "\t", "|")
_SEP_LINE = re.compile(r'"?sep=(?P<delimiter>[;,\t|])"?\s*')
_CONTROLS = bytes(sorted({*range(32)} - {*b"\t\n\r\f"}))
_MOST_CONTROLS = 0.05
"""Share of control characters above which bytes are no text: 0.1 in random ones. A stray one is forgiven."""
_END = "\0end of file\0"
_WORKBOOK = "c’est un classeur de tableur\u00a0; ouvrez-le, puis enregistrez-le au format «\u00a0CSV UTF-8\u00a0»."
_OTHER_FORMATS = {
    b"PK\x03\x04": _WORKBOOK,
    b"\xd0\xcf\x11\xe0": _WORKBOOK,
    b"%PDF": "c’est un PDF\u00a0; demandez les données au format CSV à qui les publie.",
    b"\x1f\x8b": "c’est une archive compressée\u00a0; décompressez-la d’abord.",
}


class UnreadableFile(Exception):
    """Nothing can be imported. The text is one French sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the table. `line` is where it begins in the file, from 1, as a text editor counts."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file understood as a table, cells as they are written in it."""

    header: tuple[str, ...]
    records: tuple[Record, ...]
    encoding: str
    delimiter: str


def read_table(content: bytes) -> Table:
    """The header (first line that is not blank) and the records that follow, blank lines left out.

    Raises:
        UnreadableFile: empty, binary, another format, a quotation mark that is never closed.
    """
    lines, encoding = _decode(content)
    skipped = 0
    if lines and (told := _SEP_LINE.fullmatch(lines[0])):
        skipped, delimiter = 1, told["delimiter"]
    else:
        delimiter = _delimiter(lines)
    records = list(_parse(lines[skipped:], delimiter, skipped))
    if not records:
        raise UnreadableFile("Ce fichier est vide\u00a0: indiquez un fichier CSV qui a au moins un en-tête.")
    header, *rest = records
    return Table(tuple(cell.strip() for cell in header.cells), tuple(rest), encoding, delimiter)


def _decode(content: bytes) -> tuple[list[str], str]:
    """Lines of text and the name of the encoding. A line that is not UTF-8 is read as Windows-1252."""
    for beginning, advice in _OTHER_FORMATS.items():
        if content.startswith(beginning):
            raise UnreadableFile(f"Ce fichier n’est pas un CSV lisible\u00a0: {advice}")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_utf16(content)
    if len(content) - len(content.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(content):
        raise UnreadableFile(
            "Ce fichier n’est pas un CSV lisible\u00a0: il contient des octets qui ne sont pas du texte. "
            "Exportez-le à nouveau au format «\u00a0CSV UTF-8\u00a0»."
        )
    lines = content.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    decoded = [_decode_line(line) for line in lines]
    encodings = {encoding for _, encoding in decoded if encoding}
    return [text for text, _ in decoded], " et ".join(sorted(encodings)) or "UTF-8"


def _decode_utf16(content: bytes) -> tuple[list[str], str]:
    try:
        text = content.decode("utf-16")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            "Ce fichier n’est pas un CSV lisible\u00a0: son texte UTF-16 est tronqué. "
            "Exportez-le à nouveau au format «\u00a0CSV UTF-8\u00a0»."
        ) from error
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text), "UTF-16"


def _decode_line(line: bytes) -> tuple[str, str]:
    """The text and, when it is not plain ASCII, the encoding that it shows."""
    try:
        return line.decode(), "" if line.isascii() else "UTF-8"
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace"), "Windows-1252"


def _delimiter(lines: list[str]) -> str:
    """The one that cuts the header into the most cells."""
    header = next((line for line in lines if line.strip()), "")
    return max(_DELIMITERS, key=header.count)


def _parse(lines: list[str], delimiter: str, skipped: int) -> Iterator[Record]:
    """Records with a cell at least. A last line of our own shows whether the quotation marks are closed."""
    reader = csv.reader([*lines, _END], delimiter=delimiter)
    begins = skipped + 1
    try:
        for cells in reader:
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(_END):
                raise UnreadableFile(_unclosed(begins))
            if any(cell.strip() for cell in cells) or len(cells) > 1:
                yield Record(begins, tuple(cells))
            begins = skipped + reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(_unclosed(begins)) from error


def _unclosed(line: int) -> str:
    return (
        f"Ce fichier n’est pas un CSV lisible\u00a0: un guillemet ouvert à la ligne {line} n’est pas refermé, "
        "ou une cellule y dépasse 131 072 caractères. Corrigez cette ligne, puis relancez."
    )
