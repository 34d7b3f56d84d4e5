"""A name holds nothing that is no character: calendars and feeds that have it would be read by nobody."""

import re

import django.core.validators
from django.db import migrations, models

import accounts.names


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0009_index_of_filters"),
        ("territories", "0002_load_places"),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE companies_company SET name = translate(name, U&'\\FFFE\\FFFF', '') "
            "WHERE name ~ U&'[\\FFFE\\FFFF]'; SET CONSTRAINTS ALL IMMEDIATE;",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(
            model_name="company",
            name="company_name_visible",
        ),
        migrations.AlterField(
            model_name="accesskit",
            name="evening_contact",
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
                    )
                ],
                verbose_name="qui répond ce soir-là",
            ),
        ),
        migrations.AlterField(
            model_name="company",
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
            model_name="company",
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
            model_name="companyevent",
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
            model_name="companyevent",
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
            model_name="room",
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
                    ),
                    accounts.names.not_an_address,
                ],
                verbose_name="nom de la salle",
            ),
        ),
        migrations.AlterField(
            model_name="roomphoto",
            name="description",
            field=models.CharField(
                help_text="Pour qui ne voit pas la photo\xa0: «\xa0Six tables en îlots, un écran au mur\xa0».",
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
                verbose_name="ce que l’on voit",
            ),
        ),
        migrations.AlterField(
            model_name="site",
            name="address",
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
                    )
                ],
                verbose_name="adresse",
            ),
        ),
        migrations.AlterField(
            model_name="site",
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
                    ),
                    accounts.names.not_an_address,
                ],
                verbose_name="nom du site",
            ),
        ),
        migrations.AddConstraint(
            model_name="company",
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
                name="company_name_visible",
                violation_error_message="Retapez le nom\xa0: il contient des caractères invisibles.",
            ),
        ),
    ]
