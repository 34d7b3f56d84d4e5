import datetime as dt
import zoneinfo

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.lookups
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import accounts.codes
import workshops.models.hosting

# Steps before the first release, which databases made meanwhile have taken.
STEPS = (
    "0001_initial",
    "0002_guards",
    "0003_guards_by_key",
    "0004_plausible_numbers",
    "0005_bookings_of_awake_slots",
    "0006_records_stay",
    "0007_guards_of_parties",
    "0008_guards_of_rooms",
    "0009_feeds",
    "0010_agreements",
    "0011_clocks_and_queues",
    "0012_moves",
    "0013_booked_slots_stand",
    "0014_preparation",
    "0015_reports_by_volunteer",
    "0016_feeds_of_organisations",
    "0017_courses",
    "0018_certificates_and_replies",
    "0019_hosting_agreements",
    "0020_words_go_with_promises",
    "0021_the_report_has_the_last_word",
    "0022_lost_promises",
    "0023_bookings_go_as_drawn",
    "0024_former_entries_take_their_bookings_along",
    "0025_closed_lists_are_held",
)


class Migration(migrations.Migration):
    replaces = [("workshops", step) for step in STEPS]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("associations", "0001_tables"),
        ("companies", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "title",
                    models.CharField(
                        help_text="Par exemple\xa0: Premiers pas, six séances.", max_length=120, verbose_name="titre"
                    ),
                ),
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
                ("participants", models.PositiveSmallIntegerField(verbose_name="participants")),
                (
                    "key",
                    models.UUIDField(
                        editable=False, help_text="un formulaire envoyé deux fois est un parcours", unique=True
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="associations.association"
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
                "verbose_name": "parcours",
                "verbose_name_plural": "parcours",
                "ordering": ("-created_at", "-pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("id", "association"), name="course_association_key"),
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="course_has_a_title"),
                    models.CheckConstraint(condition=models.Q(("participants__gte", 1)), name="course_of_somebody"),
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
                        name="workshops_course_topic_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("message", models.TextField(blank=True, max_length=1000, verbose_name="message à l’entreprise")),
                (
                    "key",
                    models.UUIDField(
                        editable=False, help_text="un formulaire envoyé deux fois est une réservation", unique=True
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
                ("reason", models.CharField(blank=True, max_length=1000, verbose_name="précisions")),
                (
                    "sequence",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, help_text="SEQUENCE de l’événement iCalendar"
                    ),
                ),
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="associations.association"
                    ),
                ),
                (
                    "cancelled_by",
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
                    "event_of",
                    models.ForeignKey(
                        editable=False,
                        help_text="la première d’une suite de déplacements\xa0: toutes sont un seul événement iCalendar",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workshops.booking",
                    ),
                ),
                (
                    "moved_from",
                    models.ForeignKey(
                        editable=False,
                        help_text="celle qu’elle remplace",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workshops.booking",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="associations.request",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.slot"
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="workshops.course",
                        verbose_name="parcours",
                    ),
                ),
            ],
            options={
                "verbose_name": "réservation",
                "ordering": ("-created_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["created_at"], name="booking_pending_by_age"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["held", "confirmed", "completed", "no_show"])),
                        fields=("slot",),
                        name="booking_one_live_per_slot",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["pending", "held", "confirmed", "completed", "no_show"])),
                        fields=("slot", "association"),
                        name="booking_asked_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("participants__gte", 1)), name="booking_somebody_comes"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("event_of__isnull", True), ("moved_from__isnull", True)),
                            models.Q(("event_of__isnull", False), ("moved_from__isnull", False)),
                            _connector="OR",
                        ),
                        name="booking_moved_is_one_event",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["pending", "held", "confirmed", "completed", "no_show"])),
                        fields=("moved_from",),
                        name="booking_moved_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state__in", ["pending", "held"])),
                            models.Q(
                                models.Q(("state__in", ["pending", "held"]), _negated=True),
                                models.Q(
                                    ("settled_at__isnull", False),
                                    ("state", "cancelled_by_association"),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="booking_settled_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["pending", "held"]), _negated=True),
                            ("expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="booking_waits_until",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason_code", ""),
                            ("state__in", ["declined", "cancelled_by_association", "cancelled_by_company"]),
                            _connector="OR",
                        ),
                        name="booking_reason_of_its_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason_code", "other"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="booking_other_reason_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_late", False),
                            ("state__in", ["cancelled_by_association", "cancelled_by_company"]),
                            _connector="OR",
                        ),
                        name="booking_late_when_cancelled",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cancelled_at__isnull", False),
                                ("state__in", ["cancelled_by_association", "cancelled_by_company"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["cancelled_by_association", "cancelled_by_company"]), _negated=True
                                ),
                                ("cancelled_at__isnull", True),
                                ("cancelled_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="booking_cancelled_stamped",
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
                        name="workshops_booking_topic_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "pending",
                                    "held",
                                    "confirmed",
                                    "declined",
                                    "not_selected",
                                    "expired",
                                    "cancelled_by_association",
                                    "cancelled_by_company",
                                    "completed",
                                    "no_show",
                                ],
                            )
                        ),
                        name="workshops_booking_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason_code__in",
                                [
                                    "",
                                    "room_taken",
                                    "no_host",
                                    "no_volunteers",
                                    "unsuitable",
                                    "closed",
                                    "too_few",
                                    "no_trainer",
                                    "other_date",
                                    "no_need",
                                    "other",
                                    "withdrawn",
                                    "rescheduled",
                                    "moved",
                                ],
                            )
                        ),
                        name="workshops_booking_reason_code_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="booking_may_be_made",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE offered RECORD; visited BIGINT; inviting BIGINT; company RECORD; asking TEXT; confirm_by TIMESTAMPTZ;",
                            func="\n        SELECT state, room_id, availability_id, starts_at, ends_at INTO offered\n        FROM companies_slot WHERE id = NEW.slot_id FOR SHARE;\n        SELECT site_id INTO visited FROM companies_room WHERE id = offered.room_id;\n        SELECT company_id INTO inviting FROM companies_site WHERE id = visited;\n        SELECT charter_approved_at, charter_until_at INTO company\n        FROM companies_company WHERE id = inviting FOR SHARE;\n        SELECT state INTO asking FROM associations_association WHERE id = NEW.association_id FOR SHARE;\n        IF company.charter_approved_at IS NULL\n            OR company.charter_until_at <= COALESCE(NEW.settled_at, NEW.created_at)\n        THEN\n            RAISE EXCEPTION 'The company is no signatory.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_signatory';\n        END IF;\n        IF asking NOT IN ('new', 'admitted') THEN\n            RAISE EXCEPTION 'The association may not book.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_by_association_that_may';\n        END IF;\n\n        SELECT confirm_by_at INTO confirm_by FROM companies_availability WHERE id = offered.availability_id;\n        IF confirm_by <= NEW.created_at THEN\n            RAISE EXCEPTION 'The series sleeps.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_open_slot';\n        END IF;\n\n        IF offered.state <> 'open' THEN\n            RAISE EXCEPTION 'The slot is not open.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_open_slot';\n        END IF;\n        IF EXISTS (\n            SELECT 1 FROM companies_busytime AS b WHERE b.room_id = offered.room_id\n            AND b.starts_at < offered.ends_at AND b.ends_at > offered.starts_at\n        ) THEN\n            RAISE EXCEPTION 'The room is taken.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_free_room';\n        END IF;\n\n        RETURN NEW;\n",
                            hash="712e1a5712ce8cbf146f90799339bbe8ac62aa0c",
                            operation="INSERT",
                            pgid="pgtrigger_booking_may_be_made_b0b81",
                            table="workshops_booking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="booking_may_be_confirmed",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN ((NEW.\"state\" = 'confirmed' AND OLD.\"state\" IN ('pending', 'held')) OR (NEW.\"state\" = 'pending' AND OLD.\"state\" = 'held'))",
                            declare="DECLARE offered RECORD; visited BIGINT; inviting BIGINT; company RECORD; asking TEXT;",
                            func="\n        SELECT state, room_id, availability_id, starts_at, ends_at INTO offered\n        FROM companies_slot WHERE id = NEW.slot_id FOR SHARE;\n        SELECT site_id INTO visited FROM companies_room WHERE id = offered.room_id;\n        SELECT company_id INTO inviting FROM companies_site WHERE id = visited;\n        SELECT charter_approved_at, charter_until_at INTO company\n        FROM companies_company WHERE id = inviting FOR SHARE;\n        SELECT state INTO asking FROM associations_association WHERE id = NEW.association_id FOR SHARE;\n        IF company.charter_approved_at IS NULL\n            OR company.charter_until_at <= COALESCE(NEW.settled_at, NEW.created_at)\n        THEN\n            RAISE EXCEPTION 'The company is no signatory.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_signatory';\n        END IF;\n        IF asking NOT IN ('new', 'admitted') THEN\n            RAISE EXCEPTION 'The association may not book.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_by_association_that_may';\n        END IF;\n\n        IF offered.state <> 'open' THEN\n            RAISE EXCEPTION 'The slot is not open.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_open_slot';\n        END IF;\n        IF EXISTS (\n            SELECT 1 FROM companies_busytime AS b WHERE b.room_id = offered.room_id\n            AND b.starts_at < offered.ends_at AND b.ends_at > offered.starts_at\n        ) THEN\n            RAISE EXCEPTION 'The room is taken.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_free_room';\n        END IF;\n\n        IF NEW.settled_at >= OLD.expires_at THEN\n            RAISE EXCEPTION 'The clock of the booking has run out.'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_answered_in_time';\n        END IF;\n\n        RETURN NEW;\n",
                            hash="7da17ecd60d0e405cba246b670a02f6431405f18",
                            operation='UPDATE OF "state"',
                            pgid="pgtrigger_booking_may_be_confirmed_dbadf",
                            table="workshops_booking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="booking_fits_its_slot",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    IF NEW.participants > (SELECT places FROM companies_slot WHERE id = NEW.slot_id) THEN\n        RAISE EXCEPTION 'More participants than places.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_within_places';\n    END IF;\n    RETURN NEW;\n",
                            hash="a9c871bd018a900dbddca30305c12d3f1cf8c99e",
                            operation='INSERT OR UPDATE OF "participants", "slot_id"',
                            pgid="pgtrigger_booking_fits_its_slot_5d637",
                            table="workshops_booking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="booking_is_cancelled_in_time",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.\"state\" IN ('cancelled_by_association', 'cancelled_by_company') AND OLD.\"state\" = 'confirmed')",
                            func="\n    IF NEW.cancelled_at >= (SELECT starts_at FROM companies_slot WHERE id = NEW.slot_id) THEN\n        RAISE EXCEPTION 'The workshop has begun.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_cancelled_in_time';\n    END IF;\n    RETURN NEW;\n",
                            hash="7410980a80060466969ed887a30f8d3c92513aab",
                            operation='UPDATE OF "state"',
                            pgid="pgtrigger_booking_is_cancelled_in_time_31637",
                            table="workshops_booking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="booking_goes_as_drawn",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))',
                            func="\n    IF (OLD.state, NEW.state) NOT IN (\n        ('pending', 'confirmed'), ('pending', 'declined'), ('pending', 'not_selected'), ('pending', 'expired'),\n        ('pending', 'cancelled_by_association'),\n        ('held', 'confirmed'), ('held', 'pending'), ('held', 'declined'), ('held', 'expired'),\n        ('held', 'cancelled_by_association'),\n        ('confirmed', 'cancelled_by_association'), ('confirmed', 'cancelled_by_company'), ('confirmed', 'completed'),\n        ('confirmed', 'no_show')\n    ) THEN\n        RAISE EXCEPTION 'A booking that is % does not become %.', OLD.state, NEW.state\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_goes_as_drawn';\n    END IF;\n    RETURN NEW;\n",
                            hash="1acee0bb986f7689461d5deac5b71bf425147701",
                            operation='UPDATE OF "state"',
                            pgid="pgtrigger_booking_goes_as_drawn_8522f",
                            table="workshops_booking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="booking_changes_hands",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."association_id" IS DISTINCT FROM (NEW."association_id"))',
                            constraint="CONSTRAINT",
                            func="\n    IF NEW.state IN ('pending', 'held', 'confirmed')\n        AND EXISTS (SELECT FROM associations_association WHERE id = OLD.association_id)\n        AND (SELECT state FROM associations_association WHERE id = NEW.association_id) NOT IN ('new', 'admitted')\n    THEN\n        RAISE EXCEPTION 'The association may not book.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_by_association_that_may';\n    END IF;\n    RETURN NULL;\n",
                            hash="ac26aecaa2f66ae2e1d50ba1923a9a340f11e83a",
                            operation='UPDATE OF "association_id"',
                            pgid="pgtrigger_booking_changes_hands_9e986",
                            table="workshops_booking",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="booking_stays_on_its_slot",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."slot_id" IS DISTINCT FROM (NEW."slot_id"))',
                            func="\n    IF OLD.state NOT IN ('pending', 'held') OR NOT EXISTS (\n        SELECT FROM companies_slot AS was\n        JOIN companies_room AS old_room ON old_room.id = was.room_id\n        JOIN companies_site AS old_site ON old_site.id = old_room.site_id\n        JOIN companies_slot AS becomes ON becomes.starts_at = was.starts_at AND becomes.ends_at = was.ends_at\n        JOIN companies_room AS new_room ON new_room.id = becomes.room_id\n        JOIN companies_site AS new_site ON new_site.id = new_room.site_id\n        WHERE was.id = OLD.slot_id AND becomes.id = NEW.slot_id AND becomes.state = 'open'\n        AND new_site.company_id = old_site.company_id\n    ) THEN\n        RAISE EXCEPTION 'A booking stays on its slot.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_stays_on_its_slot';\n    END IF;\n    RETURN NEW;\n",
                            hash="9b94cff7a21b807f5e017aaf5e83fad11e377dae",
                            operation='UPDATE OF "slot_id"',
                            pgid="pgtrigger_booking_stays_on_its_slot_1115e",
                            table="workshops_booking",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
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
                        name="workshops_hostingagreement_ended_side_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
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
        migrations.CreateModel(
            name="MatchNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("told_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="associations.request"
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.slot"
                    ),
                ),
            ],
            options={
                "verbose_name": "proposition envoyée",
                "verbose_name_plural": "propositions envoyées",
                "constraints": [models.UniqueConstraint(fields=("request", "slot"), name="match_told_once")],
            },
        ),
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
                "constraints": [
                    models.UniqueConstraint(fields=("booking", "side"), name="reply_once_per_side"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="reply_says_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["company", "association"])), name="workshops_reply_side_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitlistEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("message", models.TextField(blank=True, max_length=1000, verbose_name="message à l’entreprise")),
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
                (
                    "association",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="associations.association"
                    ),
                ),
                (
                    "booking",
                    models.OneToOneField(
                        help_text="le créneau gardé, puis réservé",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workshops.booking",
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
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="associations.request",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.slot"
                    ),
                ),
            ],
            options={
                "verbose_name": "place en liste d’attente",
                "verbose_name_plural": "places en liste d’attente",
                "ordering": ("created_at", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["slot", "created_at", "id"],
                        name="waitlist_by_turn",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "offered"])),
                        fields=("slot", "association"),
                        name="waitlist_one_place",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "offered")), fields=("slot",), name="waitlist_one_hold"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("participants__gte", 1)), name="waitlist_somebody_comes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state__in", ["waiting", "offered"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["taken", "passed", "left", "closed"])),
                            _connector="OR",
                        ),
                        name="waitlist_state_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("booking__isnull", False), ("state__in", ["offered", "taken", "passed"])),
                            models.Q(("booking__isnull", True), ("state__in", ["waiting", "left", "closed"])),
                            _connector="OR",
                        ),
                        name="waitlist_offer_has_its_booking",
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
                        name="workshops_waitlistentry_topic_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "offered", "taken", "passed", "left", "closed"])),
                        name="workshops_waitlistentry_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Workshop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "title",
                    models.CharField(
                        blank=True,
                        help_text="Par exemple\xa0: Trouver un emploi.",
                        max_length=120,
                        verbose_name="titre",
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
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("debutant", "débutant"), ("intermediaire", "intermédiaire"), ("avance", "avancé")],
                        max_length=20,
                        verbose_name="niveau",
                    ),
                ),
                (
                    "material",
                    models.TextField(
                        blank=True,
                        help_text="Ce que vous apportez, ce qu’il vous faut\xa0: supports, logiciels, comptes de démonstration.",
                        max_length=1000,
                        verbose_name="matériel",
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
                (
                    "association_agreed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "booking",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="workshop", to="workshops.booking"
                    ),
                ),
                (
                    "company_agreed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "visitors_told_by",
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
                "verbose_name": "atelier",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at__isnull", True), ("closed_at__isnull", True), ("state", "planned")),
                            models.Q(("cancelled_at__isnull", True), ("closed_at__isnull", False), ("state", "closed")),
                            models.Q(
                                ("cancelled_at__isnull", False), ("closed_at__isnull", True), ("state", "cancelled")
                            ),
                            _connector="OR",
                        ),
                        name="workshop_state_stamped",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("visitors__isnull", True),
                                ("visitors_told_at__isnull", True),
                                ("visitors_told_by__isnull", True),
                            ),
                            models.Q(("visitors__range", (1, 500)), ("visitors_told_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="workshop_visitors_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("company_agreed_by", None), ("company_agreed_at__isnull", False), _connector="OR"
                        ),
                        name="workshop_company_agreed_at_an_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("association_agreed_by", None), ("association_agreed_at__isnull", False), _connector="OR"
                        ),
                        name="workshop_association_agreed_at_an_instant",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "closed", "cancelled"])),
                        name="workshops_workshop_state_known",
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
                        name="workshops_workshop_topics_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["", "debutant", "intermediaire", "avance"])),
                        name="workshops_workshop_level_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        help_text="sur les ordinateurs prêtés\xa0; vide quand il n’y en avait pas",
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
                ("comment", models.TextField(blank=True, max_length=2000, verbose_name="en quelques mots")),
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
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="workshops.workshop"
                    ),
                ),
            ],
            options={
                "verbose_name": "compte rendu",
                "verbose_name_plural": "comptes rendus",
                "ordering": ("created_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("workshop", "side"), name="report_once_per_side"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "attended__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            models.F("under_12"), "+", models.F("from_12_to_17")
                                                        ),
                                                        "+",
                                                        models.F("from_18_to_24"),
                                                    ),
                                                    "+",
                                                    models.F("from_25_to_39"),
                                                ),
                                                "+",
                                                models.F("from_40_to_59"),
                                            ),
                                            "+",
                                            models.F("from_60_to_69"),
                                        ),
                                        "+",
                                        models.F("over_70"),
                                    ),
                                ),
                                ("attended__isnull", False),
                                ("mecenat_minutes__isnull", True),
                                ("side", "association"),
                                ("volunteer_minutes__isnull", True),
                                ("volunteers__isnull", True),
                            ),
                            models.Q(
                                ("attended__isnull", True),
                                ("mecenat_minutes__isnull", False),
                                ("mecenat_minutes__lte", models.F("volunteer_minutes")),
                                ("side", "company"),
                                ("taught", []),
                                ("volunteer_minutes__isnull", False),
                                ("volunteers__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="report_counts_of_its_side",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("volunteers", 0), _negated=True), ("volunteer_minutes", 0), _connector="OR"
                        ),
                        name="report_minutes_of_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("absent", ""), ("rating__isnull", False), ("rating__range", (1, 5))),
                            models.Q(models.Q(("absent", ""), _negated=True), ("rating__isnull", True)),
                            _connector="OR",
                        ),
                        name="report_rating_in_scale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("absent", ""),
                            models.Q(("absent", "company"), ("attended", 0), ("side", "association"), ("taught", [])),
                            models.Q(("absent", "association"), ("side", "company")),
                            _connector="OR",
                        ),
                        name="report_nobody_where_one_was_absent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["company", "association"])), name="workshops_report_side_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "taught__contained_by",
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
                        name="workshops_report_taught_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("absent__in", ["", "company", "association"])),
                        name="workshops_report_absent_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                (
                    "engagement_type",
                    models.CharField(
                        choices=[
                            ("benevolat", "bénévolat, en dehors de mon temps de travail"),
                            ("mecenat", "mécénat de compétences, sur mon temps de travail"),
                        ],
                        max_length=20,
                        verbose_name="cadre",
                    ),
                ),
                (
                    "is_reported",
                    models.BooleanField(default=False, verbose_name="selon le compte rendu de l’entreprise"),
                ),
                ("told_at", models.DateTimeField(editable=False)),
                (
                    "told_by",
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
                (
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendances", to="workshops.workshop"
                    ),
                ),
            ],
            options={
                "verbose_name": "présence d’un bénévole",
                "verbose_name_plural": "présences des bénévoles",
                "ordering": ("told_at", "pk"),
                "constraints": [
                    models.UniqueConstraint(fields=("workshop", "volunteer"), name="attendance_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__lte", 720)), name="attendance_within_half_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("engagement_type__in", ["benevolat", "mecenat"])),
                        name="workshops_attendance_engagement_type_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="attendance_of_a_promise",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE visited RECORD; promise RECORD;",
                            func="\n                    SELECT b.slot_id, s.starts_at INTO visited FROM workshops_workshop AS w\n                    JOIN workshops_booking AS b ON b.id = w.booking_id JOIN companies_slot AS s ON s.id = b.slot_id\n                    WHERE w.id = NEW.workshop_id AND w.state <> 'cancelled';\n                    IF NOT FOUND OR NEW.told_at < visited.starts_at - interval '1 hour' THEN\n                        RAISE EXCEPTION 'The workshop has not begun, or was called off.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'attendance_of_a_begun_workshop';\n                    END IF;\n                    SELECT engagement_type INTO promise FROM companies_slotvolunteer\n                    WHERE slot_id = visited.slot_id AND volunteer_id = NEW.volunteer_id;\n                    IF NOT FOUND OR (NEW.engagement_type = 'mecenat' AND promise.engagement_type <> 'mecenat') THEN\n                        RAISE EXCEPTION 'Who is there has promised, on that time.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'attendance_as_promised';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="a2825c280a4b292df05c573065ee00ab801b6eac",
                            operation='INSERT OR UPDATE OF "engagement_type"',
                            pgid="pgtrigger_attendance_of_a_promise_1389d",
                            table="workshops_attendance",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="attendance_before_the_report",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NOT NEW."is_reported")',
                            func="\n                    PERFORM 1 FROM workshops_workshop WHERE id = NEW.workshop_id FOR SHARE;\n                    IF EXISTS (\n                        SELECT 1 FROM workshops_report WHERE workshop_id = NEW.workshop_id\n                        AND (side = 'company' OR absent = 'company')\n                    ) THEN\n                        RAISE EXCEPTION 'The report has the last word.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'attendance_before_the_report';\n                    END IF;\n                    RETURN NEW;\n                ",
                            hash="8544ade86f0968d189f9096488dc6553d16a6f11",
                            operation="INSERT",
                            pgid="pgtrigger_attendance_before_the_report_eb2c9",
                            table="workshops_attendance",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkshopNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("company", "entreprise"), ("association", "association")], max_length=20
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("late", "nous aurons du retard"),
                            ("door", "la porte est fermée"),
                            ("access", "une question sur l’accès"),
                            ("equipment", "une question sur le matériel"),
                            ("programme", "une précision sur le programme"),
                            ("other", "autre chose"),
                        ],
                        max_length=20,
                        verbose_name="de quoi s’agit-il",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="message")),
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
                    "workshop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="workshops.workshop"
                    ),
                ),
            ],
            options={
                "verbose_name": "message d’un atelier",
                "verbose_name_plural": "messages d’un atelier",
                "ordering": ("created_at", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["late", "door"]), models.Q(("text", ""), _negated=True), _connector="OR"
                        ),
                        name="note_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["company", "association"])),
                        name="workshops_workshopnote_side_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["late", "door", "access", "equipment", "programme", "other"])),
                        name="workshops_workshopnote_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(editable=False)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "association",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="associations.association",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.site"
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
                "verbose_name": "agenda à suivre",
                "verbose_name_plural": "agendas à suivre",
                "ordering": ("pk",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("user", "site", "company", "association"),
                        name="feed_open_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("company__isnull", True), ("site__isnull", True)),
                            models.Q(("association__isnull", True), ("site__isnull", True)),
                            models.Q(("association__isnull", True), ("company__isnull", True)),
                            _connector="OR",
                        ),
                        name="feed_of_one_thing",
                    ),
                ],
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
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["volunteer", "company"])),
                        name="workshops_certificate_kind_known",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
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
                    )
                ],
            },
        ),
    ]
