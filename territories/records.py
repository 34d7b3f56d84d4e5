"""Tables whose rows are a record."""

from __future__ import annotations

import pgtrigger


def never_truncated(name: str) -> pgtrigger.Trigger:
    """TRUNCATE is refused, as DELETE is by other triggers."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'These rows stay.';",
    )
