"""Rows that stay: tables that are never emptied, whoever asks."""

import pgtrigger


def never_truncated(name: str) -> pgtrigger.Trigger:
    """For a table whose rows are a record: TRUNCATE is refused, as DELETE is by other triggers."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'These rows stay.';",
    )
