"""`manage.py draw_states`: writes `docs/states.md`."""

from typing import Any

from django.core.management.base import BaseCommand

from solidarite.states import FILE, diagram


class Command(BaseCommand):
    """Draw the states again after a table of transitions changed."""

    help = "Dessine docs/states.md d’après les tables de transitions."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        FILE.write_text(diagram(), encoding="utf-8")
