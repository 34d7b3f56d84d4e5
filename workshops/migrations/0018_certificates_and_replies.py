import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.codes


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0023_slots_count_their_moves"),
        ("workshops", "0017_courses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("company", "entreprise"), ("association", "association")], max_length=20
                    ),
                ),
                ("text", models.CharField(max_length=1000, verbose_name="votre réponse")),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="replies", to="workshops.booking"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "réponse",
                "ordering": ("created_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=accounts.codes.new_code, editable=False, max_length=12, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("volunteer", "d’un bénévole"), ("company", "d’une entreprise")], max_length=20
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="année")),
                ("workshops", models.PositiveIntegerField(verbose_name="ateliers")),
                ("people", models.PositiveIntegerField(default=0, verbose_name="personnes accueillies")),
                ("benevolat_minutes", models.PositiveIntegerField(verbose_name="minutes de bénévolat")),
                ("mecenat_minutes", models.PositiveIntegerField(verbose_name="minutes de mécénat de compétences")),
                ("issued_at", models.DateTimeField(editable=False)),
                ("superseded_at", models.DateTimeField(editable=False, null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "attestation",
                "ordering": ("-issued_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["volunteer", "company"])), name="attestation_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "volunteer"), ("people", 0)),
                            models.Q(("kind", "company"), ("volunteer__isnull", True)),
                            _connector="OR",
                        ),
                        name="certificate_of_a_company_or_a_person",
                    ),
                    models.CheckConstraint(condition=models.Q(("workshops__gte", 1)), name="attestation_of_something"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "volunteer"), ("superseded_at__isnull", True)),
                        fields=("company", "volunteer", "year"),
                        name="certificate_of_a_volunteer_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "company"), ("superseded_at__isnull", True)),
                        fields=("company", "year"),
                        name="certificate_of_a_company_once",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="certificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."year" IS DISTINCT FROM (NEW."year") OR OLD."workshops" IS DISTINCT FROM (NEW."workshops") OR OLD."people" IS DISTINCT FROM (NEW."people") OR OLD."benevolat_minutes" IS DISTINCT FROM (NEW."benevolat_minutes") OR OLD."mecenat_minutes" IS DISTINCT FROM (NEW."mecenat_minutes") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="cfc3b65e4fdc4605b016ff7379850b8c1e92e9a3",
                    operation="UPDATE",
                    pgid="pgtrigger_certificate_stands_384b3",
                    table="workshops_certificate",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(fields=("booking", "side"), name="reply_once_per_side"),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="reply_says_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["company", "association"])), name="reply_side_known"
            ),
        ),
    ]
