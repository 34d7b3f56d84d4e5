"""A name holds nothing that is no character: calendars and feeds that have it would be read by nobody."""

import re

import django.core.validators
from django.conf import settings
from django.db import migrations, models

import accounts.names


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0007_who_is_admitted_looks_again"),
        ("territories", "0002_load_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE associations_association SET name = translate(name, U&'\\FFFE\\FFFF', '') "
            "WHERE name ~ U&'[\\FFFE\\FFFF]'; SET CONSTRAINTS ALL IMMEDIATE;",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(
            model_name="association",
            name="association_name_visible",
        ),
        migrations.AlterField(
            model_name="association",
            name="address",
            field=models.CharField(
                blank=True,
                max_length=200,
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
                verbose_name="adresse",
            ),
        ),
        migrations.AlterField(
            model_name="association",
            name="name",
            field=models.CharField(
                max_length=200,
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
        migrations.AlterField(
            model_name="associationevent",
            name="address",
            field=models.CharField(
                blank=True,
                max_length=200,
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
                verbose_name="adresse",
            ),
        ),
        migrations.AlterField(
            model_name="associationevent",
            name="name",
            field=models.CharField(
                max_length=200,
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
        migrations.AlterField(
            model_name="insurancecertificate",
            name="insurer",
            field=models.CharField(
                help_text="Le nom de la compagnie ou de la mutuelle.",
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
                verbose_name="assureur",
            ),
        ),
        migrations.AlterField(
            model_name="insurancecertificate",
            name="policy_number",
            field=models.CharField(
                max_length=60,
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
                verbose_name="numéro de contrat",
            ),
        ),
        migrations.AddConstraint(
            model_name="association",
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
                name="association_name_visible",
                violation_error_message="Retapez le nom\xa0: il contient des caractères invisibles.",
            ),
        ),
    ]
