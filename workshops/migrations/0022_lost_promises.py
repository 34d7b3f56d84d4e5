import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0028_addresses_written_to"),
        ("workshops", "0021_the_report_has_the_last_word"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LostPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "promise",
                    models.PositiveBigIntegerField(
                        editable=False,
                        help_text="celui de son événement iCalendar",
                        unique=True,
                        verbose_name="numéro de la promesse",
                    ),
                ),
                (
                    "sequence",
                    models.PositiveIntegerField(editable=False, help_text="SEQUENCE de l’événement iCalendar"),
                ),
                ("lost_at", models.DateTimeField(editable=False)),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.slot"
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "promesse sans objet",
                "verbose_name_plural": "promesses sans objet",
                "ordering": ("lost_at", "pk"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("sequence__gte", 1)), name="lost_promise_comes_after")
                ],
            },
        ),
    ]
