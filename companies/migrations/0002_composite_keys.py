"""Facts that span two tables, held by composite foreign keys that Django's models cannot declare.

A room copies its site's `max_visitors`, a slot its room's `capacity` and `computers`, a volunteer's promise the
slot's period. The keys make the copies follow, so that a plain CHECK on one row holds the rule, race or not.
"""

from django.db import migrations


def composite_key(table: str, name: str, columns: str, target: str, target_columns: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {target} ({target_columns}) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_initial")]

    operations = [
        composite_key(
            "companies_room",
            "room_follows_site",
            "site_id, site_max_visitors",
            "companies_site",
            "id, max_visitors",
        ),
        composite_key(
            "companies_slot",
            "slot_follows_room",
            "room_id, room_capacity, room_computers",
            "companies_room",
            "id, capacity, computers",
        ),
        composite_key(
            "companies_slotvolunteer",
            "promise_follows_slot",
            "slot_id, starts_at, ends_at",
            "companies_slot",
            "id, starts_at, ends_at",
        ),
    ]
