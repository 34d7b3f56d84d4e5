import datetime as dt
import re
import zoneinfo

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.lookups
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import accounts.names
import associations.models
import mail.addresses
import territories.fields

# Steps before the first release, which databases made meanwhile have taken.
STEPS = (
    "0001_initial",
    "0002_members",
    "0003_moderation",
    "0004_guards",
    "0005_audit",
    "0006_audit_of_members",
    "0007_plausible_numbers",
    "0008_records_stay",
    "0009_audit_of_requests",
    "0010_submitted_and_former",
    "0011_requests_expire",
    "0012_audit_of_expiry",
    "0013_insurance",
    "0014_addresses_written_to",
    "0015_closed_lists_are_held",
)


class Migration(migrations.Migration):
    replaces = [("associations", step) for step in STEPS]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("territories", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Association",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "name",
                    models.CharField(
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            ),
                            accounts.names.not_an_address,
                        ],
                        verbose_name="nom",
                    ),
                ),
                (
                    "search_name",
                    territories.fields.FoldedField(
                        editable=False, max_length=400, of="name", verbose_name="nom cherché"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="adresse de la page")),
                (
                    "legal_form",
                    models.CharField(
                        choices=[
                            ("company", "entreprise"),
                            ("association", "association"),
                            ("foundation", "fondation"),
                            ("public_body", "organisme public"),
                            ("other", "autre"),
                        ],
                        max_length=20,
                        verbose_name="forme juridique",
                    ),
                ),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                ("siret", models.CharField(blank=True, max_length=14, verbose_name="SIRET")),
                ("rna", models.CharField(blank=True, max_length=10, verbose_name="RNA")),
                (
                    "address",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="adresse",
                    ),
                ),
                ("website", models.URLField(blank=True, verbose_name="site web")),
                ("description", models.TextField(blank=True, max_length=2000, verbose_name="présentation")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="création")),
                (
                    "members_confirmed_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="Quand un responsable a dit que la liste des membres est juste.",
                        verbose_name="membres vérifiés",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "nouvelle"),
                            ("admitted", "admise"),
                            ("refused", "refusée"),
                            ("suspended", "suspendue"),
                        ],
                        default="new",
                        max_length=20,
                    ),
                ),
                ("submitted_at", models.DateTimeField(editable=False, verbose_name="envoi à la modération")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="décision")),
                ("decision_reason", models.CharField(blank=True, max_length=1000, verbose_name="motif")),
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
                    "commune",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territories.commune",
                        verbose_name="commune",
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
            ],
            options={
                "verbose_name": "association",
                "ordering": ("name", "pk"),
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_name", "gin_trgm_ops"),
                        name="association_search_trgm",
                    ),
                    models.Index(
                        condition=models.Q(("state", "new")), fields=["submitted_at", "id"], name="association_queue"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(
                                (
                                    "name__regex",
                                    "[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]",
                                ),
                                _negated=True,
                            ),
                        ),
                        name="association_name_visible",
                        violation_error_message="Retapez le nom\xa0: il contient des caractères invisibles.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("siren", ""), ("siren__regex", "^\\d{9}$"), _connector="OR"),
                        name="association_siren_form",
                        violation_error_message="Indiquez un SIREN de 9 chiffres, ou laissez vide.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("siret", ""),
                            models.Q(("siret__regex", "^\\d{14}$"), ("siret__startswith", models.F("siren"))),
                            _connector="OR",
                        ),
                        name="association_siret_form",
                        violation_error_message="Indiquez un SIRET de 14 chiffres qui commence par le SIREN, ou laissez vide.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rna", ""), ("rna__regex", "^W\\d[0-9A-Z]\\d{7}$"), _connector="OR"),
                        name="association_rna_form",
                        violation_error_message="Indiquez un numéro RNA comme W751234567, ou laissez vide.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("siren", ""), _negated=True),
                        fields=("siren",),
                        name="association_siren_unique",
                        violation_error_message="Une organisation avec ce SIREN est déjà inscrite.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("rna", ""), _negated=True),
                        fields=("rna",),
                        name="association_rna_unique",
                        violation_error_message="Une organisation avec ce numéro RNA est déjà inscrite.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "new")),
                            models.Q(
                                ("decided_at__isnull", False), ("state__in", ["admitted", "refused", "suspended"])
                            ),
                            _connector="OR",
                        ),
                        name="association_decision_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_at__isnull", False), ("claimed_by__isnull", True), _connector="OR"
                        ),
                        name="association_claim_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "new"), ("claimed_at__isnull", True), _connector="OR"),
                        name="association_claim_while_new",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "admitted", "refused", "suspended"])),
                        name="associations_association_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("legal_form__in", ["company", "association", "foundation", "public_body", "other"])
                        ),
                        name="associations_association_legal_form_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="starts_with_owner",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n    IF EXISTS (SELECT 1 FROM associations_association WHERE id = NEW.id)\n        AND NOT EXISTS (SELECT 1 FROM associations_membership WHERE association_id = NEW.id AND role = 'owner')\n    THEN \n        RAISE EXCEPTION 'An organisation needs an owner.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_has_owner';\n\n    END IF;\n    RETURN NULL;\n",
                            hash="f48638f63dcaf5744dca4fc3b3467d114d7a4631",
                            operation="INSERT",
                            pgid="pgtrigger_starts_with_owner_13d13",
                            table="associations_association",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "associations_associationevent" ("address", "claimed_at", "claimed_by_id", "commune_id", "created_at", "decided_at", "decided_by_id", "decision_reason", "description", "id", "legal_form", "members_confirmed_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rna", "siren", "siret", "slug", "state", "submitted_at", "website") VALUES (NEW."address", NEW."claimed_at", NEW."claimed_by_id", NEW."commune_id", NEW."created_at", NEW."decided_at", NEW."decided_by_id", NEW."decision_reason", NEW."description", NEW."id", NEW."legal_form", NEW."members_confirmed_at", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."rna", NEW."siren", NEW."siret", NEW."slug", NEW."state", NEW."submitted_at", NEW."website"); RETURN NULL;',
                            hash="d41da9b0fcf0ea69ae78290a072f22b7cfe751a5",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b5e12",
                            table="associations_association",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."claimed_at" IS DISTINCT FROM (NEW."claimed_at") OR OLD."claimed_by_id" IS DISTINCT FROM (NEW."claimed_by_id") OR OLD."commune_id" IS DISTINCT FROM (NEW."commune_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."decision_reason" IS DISTINCT FROM (NEW."decision_reason") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."legal_form" IS DISTINCT FROM (NEW."legal_form") OR OLD."members_confirmed_at" IS DISTINCT FROM (NEW."members_confirmed_at") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."rna" IS DISTINCT FROM (NEW."rna") OR OLD."siren" IS DISTINCT FROM (NEW."siren") OR OLD."siret" IS DISTINCT FROM (NEW."siret") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."website" IS DISTINCT FROM (NEW."website"))',
                            func='INSERT INTO "associations_associationevent" ("address", "claimed_at", "claimed_by_id", "commune_id", "created_at", "decided_at", "decided_by_id", "decision_reason", "description", "id", "legal_form", "members_confirmed_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rna", "siren", "siret", "slug", "state", "submitted_at", "website") VALUES (NEW."address", NEW."claimed_at", NEW."claimed_by_id", NEW."commune_id", NEW."created_at", NEW."decided_at", NEW."decided_by_id", NEW."decision_reason", NEW."description", NEW."id", NEW."legal_form", NEW."members_confirmed_at", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."rna", NEW."siren", NEW."siret", NEW."slug", NEW."state", NEW."submitted_at", NEW."website"); RETURN NULL;',
                            hash="85f87243a8e3f58caba47d201ec432f3fd5ec706",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7cc6d",
                            table="associations_association",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "associations_associationevent" ("address", "claimed_at", "claimed_by_id", "commune_id", "created_at", "decided_at", "decided_by_id", "decision_reason", "description", "id", "legal_form", "members_confirmed_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rna", "siren", "siret", "slug", "state", "submitted_at", "website") VALUES (OLD."address", OLD."claimed_at", OLD."claimed_by_id", OLD."commune_id", OLD."created_at", OLD."decided_at", OLD."decided_by_id", OLD."decision_reason", OLD."description", OLD."id", OLD."legal_form", OLD."members_confirmed_at", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."rna", OLD."siren", OLD."siret", OLD."slug", OLD."state", OLD."submitted_at", OLD."website"); RETURN NULL;',
                            hash="d1fe4b07cc9ce9ea9cffea396f937d0517ac40cc",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_6a6fe",
                            table="associations_association",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AssociationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "name",
                    models.CharField(
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            ),
                            accounts.names.not_an_address,
                        ],
                        verbose_name="nom",
                    ),
                ),
                ("slug", models.SlugField(db_index=False, max_length=80, verbose_name="adresse de la page")),
                (
                    "legal_form",
                    models.CharField(
                        choices=[
                            ("company", "entreprise"),
                            ("association", "association"),
                            ("foundation", "fondation"),
                            ("public_body", "organisme public"),
                            ("other", "autre"),
                        ],
                        max_length=20,
                        verbose_name="forme juridique",
                    ),
                ),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                ("siret", models.CharField(blank=True, max_length=14, verbose_name="SIRET")),
                ("rna", models.CharField(blank=True, max_length=10, verbose_name="RNA")),
                (
                    "address",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="adresse",
                    ),
                ),
                ("website", models.URLField(blank=True, verbose_name="site web")),
                ("description", models.TextField(blank=True, max_length=2000, verbose_name="présentation")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="création")),
                (
                    "members_confirmed_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="Quand un responsable a dit que la liste des membres est juste.",
                        verbose_name="membres vérifiés",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "nouvelle"),
                            ("admitted", "admise"),
                            ("refused", "refusée"),
                            ("suspended", "suspendue"),
                        ],
                        default="new",
                        max_length=20,
                    ),
                ),
                ("submitted_at", models.DateTimeField(editable=False, verbose_name="envoi à la modération")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="décision")),
                ("decision_reason", models.CharField(blank=True, max_length=1000, verbose_name="motif")),
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
                    "commune",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territories.commune",
                        verbose_name="commune",
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        related_query_name="events",
                        to="associations.association",
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
                            hash="67dafa4ceae58f5c0d079e9a9796ea8181022070",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_history_stays_dd4d8",
                            table="associations_associationevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c3c946fb5557c103c07b52a024e966996b144153",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3d1d0",
                            table="associations_associationevent",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerEntry",
            fields=[
                (
                    "slug",
                    models.SlugField(max_length=80, primary_key=True, serialize=False, verbose_name="ancienne adresse"),
                ),
                ("number", models.BigIntegerField(unique=True, verbose_name="ancien numéro")),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_entries",
                        to="associations.association",
                    ),
                ),
            ],
            options={
                "verbose_name": "ancienne fiche d’une association",
                "verbose_name_plural": "anciennes fiches d’associations",
            },
        ),
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
                        condition=models.Q(
                            ("withdrawn_at__isnull", False), ("withdrawn_by__isnull", True), _connector="OR"
                        ),
                        name="certificate_withdrawn_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "jpg"])),
                        name="associations_insurancecertificate_kind_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", mail.addresses.AddressField(blank=True, max_length=254, verbose_name="adresse électronique")),
                (
                    "domains",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), blank=True, default=list, verbose_name="domaines"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "responsable"), ("manager", "gestionnaire"), ("volunteer", "bénévole")],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="création")),
                ("expires_at", models.DateTimeField(editable=False, verbose_name="expiration")),
                ("accepted_at", models.DateTimeField(editable=False, null=True, verbose_name="acceptée")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="retirée")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="associations.association",
                    ),
                ),
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
                    "revoked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "ordering": ("-created_at", "-pk"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "email__regex",
                                '^[^]@[:space:][:cntrl:]\\"\\\\[()<>,:;]{1,64}@[^]@[:space:][:cntrl:]\\"\\\\[()<>,:;]+$',
                            ),
                            ("email", ""),
                            _connector="OR",
                        ),
                        name="associations_invitation_deliverable",
                        violation_error_message="Indiquez une adresse électronique comme prenom.nom@exemple.fr, sans guillemets ni espace.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(models.Q(("email", ""), _negated=True), ("domains", [])),
                            models.Q(
                                ("accepted_at__isnull", True),
                                ("domains__len__gte", 1),
                                ("email", ""),
                                ("role", "volunteer"),
                            ),
                            _connector="OR",
                        ),
                        name="associations_invitation_for_one_or_domains",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("revoked_at__isnull", True), _connector="OR"
                        ),
                        name="associations_invitation_ends_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", True), _connector="OR"),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", True), _connector="OR"),
                        ),
                        name="associations_invitation_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="associations_invitation_ends_later",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True),
                            ("revoked_at__isnull", True),
                            models.Q(("email", ""), _negated=True),
                        ),
                        fields=("association", "email"),
                        name="association_invitation_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "manager", "volunteer"])),
                        name="associations_invitation_role_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JoinRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message", models.CharField(blank=True, max_length=500, verbose_name="message")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "en attente de réponse"),
                            ("accepted", "acceptée"),
                            ("declined", "déclinée"),
                        ],
                        default="pending",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="join_requests",
                        to="associations.association",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "demande d’entrée",
                "verbose_name_plural": "demandes d’entrée",
                "ordering": ("created_at", "pk"),
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "pending")),
                            models.Q(("decided_at__isnull", False), ("state__in", ["accepted", "declined"])),
                            _connector="OR",
                        ),
                        name="associations_joinrequest_state_stamped",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")),
                        fields=("association", "user"),
                        name="association_join_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "accepted", "declined"])),
                        name="associations_joinrequest_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "responsable"), ("manager", "gestionnaire"), ("volunteer", "bénévole")],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                ("joined_at", models.DateTimeField(editable=False, verbose_name="entrée")),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="associations.association",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="compte",
                    ),
                ),
            ],
            options={
                "verbose_name": "membre d’une association",
                "verbose_name_plural": "membres des associations",
                "ordering": ("pk",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("association", "user"), name="association_member_once"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "manager", "volunteer"])),
                        name="associations_membership_role_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="last_owner_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.\"role\" = 'owner')",
                            constraint="CONSTRAINT",
                            func="\n    PERFORM 1 FROM associations_association WHERE id = OLD.association_id FOR NO KEY UPDATE;\n    IF FOUND AND NOT EXISTS (\n        SELECT 1 FROM associations_membership WHERE association_id = OLD.association_id AND role = 'owner'\n    ) THEN \n        RAISE EXCEPTION 'An organisation needs an owner.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_has_owner';\n\n    END IF;\n    RETURN NULL;\n",
                            hash="715c258b67f01021e90c7453ea294b50c752b1ab",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_last_owner_stays_25b27",
                            table="associations_membership",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "associations_membershipevent" ("association_id", "id", "joined_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."association_id", NEW."id", NEW."joined_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;',
                            hash="0215c247110b2ff6a0b2cf72d7b058b3fc96e2e8",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6232e",
                            table="associations_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "associations_membershipevent" ("association_id", "id", "joined_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."association_id", NEW."id", NEW."joined_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;',
                            hash="45237acda480848645a2a8d4b8fa29d50ab43216",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e7fd9",
                            table="associations_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "associations_membershipevent" ("association_id", "id", "joined_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (OLD."association_id", OLD."id", OLD."joined_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."role", OLD."user_id"); RETURN NULL;',
                            hash="6ad1f3a53b683cfe00b567c3f4f68582977bd5ef",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9d12d",
                            table="associations_membership",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "responsable"), ("manager", "gestionnaire"), ("volunteer", "bénévole")],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                ("joined_at", models.DateTimeField(editable=False, verbose_name="entrée")),
                (
                    "association",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="associations.association",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        related_query_name="events",
                        to="associations.membership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="compte",
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
                            hash="8612712fcd1886f56a6fa267b57e0971c8ac524e",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_history_stays_436a0",
                            table="associations_membershipevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="b61ad53270628dd6529f23e6fbf798e76eae1fdf",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f0748",
                            table="associations_membershipevent",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("diagnostic_numerique", "Diagnostic numérique"),
                            ("prendre_en_main_du_materiel", "Prendre en main du matériel"),
                            ("maintenance_de_materiel", "Maintenance de matériel"),
                            ("gere_ses_contenus_numeriques", "Gérer ses contenus numériques"),
                            ("navigation_sur_internet", "Navigation sur internet"),
                            ("email", "E-mail"),
                            ("bureautique", "Bureautique"),
                            ("reseaux_sociaux", "Réseaux sociaux, communication"),
                            ("sante", "Santé"),
                            ("banque_et_achats_en_ligne", "Banque et achats en ligne"),
                            ("entrepreneuriat", "Accompagner un professionnel"),
                            ("insertion_professionnelle", "Insertion professionnelle"),
                            ("securite_numerique", "Prévention en sécurité numérique"),
                            ("parentalite", "Parentalité"),
                            ("scolarite_et_numerique", "Scolarité et numérique"),
                            ("creer_avec_le_numerique", "Créer avec le numérique"),
                            ("culture_numerique", "Culture numérique"),
                            ("intelligence_artificielle", "Intelligence artificielle (IA)"),
                            ("aide_aux_demarches_administratives", "Aide aux démarches administratives"),
                        ],
                        max_length=50,
                        verbose_name="thème",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("debutant", "débutant"), ("intermediaire", "intermédiaire"), ("avance", "avancé")],
                        default="debutant",
                        max_length=20,
                        verbose_name="niveau",
                    ),
                ),
                (
                    "participants",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(200, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="participants",
                    ),
                ),
                (
                    "computers",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(200, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="ordinateurs",
                    ),
                ),
                (
                    "radius_km",
                    models.PositiveSmallIntegerField(
                        help_text="kilomètres",
                        validators=[
                            django.core.validators.MinValueValidator(1, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(200, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="rayon",
                    ),
                ),
                (
                    "moment",
                    models.CharField(
                        choices=[
                            ("any", "le soir ou le week-end"),
                            ("evening", "le soir, du lundi au vendredi"),
                            ("weekend", "le samedi ou le dimanche"),
                        ],
                        default="any",
                        max_length=20,
                        verbose_name="moment",
                    ),
                ),
                ("from_date", models.DateField(verbose_name="du")),
                ("until_date", models.DateField(verbose_name="au")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_review", "en cours d’examen"),
                            ("open", "ouverte"),
                            ("hidden", "masquée"),
                            ("in_progress", "créneau réservé"),
                            ("fulfilled", "atelier tenu"),
                            ("withdrawn", "retirée"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("state_changed_at", models.DateTimeField(editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                ("hidden_reason", models.CharField(blank=True, max_length=1000, verbose_name="motif")),
                (
                    "expires_at",
                    models.DateTimeField(
                        editable=False, help_text="sauf si l’association dit qu’elle cherche toujours"
                    ),
                ),
                (
                    "matched_at",
                    models.DateTimeField(
                        editable=False, help_text="quand les créneaux qui la servent ont été cherchés", null=True
                    ),
                ),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="associations.association",
                    ),
                ),
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
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territories.commune",
                        verbose_name="commune",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "demande",
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "in_review")), fields=["created_at", "id"], name="request_queue"
                    ),
                    models.Index(
                        condition=models.Q(("matched_at", None), ("state", "open")),
                        fields=["id"],
                        name="request_unmatched",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_at__isnull", False), ("claimed_by__isnull", True), _connector="OR"
                        ),
                        name="request_claim_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "in_review"), ("claimed_at__isnull", True), _connector="OR"),
                        name="request_claim_while_in_review",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "hidden"), _negated=True),
                            models.Q(("hidden_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="request_hidden_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_date__gte", models.F("from_date"))), name="request_dates_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("computers__lte", 200), ("participants__range", (1, 200)), ("radius_km__range", (1, 200))
                        ),
                        name="request_sizes_plausible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                            models.Q(models.Q(("state", "withdrawn"), _negated=True), ("withdrawn_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="request_withdrawn_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "topic__in",
                                [
                                    "diagnostic_numerique",
                                    "prendre_en_main_du_materiel",
                                    "maintenance_de_materiel",
                                    "gere_ses_contenus_numeriques",
                                    "navigation_sur_internet",
                                    "email",
                                    "bureautique",
                                    "reseaux_sociaux",
                                    "sante",
                                    "banque_et_achats_en_ligne",
                                    "entrepreneuriat",
                                    "insertion_professionnelle",
                                    "securite_numerique",
                                    "parentalite",
                                    "scolarite_et_numerique",
                                    "creer_avec_le_numerique",
                                    "culture_numerique",
                                    "intelligence_artificielle",
                                    "aide_aux_demarches_administratives",
                                ],
                            )
                        ),
                        name="associations_request_topic_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["debutant", "intermediaire", "avance"])),
                        name="associations_request_level_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("moment__in", ["any", "evening", "weekend"])),
                        name="associations_request_moment_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["in_review", "open", "hidden", "in_progress", "fulfilled", "withdrawn"])
                        ),
                        name="associations_request_state_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "associations_requestevent" ("association_id", "claimed_at", "claimed_by_id", "commune_id", "computers", "created_at", "created_by_id", "expires_at", "from_date", "hidden_reason", "id", "level", "matched_at", "moment", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "radius_km", "state", "state_changed_at", "topic", "until_date", "withdrawn_at") VALUES (NEW."association_id", NEW."claimed_at", NEW."claimed_by_id", NEW."commune_id", NEW."computers", NEW."created_at", NEW."created_by_id", NEW."expires_at", NEW."from_date", NEW."hidden_reason", NEW."id", NEW."level", NEW."matched_at", NEW."moment", NEW."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."radius_km", NEW."state", NEW."state_changed_at", NEW."topic", NEW."until_date", NEW."withdrawn_at"); RETURN NULL;',
                            hash="1eceb999c29020a4b9c4f375d7c30e13f6118311",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_1f5c4",
                            table="associations_request",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "associations_requestevent" ("association_id", "claimed_at", "claimed_by_id", "commune_id", "computers", "created_at", "created_by_id", "expires_at", "from_date", "hidden_reason", "id", "level", "matched_at", "moment", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "radius_km", "state", "state_changed_at", "topic", "until_date", "withdrawn_at") VALUES (NEW."association_id", NEW."claimed_at", NEW."claimed_by_id", NEW."commune_id", NEW."computers", NEW."created_at", NEW."created_by_id", NEW."expires_at", NEW."from_date", NEW."hidden_reason", NEW."id", NEW."level", NEW."matched_at", NEW."moment", NEW."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."radius_km", NEW."state", NEW."state_changed_at", NEW."topic", NEW."until_date", NEW."withdrawn_at"); RETURN NULL;',
                            hash="16cf4b33e0a1cdca956f5be1ac130fe449c9a1b2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_34d7f",
                            table="associations_request",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "associations_requestevent" ("association_id", "claimed_at", "claimed_by_id", "commune_id", "computers", "created_at", "created_by_id", "expires_at", "from_date", "hidden_reason", "id", "level", "matched_at", "moment", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "radius_km", "state", "state_changed_at", "topic", "until_date", "withdrawn_at") VALUES (OLD."association_id", OLD."claimed_at", OLD."claimed_by_id", OLD."commune_id", OLD."computers", OLD."created_at", OLD."created_by_id", OLD."expires_at", OLD."from_date", OLD."hidden_reason", OLD."id", OLD."level", OLD."matched_at", OLD."moment", OLD."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."radius_km", OLD."state", OLD."state_changed_at", OLD."topic", OLD."until_date", OLD."withdrawn_at"); RETURN NULL;',
                            hash="14600f9a38f5996d91f2336c1852063cf111adec",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9f46c",
                            table="associations_request",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("diagnostic_numerique", "Diagnostic numérique"),
                            ("prendre_en_main_du_materiel", "Prendre en main du matériel"),
                            ("maintenance_de_materiel", "Maintenance de matériel"),
                            ("gere_ses_contenus_numeriques", "Gérer ses contenus numériques"),
                            ("navigation_sur_internet", "Navigation sur internet"),
                            ("email", "E-mail"),
                            ("bureautique", "Bureautique"),
                            ("reseaux_sociaux", "Réseaux sociaux, communication"),
                            ("sante", "Santé"),
                            ("banque_et_achats_en_ligne", "Banque et achats en ligne"),
                            ("entrepreneuriat", "Accompagner un professionnel"),
                            ("insertion_professionnelle", "Insertion professionnelle"),
                            ("securite_numerique", "Prévention en sécurité numérique"),
                            ("parentalite", "Parentalité"),
                            ("scolarite_et_numerique", "Scolarité et numérique"),
                            ("creer_avec_le_numerique", "Créer avec le numérique"),
                            ("culture_numerique", "Culture numérique"),
                            ("intelligence_artificielle", "Intelligence artificielle (IA)"),
                            ("aide_aux_demarches_administratives", "Aide aux démarches administratives"),
                        ],
                        max_length=50,
                        verbose_name="thème",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("debutant", "débutant"), ("intermediaire", "intermédiaire"), ("avance", "avancé")],
                        default="debutant",
                        max_length=20,
                        verbose_name="niveau",
                    ),
                ),
                (
                    "participants",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(200, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="participants",
                    ),
                ),
                (
                    "computers",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(200, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="ordinateurs",
                    ),
                ),
                (
                    "radius_km",
                    models.PositiveSmallIntegerField(
                        help_text="kilomètres",
                        validators=[
                            django.core.validators.MinValueValidator(1, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(200, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="rayon",
                    ),
                ),
                (
                    "moment",
                    models.CharField(
                        choices=[
                            ("any", "le soir ou le week-end"),
                            ("evening", "le soir, du lundi au vendredi"),
                            ("weekend", "le samedi ou le dimanche"),
                        ],
                        default="any",
                        max_length=20,
                        verbose_name="moment",
                    ),
                ),
                ("from_date", models.DateField(verbose_name="du")),
                ("until_date", models.DateField(verbose_name="au")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_review", "en cours d’examen"),
                            ("open", "ouverte"),
                            ("hidden", "masquée"),
                            ("in_progress", "créneau réservé"),
                            ("fulfilled", "atelier tenu"),
                            ("withdrawn", "retirée"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("state_changed_at", models.DateTimeField(editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                ("hidden_reason", models.CharField(blank=True, max_length=1000, verbose_name="motif")),
                (
                    "expires_at",
                    models.DateTimeField(
                        editable=False, help_text="sauf si l’association dit qu’elle cherche toujours"
                    ),
                ),
                (
                    "matched_at",
                    models.DateTimeField(
                        editable=False, help_text="quand les créneaux qui la servent ont été cherchés", null=True
                    ),
                ),
                (
                    "association",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="associations.association",
                    ),
                ),
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
                    "commune",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="territories.commune",
                        verbose_name="commune",
                    ),
                ),
                (
                    "created_by",
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
                        to="associations.request",
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
                            hash="716a0c7cbfe281b6201736d4ed2ada2c5500de80",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_history_stays_1d3cf",
                            table="associations_requestevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="bd104f17e274492328ebde234f00239bf4249793",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2ea17",
                            table="associations_requestevent",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
