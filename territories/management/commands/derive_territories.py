"""Rebuild the data files of the app from a folder of extracts (see territories/data/README.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from territories.derivation import DATA, derive


class Command(BaseCommand):
    help = "Recalcule les fichiers de territories/data depuis un dossier d’extraits du code géographique."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="dossier qui contient communes.csv et les autres extraits")
        parser.add_argument("--into", type=Path, default=DATA, help="dossier d’arrivée")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            derive(options["folder"], options["into"])
        except FileNotFoundError as error:
            raise CommandError(f"Indiquez un dossier complet : {error.filename} manque.") from error
        self.stdout.write(f"Fichiers écrits dans {options['into']}.")
