import datetime as dt
import zoneinfo

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.codes
import workshops.models.hosting


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0013_insurance"),
        ("companies", "0022_series_are_cut"),
        ("workshops", "0018_certificates_and_replies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HostingAgreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        default=accounts.codes.new_code,
                        editable=False,
                        max_length=12,
                        unique=True,
                        verbose_name="code de vérification",
                    ),
                ),
                (
                    "company_name",
                    models.CharField(max_length=200, verbose_name="nom de l’entreprise, au moment de convenir"),
                ),
                (
                    "association_name",
                    models.CharField(max_length=200, verbose_name="nom de l’association, au moment de convenir"),
                ),
                ("insurer", models.CharField(max_length=120, verbose_name="assureur")),
                ("policy_number", models.CharField(max_length=60, verbose_name="numéro de contrat")),
                ("insurance_until_date", models.DateField(verbose_name="assurance valable jusqu’au")),
                ("from_date", models.DateField(verbose_name="du")),
                ("until_date", models.DateField(verbose_name="au")),
                ("proposed_at", models.DateTimeField(editable=False)),
                ("company_signed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "company_signed_name",
                    models.CharField(blank=True, max_length=120, verbose_name="nom de qui signe pour l’entreprise"),
                ),
                ("company_signed_capacity", models.CharField(blank=True, max_length=120, verbose_name="en qualité de")),
                ("association_signed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "association_signed_name",
                    models.CharField(blank=True, max_length=120, verbose_name="nom de qui signe pour l’association"),
                ),
                (
                    "association_signed_capacity",
                    models.CharField(blank=True, max_length=120, verbose_name="en qualité de"),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "ended_side",
                    models.CharField(
                        blank=True,
                        choices=[("company", "entreprise"), ("association", "association")],
                        max_length=20,
                        verbose_name="qui y a mis fin",
                    ),
                ),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="associations.association"
                    ),
                ),
                (
                    "association_signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "company_signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "convention d’accueil",
                "verbose_name_plural": "conventions d’accueil",
                "ordering": ("-from_date", "-pk"),
                "indexes": [models.Index(fields=["association", "company"], name="hosting_by_association")],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("ended_at", None)),
                        expressions=[
                            ("company", "="),
                            ("association", "="),
                            (
                                workshops.models.hosting.DateRange(
                                    "from_date",
                                    "until_date",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                                ),
                                "&&",
                            ),
                        ],
                        name="hosting_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_date__gte", models.F("from_date")),
                            (
                                "until_date__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("from_date"), "+", models.Value(dt.timedelta(days=365))
                                ),
                            ),
                        ),
                        name="hosting_for_a_year_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_date__lte", models.F("insurance_until_date"))),
                        name="hosting_within_the_insurance",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("company_name", ""), _negated=True),
                            models.Q(("association_name", ""), _negated=True),
                            models.Q(("insurer", ""), _negated=True),
                            models.Q(("policy_number", ""), _negated=True),
                        ),
                        name="hosting_names_both_and_the_insurance",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("company_signed_at__isnull", True),
                                django.db.models.lookups.LessThanOrEqual(
                                    django.db.models.functions.datetime.TruncDate(
                                        "company_signed_at", tzinfo=zoneinfo.ZoneInfo(key="Europe/Paris")
                                    ),
                                    models.F("insurance_until_date"),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("association_signed_at__isnull", True),
                                django.db.models.lookups.LessThanOrEqual(
                                    django.db.models.functions.datetime.TruncDate(
                                        "association_signed_at", tzinfo=zoneinfo.ZoneInfo(key="Europe/Paris")
                                    ),
                                    models.F("insurance_until_date"),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="hosting_signed_while_insured",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("company_signed_at__isnull", True),
                                django.db.models.lookups.LessThanOrEqual(
                                    django.db.models.functions.datetime.TruncDate(
                                        "company_signed_at", tzinfo=zoneinfo.ZoneInfo(key="Europe/Paris")
                                    ),
                                    models.F("until_date"),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("association_signed_at__isnull", True),
                                django.db.models.lookups.LessThanOrEqual(
                                    django.db.models.functions.datetime.TruncDate(
                                        "association_signed_at", tzinfo=zoneinfo.ZoneInfo(key="Europe/Paris")
                                    ),
                                    models.F("until_date"),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="hosting_signed_within_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("company_signed_at", None),
                                ("company_signed_by", None),
                                ("company_signed_capacity", ""),
                                ("company_signed_name", ""),
                            ),
                            models.Q(
                                ("company_signed_at__isnull", False),
                                models.Q(("company_signed_name", ""), _negated=True),
                                models.Q(("company_signed_capacity", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hosting_company_signature_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("association_signed_at", None),
                                ("association_signed_by", None),
                                ("association_signed_capacity", ""),
                                ("association_signed_name", ""),
                            ),
                            models.Q(
                                ("association_signed_at__isnull", False),
                                models.Q(("association_signed_name", ""), _negated=True),
                                models.Q(("association_signed_capacity", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hosting_association_signature_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", False),
                            models.Q(("ended_by__isnull", True), ("ended_side", "")),
                            _connector="OR",
                        ),
                        name="hosting_ended_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ended_side__in", ["", "company", "association"])),
                        name="hosting_side_known",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hostingagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="hosting_agreements_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'These rows stay.';",
                    hash="7719ad24db39d441faf882fa7076017ca65de43e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_hosting_agreements_stay_0241b",
                    table="workshops_hostingagreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hostingagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="hosting_of_a_certificate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM associations_insurancecertificate AS c\n                        WHERE c.association_id = NEW.association_id AND c.withdrawn_at IS NULL\n                        AND c.insurer = NEW.insurer AND c.policy_number = NEW.policy_number\n                        AND c.valid_until_date = NEW.insurance_until_date\n                    ) THEN\n                        RAISE EXCEPTION 'The association has shown no such certificate.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'hosting_of_a_certificate';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="688a2ca3b685b99aacafbb26bfc289315752462d",
                    operation='INSERT OR UPDATE OF "insurer", "policy_number", "insurance_until_date"',
                    pgid="pgtrigger_hosting_of_a_certificate_3e0d1",
                    table="workshops_hostingagreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hostingagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="hosting_signed_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."company_signed_at" IS NOT NULL OR OLD."association_signed_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="a25e8eacd83982975e77050e9073157cf9222510",
                    operation="DELETE",
                    pgid="pgtrigger_hosting_signed_stays_5495b",
                    table="workshops_hostingagreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hostingagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="hosting_signed_unchanged",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN ((OLD."company_signed_at" IS NOT NULL OR OLD."association_signed_at" IS NOT NULL) AND (OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."company_name" IS DISTINCT FROM (NEW."company_name") OR OLD."association_name" IS DISTINCT FROM (NEW."association_name") OR OLD."insurer" IS DISTINCT FROM (NEW."insurer") OR OLD."policy_number" IS DISTINCT FROM (NEW."policy_number") OR OLD."insurance_until_date" IS DISTINCT FROM (NEW."insurance_until_date") OR OLD."from_date" IS DISTINCT FROM (NEW."from_date") OR OLD."until_date" IS DISTINCT FROM (NEW."until_date") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR (OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") AND NEW."proposed_by_id" IS NOT NULL)))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="62a6830d34dcf2dc0d6d07176f750940d17f16d5",
                    operation="UPDATE",
                    pgid="pgtrigger_hosting_signed_unchanged_a4b70",
                    table="workshops_hostingagreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hostingagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="hosting_signed_once_by_company",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN ((OLD."company_signed_at" IS NOT NULL OR OLD."ended_at" IS NOT NULL) AND (OLD."company_signed_at" IS DISTINCT FROM (NEW."company_signed_at") OR OLD."company_signed_name" IS DISTINCT FROM (NEW."company_signed_name") OR OLD."company_signed_capacity" IS DISTINCT FROM (NEW."company_signed_capacity") OR (OLD."company_signed_by_id" IS DISTINCT FROM (NEW."company_signed_by_id") AND NEW."company_signed_by_id" IS NOT NULL)))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="3dd478d26e0b21428e675d6b5453c64699af6e32",
                    operation="UPDATE",
                    pgid="pgtrigger_hosting_signed_once_by_company_4a4ee",
                    table="workshops_hostingagreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hostingagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="hosting_signed_once_by_association",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN ((OLD."association_signed_at" IS NOT NULL OR OLD."ended_at" IS NOT NULL) AND (OLD."association_signed_at" IS DISTINCT FROM (NEW."association_signed_at") OR OLD."association_signed_name" IS DISTINCT FROM (NEW."association_signed_name") OR OLD."association_signed_capacity" IS DISTINCT FROM (NEW."association_signed_capacity") OR (OLD."association_signed_by_id" IS DISTINCT FROM (NEW."association_signed_by_id") AND NEW."association_signed_by_id" IS NOT NULL)))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="030b01f2bd2e87e7384cc9dbd90626ec5a710551",
                    operation="UPDATE",
                    pgid="pgtrigger_hosting_signed_once_by_association_35eb8",
                    table="workshops_hostingagreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hostingagreement",
            trigger=pgtrigger.compiler.Trigger(
                name="hosting_ends_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."ended_at" IS NOT NULL AND (OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_side" IS DISTINCT FROM (NEW."ended_side") OR (OLD."ended_by_id" IS DISTINCT FROM (NEW."ended_by_id") AND NEW."ended_by_id" IS NOT NULL)))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a33b567c954cd9d79c21b2af0963c64bac4d5e56",
                    operation="UPDATE",
                    pgid="pgtrigger_hosting_ends_once_18549",
                    table="workshops_hostingagreement",
                    when="BEFORE",
                ),
            ),
        ),
    ]
