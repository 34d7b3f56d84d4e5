import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0022_series_are_cut"),
    ]

    operations = [
        migrations.AddField(
            model_name="slot",
            name="sequence",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, help_text="SEQUENCE de ses événements iCalendar"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="slot",
            trigger=pgtrigger.compiler.Trigger(
                name="slot_counts_its_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."room_id" IS DISTINCT FROM (NEW."room_id"))',
                    func="NEW.sequence = OLD.sequence + 1; RETURN NEW;",
                    hash="0b99dd404efe4884a4b78d1b76f6d728f3f94ac6",
                    operation='UPDATE OF "starts_at", "ends_at", "room_id"',
                    pgid="pgtrigger_slot_counts_its_moves_203e5",
                    table="companies_slot",
                    when="BEFORE",
                ),
            ),
        ),
    ]
