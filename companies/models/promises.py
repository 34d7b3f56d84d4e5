"""Held by PostgreSQL at commit: who has promised to come is a member, with consent where it is on working time.

`promises_stand(company, user)`, of migration `0002_bonds`, looks at what is still to come; user NULL: of everybody.
"""

from typing import Any

import pgtrigger


def promises_stand(*, name: str, operation: Any, func: str) -> pgtrigger.Trigger:
    """For a table that promises lean on: its rows may change in any order until the transaction ends."""
    return pgtrigger.Trigger(name=name, when=pgtrigger.After, operation=operation, timing=pgtrigger.Deferred, func=func)
