"""Every row that a report has been is kept: its figures may be corrected, whether anybody was there stands."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# What was reported before, so that what becomes of it can be told.
AS_THEY_ARE = """
INSERT INTO workshops_reportevent (
    pgh_created_at, pgh_label, pgh_obj_id, id, workshop_id, side, attended, under_12, from_12_to_17, from_18_to_24,
    from_25_to_39, from_40_to_59, from_60_to_69, over_70, volunteers, volunteer_minutes, mecenat_minutes, taught,
    sessions_cleared, absent, rating, created_at, created_by_id
)
SELECT created_at, 'insert', id, id, workshop_id, side, attended, under_12, from_12_to_17, from_18_to_24,
    from_25_to_39, from_40_to_59, from_60_to_69, over_70, volunteers, volunteer_minutes, mecenat_minutes, taught,
    sessions_cleared, absent, rating, created_at, created_by_id
FROM workshops_report
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0034_bookings_stay_in_their_room"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "side",
                    models.CharField(
                        choices=[("company", "entreprise"), ("association", "association")], max_length=20
                    ),
                ),
                (
                    "attended",
                    models.PositiveSmallIntegerField(
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="personnes venues",
                    ),
                ),
                (
                    "under_12",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="moins de 12 ans",
                    ),
                ),
                (
                    "from_12_to_17",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="12 – 17 ans",
                    ),
                ),
                (
                    "from_18_to_24",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="18 – 24 ans",
                    ),
                ),
                (
                    "from_25_to_39",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="25 – 39 ans",
                    ),
                ),
                (
                    "from_40_to_59",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="40 – 59 ans",
                    ),
                ),
                (
                    "from_60_to_69",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="60 – 69 ans",
                    ),
                ),
                (
                    "over_70",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(500)],
                        verbose_name="70 ans et plus",
                    ),
                ),
                (
                    "volunteers",
                    models.PositiveSmallIntegerField(
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="bénévoles venus",
                    ),
                ),
                (
                    "volunteer_minutes",
                    models.PositiveIntegerField(null=True, verbose_name="minutes des bénévoles, en tout"),
                ),
                (
                    "mecenat_minutes",
                    models.PositiveIntegerField(null=True, verbose_name="dont minutes de mécénat de compétences"),
                ),
                (
                    "taught",
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
                        verbose_name="ce qui a été abordé",
                    ),
                ),
                (
                    "sessions_cleared",
                    models.BooleanField(
                        help_text="sur les ordinateurs prêtés\xa0; vide quand il n’y en avait pas, ou qu’on ne sait pas",
                        null=True,
                        verbose_name="sessions effacées",
                    ),
                ),
                (
                    "absent",
                    models.CharField(
                        blank=True,
                        choices=[("company", "entreprise"), ("association", "association")],
                        max_length=20,
                        verbose_name="qui n’est pas venu",
                    ),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="note",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("corrected_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="report",
            name="corrected_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="corrected_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="report_keeps_its_story",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF (OLD.absent, OLD.attended = 0) IS DISTINCT FROM (NEW.absent, NEW.attended = 0) AND NOT EXISTS (\n                        SELECT FROM workshops_dispute WHERE workshop_id = NEW.workshop_id AND state = 'held'\n                    ) THEN\n                        RAISE EXCEPTION 'Whether anybody was there is not corrected.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'report_keeps_its_story';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="516707b3352491fa5f107d13e437d1e8a762d1fb",
                    operation='UPDATE OF "absent", "attended"',
                    pgid="pgtrigger_report_keeps_its_story_85737",
                    table="workshops_report",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_reportevent" ("absent", "attended", "corrected_at", "corrected_by_id", "created_at", "created_by_id", "from_12_to_17", "from_18_to_24", "from_25_to_39", "from_40_to_59", "from_60_to_69", "id", "mecenat_minutes", "over_70", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "sessions_cleared", "side", "taught", "under_12", "volunteer_minutes", "volunteers", "workshop_id") VALUES (NEW."absent", NEW."attended", NEW."corrected_at", NEW."corrected_by_id", NEW."created_at", NEW."created_by_id", NEW."from_12_to_17", NEW."from_18_to_24", NEW."from_25_to_39", NEW."from_40_to_59", NEW."from_60_to_69", NEW."id", NEW."mecenat_minutes", NEW."over_70", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."rating", NEW."sessions_cleared", NEW."side", NEW."taught", NEW."under_12", NEW."volunteer_minutes", NEW."volunteers", NEW."workshop_id"); RETURN NULL;',
                    hash="b28a97ab532ebc1c624166d40a8ed32f76dfcaa4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ed50a",
                    table="workshops_report",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."absent" IS DISTINCT FROM (NEW."absent") OR OLD."attended" IS DISTINCT FROM (NEW."attended") OR OLD."corrected_at" IS DISTINCT FROM (NEW."corrected_at") OR OLD."corrected_by_id" IS DISTINCT FROM (NEW."corrected_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."from_12_to_17" IS DISTINCT FROM (NEW."from_12_to_17") OR OLD."from_18_to_24" IS DISTINCT FROM (NEW."from_18_to_24") OR OLD."from_25_to_39" IS DISTINCT FROM (NEW."from_25_to_39") OR OLD."from_40_to_59" IS DISTINCT FROM (NEW."from_40_to_59") OR OLD."from_60_to_69" IS DISTINCT FROM (NEW."from_60_to_69") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."mecenat_minutes" IS DISTINCT FROM (NEW."mecenat_minutes") OR OLD."over_70" IS DISTINCT FROM (NEW."over_70") OR OLD."rating" IS DISTINCT FROM (NEW."rating") OR OLD."sessions_cleared" IS DISTINCT FROM (NEW."sessions_cleared") OR OLD."side" IS DISTINCT FROM (NEW."side") OR OLD."taught" IS DISTINCT FROM (NEW."taught") OR OLD."under_12" IS DISTINCT FROM (NEW."under_12") OR OLD."volunteer_minutes" IS DISTINCT FROM (NEW."volunteer_minutes") OR OLD."volunteers" IS DISTINCT FROM (NEW."volunteers") OR OLD."workshop_id" IS DISTINCT FROM (NEW."workshop_id"))',
                    func='INSERT INTO "workshops_reportevent" ("absent", "attended", "corrected_at", "corrected_by_id", "created_at", "created_by_id", "from_12_to_17", "from_18_to_24", "from_25_to_39", "from_40_to_59", "from_60_to_69", "id", "mecenat_minutes", "over_70", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "sessions_cleared", "side", "taught", "under_12", "volunteer_minutes", "volunteers", "workshop_id") VALUES (NEW."absent", NEW."attended", NEW."corrected_at", NEW."corrected_by_id", NEW."created_at", NEW."created_by_id", NEW."from_12_to_17", NEW."from_18_to_24", NEW."from_25_to_39", NEW."from_40_to_59", NEW."from_60_to_69", NEW."id", NEW."mecenat_minutes", NEW."over_70", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."rating", NEW."sessions_cleared", NEW."side", NEW."taught", NEW."under_12", NEW."volunteer_minutes", NEW."volunteers", NEW."workshop_id"); RETURN NULL;',
                    hash="b0a50341be22333a36fb5e36006c07740c706a81",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_772fe",
                    table="workshops_report",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="report",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_reportevent" ("absent", "attended", "corrected_at", "corrected_by_id", "created_at", "created_by_id", "from_12_to_17", "from_18_to_24", "from_25_to_39", "from_40_to_59", "from_60_to_69", "id", "mecenat_minutes", "over_70", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "sessions_cleared", "side", "taught", "under_12", "volunteer_minutes", "volunteers", "workshop_id") VALUES (OLD."absent", OLD."attended", OLD."corrected_at", OLD."corrected_by_id", OLD."created_at", OLD."created_by_id", OLD."from_12_to_17", OLD."from_18_to_24", OLD."from_25_to_39", OLD."from_40_to_59", OLD."from_60_to_69", OLD."id", OLD."mecenat_minutes", OLD."over_70", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."rating", OLD."sessions_cleared", OLD."side", OLD."taught", OLD."under_12", OLD."volunteer_minutes", OLD."volunteers", OLD."workshop_id"); RETURN NULL;',
                    hash="5b3bb1af02769aebfe7c9b8534d288f9240b500f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_83f4d",
                    table="workshops_report",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("corrected_by", None), ("corrected_at__isnull", False), _connector="OR"),
                name="report_corrected_at_an_instant",
            ),
        ),
        migrations.AddField(
            model_name="reportevent",
            name="corrected_by",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reportevent",
            name="created_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reportevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                related_query_name="events",
                to="workshops.report",
            ),
        ),
        migrations.AddField(
            model_name="reportevent",
            name="workshop",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="workshops.workshop",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'These rows stay.';",
                    hash="6b974743233c8da57b760e4bbeb5854edb976561",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_stays_569fd",
                    table="workshops_reportevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reportevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="3c14aa166493f9c776b364431e1e79bda254b756",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e2c93",
                    table="workshops_reportevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(AS_THEY_ARE, migrations.RunSQL.noop),
    ]
