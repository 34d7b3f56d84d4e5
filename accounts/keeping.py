"""Rows that stay: tables that are never emptied, and columns that never change, whoever asks."""

import pgtrigger


def changed(*fields: str) -> pgtrigger.Q:
    """A trigger's condition: one of these columns takes another value."""
    found = pgtrigger.Q()
    for field in fields:
        found |= pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")})
    return found


def another_person(field: str) -> pgtrigger.Q:
    """A trigger's condition: the column names somebody else. Erasing an account only empties it."""
    return changed(field) & pgtrigger.Q(**{f"new__{field}__isnull": False})
