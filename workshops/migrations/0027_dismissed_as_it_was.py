"""What an association refused stays as it was: the day, the hour and the site of the slot when it was dismissed."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# Of what was dismissed before nobody knows but where it is now.
AS_IT_IS = "UPDATE workshops_dismissal SET why = why; SET CONSTRAINTS ALL IMMEDIATE"


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0006_lists_are_short"),
        ("companies", "0007_slots_know_their_way"),
        ("workshops", "0026_plans_are_tried_again"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="dismissal",
            name="local_time",
            field=models.TimeField(editable=False, null=True, verbose_name="heure refusée, sur place"),
        ),
        migrations.AddField(
            model_name="dismissal",
            name="site",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="companies.site",
                verbose_name="lieu refusé",
            ),
        ),
        migrations.AddField(
            model_name="dismissal",
            name="weekday",
            field=models.PositiveSmallIntegerField(
                editable=False, null=True, verbose_name="jour de la semaine refusé (1 = lundi)"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dismissal",
            trigger=pgtrigger.compiler.Trigger(
                name="dismissed_as_it_is",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    SELECT slot.weekday, slot.local_time, room.site_id INTO NEW.weekday, NEW.local_time, NEW.site_id\n    FROM companies_slot AS slot JOIN companies_room AS room ON room.id = slot.room_id WHERE slot.id = NEW.slot_id;\n    RETURN NEW;\n",
                    hash="a167bff56fccdfdcb5a55117795a46e07463ffd8",
                    operation='INSERT OR UPDATE OF "why"',
                    pgid="pgtrigger_dismissed_as_it_is_3be90",
                    table="workshops_dismissal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(AS_IT_IS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="dismissal",
            constraint=models.CheckConstraint(
                condition=models.Q(("local_time__isnull", False), ("site__isnull", False), ("weekday__isnull", False)),
                name="dismissed_as_it_was",
            ),
        ),
    ]
