"""What holds the promises: constraints, keys and triggers, each in the catalogue, in force and as the models say.

Names and tables of what is expected come from the models; what migrations add by hand is named here.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models

from solidarite.invariants.check import Check

APPS = ("accounts", "associations", "charter", "companies", "mail", "territories", "workshops")

# Keys and triggers that Django's models cannot declare; migrations write them.
KEYS_BY_HAND = {
    "companies_room": ["room_follows_site"],
    "companies_slot": ["slot_follows_room"],
    "companies_slotvolunteer": ["promise_follows_slot", "promise_within_offer"],
    "workshops_booking": ["booking_course_of_association"],
    "workshops_lostpromise": ["lost_promise_goes_with_slot", "lost_promise_goes_with_volunteer"],
}
TRIGGERS_BY_HAND = {
    "companies_slot": ["slot_withdrawn_unbooked", "slot_booked_stands"],
    "companies_slotvolunteer": ["promise_leaves_its_word", "promise_takes_its_word_back"],
    "workshops_workshop": ["workshop_takes_presences_back"],
}

CHECKS = [
    Check(
        "constraints_in_force",
        "toute contrainte des modèles est dans la base, et valide",
        "",
        """
        SELECT wanted.rel || '.' || wanted.name
        FROM unnest(%(constraint_tables)s::text[], %(constraint_names)s::text[]) AS wanted (rel, name)
        WHERE NOT EXISTS (
            SELECT FROM pg_constraint AS c WHERE c.conrelid = to_regclass(wanted.rel) AND c.conname = wanted.name
            AND c.convalidated AND COALESCE((to_jsonb(c) ->> 'conenforced')::boolean, true)
        ) AND NOT EXISTS (
            SELECT FROM pg_index AS i JOIN pg_class AS k ON k.oid = i.indexrelid
            WHERE i.indrelid = to_regclass(wanted.rel) AND k.relname = wanted.name AND i.indisunique AND i.indisvalid
        )
        """,
    ),
    Check(
        "columns_unique",
        "toute colonne unique des modèles l’est dans la base",
        "",
        """
        SELECT wanted.rel || '.' || wanted.name
        FROM unnest(%(unique_tables)s::text[], %(unique_columns)s::text[]) AS wanted (rel, name)
        WHERE NOT EXISTS (
            SELECT FROM pg_index AS i
            JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = to_regclass(wanted.rel) AND a.attname = wanted.name
            AND i.indnkeyatts = 1 AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
        )
        """,
    ),
    Check(
        "keys_in_force",
        "toute clé étrangère des modèles est dans la base, et valide",
        "",
        """
        SELECT wanted.rel || '.' || wanted.name
        FROM unnest(%(key_tables)s::text[], %(key_columns)s::text[], %(key_targets)s::text[])
            AS wanted (rel, name, target)
        WHERE NOT EXISTS (
            SELECT FROM pg_constraint AS c
            JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.conrelid = to_regclass(wanted.rel) AND c.contype = 'f' AND cardinality(c.conkey) = 1
            AND a.attname = wanted.name AND c.confrelid = to_regclass(wanted.target) AND c.convalidated
            AND COALESCE((to_jsonb(c) ->> 'conenforced')::boolean, true)
        )
        """,
    ),
    # The comment of a trigger is the mark of its text. A key whose own triggers are off holds nothing.
    Check(
        "triggers_in_force",
        "tout déclencheur des modèles est dans la base, en marche et tel qu’écrit",
        "",
        """
        SELECT wanted.rel || '.' || wanted.name
        FROM unnest(%(trigger_tables)s::text[], %(trigger_names)s::text[], %(trigger_marks)s::text[])
            AS wanted (rel, name, mark)
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger AS t WHERE t.tgrelid = to_regclass(wanted.rel) AND t.tgname = wanted.name
            AND t.tgenabled IN ('O', 'A')
            AND (wanted.mark = '' OR obj_description(t.oid, 'pg_trigger') IS NOT DISTINCT FROM wanted.mark)
        )
        UNION ALL
        SELECT t.tgrelid::regclass::text || '.' || c.conname FROM pg_trigger AS t
        JOIN pg_constraint AS c ON c.oid = t.tgconstraint
        WHERE t.tgisinternal AND t.tgenabled NOT IN ('O', 'A') AND t.tgrelid::regclass::text = ANY(%(tables)s::text[])
        """,
    ),
    # By what the catalogue says alone: bits of tgtype are BEFORE 2, DELETE 8, UPDATE 16, TRUNCATE 32.
    Check(
        "history_append_only",
        "l’histoire ne fait que s’allonger\u00a0: ni changée, ni effacée, ni vidée",
        "",
        """
        SELECT history.name FROM (
            SELECT c.oid, c.relname AS name FROM pg_class AS c
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'pgh_id' WHERE c.relkind = 'r'
        ) AS history
        WHERE (
            SELECT bit_or(t.tgtype) FROM pg_trigger AS t
            WHERE t.tgrelid = history.oid AND t.tgenabled IN ('O', 'A') AND t.tgtype & 2 = 2 AND t.tgqual IS NULL
        ) & 56 IS DISTINCT FROM 56
        """,
    ),
]


def expected() -> dict[str, list[str]]:
    """What the models declare, as the parameters of these statements."""
    own = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    declared = [(one._meta.db_table, constraint.name) for one in own for constraint in one._meta.constraints]  # noqa: SLF001
    by_hand = [(table, name) for table, names in KEYS_BY_HAND.items() for name in names]
    triggers = [
        (one._meta.db_table, trigger.get_pgid(one), trigger.compile(one).hash)  # noqa: SLF001
        for one, trigger in pgtrigger.registered()
        if one._meta.app_label in APPS  # noqa: SLF001
    ]
    triggers += [(table, name, "") for table, names in TRIGGERS_BY_HAND.items() for name in names]
    fields = list(chain.from_iterable(map(_columns, own)))
    unique = [(table, field.column) for table, field in fields if field.unique]
    keys = [_key(table, field) for table, field in fields if field.is_relation and field.db_constraint]
    return {
        **_columned("constraint", ["tables", "names"], [*declared, *by_hand]),
        **_columned("unique", ["tables", "columns"], unique),
        **_columned("key", ["tables", "columns", "targets"], keys),
        **_columned("trigger", ["tables", "names", "marks"], triggers),
        "tables": sorted({one._meta.db_table for one in own}),  # noqa: SLF001
    }


def _columns(model: type[models.Model]) -> list[tuple[str, Any]]:
    return [(model._meta.db_table, field) for field in model._meta.local_concrete_fields]  # noqa: SLF001


def _key(table: str, field: Any) -> tuple[str, str, str]:
    return table, field.column, field.remote_field.model._meta.db_table  # noqa: SLF001


def _columned(of: str, names: list[str], rows: list[tuple[Any, ...]]) -> dict[str, list[str]]:
    return {f"{of}_{name}": [str(row[place]) for row in rows] for place, name in enumerate(names)}
