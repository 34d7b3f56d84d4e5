"""What is free again is new to saved searches as well; what somebody comes to is not."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0028_matched_again"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="booking",
            name="slot_is_free_again",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="waitlistentry",
            name="nobody_queues_again",
        ),
        migrations.AddField(
            model_name="matchagain",
            name="is_free",
            field=models.BooleanField(
                db_default=False, help_text="libre de nouveau\xa0: les recherches enregistrées l’apprennent aussi"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="slot_is_free_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"state\" IN ('declined', 'not_selected', 'expired', 'cancelled_by_association', 'cancelled_by_company') AND OLD.\"state\" IS DISTINCT FROM (NEW.\"state\"))",
                    func="\n    INSERT INTO workshops_matchagain (slot_id, is_free)\n    VALUES (NEW.slot_id, OLD.state IN ('held', 'confirmed', 'waiting'));\n    RETURN NULL;\n",
                    hash="4a4bf040b39b945353e61eff4b7ed848d9b1afc1",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_slot_is_free_again_5b063",
                    table="workshops_booking",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="nobody_queues_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"state\" IN ('left', 'closed') AND OLD.\"state\" = 'waiting')",
                    func="\n    INSERT INTO workshops_matchagain (slot_id, is_free)\n    VALUES (NEW.slot_id, OLD.state IN ('held', 'confirmed', 'waiting'));\n    RETURN NULL;\n",
                    hash="83263d72b93d18172c333dceb589a08bdc61f219",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_nobody_queues_again_63ad4",
                    table="workshops_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
    ]
