"""`manage.py check_invariants`: what PostgreSQL holds, asked again; status 1 when something is wrong."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from solidarite.invariants import Found, look
from territories import clock

ROWS_TOLD = 20


class Command(BaseCommand):
    """Look for rows that break a promise of the domain."""

    help = "Cherche dans la base ce qui contredit une règle du domaine\u00a0; sort avec 1 s’il y en a."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="un objet JSON par règle, avec toutes les lignes")

    def handle(self, *_args: Any, **options: Any) -> None:
        tell = _as_json if options["json"] else _in_words
        wrong = 0
        for found in look(now=clock.now()):
            wrong += bool(found.rows)
            self.stdout.write(tell(found))
        if wrong:
            sys.exit(1)


def _as_json(found: Found) -> str:
    check = found.check
    told = {"name": check.name, "promise": check.promise, "table": check.table, "rows": found.rows}
    return json.dumps(told, ensure_ascii=False)


def _in_words(found: Found) -> str:
    check = found.check
    if not found.rows:
        return f"ok    {check.name}\u00a0: {check.promise}"
    rows = ", ".join(map(str, found.rows[:ROWS_TOLD])) + (" …" if len(found.rows) > ROWS_TOLD else "")
    where = f" dans {check.table}" if check.table else ""
    return f"FAUX  {check.name}\u00a0: {check.promise}. {len(found.rows)}{where}\u00a0: {rows}"
