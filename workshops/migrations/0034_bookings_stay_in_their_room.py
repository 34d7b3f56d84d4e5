"""What waits for a word goes over to the same evening made anew in its room, and to no other room of its company."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0033_sites_match_again"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="booking",
            name="booking_stays_on_its_slot",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="booking_stays_on_its_slot",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."slot_id" IS DISTINCT FROM (NEW."slot_id"))',
                    func="\n    IF OLD.state NOT IN ('pending', 'held') OR NOT EXISTS (\n        SELECT FROM companies_slot AS was\n        JOIN companies_slot AS becomes ON becomes.room_id = was.room_id\n        AND becomes.starts_at = was.starts_at AND becomes.ends_at = was.ends_at\n        WHERE was.id = OLD.slot_id AND becomes.id = NEW.slot_id AND becomes.state = 'open'\n    ) THEN\n        RAISE EXCEPTION 'A booking stays on its slot.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_stays_on_its_slot';\n    END IF;\n    RETURN NEW;\n",
                    hash="44a6ee8f4442ab68f01bd643576ef235b50af660",
                    operation='UPDATE OF "slot_id"',
                    pgid="pgtrigger_booking_stays_on_its_slot_1115e",
                    table="workshops_booking",
                    when="BEFORE",
                ),
            ),
        ),
    ]
