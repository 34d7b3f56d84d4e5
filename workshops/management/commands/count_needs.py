"""`manage.py count_needs`: what beat asks for every hour, at once, and how long it took."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from territories import clock
from territories.wording import counted, number
from workshops.actions import count_needs


class Command(BaseCommand):
    """Count anew which requests no slot serves."""

    help = "Compte, pour chaque commune et chaque département, les demandes qu’aucun créneau libre ne sert."

    def handle(self, *_args: Any, **_options: Any) -> None:
        began = time.monotonic()
        requests = count_needs(now=clock.now())
        if requests is None:
            raise CommandError("Un autre compte est en cours\u00a0: ses chiffres seront là dans un instant.")
        told = counted(requests, "demande comptée", "demandes comptées")
        self.stdout.write(f"{told} en {number(time.monotonic() - began, 1)}\u00a0s.")
