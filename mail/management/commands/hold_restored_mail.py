"""After a restore: what may have left before the loss is held, and an operator decides."""

from __future__ import annotations

import argparse
import datetime as dt

from django.core.management.base import BaseCommand

from mail import actions
from territories import clock
from territories.wording import counted


def instant(text: str) -> dt.datetime:
    """An instant with its zone, such as 2026-12-01T18:30+01:00."""
    read = dt.datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise argparse.ArgumentTypeError("Indiquez aussi le fuseau\u00a0: 2026-12-01T18:30+01:00.")
    return read


class Command(BaseCommand):
    help = (
        "Après une restauration, avant de démarrer les workers\u00a0: retient les courriels écrits jusqu’au point de "
        "restauration qui ont pu partir avant la perte\u00a0; chacun peut être renvoyé depuis l’administration. Ce qui "
        "attend encore son heure, ou un récapitulatif à venir, partira normalement."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("until", type=instant, metavar="INSTANT", help="le point de restauration, avec son fuseau")

    def handle(self, *, until: dt.datetime, **_options: object) -> None:
        held = actions.hold_restored(until=until, now=clock.now())
        self.stdout.write(f"{counted(held, 'courriel retenu', 'courriels retenus')}.")
