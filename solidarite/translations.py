"""The catalogues of translations: what our templates and modules say, and what it is in other languages.

The source is French, so French has no words of its own: its catalogue only tells which number takes which form.
Without gettext's own programs, which few machines have. Babel is there for developers: only tests and the command
`update_translations` come here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT: Path = settings.BASE_DIR
SOURCE = "fr"
APPS = ("territories", "mail", "accounts", "companies", "associations", "workshops", "charter", "solidarite")
# What marks a text, and which of its arguments the text is; `counted` and `noun` are of `territories.wording`.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "counted": (2, 3),
    "noun": (2, 3),
}


def catalogue_file(language: str, suffix: str = "po") -> Path:
    """Where a language's catalogue stands."""
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"


def sources() -> list[Path]:
    """Every file of ours that may say something."""
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    templates = [path for path in (ROOT / "templates").rglob("*.*") if path.suffix in (".html", ".txt")]
    return sorted([*modules, *templates])


def extracted() -> Catalog:
    """All that is marked as a text, without translations."""
    found = Catalog()
    for path in sources():
        place = (path.relative_to(ROOT).as_posix(), 0)
        for text in _texts(path):
            found.add(text, locations=[place])
    return found


def _texts(path: Path) -> Iterator[str | tuple[str, ...]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django's own reading of a template, as calls of gettext among blanks. Indented, it would be no Python.
        source = re.sub(r"^\s+", "", templatize(source, origin=path.as_posix()), flags=re.MULTILINE)
    file = io.BytesIO(source.encode())
    for _line, text, _comments, _context in extract("python", file, KEYWORDS, options={"encoding": "utf-8"}):
        yield text


def read(language: str) -> Catalog:
    """The catalogue of a language, as it stands; an empty one when there is none."""
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(language, project="solidarite-numerique", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, language)


def updated(language: str) -> Catalog:
    """The catalogue with all that is said now and nothing else; what is new waits for its translation."""
    catalogue = read(language)
    catalogue.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return _plurals(catalogue) if language == SOURCE else catalogue


def _plurals(catalogue: Catalog) -> Catalog:
    """In French every text is its own translation: kept are those with two forms."""
    for message in list(catalogue):
        if message.id and not message.pluralizable:
            catalogue.delete(message.id)
        elif message.id:
            message.string = message.id
    return catalogue


def write(catalogue: Catalog) -> None:
    """To its two files: the one that people read, and the one that Django reads."""
    language = str(catalogue.locale)
    catalogue_file(language).parent.mkdir(parents=True, exist_ok=True)
    catalogue_file(language).write_bytes(as_po(catalogue))
    catalogue_file(language, "mo").write_bytes(as_mo(catalogue))


def as_po(catalogue: Catalog) -> bytes:
    """For people, file by file; without lines, which change with every edit."""
    file = io.BytesIO()
    write_po(file, catalogue, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """For Django."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def untranslated(catalogue: Catalog) -> list[Message]:
    """What waits for its translation, or for somebody to look at it again."""
    return [message for message in catalogue if message.id and (message.fuzzy or not _is_translated(message))]


def _is_translated(message: Message) -> bool:
    forms = message.string
    return all(forms) if isinstance(forms, (tuple, list)) else bool(forms)
