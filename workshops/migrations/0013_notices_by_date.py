"""What was told of a slot is known by the date that it had then: at another one it is told anew."""

from django.db import migrations, models

# Of what was told until now, the date that the slot has.
DATES = """
UPDATE workshops_{table} AS notice SET starts_at = slot.starts_at FROM companies_slot AS slot
WHERE slot.id = notice.slot_id
"""
LAST = "la dernière date annoncée\u00a0: à une autre, le créneau est annoncé de nouveau"


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0006_slots_by_notice"),
        ("workshops", "0012_history"),
    ]

    operations = [
        migrations.AddField("matchnotice", "starts_at", models.DateTimeField(null=True)),
        migrations.AddField("searchnotice", "starts_at", models.DateTimeField(null=True)),
        migrations.RunSQL(DATES.format(table="matchnotice"), migrations.RunSQL.noop),
        migrations.RunSQL(DATES.format(table="searchnotice"), migrations.RunSQL.noop),
        migrations.AlterField("matchnotice", "starts_at", models.DateTimeField(help_text=LAST)),
        migrations.AlterField("searchnotice", "starts_at", models.DateTimeField(help_text=LAST)),
    ]
