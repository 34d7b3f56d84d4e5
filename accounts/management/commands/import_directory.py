"""`manage.py import_directory FILE.csv`: fill the local directory that pre-fills sign-up."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError, transaction
from rich.console import Console
from rich.progress import track

from accounts.directory.columns import Layout, apply, parse_mapping, recognise, shipped
from accounts.directory.importing import LONGEST_SOURCE, NoCommunes, Outcome, import_directory
from accounts.directory.reading import Record, Table, UnreadableFile, read_table
from accounts.directory.report import report_text
from territories import clock

LARGEST_BYTES = 512 * 1024 * 1024


class Command(BaseCommand):
    """Reads, checks and writes in one transaction; the last line printed is a JSON object of four counts."""

    help = "Importe un fichier CSV d’organisations dans l’annuaire local qui préremplit l’inscription."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FICHIER.csv", help="fichier à importer")
        parser.add_argument("--columns", metavar="CORRESPONDANCE", help="fichier TOML ou JSON, ou nom fourni")
        parser.add_argument("--report", metavar="FICHIER", help="où écrire ce qui n’a pas été lu")
        parser.add_argument("--source", help="nom du jeu de données (par défaut, celui du fichier)")
        parser.add_argument("--quiet", action="store_true", help="n’affiche que le résultat")

    def handle(
        self,
        *_args: Any,
        file: str,
        columns: str | None,
        report: str | None,
        source: str | None,
        quiet: bool,
        **_options: Any,
    ) -> None:
        path = Path(file)
        target = Path(report or f"{path.stem}.rapport.csv")
        if target.resolve() == path.resolve():
            raise CommandError("Le rapport écraserait le fichier à importer\u00a0: indiquez un autre --report.")
        try:
            table = read_table(_content(path))
            layout = _layout(table, columns)
            outcome = self._import(table, layout, (source or path.stem)[:LONGEST_SOURCE], target, quiet=quiet)
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        if not quiet:
            self._explain(table, layout, outcome, target)
        counts = {name: getattr(outcome, name) for name in ("read", "accepted", "refused", "changed")}
        self.stdout.write(json.dumps(counts))

    def _import(self, table: Table, layout: Layout, source: str, target: Path, *, quiet: bool) -> Outcome:
        """Nothing is kept when the report cannot be written."""
        watch = iter if quiet or not sys.stderr.isatty() else _progress
        try:
            with transaction.atomic():
                outcome = import_directory(table=table, layout=layout, source=source, now=clock.now(), watch=watch)
                _write(target, report_text(outcome.remarks))
        except NoCommunes as error:
            raise CommandError("La table des communes est vide\u00a0: lancez d’abord manage.py migrate.") from error
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(
                f"La base de données n’a pas répondu comme prévu ({str(error).splitlines()[0]}). "
                "Vérifiez DATABASE_URL, lancez manage.py migrate, puis recommencez."
            ) from error
        return outcome

    def _explain(self, table: Table, layout: Layout, outcome: Outcome, target: Path) -> None:
        self.stderr.write(f"Correspondance {layout.mapping.name}, {table.encoding}, séparateur {table.delimiter!r}.")
        if layout.unread:
            self.stderr.write(f"Colonnes non lues\u00a0: {', '.join(layout.unread)}.")
        if not outcome.read:
            self.stderr.write("Ce fichier n’a que son en-tête\u00a0: rien à importer.")
        if outcome.without_place and layout.mapping.name == "organisations":
            self.stderr.write(
                f"{outcome.without_place} lignes sont refusées faute de lieu. Pour garder celles qu’un numéro "
                "identifie, relancez avec --columns organisations-sans-lieu."
            )
        self.stderr.write(f"Rapport\u00a0: {target} ({len(outcome.remarks)} remarques).")


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise CommandError(f"Ce fichier n’existe pas\u00a0: {file}. Vérifiez son chemin.") from error
    except IsADirectoryError as error:
        raise CommandError(f"{file} est un dossier\u00a0: indiquez le fichier CSV qu’il contient.") from error
    except OSError as error:
        raise CommandError(
            f"Ce fichier ne s’ouvre pas\u00a0: {file} ({error.strerror}). Vérifiez vos droits."
        ) from error
    if len(content) > LARGEST_BYTES:
        raise CommandError(f"{file} dépasse 512 Mio\u00a0: découpez-le en plusieurs fichiers.")
    return content


def _layout(table: Table, columns: str | None) -> Layout:
    if columns is None:
        return recognise(table.header)
    mapping = shipped(columns)
    if mapping is None:
        try:
            text = Path(columns).read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise CommandError(
                f"La correspondance «\u00a0{columns}\u00a0» n’est ni un nom fourni ni un fichier lisible\u00a0: "
                "indiquez le chemin d’un fichier TOML ou JSON en UTF-8."
            ) from error
        mapping = parse_mapping(text, name=columns)
    return apply(mapping, table.header)


def _write(target: Path, text: str) -> None:
    """Whole or not at all."""
    draft = target.with_name(f"{target.name}.partial")
    try:
        draft.write_text(text, encoding="utf-8", newline="")
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CommandError(
            f"Le rapport ne s’écrit pas\u00a0: {target} ({error.strerror}). Rien n’est importé\u00a0: "
            "indiquez par --report un fichier dans un dossier où vous pouvez écrire."
        ) from error


def _progress(records: Sequence[Record]) -> Iterable[Record]:
    return track(records, description="Lecture", console=Console(stderr=True), transient=True)
