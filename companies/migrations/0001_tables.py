import datetime as dt
import re

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models

import accounts.names
import companies.models.periods
import companies.models.photos
import mail.addresses
import territories.distance
import territories.fields

# Steps before the first release, which databases made meanwhile have taken.
STEPS = (
    "0001_initial",
    "0002_composite_keys",
    "0003_members",
    "0004_life_of_a_signature",
    "0005_guards",
    "0006_audit",
    "0007_audit_of_members",
    "0008_plausible_numbers",
    "0009_series",
    "0010_series_confirmed",
    "0011_records_stay",
    "0012_sites_described",
    "0013_former_slugs",
    "0014_volunteers",
    "0015_room_calendars",
    "0016_room_photos",
    "0017_former_entries",
    "0018_guards_of_series",
    "0019_promises_may_move",
    "0020_series_may_stop_before_they_begin",
    "0021_arrival_sheets",
    "0022_series_are_cut",
    "0023_slots_count_their_moves",
    "0024_the_hour_of_its_commune",
    "0025_promises_stand",
    "0026_bonds_of_series_and_rooms",
    "0027_slots_stay_withdrawn",
    "0028_addresses_written_to",
    "0029_sites_close_with_their_rooms",
)


class Migration(migrations.Migration):
    replaces = [("companies", step) for step in STEPS]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("territories", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "transport_station_presence",
                    models.BooleanField(null=True, verbose_name="arrêt de transport à moins de 200 m"),
                ),
                (
                    "transport_information",
                    models.CharField(
                        blank=True,
                        help_text="Ligne, arrêt, sortie, dernier passage le soir.",
                        max_length=300,
                        verbose_name="transports",
                    ),
                ),
                (
                    "stationnement_pmr",
                    models.BooleanField(null=True, verbose_name="place de stationnement adaptée sur le site"),
                ),
                (
                    "stationnement_ext_pmr",
                    models.BooleanField(null=True, verbose_name="place de stationnement adaptée à moins de 200 m"),
                ),
                (
                    "cheminement_ext_plain_pied",
                    models.BooleanField(
                        help_text="Sans marche ni ressaut de plus de 2 cm.",
                        null=True,
                        verbose_name="chemin de plain-pied du trottoir à l’entrée",
                    ),
                ),
                (
                    "entree_plain_pied",
                    models.BooleanField(
                        help_text="Sans marche ni ressaut de plus de 2 cm.",
                        null=True,
                        verbose_name="entrée de plain-pied",
                    ),
                ),
                (
                    "entree_marches",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="marches à l’entrée"),
                ),
                (
                    "entree_marches_rampe",
                    models.CharField(
                        blank=True,
                        choices=[("aucune", "aucune"), ("fixe", "fixe"), ("amovible", "amovible")],
                        max_length=20,
                        verbose_name="rampe à l’entrée",
                    ),
                ),
                ("entree_ascenseur", models.BooleanField(null=True, verbose_name="ascenseur ou élévateur à l’entrée")),
                (
                    "entree_largeur_mini",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="En centimètres, au plus étroit.",
                        null=True,
                        verbose_name="largeur de l’entrée",
                    ),
                ),
                ("entree_dispositif_appel", models.BooleanField(null=True, verbose_name="sonnette ou interphone")),
                ("entree_aide_humaine", models.BooleanField(null=True, verbose_name="quelqu’un peut aider à entrer")),
                (
                    "entree_pmr",
                    models.BooleanField(null=True, verbose_name="entrée à part pour les personnes à mobilité réduite"),
                ),
                (
                    "entree_pmr_informations",
                    models.CharField(blank=True, max_length=300, verbose_name="où est cette entrée"),
                ),
                (
                    "accueil_cheminement_plain_pied",
                    models.BooleanField(null=True, verbose_name="de plain-pied de l’entrée à la salle"),
                ),
                (
                    "accueil_cheminement_ascenseur",
                    models.BooleanField(null=True, verbose_name="ascenseur jusqu’à la salle"),
                ),
                (
                    "accueil_ascenseur_etage_pmr",
                    models.BooleanField(
                        help_text="Cabine de 1 m sur 1,25 m, porte de 80 cm.",
                        null=True,
                        verbose_name="ascenseur assez large pour un fauteuil",
                    ),
                ),
                (
                    "accueil_personnels",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("aucun", "personne à l’accueil"),
                            ("formés", "personnel sensibilisé ou formé"),
                            ("non-formés", "personnel non formé"),
                        ],
                        max_length=20,
                        verbose_name="personnel d’accueil",
                    ),
                ),
                (
                    "accueil_equipements_malentendants",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("bim", "boucle magnétique fixe"),
                                ("bmp", "boucle magnétique portative"),
                                ("lsf", "langue des signes française"),
                                ("lpc", "langue française parlée complétée"),
                                ("sts", "sous-titrage ou transcription simultanée"),
                                ("autres", "autre"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="aide à l’audition et à la compréhension",
                    ),
                ),
                ("sanitaires_presence", models.BooleanField(null=True, verbose_name="toilettes")),
                ("sanitaires_adaptes", models.BooleanField(null=True, verbose_name="toilettes adaptées")),
                ("commentaire", models.TextField(blank=True, max_length=1000, verbose_name="autres remarques")),
                (
                    "step_free",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(
                                    ("accueil_cheminement_plain_pied", False),
                                    models.Q(
                                        ("accueil_cheminement_ascenseur", False),
                                        ("accueil_cheminement_ascenseur__isnull", True),
                                        _connector="OR",
                                    ),
                                ),
                                then=models.Value(False),
                            ),
                            models.When(
                                models.Q(
                                    ("entree_plain_pied", True),
                                    ("entree_ascenseur", True),
                                    ("entree_marches_rampe", "fixe"),
                                    _connector="OR",
                                ),
                                then=models.Value(True),
                            ),
                            models.When(entree_plain_pied=False, then=models.Value(False)),
                            default=None,
                        ),
                        output_field=models.BooleanField(null=True, verbose_name="accès sans marche"),
                    ),
                ),
                (
                    "name",
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
                        verbose_name="nom du site",
                    ),
                ),
                (
                    "address",
                    models.CharField(
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
                ("latitude", models.FloatField(help_text="degrés WGS 84", verbose_name="latitude")),
                ("longitude", models.FloatField(help_text="degrés WGS 84", verbose_name="longitude")),
                (
                    "point_from",
                    models.CharField(
                        choices=[
                            ("address", "à l’adresse"),
                            ("street", "à la rue"),
                            ("commune", "au centre de la commune"),
                            ("hand", "placé à la main"),
                        ],
                        default="commune",
                        editable=False,
                        max_length=20,
                        verbose_name="position",
                    ),
                ),
                ("time_zone", models.CharField(editable=False, max_length=40, verbose_name="fuseau horaire")),
                (
                    "visitor_regime",
                    models.CharField(
                        choices=[
                            ("accompanied", "lieu de travail, visiteurs accompagnés"),
                            ("erp_1", "ERP de 1re catégorie (plus de 1 500 personnes)"),
                            ("erp_2", "ERP de 2e catégorie (701 à 1 500 personnes)"),
                            ("erp_3", "ERP de 3e catégorie (301 à 700 personnes)"),
                            ("erp_4", "ERP de 4e catégorie (300 personnes au plus)"),
                            ("erp_5", "ERP de 5e catégorie (sous le seuil de son type)"),
                        ],
                        default="accompanied",
                        max_length=20,
                        verbose_name="accueil du public",
                    ),
                ),
                (
                    "max_visitors",
                    models.PositiveSmallIntegerField(
                        help_text="Le nombre que votre établissement peut recevoir, salles réunies.",
                        validators=[
                            django.core.validators.MinValueValidator(1, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(10000, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="visiteurs admis en même temps",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="création")),
                ("archived_at", models.DateTimeField(editable=False, null=True, verbose_name="archivage")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territories.commune",
                        verbose_name="commune",
                    ),
                ),
            ],
            options={
                "verbose_name": "site",
                "ordering": ("name", "pk"),
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        territories.distance.EarthPoint("latitude", "longitude"), name="site_point"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("entree_marches__gt", 0), ("entree_plain_pied", True), _negated=True),
                        name="site_entrance_agrees",
                        violation_error_message="Une entrée de plain-pied n’a pas de marche.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sanitaires_adaptes", True), ("sanitaires_presence", False), _negated=True),
                        name="site_toilets_agree",
                        violation_error_message="Des toilettes adaptées sont des toilettes\xa0: cochez aussi leur présence.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("visitor_regime__in", ["accompanied", "erp_1"]),
                            models.Q(("max_visitors__lte", 1500), ("visitor_regime", "erp_2")),
                            models.Q(("max_visitors__lte", 700), ("visitor_regime", "erp_3")),
                            models.Q(("max_visitors__lte", 300), ("visitor_regime__in", ["erp_4", "erp_5"])),
                            _connector="OR",
                        ),
                        name="site_visitors_within_category",
                        violation_error_message="Cette catégorie d’ERP n’admet pas autant de personnes.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                        name="site_point_on_earth",
                    ),
                    models.CheckConstraint(condition=models.Q(("max_visitors__gte", 1)), name="site_welcomes_somebody"),
                    models.UniqueConstraint(fields=("id", "max_visitors", "time_zone"), name="site_room_key"),
                    models.CheckConstraint(
                        condition=models.Q(("point_from__in", ["address", "street", "commune", "hand"])),
                        name="companies_site_point_from_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("visitor_regime__in", ["accompanied", "erp_1", "erp_2", "erp_3", "erp_4", "erp_5"])
                        ),
                        name="companies_site_visitor_regime_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("entree_marches_rampe__in", ["", "aucune", "fixe", "amovible"])),
                        name="companies_site_entree_marches_rampe_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accueil_personnels__in", ["", "aucun", "formés", "non-formés"])),
                        name="companies_site_accueil_personnels_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "accueil_equipements_malentendants__contained_by",
                                ["bim", "bmp", "lsf", "lpc", "sts", "autres"],
                            )
                        ),
                        name="companies_site_accueil_equipements_malentendants_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="site_closed_with_its_rooms",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n            IF EXISTS (\n                SELECT FROM companies_site AS s JOIN companies_room AS r ON r.site_id = s.id\n                WHERE s.id = NEW.id AND s.archived_at IS NOT NULL AND r.archived_at IS NULL\n            ) THEN\n                RAISE EXCEPTION 'The site is closed, and a room of it is not.'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'site_closed_with_its_rooms';\n            END IF;\n            RETURN NULL;\n        ",
                            hash="e2cebb2d32c11da149778d0ad1e4857da057f97c",
                            operation='UPDATE OF "archived_at"',
                            pgid="pgtrigger_site_closed_with_its_rooms_196c8",
                            table="companies_site",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "charter_approved_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="signataire depuis"),
                ),
                (
                    "charter_until_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="Fin du délai pour signer une nouvelle version\xa0; vide tant qu’aucune n’est publiée.",
                        null=True,
                        verbose_name="signataire jusqu’au",
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
            ],
            options={
                "verbose_name": "entreprise",
                "ordering": ("name", "pk"),
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_name", "gin_trgm_ops"),
                        name="company_search_trgm",
                    )
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
                        name="company_name_visible",
                        violation_error_message="Retapez le nom\xa0: il contient des caractères invisibles.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("siren", ""), ("siren__regex", "^\\d{9}$"), _connector="OR"),
                        name="company_siren_form",
                        violation_error_message="Indiquez un SIREN de 9 chiffres, ou laissez vide.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("siret", ""),
                            models.Q(("siret__regex", "^\\d{14}$"), ("siret__startswith", models.F("siren"))),
                            _connector="OR",
                        ),
                        name="company_siret_form",
                        violation_error_message="Indiquez un SIRET de 14 chiffres qui commence par le SIREN, ou laissez vide.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rna", ""), ("rna__regex", "^W\\d[0-9A-Z]\\d{7}$"), _connector="OR"),
                        name="company_rna_form",
                        violation_error_message="Indiquez un numéro RNA comme W751234567, ou laissez vide.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("siren", ""), _negated=True),
                        fields=("siren",),
                        name="company_siren_unique",
                        violation_error_message="Une organisation avec ce SIREN est déjà inscrite.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("rna", ""), _negated=True),
                        fields=("rna",),
                        name="company_rna_unique",
                        violation_error_message="Une organisation avec ce numéro RNA est déjà inscrite.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("charter_until_at__isnull", True), ("charter_approved_at__isnull", False), _connector="OR"
                        ),
                        name="company_standing_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("legal_form__in", ["company", "association", "foundation", "public_body", "other"])
                        ),
                        name="companies_company_legal_form_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="starts_with_owner",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n    IF EXISTS (SELECT 1 FROM companies_company WHERE id = NEW.id)\n        AND NOT EXISTS (SELECT 1 FROM companies_membership WHERE company_id = NEW.id AND role = 'owner')\n    THEN \n        RAISE EXCEPTION 'An organisation needs an owner.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_has_owner';\n\n    END IF;\n    RETURN NULL;\n",
                            hash="30ed88f4438d989bc01473843e77695274ffc28c",
                            operation="INSERT",
                            pgid="pgtrigger_starts_with_owner_baa82",
                            table="companies_company",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "companies_companyevent" ("address", "charter_approved_at", "charter_until_at", "commune_id", "created_at", "description", "id", "legal_form", "members_confirmed_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rna", "siren", "siret", "slug", "website") VALUES (NEW."address", NEW."charter_approved_at", NEW."charter_until_at", NEW."commune_id", NEW."created_at", NEW."description", NEW."id", NEW."legal_form", NEW."members_confirmed_at", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."rna", NEW."siren", NEW."siret", NEW."slug", NEW."website"); RETURN NULL;',
                            hash="a3be80e8f0e3a522cace22a956ce1ad7864f6c96",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a4101",
                            table="companies_company",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."charter_approved_at" IS DISTINCT FROM (NEW."charter_approved_at") OR OLD."charter_until_at" IS DISTINCT FROM (NEW."charter_until_at") OR OLD."commune_id" IS DISTINCT FROM (NEW."commune_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."legal_form" IS DISTINCT FROM (NEW."legal_form") OR OLD."members_confirmed_at" IS DISTINCT FROM (NEW."members_confirmed_at") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."rna" IS DISTINCT FROM (NEW."rna") OR OLD."siren" IS DISTINCT FROM (NEW."siren") OR OLD."siret" IS DISTINCT FROM (NEW."siret") OR OLD."slug" IS DISTINCT FROM (NEW."slug") OR OLD."website" IS DISTINCT FROM (NEW."website"))',
                            func='INSERT INTO "companies_companyevent" ("address", "charter_approved_at", "charter_until_at", "commune_id", "created_at", "description", "id", "legal_form", "members_confirmed_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rna", "siren", "siret", "slug", "website") VALUES (NEW."address", NEW."charter_approved_at", NEW."charter_until_at", NEW."commune_id", NEW."created_at", NEW."description", NEW."id", NEW."legal_form", NEW."members_confirmed_at", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."rna", NEW."siren", NEW."siret", NEW."slug", NEW."website"); RETURN NULL;',
                            hash="82d8ce268321921af90036e27d146f174ddda8c2",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_3d5ae",
                            table="companies_company",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "companies_companyevent" ("address", "charter_approved_at", "charter_until_at", "commune_id", "created_at", "description", "id", "legal_form", "members_confirmed_at", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rna", "siren", "siret", "slug", "website") VALUES (OLD."address", OLD."charter_approved_at", OLD."charter_until_at", OLD."commune_id", OLD."created_at", OLD."description", OLD."id", OLD."legal_form", OLD."members_confirmed_at", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."rna", OLD."siren", OLD."siret", OLD."slug", OLD."website"); RETURN NULL;',
                            hash="81a79dbb7f4e00fb56c36fbf71c33090884332b5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4fa84",
                            table="companies_company",
                            when="AFTER",
                        ),
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
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="companies.company"
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
                "verbose_name": "membre d’une entreprise",
                "verbose_name_plural": "membres des entreprises",
                "ordering": ("pk",),
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("company", "user"), name="company_member_once"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "manager", "volunteer"])),
                        name="companies_membership_role_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="last_owner_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.\"role\" = 'owner')",
                            constraint="CONSTRAINT",
                            func="\n    PERFORM 1 FROM companies_company WHERE id = OLD.company_id FOR NO KEY UPDATE;\n    IF FOUND AND NOT EXISTS (\n        SELECT 1 FROM companies_membership WHERE company_id = OLD.company_id AND role = 'owner'\n    ) THEN \n        RAISE EXCEPTION 'An organisation needs an owner.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'organisation_has_owner';\n\n    END IF;\n    RETURN NULL;\n",
                            hash="1a631063dfe16aadcaefdd62936e9fd14b019ec9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_last_owner_stays_a7cb7",
                            table="companies_membership",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="member_keeps_promises",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="PERFORM promises_stand(OLD.company_id, OLD.user_id); RETURN NULL;",
                            hash="c44d0dd07304ed979521a12143f1b5e4442bdf78",
                            operation='DELETE OR UPDATE OF "company_id", "user_id"',
                            pgid="pgtrigger_member_keeps_promises_100d2",
                            table="companies_membership",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "companies_membershipevent" ("company_id", "id", "joined_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."company_id", NEW."id", NEW."joined_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;',
                            hash="a485d79988a625235b7be58ccd4694f8e1a8d68b",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d0e3b",
                            table="companies_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "companies_membershipevent" ("company_id", "id", "joined_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (NEW."company_id", NEW."id", NEW."joined_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."role", NEW."user_id"); RETURN NULL;',
                            hash="f27a1e0853fa312ab298e7ce6f4d30649baef999",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_63611",
                            table="companies_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "companies_membershipevent" ("company_id", "id", "joined_at", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id") VALUES (OLD."company_id", OLD."id", OLD."joined_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."role", OLD."user_id"); RETURN NULL;',
                            hash="e20972339ba1b405dc5ccd0614ada0a5dffaea65",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_5b105",
                            table="companies_membership",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("site_max_visitors", models.PositiveSmallIntegerField(editable=False)),
                ("time_zone", models.CharField(editable=False, help_text="IANA, copiée du site", max_length=40)),
                (
                    "name",
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
                        verbose_name="nom de la salle",
                    ),
                ),
                ("capacity", models.PositiveSmallIntegerField(verbose_name="places assises")),
                ("computers", models.PositiveSmallIntegerField(verbose_name="ordinateurs prêtés")),
                (
                    "equipped_with",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("projector", "vidéoprojecteur ou grand écran"),
                                ("whiteboard", "tableau"),
                                ("printer", "imprimante"),
                                ("scanner", "numériseur"),
                                ("headsets", "casques audio"),
                                ("webcams", "webcams"),
                                ("tablets", "tablettes"),
                                ("wifi", "wifi pour les visiteurs"),
                                ("adapted", "poste adapté (lecteur d’écran, clavier)"),
                                ("kitchen", "coin café"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="équipement",
                    ),
                ),
                (
                    "equipment",
                    models.CharField(
                        blank=True,
                        help_text="Par exemple\xa0: Windows 11, souris à droite.",
                        max_length=300,
                        verbose_name="précisions",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="création")),
                ("archived_at", models.DateTimeField(editable=False, null=True, verbose_name="archivage")),
            ],
            options={
                "verbose_name": "salle",
                "ordering": ("name", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("id", "capacity", "computers", "time_zone"), name="room_slot_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "equipped_with__contained_by",
                                [
                                    "projector",
                                    "whiteboard",
                                    "printer",
                                    "scanner",
                                    "headsets",
                                    "webcams",
                                    "tablets",
                                    "wifi",
                                    "adapted",
                                    "kitchen",
                                ],
                            )
                        ),
                        name="companies_room_equipped_with_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="room_holds_its_series",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    PERFORM 1 FROM companies_availability\n                    WHERE room_id = NEW.id AND (places > NEW.capacity OR computers > NEW.computers);\n                    IF FOUND THEN\n                        RAISE EXCEPTION 'A series offers what its room has.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'series_within_room';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="f464327040bf23f9b0099857ada739d73bddc3d8",
                            operation='UPDATE OF "capacity", "computers"',
                            pgid="pgtrigger_room_holds_its_series_bb5f7",
                            table="companies_room",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="closed_room_offers_nothing",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n                    IF EXISTS (\n                        SELECT FROM companies_slot AS s JOIN companies_room AS r ON r.id = s.room_id\n                        WHERE r.id = NEW.id AND r.archived_at IS NOT NULL\n                        AND s.state = 'open' AND s.starts_at > portal_now()\n                    ) THEN\n                        RAISE EXCEPTION 'The room is closed.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_of_a_room_in_use';\n                    END IF;\n                    RETURN NULL;\n                ",
                            hash="abf1f57339462836a8ab1e53c6c40ec760e1f8fb",
                            operation='UPDATE OF "archived_at"',
                            pgid="pgtrigger_closed_room_offers_nothing_6b023",
                            table="companies_room",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessKit",
            fields=[
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="access_kit",
                        serialize=False,
                        to="companies.site",
                    ),
                ),
                (
                    "reception",
                    models.CharField(
                        blank=True,
                        help_text="Hall, étage, nom à donner à l’accueil.",
                        max_length=200,
                        verbose_name="où se présenter",
                    ),
                ),
                (
                    "entrance",
                    models.TextField(
                        blank=True,
                        help_text="Badge, interphone, porte à prendre.",
                        max_length=2000,
                        verbose_name="comment entrer le soir",
                    ),
                ),
                (
                    "evening_contact",
                    models.CharField(
                        blank=True,
                        max_length=120,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="qui répond ce soir-là",
                    ),
                ),
                (
                    "evening_phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=20, region=None, verbose_name="son téléphone"
                    ),
                ),
                (
                    "visitor_count_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Combien d’heures avant\xa0; vide si votre accueil n’en a pas besoin. Un nombre, jamais de noms.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(720, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="nombre de visiteurs à donner",
                    ),
                ),
                (
                    "wants_arrival_sheet",
                    models.BooleanField(
                        default=False,
                        help_text="L’association imprime une feuille vierge\xa0: les noms s’y écrivent à la main.",
                        verbose_name="une feuille d’arrivée est signée à l’entrée",
                    ),
                ),
                (
                    "wifi",
                    models.CharField(
                        blank=True, help_text="Nom du réseau, code s’il y en a un.", max_length=200, verbose_name="wifi"
                    ),
                ),
                (
                    "to_bring",
                    models.CharField(
                        blank=True,
                        help_text="Pièce d’identité pour l’accueil, par exemple.",
                        max_length=300,
                        verbose_name="à apporter",
                    ),
                ),
            ],
            options={
                "verbose_name": "kit d’accès",
                "verbose_name_plural": "kits d’accès",
            },
        ),
        migrations.CreateModel(
            name="CompanyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
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
                    "charter_approved_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="signataire depuis"),
                ),
                (
                    "charter_until_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="Fin du délai pour signer une nouvelle version\xa0; vide tant qu’aucune n’est publiée.",
                        null=True,
                        verbose_name="signataire jusqu’au",
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        related_query_name="events",
                        to="companies.company",
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
                            hash="7ebc81d6695c3383d3fa6229884888eb07c245fa",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_history_stays_73b42",
                            table="companies_companyevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="05d3413d3fcf997ec12064383c808dae23fcee04",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0943d",
                            table="companies_companyevent",
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
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_entries",
                        to="companies.company",
                    ),
                ),
            ],
            options={
                "verbose_name": "ancienne fiche d’une entreprise",
                "verbose_name_plural": "anciennes fiches d’entreprises",
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
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="companies.company"
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
                        name="companies_invitation_deliverable",
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
                        name="companies_invitation_for_one_or_domains",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("revoked_at__isnull", True), _connector="OR"
                        ),
                        name="companies_invitation_ends_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", False), ("accepted_by__isnull", True), _connector="OR"),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", True), _connector="OR"),
                        ),
                        name="companies_invitation_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="companies_invitation_ends_later",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True),
                            ("revoked_at__isnull", True),
                            models.Q(("email", ""), _negated=True),
                        ),
                        fields=("company", "email"),
                        name="company_invitation_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "manager", "volunteer"])),
                        name="companies_invitation_role_known",
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
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="join_requests",
                        to="companies.company",
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
                        name="companies_joinrequest_state_stamped",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")),
                        fields=("company", "user"),
                        name="company_join_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "accepted", "declined"])),
                        name="companies_joinrequest_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VolunteerProfile",
            fields=[
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="volunteer_profile",
                        serialize=False,
                        to="companies.membership",
                    ),
                ),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
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
                        ),
                        blank=True,
                        default=list,
                        verbose_name="thèmes",
                    ),
                ),
                (
                    "levels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("debutant", "débutant"),
                                ("intermediaire", "intermédiaire"),
                                ("avance", "avancé"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="niveaux",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("en", "anglais"),
                                ("ar", "arabe"),
                                ("es", "espagnol"),
                                ("pt", "portugais"),
                                ("tr", "turc"),
                                ("uk", "ukrainien"),
                                ("ru", "russe"),
                                ("ro", "roumain"),
                                ("fa", "persan, dari"),
                                ("ps", "pachto"),
                                ("zh", "chinois"),
                                ("cpf", "créole"),
                                ("fsl", "langue des signes française"),
                            ],
                            max_length=5,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="autres langues",
                    ),
                ),
                (
                    "moments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("evening", "les soirs de semaine"),
                                ("saturday", "le samedi"),
                                ("sunday", "le dimanche"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="disponibilités",
                    ),
                ),
                (
                    "pledged_hours",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(500, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="heures promises par an",
                    ),
                ),
                (
                    "engagement_type",
                    models.CharField(
                        choices=[
                            ("benevolat", "bénévolat, en dehors de mon temps de travail"),
                            ("mecenat", "mécénat de compétences, sur mon temps de travail"),
                        ],
                        default="benevolat",
                        max_length=20,
                        verbose_name="cadre",
                    ),
                ),
                ("consented_at", models.DateTimeField(editable=False, null=True, verbose_name="accord")),
                ("guidance_read_at", models.DateTimeField(editable=False, null=True, verbose_name="repères lus")),
                ("created_at", models.DateTimeField(editable=False)),
            ],
            options={
                "verbose_name": "profil de bénévole",
                "verbose_name_plural": "profils de bénévoles",
                "ordering": ("membership",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pledged_hours__lte", 500)), name="volunteer_hours_plausible"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "topics__contained_by",
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
                        name="companies_volunteerprofile_topics_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("levels__contained_by", ["debutant", "intermediaire", "avance"])),
                        name="companies_volunteerprofile_levels_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "languages__contained_by",
                                ["en", "ar", "es", "pt", "tr", "uk", "ru", "ro", "fa", "ps", "zh", "cpf", "fsl"],
                            )
                        ),
                        name="companies_volunteerprofile_languages_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("moments__contained_by", ["evening", "saturday", "sunday"])),
                        name="companies_volunteerprofile_moments_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("engagement_type__in", ["benevolat", "mecenat"])),
                        name="companies_volunteerprofile_engagement_type_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="consent_keeps_promises",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n                    PERFORM promises_stand(company_id, user_id) FROM companies_membership\n                    WHERE id = OLD.membership_id;\n                    RETURN NULL;\n                ",
                            hash="e7ead90b7b4904117d5089e379f028a3e791135d",
                            operation='DELETE OR UPDATE OF "consented_at", "membership_id"',
                            pgid="pgtrigger_consent_keeps_promises_3d1d6",
                            table="companies_volunteerprofile",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    )
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        related_query_name="events",
                        to="companies.membership",
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
                            hash="47fb1c220ab7895e25606fe44e4026182b219626",
                            level="STATEMENT",
                            operation="TRUNCATE",
                            pgid="pgtrigger_history_stays_ac4b0",
                            table="companies_membershipevent",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e07750af5d0f3b4e95e1c79da79c7d31707dcc6e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a18df",
                            table="companies_membershipevent",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoomCalendar",
            fields=[
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="calendar",
                        serialize=False,
                        to="companies.room",
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="adresse")),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="fichier")),
                ("created_at", models.DateTimeField(editable=False)),
                ("tried_at", models.DateTimeField(editable=False)),
                ("read_at", models.DateTimeField(editable=False, null=True)),
                ("failure", models.CharField(blank=True, editable=False, max_length=300)),
            ],
            options={
                "verbose_name": "agenda d’une salle",
                "verbose_name_plural": "agendas des salles",
                "indexes": [
                    models.Index(
                        condition=models.Q(("url", ""), _negated=True),
                        fields=["tried_at"],
                        name="room_calendar_to_read",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("url", ""), models.Q(("file_name", ""), _negated=True)),
                            models.Q(models.Q(("url", ""), _negated=True), ("file_name", "")),
                            _connector="OR",
                        ),
                        name="room_calendar_has_one_source",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BusyTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField(verbose_name="début")),
                ("ends_at", models.DateTimeField(verbose_name="fin")),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="busy_times", to="companies.room"
                    ),
                ),
            ],
            options={
                "verbose_name": "occupation d’une salle",
                "verbose_name_plural": "occupations des salles",
                "ordering": ("starts_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="busy_time_in_order"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("room", "="),
                            (
                                companies.models.periods.TsTzRange(
                                    "starts_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                                ),
                                "&&",
                            ),
                        ],
                        name="busy_times_joined",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Availability",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("places", models.PositiveSmallIntegerField(verbose_name="places")),
                ("computers", models.PositiveSmallIntegerField(verbose_name="ordinateurs")),
                ("volunteers_offered", models.PositiveSmallIntegerField(default=0, verbose_name="bénévoles proposés")),
                (
                    "booking_mode",
                    models.CharField(
                        choices=[("instant", "réponse immédiate"), ("on_approval", "sur accord")],
                        max_length=20,
                        verbose_name="réponse",
                    ),
                ),
                (
                    "every",
                    models.CharField(
                        choices=[
                            ("week", "chaque semaine"),
                            ("two_weeks", "toutes les deux semaines"),
                            ("month", "chaque mois"),
                        ],
                        default="week",
                        max_length=20,
                        verbose_name="rythme",
                    ),
                ),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), verbose_name="jours"
                    ),
                ),
                (
                    "ordinals",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(),
                        blank=True,
                        default=list,
                        help_text="1 à 4, -1 pour la dernière\xa0; seulement chaque mois",
                        verbose_name="semaines du mois",
                    ),
                ),
                ("start_time", models.TimeField(verbose_name="de")),
                ("end_time", models.TimeField(verbose_name="à")),
                ("from_date", models.DateField(verbose_name="du")),
                ("until_date", models.DateField(blank=True, null=True, verbose_name="au")),
                (
                    "cut_from_date",
                    models.DateField(
                        editable=False,
                        help_text="de ce jour on n’offre plus rien\xa0; ce qui est réservé reste",
                        null=True,
                        verbose_name="arrêtée à partir du",
                    ),
                ),
                (
                    "excluded_dates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(),
                        blank=True,
                        default=list,
                        editable=False,
                        verbose_name="dates écartées",
                    ),
                ),
                ("extended_to_date", models.DateField(editable=False)),
                (
                    "notice_hours",
                    models.PositiveSmallIntegerField(
                        help_text="heures avant le début", verbose_name="délai de prévenance"
                    ),
                ),
                (
                    "confirm_by_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="passé cet instant, ses créneaux libres sont en sommeil",
                        null=True,
                        verbose_name="à confirmer avant",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(editable=False, null=True, verbose_name="confirmée")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="création")),
                (
                    "confirmed_by",
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
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="availabilities", to="companies.room"
                    ),
                ),
            ],
            options={
                "verbose_name": "disponibilité",
                "verbose_name_plural": "disponibilités",
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["extended_to_date"], name="availability_to_extend")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "until_date__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("from_date"), "-", models.Value(dt.timedelta(days=1))
                                ),
                            )
                        ),
                        name="availability_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_time__gt", models.F("start_time"))), name="availability_times_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekdays__contained_by", [1, 2, 3, 4, 5, 6, 7]), ("weekdays__len__range", (1, 7))
                        ),
                        name="availability_weekdays_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("every", "month"), ("ordinals__len__range", (1, 5))),
                                models.Q(("every__in", ["week", "two_weeks"]), ("ordinals", [])),
                                _connector="OR",
                            ),
                            ("ordinals__contained_by", [1, 2, 3, 4, -1]),
                        ),
                        name="availability_ordinals_of_months",
                    ),
                    models.UniqueConstraint(fields=("id", "room"), name="availability_room_key"),
                    models.CheckConstraint(
                        condition=models.Q(("every__in", ["week", "two_weeks", "month"])),
                        name="companies_availability_every_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("booking_mode__in", ["instant", "on_approval"])),
                        name="companies_availability_booking_mode_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="series_within_room",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n                    PERFORM 1 FROM companies_room WHERE id = NEW.room_id\n                    AND NEW.places BETWEEN 1 AND capacity AND NEW.computers <= computers FOR SHARE;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'A series offers what its room has.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'series_within_room';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="77c7256fb558b39ac752a2e671caa4e153444736",
                            operation='INSERT OR UPDATE OF "places", "computers", "room_id"',
                            pgid="pgtrigger_series_within_room_1606c",
                            table="companies_availability",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoomPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(editable=False)),
                ("file", models.FileField(editable=False, upload_to=companies.models.photos.photo_path)),
                ("width", models.PositiveSmallIntegerField(editable=False)),
                ("height", models.PositiveSmallIntegerField(editable=False)),
                (
                    "description",
                    models.CharField(
                        help_text="Pour qui ne voit pas la photo\xa0: «\xa0Six tables en îlots, un écran au mur\xa0».",
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                re.compile("[\x01-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"),
                                "Retapez ce texte\xa0: il contient des caractères invisibles.",
                                code="invisible",
                                inverse_match=True,
                            )
                        ],
                        verbose_name="ce que l’on voit",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
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
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="photos", to="companies.room"
                    ),
                ),
            ],
            options={
                "verbose_name": "photo d’une salle",
                "verbose_name_plural": "photos des salles",
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("room", "position"), name="room_photo_place"),
                    models.CheckConstraint(condition=models.Q(("position__range", (1, 6))), name="room_photos_few"),
                    models.CheckConstraint(
                        condition=models.Q(("description", ""), _negated=True), name="room_photo_described"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("places", models.PositiveSmallIntegerField(verbose_name="places")),
                ("computers", models.PositiveSmallIntegerField(verbose_name="ordinateurs")),
                ("volunteers_offered", models.PositiveSmallIntegerField(default=0, verbose_name="bénévoles proposés")),
                (
                    "booking_mode",
                    models.CharField(
                        choices=[("instant", "réponse immédiate"), ("on_approval", "sur accord")],
                        max_length=20,
                        verbose_name="réponse",
                    ),
                ),
                ("room_capacity", models.PositiveSmallIntegerField(editable=False)),
                ("room_computers", models.PositiveSmallIntegerField(editable=False)),
                (
                    "original_date",
                    models.DateField(
                        editable=False, help_text="ce que dit la série\xa0; il la garde quand on le déplace", null=True
                    ),
                ),
                ("is_edited", models.BooleanField(default=False, editable=False, help_text="ne suit plus sa série")),
                ("time_zone", models.CharField(help_text="IANA, copiée du site", max_length=40)),
                ("starts_at", models.DateTimeField(verbose_name="début")),
                ("ends_at", models.DateTimeField(verbose_name="fin")),
                (
                    "local_date",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            companies.models.periods.WallClock("time_zone", "starts_at"), models.DateField()
                        ),
                        output_field=models.DateField(verbose_name="date sur place"),
                    ),
                ),
                (
                    "local_time",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            companies.models.periods.WallClock("time_zone", "starts_at"), models.TimeField()
                        ),
                        output_field=models.TimeField(verbose_name="heure sur place"),
                    ),
                ),
                (
                    "weekday",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            companies.models.periods.WallClock("time_zone", "starts_at"),
                            template="EXTRACT(ISODOW FROM %(expressions)s)::smallint",
                        ),
                        output_field=models.PositiveSmallIntegerField(verbose_name="jour de la semaine (1 = lundi)"),
                    ),
                ),
                (
                    "closes_at",
                    models.DateTimeField(
                        help_text="début moins délai de prévenance", verbose_name="fin des réservations"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "ouvert"), ("withdrawn", "retiré")], default="open", max_length=20
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True)),
                (
                    "matched_at",
                    models.DateTimeField(
                        editable=False, help_text="quand les demandes qu’il sert ont été cherchées", null=True
                    ),
                ),
                (
                    "sequence",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, editable=False, help_text="SEQUENCE de ses événements iCalendar"
                    ),
                ),
                (
                    "availability",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="slots",
                        to="companies.availability",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="companies.room"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "créneau",
                "verbose_name_plural": "créneaux",
                "ordering": ("starts_at", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["starts_at", "id"], name="slot_open_by_start"
                    ),
                    models.Index(
                        condition=models.Q(("matched_at", None), ("state", "open")),
                        fields=["id"],
                        name="slot_unmatched",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_at__lte", models.F("starts_at")), ("ends_at__gt", models.F("starts_at"))
                        ),
                        name="slot_period_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("computers__lte", models.F("room_computers")),
                            ("places__gte", 1),
                            ("places__lte", models.F("room_capacity")),
                        ),
                        name="slot_places_within_room",
                        violation_error_message="Le créneau ne peut pas offrir plus que la salle n’a.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                            models.Q(("state", "open"), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            _connector="OR",
                        ),
                        name="slot_withdrawn_stamped",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state", "open")),
                        expressions=[
                            ("room", "="),
                            (
                                companies.models.periods.TsTzRange(
                                    "starts_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                                ),
                                "&&",
                            ),
                        ],
                        name="slot_room_free",
                        violation_error_message="La salle a déjà un créneau à ce moment.",
                    ),
                    models.UniqueConstraint(
                        fields=("availability", "original_date"), name="slot_once_per_date_of_series"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("availability__isnull", True), ("original_date__isnull", False), _connector="OR"
                        ),
                        name="slot_of_series_dated",
                    ),
                    models.UniqueConstraint(fields=("id", "starts_at", "ends_at"), name="slot_period_key"),
                    models.UniqueConstraint(fields=("id", "volunteers_offered"), name="slot_volunteers_key"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "withdrawn"])), name="companies_slot_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("booking_mode__in", ["instant", "on_approval"])),
                        name="companies_slot_booking_mode_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="slot_counts_its_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."room_id" IS DISTINCT FROM (NEW."room_id"))',
                            func="NEW.sequence = OLD.sequence + 1; RETURN NEW;",
                            hash="0b99dd404efe4884a4b78d1b76f6d728f3f94ac6",
                            operation='UPDATE OF "starts_at", "ends_at", "room_id"',
                            pgid="pgtrigger_slot_counts_its_moves_203e5",
                            table="companies_slot",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="slot_of_a_room_in_use",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.\"state\" = 'open')",
                            func="\n                    PERFORM 1 FROM companies_room\n                    WHERE id = NEW.room_id AND archived_at IS NOT NULL AND NEW.starts_at > portal_now() FOR SHARE;\n                    IF FOUND THEN\n                        RAISE EXCEPTION 'The room is closed.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_of_a_room_in_use';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="7f1bf564ed12a55aa34580b3a817ddbe6395a1b8",
                            operation='INSERT OR UPDATE OF "room_id", "starts_at", "state"',
                            pgid="pgtrigger_slot_of_a_room_in_use_97437",
                            table="companies_slot",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="room_still_in_use",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n                    IF EXISTS (\n                        SELECT FROM companies_slot AS s JOIN companies_room AS r ON r.id = s.room_id\n                        WHERE s.id = NEW.id AND s.state = 'open' AND s.starts_at > portal_now()\n                        AND r.archived_at IS NOT NULL\n                    ) THEN\n                        RAISE EXCEPTION 'The room is closed.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_of_a_room_in_use';\n                    END IF;\n                    RETURN NULL;\n                ",
                            hash="cdcfbd7cae07ebf9450af84dc2bf4ed02e90374c",
                            operation='INSERT OR UPDATE OF "room_id", "starts_at"',
                            pgid="pgtrigger_room_still_in_use_e7dcc",
                            table="companies_slot",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="slot_stays_withdrawn",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.\"state\" = 'withdrawn' AND NOT (NEW.\"state\" = 'withdrawn'))",
                            func="\n                    RAISE EXCEPTION 'A slot that was taken back stays so.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_stays_withdrawn';\n                ",
                            hash="915b6de5e50bbe9a423ddd3fcfca420f033a46ba",
                            operation='UPDATE OF "state"',
                            pgid="pgtrigger_slot_stays_withdrawn_93696",
                            table="companies_slot",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="withdrawn_slot_has_no_promises",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n                    IF NEW.state <> 'open' AND EXISTS (\n                        SELECT FROM companies_slotvolunteer WHERE slot_id = NEW.id\n                    ) THEN\n                        RAISE EXCEPTION 'The slot was taken back.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_of_an_open_slot';\n                    END IF;\n                    RETURN NULL;\n                ",
                            hash="d007d471c5316198e972a4c3bbe1248646e9364a",
                            operation='UPDATE OF "state"',
                            pgid="pgtrigger_withdrawn_slot_has_no_promises_02688",
                            table="companies_slot",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="slot_stays_in_its_company",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."room_id" IS DISTINCT FROM (NEW."room_id"))',
                            func="\n                    IF (\n                        SELECT count(DISTINCT s.company_id) FROM companies_room AS r\n                        JOIN companies_site AS s ON s.id = r.site_id WHERE r.id IN (OLD.room_id, NEW.room_id)\n                    ) > 1 THEN\n                        RAISE EXCEPTION 'A slot stays in its company.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_stays_in_its_company';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="4dd59b89491c2e22e95e266e021f1a4c002e1279",
                            operation='UPDATE OF "room_id"',
                            pgid="pgtrigger_slot_stays_in_its_company_694ff",
                            table="companies_slot",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SlotVolunteer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seat", models.PositiveSmallIntegerField(editable=False, help_text="1 à volunteers_offered")),
                ("volunteers_offered", models.PositiveSmallIntegerField(editable=False)),
                ("starts_at", models.DateTimeField(editable=False)),
                ("ends_at", models.DateTimeField(editable=False)),
                ("joined_at", models.DateTimeField(editable=False)),
                (
                    "engagement_type",
                    models.CharField(
                        choices=[
                            ("benevolat", "bénévolat, en dehors de mon temps de travail"),
                            ("mecenat", "mécénat de compétences, sur mon temps de travail"),
                        ],
                        default="benevolat",
                        max_length=20,
                        verbose_name="cadre",
                    ),
                ),
                (
                    "stand_in_asked_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="remplaçant cherché"),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="volunteers", to="companies.slot"
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
                "verbose_name": "bénévole d’un créneau",
                "verbose_name_plural": "bénévoles des créneaux",
                "ordering": ("joined_at", "pk"),
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("volunteer", "="),
                            (
                                companies.models.periods.TsTzRange(
                                    "starts_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                                ),
                                "&&",
                            ),
                        ],
                        name="volunteer_in_one_place",
                        violation_error_message="Vous participez déjà à un atelier à ce moment.",
                    ),
                    models.UniqueConstraint(fields=("slot", "seat"), name="volunteer_has_own_seat"),
                    models.CheckConstraint(
                        condition=models.Q(("seat__gte", 1), ("seat__lte", models.F("volunteers_offered"))),
                        name="volunteer_seat_is_offered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("engagement_type__in", ["benevolat", "mecenat"])),
                        name="companies_slotvolunteer_engagement_type_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="promise_stands",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n                    PERFORM promises_stand(site.company_id, NEW.volunteer_id) FROM companies_slot AS s\n                    JOIN companies_room AS r ON r.id = s.room_id JOIN companies_site AS site ON site.id = r.site_id\n                    WHERE s.id = NEW.slot_id;\n                    RETURN NULL;\n                ",
                            hash="409ba6e4b1bad71ae49c4f626d0e60bf9755d0bc",
                            operation="INSERT",
                            pgid="pgtrigger_promise_stands_56ab1",
                            table="companies_slotvolunteer",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="volunteer_is_a_member",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE inviting BIGINT; offered TEXT; consent TIMESTAMPTZ;",
                            func="\n                    SELECT s.company_id, o.state INTO inviting, offered FROM companies_slot AS o\n                    JOIN companies_room AS r ON r.id = o.room_id JOIN companies_site AS s ON s.id = r.site_id\n                    WHERE o.id = NEW.slot_id FOR SHARE OF o;\n                    IF offered <> 'open' THEN\n                        RAISE EXCEPTION 'The slot was taken back.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_of_an_open_slot';\n                    END IF;\n                    PERFORM 1 FROM companies_membership\n                    WHERE company_id = inviting AND user_id = NEW.volunteer_id FOR KEY SHARE;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'A volunteer is a member of the company.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_of_the_company';\n                    END IF;\n                    IF NEW.engagement_type = 'mecenat' THEN\n                        SELECT p.consented_at INTO consent FROM companies_volunteerprofile AS p\n                        JOIN companies_membership AS m ON m.id = p.membership_id\n                        WHERE m.company_id = inviting AND m.user_id = NEW.volunteer_id FOR SHARE OF p;\n                        IF consent IS NULL THEN\n                            RAISE EXCEPTION 'Time at work needs consent.'\n                                USING ERRCODE = 'check_violation', CONSTRAINT = 'volunteer_has_consent';\n                        END IF;\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="8e389b44ded7ef5827cbc799f30f6a9b8a5fb6da",
                            operation='INSERT OR UPDATE OF "slot_id", "volunteer_id", "engagement_type"',
                            pgid="pgtrigger_volunteer_is_a_member_fd547",
                            table="companies_slotvolunteer",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="site",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sites", to="companies.company"
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rooms", to="companies.site"
            ),
        ),
        migrations.AddField(
            model_name="volunteerprofile",
            name="consented_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="volunteerprofile",
            name="sites",
            field=models.ManyToManyField(blank=True, related_name="+", to="companies.site", verbose_name="sites"),
        ),
        migrations.AddField(
            model_name="roomcalendar",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity__gte", 1), ("capacity__lte", models.F("site_max_visitors"))),
                name="room_capacity_within_site",
                violation_error_message="La salle ne peut pas compter plus de places que le site n’admet de visiteurs.",
            ),
        ),
        migrations.AddConstraint(
            model_name="volunteerprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("engagement_type", "mecenat"),
                    models.Q(("consented_at__isnull", True), ("consented_by__isnull", True)),
                    _connector="OR",
                ),
                name="volunteer_consent_is_for_mecenat",
            ),
        ),
        migrations.AddConstraint(
            model_name="volunteerprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("consented_by__isnull", True), ("consented_at__isnull", False), _connector="OR"),
                name="volunteer_consent_dated",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="site",
            trigger=pgtrigger.compiler.Trigger(
                name="site_keeps_its_promises",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM promises_stand(NEW.company_id, NULL); RETURN NULL;",
                    hash="8c1753a23415533356cc7bfeca43e62447accabc",
                    operation='UPDATE OF "company_id"',
                    pgid="pgtrigger_site_keeps_its_promises_ec103",
                    table="companies_site",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="room_of_a_site_in_use",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n            IF EXISTS (\n                SELECT FROM companies_site AS s JOIN companies_room AS r ON r.site_id = s.id\n                WHERE s.id = NEW.site_id AND s.archived_at IS NOT NULL AND r.archived_at IS NULL\n            ) THEN\n                RAISE EXCEPTION 'The site is closed, and a room of it is not.'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'site_closed_with_its_rooms';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="f1d68bbe182640b5d1986d54f85e73333ff358e8",
                    operation='INSERT OR UPDATE OF "archived_at"',
                    pgid="pgtrigger_room_of_a_site_in_use_a8f8d",
                    table="companies_room",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="room_stays_at_its_site",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."site_id" IS DISTINCT FROM (NEW."site_id"))',
                    func="\n                    RAISE EXCEPTION 'A room stays at its site.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'room_stays_at_its_site';\n                ",
                    hash="b6124077ac0501f67d34839924d816da8a84e3f2",
                    operation='UPDATE OF "site_id"',
                    pgid="pgtrigger_room_stays_at_its_site_1b506",
                    table="companies_room",
                    when="BEFORE",
                ),
            ),
        ),
    ]
