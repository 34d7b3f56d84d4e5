import datetime as dt
import re
import zoneinfo

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import associations.models


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0012_audit_of_expiry"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InsuranceCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "insurer",
                    models.CharField(
                        help_text="Le nom de la compagnie ou de la mutuelle.",
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="assureur",
                    ),
                ),
                (
                    "policy_number",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="numéro de contrat",
                    ),
                ),
                (
                    "valid_until_date",
                    models.DateField(help_text="La date écrite sur l’attestation.", verbose_name="valable jusqu’au"),
                ),
                ("file", models.FileField(editable=False, upload_to=associations.models.certificate_path)),
                (
                    "kind",
                    models.CharField(choices=[("pdf", "PDF"), ("jpg", "image JPEG")], editable=False, max_length=3),
                ),
                ("sha256", models.CharField(editable=False, max_length=64, verbose_name="empreinte du fichier")),
                ("added_at", models.DateTimeField(editable=False)),
                (
                    "withdrawn_at",
                    models.DateTimeField(editable=False, help_text="mise de côté\xa0: elle ne compte plus", null=True),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="associations.association",
                    ),
                ),
                (
                    "withdrawn_by",
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
                "verbose_name": "attestation d’assurance",
                "verbose_name_plural": "attestations d’assurance",
                "ordering": ("-valid_until_date", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=["valid_until_date"],
                        name="certificate_counting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("insurer", ""), _negated=True),
                            models.Q(("policy_number", ""), _negated=True),
                            models.Q(("file", ""), _negated=True),
                        ),
                        name="certificate_of_something",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.GreaterThan(
                            models.F("valid_until_date"),
                            django.db.models.functions.datetime.TruncDate(
                                "added_at", tzinfo=zoneinfo.ZoneInfo(key="Europe/Paris")
                            ),
                        ),
                        name="certificate_ends_later",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            models.F("valid_until_date"),
                            django.db.models.functions.datetime.TruncDate(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("added_at"), "+", models.Value(dt.timedelta(days=732))
                                ),
                                tzinfo=zoneinfo.ZoneInfo(key="Europe/Paris"),
                            ),
                        ),
                        name="certificate_ends_in_two_years",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "jpg"])), name="certificate_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", True), _connector="OR"
                        ),
                        name="certificate_withdrawn_stamped",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="insurancecertificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificates_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'These rows stay.';",
                    hash="20292535fce559d78366053ef50831ed1abe38db",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_certificates_stay_c95f8",
                    table="associations_insurancecertificate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="insurancecertificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="929887a551c7b0bb019406c365eb58c69f288074",
                    operation="DELETE",
                    pgid="pgtrigger_certificate_stays_8e2c2",
                    table="associations_insurancecertificate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="insurancecertificate",
            trigger=pgtrigger.compiler.Trigger(
                name="certificate_unchanged",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."insurer" IS DISTINCT FROM (NEW."insurer") OR OLD."policy_number" IS DISTINCT FROM (NEW."policy_number") OR OLD."valid_until_date" IS DISTINCT FROM (NEW."valid_until_date") OR OLD."file" IS DISTINCT FROM (NEW."file") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."added_at" IS DISTINCT FROM (NEW."added_at") OR (OLD."added_by_id" IS DISTINCT FROM (NEW."added_by_id") AND NEW."added_by_id" IS NOT NULL) OR (OLD."withdrawn_at" IS NOT NULL AND (OLD."withdrawn_at" IS DISTINCT FROM (NEW."withdrawn_at") OR (OLD."withdrawn_by_id" IS DISTINCT FROM (NEW."withdrawn_by_id") AND NEW."withdrawn_by_id" IS NOT NULL))))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c5f04c8e4429418fd8ccc1c2102236c393831c0d",
                    operation="UPDATE",
                    pgid="pgtrigger_certificate_unchanged_5b198",
                    table="associations_insurancecertificate",
                    when="BEFORE",
                ),
            ),
        ),
    ]
