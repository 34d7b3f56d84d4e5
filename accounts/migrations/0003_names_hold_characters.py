"""A name holds nothing that is no character: calendars and feeds that have it would be read by nobody."""

import re

import django.core.validators
from django.db import migrations, models

import accounts.names


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_disputes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="name",
            field=models.CharField(
                blank=True,
                max_length=120,
                validators=[
                    django.core.validators.RegexValidator(
                        re.compile(
                            "[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
                        ),
                        "Retapez ce texte\xa0: il contient des caractères invisibles.",
                        code="invisible",
                        inverse_match=True,
                    ),
                    accounts.names.not_an_address,
                ],
                verbose_name="nom",
            ),
        ),
    ]
