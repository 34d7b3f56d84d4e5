"""Sites, rooms and slots stand in a cell of a grid: what is near a place is found by it."""

from django.db import migrations, models
from django.db.models import Q

import territories.grid

FOLLOWS = "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"
SITE_KEY, ROOM_KEY = ["id", "max_visitors", "time_zone"], ["id", "capacity", "computers", "time_zone"]
ROOM_COPIES, SLOT_COPIES = (
    "site_id, site_max_visitors, time_zone",
    "room_id, room_capacity, room_computers, time_zone",
)


def unbound() -> list[migrations.RunSQL]:
    """Without the two keys by which rooms follow their site, and slots their room; back again when undone."""
    return [
        migrations.RunSQL(
            "ALTER TABLE companies_slot DROP CONSTRAINT slot_follows_room;"
            "ALTER TABLE companies_room DROP CONSTRAINT room_follows_site;",
            _bind("", ""),
        )
    ]


def bound() -> list[migrations.RunSQL]:
    """The same keys, by which the cell follows too."""
    return [
        migrations.RunSQL(
            _bind(", cell", ", cell"),
            "ALTER TABLE companies_slot DROP CONSTRAINT slot_follows_room;"
            "ALTER TABLE companies_room DROP CONSTRAINT room_follows_site;",
        )
    ]


def _bind(copied: str, of: str) -> str:
    return (
        f"ALTER TABLE companies_room ADD CONSTRAINT room_follows_site FOREIGN KEY ({ROOM_COPIES}{copied}) "
        f"REFERENCES companies_site ({', '.join(SITE_KEY)}{of}) {FOLLOWS};"
        f"ALTER TABLE companies_slot ADD CONSTRAINT slot_follows_room FOREIGN KEY ({SLOT_COPIES}{copied}) "
        f"REFERENCES companies_room ({', '.join(ROOM_KEY)}{of}) {FOLLOWS};"
    )


def column(model: str, told: str) -> list[migrations.operations.base.Operation]:
    """Filled from the row above before nothing may be without it."""
    table, above, key = {
        "room": ("companies_room", "companies_site", "site_id"),
        "slot": ("companies_slot", "companies_room", "room_id"),
    }[model]
    return [
        migrations.AddField(model, "cell", models.IntegerField("carreau", null=True, editable=False, help_text=told)),
        migrations.RunSQL(
            f"UPDATE {table} AS copy SET cell = above.cell FROM {above} AS above WHERE above.id = copy.{key}",  # noqa: S608  # names of our own
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(model, "cell", models.IntegerField("carreau", editable=False, help_text=told)),
    ]


def key_of(model: str, name: str, fields: list[str]) -> list[migrations.operations.base.Operation]:
    return [
        migrations.RemoveConstraint(model, name),
        migrations.AddConstraint(model, models.UniqueConstraint(name=name, fields=[*fields, "cell"])),
    ]


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_bonds")]

    operations = [
        *unbound(),
        migrations.AddField(
            "site",
            "cell",
            models.GeneratedField(
                expression=territories.grid.GridCell("latitude", "longitude"),
                output_field=models.IntegerField("carreau", help_text="de la grille de `territories.grid`"),
                db_persist=True,
            ),
        ),
        *column("room", "copié du site"),
        *column("slot", "copié du site\u00a0: où l’on cherche"),
        *key_of("site", "site_room_key", SITE_KEY),
        *key_of("room", "room_slot_key", ROOM_KEY),
        *bound(),
        migrations.AddIndex(
            "slot",
            models.Index(name="slot_open_by_cell", fields=["cell", "starts_at", "id"], condition=Q(state="open")),
        ),
    ]
