import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0020_words_go_with_promises"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
                name="attendance_before_the_report",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NOT NEW."is_reported")',
                    func="\n                    PERFORM 1 FROM workshops_workshop WHERE id = NEW.workshop_id FOR SHARE;\n                    IF EXISTS (\n                        SELECT 1 FROM workshops_report WHERE workshop_id = NEW.workshop_id\n                        AND (side = 'company' OR absent = 'company')\n                    ) THEN\n                        RAISE EXCEPTION 'The report has the last word.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'attendance_before_the_report';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="8544ade86f0968d189f9096488dc6553d16a6f11",
                    operation="INSERT",
                    pgid="pgtrigger_attendance_before_the_report_eb2c9",
                    table="workshops_attendance",
                    when="BEFORE",
                ),
            ),
        ),
    ]
