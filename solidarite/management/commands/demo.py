"""`manage.py demo`: the whole portal on this machine, on real parts, with invented data."""

from __future__ import annotations

import json
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from accounts.models import User
from solidarite.breakdowns import KNOWN, in_words
from solidarite.demonstration import portal, seed, walk
from solidarite.demonstration.accounts import ACCOUNTS, PASSWORD
from solidarite.embedded import addresses, cluster
from solidarite.embedded.processes import NotStarted
from territories import clock

DEFAULT_PORT = 8000


class Command(BaseCommand):
    """Start everything, print where it is, and stay until Ctrl-C."""

    help = "Démarre tout le portail sur cette machine, avec des données inventées."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="port local du portail (8000\u00a0; avec --check, un port libre)")
        parser.add_argument("--check", action="store_true", help="parcourt la boucle, imprime un JSON et s’arrête")
        parser.add_argument("--reset", action="store_true", help="efface d’abord les données embarquées")
        parser.add_argument(
            "--seed", type=int, default=seed.DEFAULT_SEED, help="nombre dont naissent les données inventées (2015)"
        )
        parser.add_argument("--no-data", action="store_true", help="ne charge pas de données inventées")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with _terminable():
                portal.stop_with_uv()
                self._run(options)
        except KeyboardInterrupt:
            self.stderr.write("Arrêté. Les données restent pour la prochaine fois.")
        except KNOWN as error:
            raise CommandError(in_words(error)) from error

    def _run(self, options: dict[str, Any]) -> None:
        if not settings.DEBUG:
            raise NotStarted("Une démonstration tourne avec DEBUG\u00a0: retirez DEBUG=false de l’environnement.")
        port = options["port"]
        if port is None:
            port = portal.free_port() if options["check"] else DEFAULT_PORT
        portal.check_port_free(port)
        if options["reset"]:
            cluster.reset()
        mailbox = addresses.data_directory() / "mailbox"
        with cluster.running():
            cache.get("demonstration")
            self._prepare(with_data=not options["no_data"], number=options["seed"])
            with portal.running(port, mailbox, scan_seconds=0.7 if options["check"] else 5) as processes:
                if options["check"]:
                    self._check(port, mailbox)
                else:
                    self._welcome(port)
                    portal.wait_until_stopped(processes)

    def _prepare(self, *, with_data: bool, number: int) -> None:
        self.stderr.write("Préparation de la base…")
        call_command("migrate", verbosity=0, interactive=False)
        if with_data and not seed.is_loaded():
            if User.objects.exists():
                raise NotStarted(
                    "Cette base a déjà des comptes, qui ne sont pas d’une démonstration\u00a0: relancez avec --no-data."
                )
            seed.load(now=clock.now(), progress=sys.stderr, seed=number)
        connections.close_all()

    def _check(self, port: int, mailbox: Any) -> None:
        outcome = walk.run(f"http://127.0.0.1:{port}", mailbox)
        self.stdout.write(json.dumps(outcome, ensure_ascii=False))
        if not outcome["ok"]:
            raise CommandError("La boucle ne va pas jusqu’au bout.")

    def _welcome(self, port: int) -> None:
        self.stdout.write(f"\n{settings.SITE_NAME}\u00a0: http://127.0.0.1:{port}/")
        self.stdout.write(f"Courriels envoyés\u00a0: http://127.0.0.1:{port}/dev/courriels/\n\n")
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.role:<28} {account.email:<32} {PASSWORD}")
        self.stdout.write("\nCtrl-C pour arrêter. Les données restent.")


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM and the terminal's hang-up stop us as Ctrl-C does: everything is put away.

    SIGINT is named too, for a shell that started us in the background has it ignored.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
