"""Who is admitted may book more: its requests look once more for what serves them, whoever has admitted it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0006_lists_are_short"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="association",
            trigger=pgtrigger.compiler.Trigger(
                name="who_is_admitted_looks_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."state" = \'admitted\' AND OLD."state" IS DISTINCT FROM (NEW."state"))',
                    func="\n                    UPDATE associations_request SET matched_at = NULL\n                    WHERE association_id = NEW.id AND matched_at IS NOT NULL;\n                    RETURN NULL;\n                ",
                    hash="b9c059d0d8a1a851901c99880577393e80f325e3",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_who_is_admitted_looks_again_94681",
                    table="associations_association",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="request",
            trigger=pgtrigger.compiler.Trigger(
                name="request_looks_for_its_new_association",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."association_id" IS DISTINCT FROM (NEW."association_id"))',
                    func="NEW.matched_at = NULL; RETURN NEW;",
                    hash="e9a0fddab6bc1cc4ab2e8e5f7dfe74630ed3a5cb",
                    operation='UPDATE OF "association_id"',
                    pgid="pgtrigger_request_looks_for_its_new_association_ec4b7",
                    table="associations_request",
                    when="BEFORE",
                ),
            ),
        ),
    ]
