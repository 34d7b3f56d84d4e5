"""`manage.py seed`: invented data in an empty database, as large as a demonstration or as the country."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from solidarite.demonstration import national, seed
from territories import clock

DEMONSTRATION = "demo"


class Command(BaseCommand):
    """Refuses a database where somebody has an account."""

    help = "Remplit une base vide de données inventées."

    def add_arguments(self, parser: ArgumentParser) -> None:
        scales = [DEMONSTRATION, *national.SCALES]
        parser.add_argument("--scale", choices=scales, default=DEMONSTRATION, help="combien de tout (demo)")
        parser.add_argument("--seed", type=int, default=seed.DEFAULT_SEED, help="nombre dont tout naît (2015)")

    def handle(self, *_args: Any, scale: str, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError("Cette base a déjà des comptes\u00a0: les données inventées vont dans une base vide.")
        if scale == DEMONSTRATION:
            seed.load(now=clock.now(), progress=sys.stderr, seed=options["seed"])
        else:
            national.load(national.SCALES[scale], now=clock.now(), progress=sys.stderr, seed=options["seed"])
