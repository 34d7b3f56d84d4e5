"""Brings the catalogues of translations up to what templates and modules say: `manage.py update_translations`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from solidarite.translations import catalogue_file, untranslated, updated, write


class Command(BaseCommand):
    """Adds what is new, takes out what nobody says any more, compiles, and tells what waits for a translation."""

    help = "Met à jour et compile les catalogues de traduction."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for language, _name in settings.LANGUAGES:
            catalogue = updated(language)
            write(catalogue)
            waiting = untranslated(catalogue)
            self.stdout.write(f"{catalogue_file(language)}\u00a0: {len(catalogue)} textes, {len(waiting)} à traduire")
            for message in waiting:
                self.stdout.write(f"  {message.id}")
