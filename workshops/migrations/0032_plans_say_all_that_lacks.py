"""What the nearest slots lack besides, where none lacks one thing only."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0006_lists_are_short"),
        ("workshops", "0031_names_hold_characters"),
    ]

    operations = [
        migrations.AddField(
            model_name="unserved",
            name="besides",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("distance", "trop loin"),
                        ("dates", "hors des dates"),
                        ("days", "un autre jour de la semaine"),
                        ("periods", "à une autre heure"),
                        ("places", "trop petits pour le groupe"),
                        ("computers", "sans assez d’ordinateurs"),
                        ("access", "sans accès de plain-pied assuré"),
                        ("languages", "sans bénévole inscrit qui parle la langue demandée"),
                        ("dismissed", "écartés ou laissés sans réponse, ou pareils à ceux qui l’ont été"),
                        ("asked", "demandés par une autre association, qui attend la réponse"),
                        ("taken", "donnés à des demandes qui servent autant de personnes ou plus"),
                        ("cap", "libres, mais l’association a autant d’ateliers à venir que permis"),
                        ("nothing", "aucun\xa0: il n’y en a pas autour"),
                    ],
                    max_length=20,
                ),
                blank=True,
                db_default=[],
                default=list,
                help_text="ce qui leur manque aussi, là où une seule chose ne manque à aucun",
            ),
        ),
        migrations.AlterField(
            model_name="unserved",
            name="why",
            field=models.CharField(
                choices=[
                    ("distance", "trop loin"),
                    ("dates", "hors des dates"),
                    ("days", "un autre jour de la semaine"),
                    ("periods", "à une autre heure"),
                    ("places", "trop petits pour le groupe"),
                    ("computers", "sans assez d’ordinateurs"),
                    ("access", "sans accès de plain-pied assuré"),
                    ("languages", "sans bénévole inscrit qui parle la langue demandée"),
                    ("dismissed", "écartés ou laissés sans réponse, ou pareils à ceux qui l’ont été"),
                    ("asked", "demandés par une autre association, qui attend la réponse"),
                    ("taken", "donnés à des demandes qui servent autant de personnes ou plus"),
                    ("cap", "libres, mais l’association a autant d’ateliers à venir que permis"),
                    ("nothing", "aucun\xa0: il n’y en a pas autour"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="unserved",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "besides__contained_by",
                        [
                            "distance",
                            "dates",
                            "days",
                            "periods",
                            "places",
                            "computers",
                            "access",
                            "languages",
                            "dismissed",
                            "asked",
                            "taken",
                            "cap",
                            "nothing",
                        ],
                    )
                ),
                name="workshops_unserved_besides_known",
            ),
        ),
    ]
