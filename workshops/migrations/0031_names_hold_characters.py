"""A name holds nothing that is no character: calendars and feeds that have it would be read by nobody."""

import re

import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0030_booked_slots_end_later"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE workshops_savedsearch SET name = translate(name, U&'\\FFFE\\FFFF', '') "
            "WHERE name ~ U&'[\\FFFE\\FFFF]'; SET CONSTRAINTS ALL IMMEDIATE;",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(
            model_name="savedsearch",
            name="search_name_visible",
        ),
        migrations.AlterField(
            model_name="savedsearch",
            name="name",
            field=models.CharField(
                max_length=120,
                validators=[
                    django.core.validators.RegexValidator(
                        re.compile(
                            "[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
                        ),
                        "Retapez ce texte\xa0: il contient des caractères invisibles.",
                        code="invisible",
                        inverse_match=True,
                    )
                ],
                verbose_name="nom",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True),
                    models.Q(
                        (
                            "name__regex",
                            "[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]",
                        ),
                        _negated=True,
                    ),
                ),
                name="search_name_visible",
                violation_error_message="Retapez le nom\xa0: il contient des caractères invisibles.",
            ),
        ),
    ]
