"""A site has the hour of its commune, a room that of its site, a slot that of its room, by composite foreign keys."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery


def key(table: str, name: str, columns: str, target: str, target_columns: str) -> tuple[str, str]:
    """The statements that add such a key, and that drop it."""
    add = (
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {target} ({target_columns}) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;"
    )
    return add, f"ALTER TABLE {table} DROP CONSTRAINT {name};"


ROOM, SLOT = "companies_room", "companies_slot"
ROOM_FORMERLY = key(ROOM, "room_follows_site", "site_id, site_max_visitors", "companies_site", "id, max_visitors")
SLOT_FORMERLY = key(
    SLOT, "slot_follows_room", "room_id, room_capacity, room_computers", ROOM, "id, capacity, computers"
)
KEYS = (
    key("companies_site", "site_follows_commune", "commune_id, time_zone", "territories_commune", "code, time_zone"),
    key(
        ROOM,
        "room_follows_site",
        "site_id, site_max_visitors, time_zone",
        "companies_site",
        "id, max_visitors, time_zone",
    ),
    key(
        SLOT,
        "slot_follows_room",
        "room_id, room_capacity, room_computers, time_zone",
        ROOM,
        "id, capacity, computers, time_zone",
    ),
)


def copy_time_zones(apps: StateApps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    site = apps.get_model("companies", "Site").objects.filter(pk=OuterRef("site"))
    apps.get_model("companies", "Room").objects.update(time_zone=Subquery(site.values("time_zone")))


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0023_slots_count_their_moves"),
        ("territories", "0003_commune_time_zone_key"),
    ]

    operations = [
        *(migrations.RunSQL(drop, add) for add, drop in (SLOT_FORMERLY, ROOM_FORMERLY)),
        migrations.RemoveConstraint(model_name="room", name="room_capacity_key"),
        migrations.RemoveConstraint(model_name="site", name="site_max_visitors_key"),
        migrations.AddField(
            model_name="room",
            name="time_zone",
            field=models.CharField(default="", editable=False, help_text="IANA, copiée du site", max_length=40),
            preserve_default=False,
        ),
        migrations.RunPython(copy_time_zones, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(fields=("id", "max_visitors", "time_zone"), name="site_room_key"),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(
                fields=("id", "capacity", "computers", "time_zone"), name="room_slot_key"
            ),
        ),
        *(migrations.RunSQL(add, drop) for add, drop in KEYS),
    ]
