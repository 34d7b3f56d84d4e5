import re

import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import accounts.codes
import accounts.names
import charter.models.versions
import mail.addresses

# Steps before the first release, which databases made meanwhile have taken.
STEPS = (
    "0001_initial",
    "0002_life_of_a_signature",
    "0003_guards",
    "0004_audit",
    "0005_audit_of_members",
    "0006_plausible_numbers",
    "0007_records_stay",
    "0008_signed_names",
    "0009_audit_of_capacity",
    "0010_proof_by_whom",
    "0011_addresses_written_to",
    "0012_closed_lists_are_held",
)


class Migration(migrations.Migration):
    replaces = [("charter", step) for step in STEPS]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("companies", "0001_tables"),
        ("territories", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="CharterVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(unique=True, verbose_name="numéro")),
                ("text", models.TextField(help_text="Markdown, sans HTML.", max_length=60000, verbose_name="texte")),
                ("sha256", models.CharField(editable=False, max_length=64, verbose_name="empreinte SHA-256 du texte")),
                ("effective_from_date", models.DateField(verbose_name="en vigueur à partir du")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="création")),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="publication")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "version de la charte",
                "verbose_name_plural": "versions de la charte",
                "ordering": ("-number",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256", charter.models.versions.Sha256(models.F("text")))),
                        name="charter_version_hashed",
                        violation_error_message="L’empreinte n’est pas celle du texte.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at__isnull", False), ("published_by__isnull", True), _connector="OR"
                        ),
                        name="charter_version_published_stamped",
                    ),
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("published_at__isnull", True)),
                        name="charter_version_one_draft",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("published_at__isnull", False)),
                        fields=("effective_from_date",),
                        name="charter_version_one_a_day",
                        violation_error_message="Choisissez un autre jour\xa0: une version entre en vigueur ce jour-là.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="versions_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'These rows stay.';",
                            hash="ac06bf3dc7fac7f44dc3dc387ca8648a8aa8f997",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_versions_stay_45cc4",
                            table="charter_charterversion",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="published_version_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."published_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="c516b5e2064db6b4db5dd8d9a92a81fb6f2c5229",
                            operation="DELETE",
                            pgid="pgtrigger_published_version_stays_482e8",
                            table="charter_charterversion",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="published_version_unchanged",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."published_at" IS NOT NULL AND (OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."effective_from_date" IS DISTINCT FROM (NEW."effective_from_date") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR (OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") AND NEW."created_by_id" IS NOT NULL) OR (OLD."published_by_id" IS DISTINCT FROM (NEW."published_by_id") AND NEW."published_by_id" IS NOT NULL)))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="c3be72217f5d85e7b6a7b1d8478c1d8a72851f74",
                            operation="UPDATE",
                            pgid="pgtrigger_published_version_unchanged_5442b",
                            table="charter_charterversion",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="Par exemple\xa0: Portes ouvertes de printemps.", max_length=120, verbose_name="nom"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="adresse de la page")),
                (
                    "text",
                    models.TextField(
                        blank=True, help_text="Markdown, sans HTML.", max_length=10000, verbose_name="présentation"
                    ),
                ),
                ("from_date", models.DateField(verbose_name="du")),
                ("until_date", models.DateField(verbose_name="au")),
                ("created_at", models.DateTimeField(editable=False)),
                ("announced_at", models.DateTimeField(editable=False, null=True)),
                (
                    "announced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "departements",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Aucun\xa0: toute la France.",
                        related_name="+",
                        to="territories.departement",
                        verbose_name="départements",
                    ),
                ),
            ],
            options={
                "verbose_name": "édition",
                "ordering": ("-from_date", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_date__gte", models.F("from_date"))),
                        name="edition_dates_in_order",
                        violation_error_message="Indiquez une date de fin après la date de début.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("announced_at__isnull", False), ("announced_by__isnull", True), _connector="OR"
                        ),
                        name="edition_announced_stamped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
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
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="nom au moment de signer"
                    ),
                ),
                (
                    "company_siren",
                    models.CharField(
                        blank=True, editable=False, max_length=9, verbose_name="SIREN au moment de signer"
                    ),
                ),
                (
                    "text_sha256",
                    models.CharField(editable=False, max_length=64, verbose_name="empreinte du texte signé"),
                ),
                (
                    "signatory_name",
                    models.CharField(
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            ),
                            accounts.names.not_an_address,
                        ],
                        verbose_name="nom de la personne qui signe",
                    ),
                ),
                (
                    "signatory_capacity",
                    models.CharField(
                        help_text="Par exemple\xa0: directrice générale, président.",
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="en qualité de",
                    ),
                ),
                (
                    "signatory_email",
                    mail.addresses.AddressField(max_length=254, verbose_name="son adresse électronique"),
                ),
                (
                    "shows_name",
                    models.BooleanField(
                        default=False,
                        help_text="Sinon, seule l’entreprise y figure.",
                        verbose_name="montrer ce nom sur la page publique de vérification",
                    ),
                ),
                (
                    "pledged_rooms",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(1000, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="salles que vous pensez ouvrir",
                    ),
                ),
                (
                    "pledged_computers",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(20000, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="ordinateurs que vous pensez prêter",
                    ),
                ),
                (
                    "pledged_hours",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(1000000, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="heures de bénévolat par an",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("link_sent_at", models.DateTimeField(editable=False, help_text="à la personne qui signe", null=True)),
                ("signed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "à signer"),
                            ("submitted", "en attente d’examen"),
                            ("in_review", "en cours d’examen"),
                            ("changes_requested", "à compléter"),
                            ("approved", "approuvée"),
                            ("refused", "refusée"),
                            ("suspended", "suspendue"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "échue"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "reason_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unknown", "L’organisation est introuvable au registre"),
                            ("closed", "L’organisation a cessé son activité"),
                            ("not_authorised", "La personne qui signe n’engage pas l’organisation"),
                            ("duplicate", "L’organisation a déjà signé"),
                            ("off_topic", "L’organisation n’a pas de quoi tenir les engagements"),
                            ("abuse", "Saisie trompeuse ou abusive"),
                            ("other", "Autre motif"),
                        ],
                        max_length=30,
                        verbose_name="motif",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=1000, verbose_name="explication")),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "claimed_by",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "decided_by",
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
                    "signed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="charter.charterversion"
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["submitted", "in_review"])),
                        fields=["submitted_at", "id"],
                        name="signature_queue",
                    ),
                    models.Index(fields=["company", "-created_at"], name="signature_by_company"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_at__isnull", False), ("claimed_by__isnull", True), _connector="OR"
                        ),
                        name="signature_claim_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "signatory_email__regex",
                                '^[^]@[:space:][:cntrl:]\\"\\\\[()<>,:;]{1,64}@[^]@[:space:][:cntrl:]\\"\\\\[()<>,:;]+$',
                            )
                        ),
                        name="signature_email_deliverable",
                        violation_error_message="Indiquez une adresse électronique comme prenom.nom@exemple.fr, sans guillemets ni espace.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["refused", "withdrawn", "lapsed"]), _negated=True),
                        fields=("company", "version"),
                        name="signature_one_file_per_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["draft", "submitted", "in_review", "changes_requested"])),
                        fields=("company",),
                        name="signature_one_unfinished",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["approved", "suspended"])),
                        fields=("company",),
                        name="signature_one_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("signed_at__isnull", True),
                                ("signed_by__isnull", True),
                                ("state", "draft"),
                                ("submitted_at__isnull", True),
                            ),
                            ("state", "withdrawn"),
                            models.Q(("signed_at__isnull", False), ("submitted_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="signature_signed_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_at__isnull", True), models.Q(("company_name", ""), _negated=True), _connector="OR"
                        ),
                        name="signature_keeps_the_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", False), ("state", "in_review")),
                            models.Q(models.Q(("state", "in_review"), _negated=True), ("claimed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="signature_claim_is_review",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("state__in", ["draft", "submitted", "in_review"]),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ["changes_requested", "approved", "refused", "suspended", "lapsed"]),
                            ),
                            ("state", "withdrawn"),
                            _connector="OR",
                        ),
                        name="signature_decision_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state__in", ["withdrawn", "lapsed"])),
                            models.Q(
                                models.Q(("state__in", ["withdrawn", "lapsed"]), _negated=True),
                                ("ended_at__isnull", True),
                                ("ended_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="signature_ended_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["changes_requested", "refused", "suspended"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="signature_reason_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("reason_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="signature_refusal_coded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pledged_computers__lte", 20000),
                            ("pledged_hours__lte", 1000000),
                            ("pledged_rooms__lte", 1000),
                        ),
                        name="signature_pledges_plausible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "in_review",
                                    "changes_requested",
                                    "approved",
                                    "refused",
                                    "suspended",
                                    "withdrawn",
                                    "lapsed",
                                ],
                            )
                        ),
                        name="charter_signature_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason_code__in",
                                ["", "unknown", "closed", "not_authorised", "duplicate", "off_topic", "abuse", "other"],
                            )
                        ),
                        name="charter_signature_reason_code_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="signed_text_is_the_version",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."signed_at" IS NOT NULL)',
                            func="\n                    IF NEW.text_sha256 IS DISTINCT FROM\n                        (SELECT sha256 FROM charter_charterversion WHERE id = NEW.version_id)\n                    THEN\n                        RAISE EXCEPTION 'What is signed is the text of the version.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'signature_text_is_the_version';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="7c06a72c2b9824072a7220d9da57ac13bc1fadb1",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_signed_text_is_the_version_65149",
                            table="charter_signature",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="signatures_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'These rows stay.';",
                            hash="6cc57425e911b83620c3aabab5062e49323113db",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_signatures_stay_a37b3",
                            table="charter_signature",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="signed_proof_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."signed_at" IS NOT NULL)',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="e1507dbbaf9e12f5cf5bc9fe1b3a267c3e15d3e8",
                            operation="DELETE",
                            pgid="pgtrigger_signed_proof_stays_e7089",
                            table="charter_signature",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="signed_proof_unchanged",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NOT (OLD."state" IN (\'draft\', \'changes_requested\')) AND (OLD."signatory_name" IS DISTINCT FROM (NEW."signatory_name") OR OLD."signatory_capacity" IS DISTINCT FROM (NEW."signatory_capacity") OR OLD."signatory_email" IS DISTINCT FROM (NEW."signatory_email") OR OLD."company_name" IS DISTINCT FROM (NEW."company_name") OR OLD."company_siren" IS DISTINCT FROM (NEW."company_siren") OR OLD."pledged_rooms" IS DISTINCT FROM (NEW."pledged_rooms") OR OLD."pledged_computers" IS DISTINCT FROM (NEW."pledged_computers") OR OLD."pledged_hours" IS DISTINCT FROM (NEW."pledged_hours") OR OLD."signed_at" IS DISTINCT FROM (NEW."signed_at") OR OLD."text_sha256" IS DISTINCT FROM (NEW."text_sha256") OR OLD."version_id" IS DISTINCT FROM (NEW."version_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR (OLD."signed_by_id" IS DISTINCT FROM (NEW."signed_by_id") AND NEW."signed_by_id" IS NOT NULL) OR (NEW."shows_name" AND NOT OLD."shows_name")))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="59f6e0e2e8e4727b0cb2b914ffaddfbf506c9154",
                            operation="UPDATE",
                            pgid="pgtrigger_signed_proof_unchanged_f6898",
                            table="charter_signature",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "charter_signatureevent" ("claimed_at", "claimed_by_id", "code", "company_id", "company_name", "company_siren", "created_at", "decided_at", "decided_by_id", "ended_at", "ended_by_id", "id", "link_sent_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pledged_computers", "pledged_hours", "pledged_rooms", "reason", "reason_code", "shows_name", "signatory_capacity", "signed_at", "signed_by_id", "state", "submitted_at", "text_sha256", "version_id") VALUES (NEW."claimed_at", NEW."claimed_by_id", NEW."code", NEW."company_id", NEW."company_name", NEW."company_siren", NEW."created_at", NEW."decided_at", NEW."decided_by_id", NEW."ended_at", NEW."ended_by_id", NEW."id", NEW."link_sent_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."pledged_computers", NEW."pledged_hours", NEW."pledged_rooms", NEW."reason", NEW."reason_code", NEW."shows_name", NEW."signatory_capacity", NEW."signed_at", NEW."signed_by_id", NEW."state", NEW."submitted_at", NEW."text_sha256", NEW."version_id"); RETURN NULL;',
                            hash="1d1c14f852f7e1fc500b0ddafd2b7fbc56d4f750",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_5f2ca",
                            table="charter_signature",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."claimed_at" IS DISTINCT FROM (NEW."claimed_at") OR OLD."claimed_by_id" IS DISTINCT FROM (NEW."claimed_by_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."company_id" IS DISTINCT FROM (NEW."company_id") OR OLD."company_name" IS DISTINCT FROM (NEW."company_name") OR OLD."company_siren" IS DISTINCT FROM (NEW."company_siren") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_by_id" IS DISTINCT FROM (NEW."ended_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."link_sent_at" IS DISTINCT FROM (NEW."link_sent_at") OR OLD."pledged_computers" IS DISTINCT FROM (NEW."pledged_computers") OR OLD."pledged_hours" IS DISTINCT FROM (NEW."pledged_hours") OR OLD."pledged_rooms" IS DISTINCT FROM (NEW."pledged_rooms") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reason_code" IS DISTINCT FROM (NEW."reason_code") OR OLD."shows_name" IS DISTINCT FROM (NEW."shows_name") OR OLD."signatory_capacity" IS DISTINCT FROM (NEW."signatory_capacity") OR OLD."signed_at" IS DISTINCT FROM (NEW."signed_at") OR OLD."signed_by_id" IS DISTINCT FROM (NEW."signed_by_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."text_sha256" IS DISTINCT FROM (NEW."text_sha256") OR OLD."version_id" IS DISTINCT FROM (NEW."version_id"))',
                            func='INSERT INTO "charter_signatureevent" ("claimed_at", "claimed_by_id", "code", "company_id", "company_name", "company_siren", "created_at", "decided_at", "decided_by_id", "ended_at", "ended_by_id", "id", "link_sent_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pledged_computers", "pledged_hours", "pledged_rooms", "reason", "reason_code", "shows_name", "signatory_capacity", "signed_at", "signed_by_id", "state", "submitted_at", "text_sha256", "version_id") VALUES (NEW."claimed_at", NEW."claimed_by_id", NEW."code", NEW."company_id", NEW."company_name", NEW."company_siren", NEW."created_at", NEW."decided_at", NEW."decided_by_id", NEW."ended_at", NEW."ended_by_id", NEW."id", NEW."link_sent_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."pledged_computers", NEW."pledged_hours", NEW."pledged_rooms", NEW."reason", NEW."reason_code", NEW."shows_name", NEW."signatory_capacity", NEW."signed_at", NEW."signed_by_id", NEW."state", NEW."submitted_at", NEW."text_sha256", NEW."version_id"); RETURN NULL;',
                            hash="ea69805e082e4e4bf49bd1a8e300f4cef4b46b05",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0745b",
                            table="charter_signature",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "charter_signatureevent" ("claimed_at", "claimed_by_id", "code", "company_id", "company_name", "company_siren", "created_at", "decided_at", "decided_by_id", "ended_at", "ended_by_id", "id", "link_sent_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "pledged_computers", "pledged_hours", "pledged_rooms", "reason", "reason_code", "shows_name", "signatory_capacity", "signed_at", "signed_by_id", "state", "submitted_at", "text_sha256", "version_id") VALUES (OLD."claimed_at", OLD."claimed_by_id", OLD."code", OLD."company_id", OLD."company_name", OLD."company_siren", OLD."created_at", OLD."decided_at", OLD."decided_by_id", OLD."ended_at", OLD."ended_by_id", OLD."id", OLD."link_sent_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."pledged_computers", OLD."pledged_hours", OLD."pledged_rooms", OLD."reason", OLD."reason_code", OLD."shows_name", OLD."signatory_capacity", OLD."signed_at", OLD."signed_by_id", OLD."state", OLD."submitted_at", OLD."text_sha256", OLD."version_id"); RETURN NULL;',
                            hash="c286b3901832fe2b3c47797f667dbc4f0bac8fc1",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ffacf",
                            table="charter_signature",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignatureEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "code",
                    models.CharField(
                        default=accounts.codes.new_code,
                        editable=False,
                        max_length=12,
                        verbose_name="code de vérification",
                    ),
                ),
                (
                    "company_name",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="nom au moment de signer"
                    ),
                ),
                (
                    "company_siren",
                    models.CharField(
                        blank=True, editable=False, max_length=9, verbose_name="SIREN au moment de signer"
                    ),
                ),
                (
                    "text_sha256",
                    models.CharField(editable=False, max_length=64, verbose_name="empreinte du texte signé"),
                ),
                (
                    "signatory_capacity",
                    models.CharField(
                        help_text="Par exemple\xa0: directrice générale, président.",
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="en qualité de",
                    ),
                ),
                (
                    "shows_name",
                    models.BooleanField(
                        default=False,
                        help_text="Sinon, seule l’entreprise y figure.",
                        verbose_name="montrer ce nom sur la page publique de vérification",
                    ),
                ),
                (
                    "pledged_rooms",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(1000, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="salles que vous pensez ouvrir",
                    ),
                ),
                (
                    "pledged_computers",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(20000, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="ordinateurs que vous pensez prêter",
                    ),
                ),
                (
                    "pledged_hours",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(1000000, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="heures de bénévolat par an",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("link_sent_at", models.DateTimeField(editable=False, help_text="à la personne qui signe", null=True)),
                ("signed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "à signer"),
                            ("submitted", "en attente d’examen"),
                            ("in_review", "en cours d’examen"),
                            ("changes_requested", "à compléter"),
                            ("approved", "approuvée"),
                            ("refused", "refusée"),
                            ("suspended", "suspendue"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "échue"),
                        ],
                        default="draft",
                        max_length=20,
                    ),
                ),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "reason_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unknown", "L’organisation est introuvable au registre"),
                            ("closed", "L’organisation a cessé son activité"),
                            ("not_authorised", "La personne qui signe n’engage pas l’organisation"),
                            ("duplicate", "L’organisation a déjà signé"),
                            ("off_topic", "L’organisation n’a pas de quoi tenir les engagements"),
                            ("abuse", "Saisie trompeuse ou abusive"),
                            ("other", "Autre motif"),
                        ],
                        max_length=30,
                        verbose_name="motif",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=1000, verbose_name="explication")),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "claimed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        related_query_name="events",
                        to="charter.signature",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="charter.charterversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="history_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'These rows stay.';",
                            hash="207ad55a4673232de8e3df2e9c6cc37273d21842",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_history_stays_9d2a4",
                            table="charter_signatureevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="13cad31e417a311ea9a66adf37541dab99d32ac1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_799f4",
                            table="charter_signatureevent",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
