"""Held by PostgreSQL: an organisation always has an owner.

The checks run at commit, so that one transaction may hand ownership over in any order. They lock the
organisation first: of two owners who leave at once, the second waits and then sees that nobody else is left.
"""

from typing import Any

import pgtrigger

CONSTRAINT = "organisation_has_owner"

_REFUSE = f"""
        RAISE EXCEPTION 'An organisation needs an owner.'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{CONSTRAINT}';
"""


def _body(code: str) -> Any:
    """PL/pgSQL in which pgtrigger fills in the names of this table."""
    return pgtrigger.Func(code)  # type: ignore[no-untyped-call]


def last_owner_stays(*, organisations: str, key: str) -> pgtrigger.Trigger:
    """For a table of memberships: `key` is its column that leads to the table `organisations`."""
    return pgtrigger.Trigger(
        name="last_owner_stays",
        when=pgtrigger.After,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__role="owner"),
        timing=pgtrigger.Deferred,
        func=_body(f"""
    PERFORM 1 FROM {organisations} WHERE id = OLD.{key} FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT 1 FROM {{meta.db_table}} WHERE {key} = OLD.{key} AND role = 'owner'
    ) THEN {_REFUSE}
    END IF;
    RETURN NULL;
"""),  # noqa: S608  # names of our own tables
    )


def starts_with_owner(*, memberships: str, key: str) -> pgtrigger.Trigger:
    """For a table of organisations: `key` is the column of the table `memberships` that leads here."""
    return pgtrigger.Trigger(
        name="starts_with_owner",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=_body(f"""
    IF EXISTS (SELECT 1 FROM {{meta.db_table}} WHERE id = NEW.id)
        AND NOT EXISTS (SELECT 1 FROM {memberships} WHERE {key} = NEW.id AND role = 'owner')
    THEN {_REFUSE}
    END IF;
    RETURN NULL;
"""),  # noqa: S608  # names of our own tables
    )
