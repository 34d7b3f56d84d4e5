"""Every row that a booking, a workshop and a place in a queue have been is kept."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0002_what_is_looked_for"),
        ("companies", "0006_slots_by_notice"),
        ("workshops", "0011_needs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BookingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("participants", models.PositiveSmallIntegerField(verbose_name="participants")),
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
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "en attente de réponse"),
                            ("held", "gardée pour l’association"),
                            ("confirmed", "confirmée"),
                            ("declined", "déclinée"),
                            ("not_selected", "non retenue"),
                            ("expired", "restée sans réponse"),
                            ("cancelled_by_association", "annulée par l’association"),
                            ("cancelled_by_company", "annulée par l’entreprise"),
                            ("completed", "atelier tenu"),
                            ("no_show", "absence"),
                        ],
                        max_length=30,
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "expires_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="jusqu’à quand on attend une réponse\xa0; passé cet instant, elle est expirée",
                        null=True,
                    ),
                ),
                (
                    "settled_at",
                    models.DateTimeField(editable=False, help_text="quand elle a quitté l’attente", null=True),
                ),
                ("cancelled_at", models.DateTimeField(editable=False, null=True)),
                (
                    "offered_at",
                    models.DateTimeField(
                        editable=False, help_text="quand l’entreprise a proposé son créneau pour une demande", null=True
                    ),
                ),
                ("is_late", models.BooleanField(default=False, editable=False, verbose_name="tardive")),
                (
                    "reason_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("room_taken", "la salle n’est plus libre"),
                            ("no_host", "personne ne peut accueillir ce jour-là"),
                            ("no_volunteers", "il manque des bénévoles"),
                            ("unsuitable", "le lieu ne convient pas à cet atelier"),
                            ("closed", "le lieu ferme"),
                            ("too_few", "trop peu de participants"),
                            ("no_trainer", "personne ne peut animer ce jour-là"),
                            ("other_date", "une autre date convient mieux"),
                            ("no_need", "le besoin n’existe plus"),
                            ("other", "un autre motif"),
                            ("withdrawn", "le créneau a été retiré"),
                            ("rescheduled", "le créneau a changé de date, d’heures ou d’offre"),
                            ("moved", "l’atelier a été déplacé"),
                        ],
                        max_length=20,
                        verbose_name="motif",
                    ),
                ),
                (
                    "way_told_at",
                    models.DateTimeField(
                        editable=False,
                        help_text="le dernier changement de lieu ou d’accès que tout le monde sait",
                        null=True,
                    ),
                ),
                (
                    "sequence",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, help_text="SEQUENCE de l’événement iCalendar"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WaitlistEntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                ("participants", models.PositiveSmallIntegerField(verbose_name="participants")),
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
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "en liste d’attente"),
                            ("offered", "créneau gardé"),
                            ("taken", "créneau pris"),
                            ("passed", "tour passé"),
                            ("left", "liste quittée"),
                            ("closed", "liste close"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WorkshopEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("planned", "prévu"), ("closed", "clos"), ("cancelled", "annulé")],
                        default="planned",
                        max_length=20,
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                ("cancelled_at", models.DateTimeField(editable=False, null=True)),
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
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("debutant", "débutant"), ("intermediaire", "intermédiaire"), ("avance", "avancé")],
                        max_length=20,
                        verbose_name="niveau",
                    ),
                ),
                (
                    "visitors",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Participants et accompagnants ensemble. Un nombre, jamais de noms.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1, "Indiquez %(limit_value)s au moins."),
                            django.core.validators.MaxValueValidator(500, "Indiquez %(limit_value)s au plus."),
                        ],
                        verbose_name="visiteurs attendus",
                    ),
                ),
                ("visitors_told_at", models.DateTimeField(editable=False, null=True)),
                (
                    "agreement_asked_at",
                    models.DateTimeField(editable=False, help_text="quand on a demandé s’il tient toujours", null=True),
                ),
                ("company_agreed_at", models.DateTimeField(editable=False, null=True)),
                ("association_agreed_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_bookingevent" ("association_id", "cancelled_at", "cancelled_by_id", "course_id", "created_at", "created_by_id", "event_of_id", "expires_at", "id", "is_late", "moved_from_id", "offered_at", "offered_by_id", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_code", "request_id", "sequence", "settled_at", "settled_by_id", "slot_id", "state", "topic", "way_told_at") VALUES (NEW."association_id", NEW."cancelled_at", NEW."cancelled_by_id", NEW."course_id", NEW."created_at", NEW."created_by_id", NEW."event_of_id", NEW."expires_at", NEW."id", NEW."is_late", NEW."moved_from_id", NEW."offered_at", NEW."offered_by_id", NEW."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason_code", NEW."request_id", NEW."sequence", NEW."settled_at", NEW."settled_by_id", NEW."slot_id", NEW."state", NEW."topic", NEW."way_told_at"); RETURN NULL;',
                    hash="7c277efc0902a4ec9f0a4bae3dc65858de46541b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_38ba7",
                    table="workshops_booking",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."association_id" IS DISTINCT FROM (NEW."association_id") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."cancelled_by_id" IS DISTINCT FROM (NEW."cancelled_by_id") OR OLD."course_id" IS DISTINCT FROM (NEW."course_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."event_of_id" IS DISTINCT FROM (NEW."event_of_id") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_late" IS DISTINCT FROM (NEW."is_late") OR OLD."moved_from_id" IS DISTINCT FROM (NEW."moved_from_id") OR OLD."offered_at" IS DISTINCT FROM (NEW."offered_at") OR OLD."offered_by_id" IS DISTINCT FROM (NEW."offered_by_id") OR OLD."participants" IS DISTINCT FROM (NEW."participants") OR OLD."reason_code" IS DISTINCT FROM (NEW."reason_code") OR OLD."request_id" IS DISTINCT FROM (NEW."request_id") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."settled_at" IS DISTINCT FROM (NEW."settled_at") OR OLD."settled_by_id" IS DISTINCT FROM (NEW."settled_by_id") OR OLD."slot_id" IS DISTINCT FROM (NEW."slot_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."topic" IS DISTINCT FROM (NEW."topic") OR OLD."way_told_at" IS DISTINCT FROM (NEW."way_told_at"))',
                    func='INSERT INTO "workshops_bookingevent" ("association_id", "cancelled_at", "cancelled_by_id", "course_id", "created_at", "created_by_id", "event_of_id", "expires_at", "id", "is_late", "moved_from_id", "offered_at", "offered_by_id", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_code", "request_id", "sequence", "settled_at", "settled_by_id", "slot_id", "state", "topic", "way_told_at") VALUES (NEW."association_id", NEW."cancelled_at", NEW."cancelled_by_id", NEW."course_id", NEW."created_at", NEW."created_by_id", NEW."event_of_id", NEW."expires_at", NEW."id", NEW."is_late", NEW."moved_from_id", NEW."offered_at", NEW."offered_by_id", NEW."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason_code", NEW."request_id", NEW."sequence", NEW."settled_at", NEW."settled_by_id", NEW."slot_id", NEW."state", NEW."topic", NEW."way_told_at"); RETURN NULL;',
                    hash="16a7e8b7d08bf3926cb147b2baff2576b254fd3a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9ee5b",
                    table="workshops_booking",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_bookingevent" ("association_id", "cancelled_at", "cancelled_by_id", "course_id", "created_at", "created_by_id", "event_of_id", "expires_at", "id", "is_late", "moved_from_id", "offered_at", "offered_by_id", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason_code", "request_id", "sequence", "settled_at", "settled_by_id", "slot_id", "state", "topic", "way_told_at") VALUES (OLD."association_id", OLD."cancelled_at", OLD."cancelled_by_id", OLD."course_id", OLD."created_at", OLD."created_by_id", OLD."event_of_id", OLD."expires_at", OLD."id", OLD."is_late", OLD."moved_from_id", OLD."offered_at", OLD."offered_by_id", OLD."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason_code", OLD."request_id", OLD."sequence", OLD."settled_at", OLD."settled_by_id", OLD."slot_id", OLD."state", OLD."topic", OLD."way_told_at"); RETURN NULL;',
                    hash="90c8759d9d24f34dbbc07ae8ea4511f2cd85bdaf",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_37944",
                    table="workshops_booking",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_waitlistentryevent" ("association_id", "booking_id", "created_at", "created_by_id", "ended_at", "id", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "slot_id", "state", "topic") VALUES (NEW."association_id", NEW."booking_id", NEW."created_at", NEW."created_by_id", NEW."ended_at", NEW."id", NEW."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."request_id", NEW."slot_id", NEW."state", NEW."topic"); RETURN NULL;',
                    hash="e2e5f0ecec67df57ffe51d713aad4ec9a9db12ee",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c6566",
                    table="workshops_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."association_id" IS DISTINCT FROM (NEW."association_id") OR OLD."booking_id" IS DISTINCT FROM (NEW."booking_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."participants" IS DISTINCT FROM (NEW."participants") OR OLD."request_id" IS DISTINCT FROM (NEW."request_id") OR OLD."slot_id" IS DISTINCT FROM (NEW."slot_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."topic" IS DISTINCT FROM (NEW."topic"))',
                    func='INSERT INTO "workshops_waitlistentryevent" ("association_id", "booking_id", "created_at", "created_by_id", "ended_at", "id", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "slot_id", "state", "topic") VALUES (NEW."association_id", NEW."booking_id", NEW."created_at", NEW."created_by_id", NEW."ended_at", NEW."id", NEW."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."request_id", NEW."slot_id", NEW."state", NEW."topic"); RETURN NULL;',
                    hash="eefa2830bbca2285d09b1b70379dc57d16686bb2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c1d28",
                    table="workshops_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_waitlistentryevent" ("association_id", "booking_id", "created_at", "created_by_id", "ended_at", "id", "participants", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "request_id", "slot_id", "state", "topic") VALUES (OLD."association_id", OLD."booking_id", OLD."created_at", OLD."created_by_id", OLD."ended_at", OLD."id", OLD."participants", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."request_id", OLD."slot_id", OLD."state", OLD."topic"); RETURN NULL;',
                    hash="0ef6f9daeae4f1e5bc667b08c7b6c717120e778e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6dab2",
                    table="workshops_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workshop",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_workshopevent" ("agreement_asked_at", "association_agreed_at", "association_agreed_by_id", "booking_id", "cancelled_at", "closed_at", "company_agreed_at", "company_agreed_by_id", "created_at", "id", "level", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "topics", "visitors", "visitors_told_at", "visitors_told_by_id") VALUES (NEW."agreement_asked_at", NEW."association_agreed_at", NEW."association_agreed_by_id", NEW."booking_id", NEW."cancelled_at", NEW."closed_at", NEW."company_agreed_at", NEW."company_agreed_by_id", NEW."created_at", NEW."id", NEW."level", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."state", NEW."topics", NEW."visitors", NEW."visitors_told_at", NEW."visitors_told_by_id"); RETURN NULL;',
                    hash="7c41c8fda11bb593bfaec26f3d04531dc77afa01",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4483b",
                    table="workshops_workshop",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workshop",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agreement_asked_at" IS DISTINCT FROM (NEW."agreement_asked_at") OR OLD."association_agreed_at" IS DISTINCT FROM (NEW."association_agreed_at") OR OLD."association_agreed_by_id" IS DISTINCT FROM (NEW."association_agreed_by_id") OR OLD."booking_id" IS DISTINCT FROM (NEW."booking_id") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."company_agreed_at" IS DISTINCT FROM (NEW."company_agreed_at") OR OLD."company_agreed_by_id" IS DISTINCT FROM (NEW."company_agreed_by_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."topics" IS DISTINCT FROM (NEW."topics") OR OLD."visitors" IS DISTINCT FROM (NEW."visitors") OR OLD."visitors_told_at" IS DISTINCT FROM (NEW."visitors_told_at") OR OLD."visitors_told_by_id" IS DISTINCT FROM (NEW."visitors_told_by_id"))',
                    func='INSERT INTO "workshops_workshopevent" ("agreement_asked_at", "association_agreed_at", "association_agreed_by_id", "booking_id", "cancelled_at", "closed_at", "company_agreed_at", "company_agreed_by_id", "created_at", "id", "level", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "topics", "visitors", "visitors_told_at", "visitors_told_by_id") VALUES (NEW."agreement_asked_at", NEW."association_agreed_at", NEW."association_agreed_by_id", NEW."booking_id", NEW."cancelled_at", NEW."closed_at", NEW."company_agreed_at", NEW."company_agreed_by_id", NEW."created_at", NEW."id", NEW."level", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."state", NEW."topics", NEW."visitors", NEW."visitors_told_at", NEW."visitors_told_by_id"); RETURN NULL;',
                    hash="630211547dccecc94194543697527e5b4018834c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0272d",
                    table="workshops_workshop",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workshop",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "workshops_workshopevent" ("agreement_asked_at", "association_agreed_at", "association_agreed_by_id", "booking_id", "cancelled_at", "closed_at", "company_agreed_at", "company_agreed_by_id", "created_at", "id", "level", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "topics", "visitors", "visitors_told_at", "visitors_told_by_id") VALUES (OLD."agreement_asked_at", OLD."association_agreed_at", OLD."association_agreed_by_id", OLD."booking_id", OLD."cancelled_at", OLD."closed_at", OLD."company_agreed_at", OLD."company_agreed_by_id", OLD."created_at", OLD."id", OLD."level", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."state", OLD."topics", OLD."visitors", OLD."visitors_told_at", OLD."visitors_told_by_id"); RETURN NULL;',
                    hash="d3b0589e6f6425af9345cf081cdbd6c0cedaec4c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9aa37",
                    table="workshops_workshop",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="association",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="associations.association",
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="cancelled_by",
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
            model_name="bookingevent",
            name="course",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="workshops.course",
                verbose_name="parcours",
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
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
            model_name="bookingevent",
            name="event_of",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                help_text="la première d’une suite de déplacements\xa0: toutes sont un seul événement iCalendar",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="workshops.booking",
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="moved_from",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                help_text="celle qu’elle remplace",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="workshops.booking",
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="offered_by",
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
            model_name="bookingevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                related_query_name="events",
                to="workshops.booking",
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="request",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="associations.request",
            ),
        ),
        migrations.AddField(
            model_name="bookingevent",
            name="settled_by",
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
            model_name="bookingevent",
            name="slot",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="companies.slot",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="association",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="associations.association",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="booking",
            field=models.ForeignKey(
                db_constraint=False,
                help_text="le créneau gardé, puis réservé",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="workshops.booking",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
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
            model_name="waitlistentryevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                related_query_name="events",
                to="workshops.waitlistentry",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="request",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="associations.request",
            ),
        ),
        migrations.AddField(
            model_name="waitlistentryevent",
            name="slot",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="companies.slot",
            ),
        ),
        migrations.AddField(
            model_name="workshopevent",
            name="association_agreed_by",
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
            model_name="workshopevent",
            name="booking",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="workshops.booking",
            ),
        ),
        migrations.AddField(
            model_name="workshopevent",
            name="company_agreed_by",
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
            model_name="workshopevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                related_query_name="events",
                to="workshops.workshop",
            ),
        ),
        migrations.AddField(
            model_name="workshopevent",
            name="visitors_told_by",
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
        pgtrigger.migrations.AddTrigger(
            model_name="bookingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'These rows stay.';",
                    hash="403516eb54cb19d9029279b3424d31a37c9e89e6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_stays_13f05",
                    table="workshops_bookingevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bookingevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e2541f27ed9a89004e93d64080402dfd2b798e74",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_455f5",
                    table="workshops_bookingevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentryevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'These rows stay.';",
                    hash="473ea00b26f1f1166f7f763c32390187dc649452",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_stays_ddd4f",
                    table="workshops_waitlistentryevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentryevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8deef9b85ad53c32739c40d6d1b36b6bdb47f179",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ee16e",
                    table="workshops_waitlistentryevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workshopevent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'These rows stay.';",
                    hash="acb5a400b373294d6ba6b312d55078d83c18fb22",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_history_stays_a2f75",
                    table="workshops_workshopevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="workshopevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ed353e4b228059db90a5ec2757b7d45e5272aa33",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_25ce4",
                    table="workshops_workshopevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
