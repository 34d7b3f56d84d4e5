import re

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import accounts.names
import mail.addresses

# Steps before the first release, which databases made meanwhile have taken.
STEPS = (
    "0001_initial",
    "0002_directory",
    "0003_moderation",
    "0004_guards",
    "0005_factor_recovery",
    "0006_signups",
    "0007_records_stay",
    "0008_merged_decisions",
    "0009_recoveries_stay",
    "0010_decisions_by_whom",
    "0011_appeals_without_object",
    "0012_language_of_people",
    "0013_addresses_written_to",
    "0014_closed_lists_are_held",
)


class Migration(migrations.Migration):
    replaces = [("accounts", step) for step in STEPS]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("territories", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "email",
                    mail.addresses.AddressField(max_length=254, unique=True, verbose_name="adresse électronique"),
                ),
                (
                    "name",
                    models.CharField(
                        blank=True,
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
                        verbose_name="nom",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("en", "English")],
                        db_default="fr",
                        default="fr",
                        max_length=10,
                        verbose_name="langue des courriels",
                    ),
                ),
                (
                    "is_moderator",
                    models.BooleanField(
                        default=False, help_text="Traite la file de modération.", verbose_name="modération"
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False, help_text="Accède à l’administration.", verbose_name="exploitation"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="compte actif")),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="inscription"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "moderated_departements",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Aucun\xa0: toute la France.",
                        related_name="+",
                        to="territories.departement",
                        verbose_name="départements modérés",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "compte",
                "ordering": ("email",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "email__regex",
                                '^[^]@[:space:][:cntrl:]\\"\\\\[()<>,:;]{1,64}@[^]@[:space:][:cntrl:]\\"\\\\[()<>,:;]+$',
                            )
                        ),
                        name="user_email_deliverable",
                        violation_error_message="Indiquez une adresse électronique comme prenom.nom@exemple.fr, sans guillemets ni espace.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="user_email_lower",
                        violation_error_message="L’adresse électronique s’écrit en minuscules.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["fr", "en"])),
                        name="user_language_known",
                        violation_error_message="Choisissez une des langues proposées.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AbuseReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                ("path", models.CharField(max_length=200, verbose_name="page")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("false", "Informations fausses"),
                            ("impersonation", "Usurpation d’une organisation"),
                            ("unsafe", "Mise en danger de personnes"),
                            ("commercial", "Démarchage ou vente"),
                            ("offensive", "Propos injurieux ou haineux"),
                            ("other", "Autre"),
                        ],
                        max_length=20,
                        verbose_name="motif",
                    ),
                ),
                ("message", models.TextField(max_length=2000, verbose_name="ce qui ne va pas")),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "à examiner"), ("upheld", "suivi d’effet"), ("dismissed", "sans suite")],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
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
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "signalement",
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["created_at", "id"], name="abuse_queue")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_at__isnull", False), ("claimed_by__isnull", True), _connector="OR"
                        ),
                        name="abusereport_claim_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "open")),
                            models.Q(
                                ("claimed_at__isnull", True),
                                ("decided_at__isnull", False),
                                ("state__in", ["upheld", "dismissed"]),
                            ),
                            _connector="OR",
                        ),
                        name="abusereport_state_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["false", "impersonation", "unsafe", "commercial", "offensive", "other"])
                        ),
                        name="accounts_abusereport_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "upheld", "dismissed"])),
                        name="accounts_abusereport_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "subject",
                    models.CharField(
                        choices=[
                            ("signature", "signature"),
                            ("association", "association"),
                            ("request", "demande"),
                            ("report", "signalement"),
                            ("appeal", "recours"),
                        ],
                        max_length=20,
                        verbose_name="objet",
                    ),
                ),
                ("subject_id", models.BigIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("approved", "approbation"),
                            ("changes_requested", "compléments demandés"),
                            ("refused", "refus"),
                            ("suspended", "suspension"),
                            ("reinstated", "rétablissement"),
                            ("dismissed", "sans suite"),
                            ("merged", "réunion de deux fiches"),
                        ],
                        max_length=20,
                        verbose_name="décision",
                    ),
                ),
                ("reason_code", models.CharField(blank=True, max_length=30, verbose_name="motif type")),
                ("reason", models.CharField(blank=True, max_length=1000, verbose_name="motif")),
                (
                    "comments",
                    models.JSONField(default=dict, help_text="par champ du dossier", verbose_name="remarques"),
                ),
                ("decided_at", models.DateTimeField(verbose_name="date")),
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
                "verbose_name": "décision",
                "ordering": ("decided_at", "pk"),
                "indexes": [models.Index(fields=["subject", "subject_id"], name="decision_by_subject")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("subject__in", ["signature", "association", "request", "report", "appeal"])
                        ),
                        name="accounts_decision_subject_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    "approved",
                                    "changes_requested",
                                    "refused",
                                    "suspended",
                                    "reinstated",
                                    "dismissed",
                                    "merged",
                                ],
                            )
                        ),
                        name="accounts_decision_outcome_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="decision_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="b21afc7a73c3667f59943e905e83bfdab0ba1eb7",
                            operation="DELETE",
                            pgid="pgtrigger_decision_stays_5debe",
                            table="accounts_decision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="decisions_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'These rows stay.';",
                            hash="080928479baaf71d8e30de4d1ed0b14683f28b47",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_decisions_stay_29309",
                            table="accounts_decision",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="decision_unchanged",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."subject_id" IS DISTINCT FROM (NEW."subject_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."reason_code" IS DISTINCT FROM (NEW."reason_code") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."comments" IS DISTINCT FROM (NEW."comments") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR (OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") AND NEW."decided_by_id" IS NOT NULL))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="d7f4675d95a9f101bdaa3cf343f40b9825698f2e",
                            operation="UPDATE",
                            pgid="pgtrigger_decision_unchanged_375df",
                            table="accounts_decision",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                ("message", models.TextField(max_length=2000, verbose_name="pourquoi cette décision est à revoir")),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "à examiner"),
                            ("accepted", "accepté"),
                            ("rejected", "rejeté"),
                            ("moot", "sans objet"),
                        ],
                        default="open",
                        max_length=20,
                    ),
                ),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("answer", models.CharField(blank=True, max_length=1000, verbose_name="réponse")),
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
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "decision",
                    models.OneToOneField(
                        help_text="Le refus\xa0: un seul recours par refus.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.decision",
                    ),
                ),
            ],
            options={
                "verbose_name": "recours",
                "verbose_name_plural": "recours",
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["created_at", "id"], name="appeal_queue"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_at__isnull", False), ("claimed_by__isnull", True), _connector="OR"
                        ),
                        name="appeal_claim_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "open")),
                            models.Q(
                                ("claimed_at__isnull", True),
                                ("decided_at__isnull", False),
                                ("state__in", ["accepted", "rejected", "moot"]),
                            ),
                            _connector="OR",
                        ),
                        name="appeal_state_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="appeal_answered_in_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "accepted", "rejected", "moot"])),
                        name="accounts_appeal_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DirectoryEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=100, verbose_name="jeu de données")),
                ("source_key", models.CharField(max_length=64, verbose_name="identifiant dans le jeu")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("company", "entreprise"),
                            ("association", "association"),
                            ("foundation", "fondation"),
                            ("public_body", "organisme public"),
                            ("other", "autre"),
                            ("unknown", "inconnue"),
                        ],
                        default="unknown",
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                (
                    "search_name",
                    models.CharField(
                        help_text="minuscules sans accent ni tiret", max_length=1000, verbose_name="nom cherché"
                    ),
                ),
                ("siren", models.CharField(blank=True, db_index=True, max_length=9, verbose_name="SIREN")),
                ("siret", models.CharField(blank=True, db_index=True, max_length=14, verbose_name="SIRET")),
                ("rna", models.CharField(blank=True, db_index=True, max_length=10, verbose_name="RNA")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="adresse")),
                ("postal_code", models.CharField(blank=True, max_length=5, verbose_name="code postal")),
                (
                    "latitude",
                    models.FloatField(blank=True, help_text="degrés WGS 84", null=True, verbose_name="latitude"),
                ),
                (
                    "longitude",
                    models.FloatField(blank=True, help_text="degrés WGS 84", null=True, verbose_name="longitude"),
                ),
                ("website", models.URLField(blank=True, verbose_name="site web")),
                (
                    "services",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, verbose_name="services"
                    ),
                ),
                (
                    "audiences",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), blank=True, default=list, verbose_name="publics"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="en activité")),
                ("updated_at", models.DateTimeField(editable=False, verbose_name="dernier changement")),
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
            ],
            options={
                "verbose_name": "fiche de l’annuaire",
                "verbose_name_plural": "fiches de l’annuaire",
                "ordering": ("search_name", "pk"),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_name", "gin_trgm_ops"),
                        name="directory_search_trgm",
                    ),
                    models.Index(
                        fields=["search_name"], name="directory_search_prefix", opclasses=["varchar_pattern_ops"]
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "source_key"), name="directory_source_key_unique"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="directory_name_told"),
                    models.CheckConstraint(
                        condition=models.Q(("siren", ""), ("siren__regex", "^\\d{9}$"), _connector="OR"),
                        name="directory_siren_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("siret", ""),
                            models.Q(("siret__regex", "^\\d{14}$"), ("siret__startswith", models.F("siren"))),
                            _connector="OR",
                        ),
                        name="directory_siret_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rna", ""), ("rna__regex", "^W\\d[0-9A-Z]\\d{7}$"), _connector="OR"),
                        name="directory_rna_form",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                            models.Q(
                                ("latitude__isnull", False),
                                ("latitude__range", (-90, 90)),
                                ("longitude__isnull", False),
                                ("longitude__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="directory_point_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["company", "association", "foundation", "public_body", "other", "unknown"])
                        ),
                        name="accounts_directoryentry_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FactorRecovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="comment vous avez reconnu la personne")),
                ("opened_at", models.DateTimeField(editable=False)),
                ("confirmed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
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
                "verbose_name": "perte d’un second facteur",
                "verbose_name_plural": "pertes d’un second facteur",
                "ordering": ("-opened_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opened_by", models.F("user")), _negated=True),
                            models.Q(
                                models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                                models.Q(
                                    ("confirmed_at__isnull", False),
                                    ("confirmed_by__isnull", False),
                                    models.Q(("confirmed_by", models.F("opened_by")), _negated=True),
                                    models.Q(("confirmed_by", models.F("user")), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="recovery_by_two_others",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="recoveries_stay",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'These rows stay.';",
                            hash="db0ed07307df29cf95d64607d0b6141700a24700",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_recoveries_stay_41d9f",
                            table="accounts_factorrecovery",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegistryRecord",
            fields=[
                ("siren", models.CharField(max_length=9, primary_key=True, serialize=False)),
                ("is_known", models.BooleanField(null=True, verbose_name="connue du registre")),
                ("facts", models.JSONField(blank=True, default=dict, verbose_name="faits")),
                ("fetched_at", models.DateTimeField(null=True, verbose_name="réponse")),
                ("failure", models.CharField(blank=True, max_length=300, verbose_name="dernier échec")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="échec")),
            ],
            options={
                "verbose_name": "réponse du registre",
                "verbose_name_plural": "réponses du registre",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("siren__regex", "^\\d{9}$")), name="registry_siren_form"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fetched_at__isnull", True), ("is_known__isnull", True)),
                            models.Q(("fetched_at__isnull", False), ("is_known__isnull", False)),
                            _connector="OR",
                        ),
                        name="registry_answer_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failed_at__isnull", True), ("failure", "")),
                            models.Q(models.Q(("failure", ""), _negated=True), ("failed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="registry_failure_stamped",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignupAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(db_index=True, editable=False)),
                (
                    "recipient",
                    models.CharField(editable=False, help_text="Empreinte de l’adresse, avec clé.", max_length=64),
                ),
                (
                    "proof",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Numéro unique de la preuve de travail, si elle est venue.",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "verbose_name": "essai d’inscription",
                "verbose_name_plural": "essais d’inscription",
                "ordering": ("-made_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("proof", ""), _negated=True), fields=("proof",), name="one_signup_per_proof"
                    )
                ],
            },
        ),
    ]
