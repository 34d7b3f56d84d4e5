import datetime as dt

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
from django.db import migrations, models

# Steps before the first release, which databases made meanwhile have taken.
STEPS = (
    "0001_outbox",
    "0002_about",
    "0003_pauses",
    "0004_wishes_turns_digests",
    "0005_heartbeats",
    "0006_digests_addresses_previews",
    "0007_every_kind_by_any_frequency",
    "0008_threads",
    "0009_turns_of_what_is_due",
    "0010_gathered_for_an_address",
    "0011_capacities",
    "0012_rows_stay_and_the_last_day",
)


class Migration(migrations.Migration):
    replaces = [("mail", step) for step in STEPS]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("task", models.CharField(max_length=120, primary_key=True, serialize=False, verbose_name="tâche")),
                ("beat_at", models.DateTimeField(verbose_name="dernière fois")),
            ],
            options={
                "verbose_name": "battement",
                "ordering": ("task",),
            },
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("free_at", models.DateTimeField(editable=False, verbose_name="prochain tour")),
            ],
            options={
                "verbose_name": "cadence",
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="pace_one_row")],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "template",
                    models.CharField(
                        blank=True,
                        help_text="Vide\xa0: tous les courriels.",
                        max_length=80,
                        unique=True,
                        verbose_name="modèle",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="raison")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="depuis")),
            ],
            options={
                "verbose_name": "pause",
                "ordering": ("template",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="pause_reason_given")
                ],
            },
        ),
        migrations.CreateModel(
            name="Preferences",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(editable=False, max_length=254, unique=True, verbose_name="adresse")),
                (
                    "reminders",
                    models.CharField(
                        choices=[
                            ("instant", "Tout de suite"),
                            ("daily", "Une fois par jour au plus"),
                            ("weekly", "Une fois par semaine au plus"),
                            ("never", "Jamais"),
                        ],
                        default="instant",
                        max_length=10,
                        verbose_name="Rappels avant un atelier",
                    ),
                ),
                (
                    "reports",
                    models.CharField(
                        choices=[
                            ("instant", "Tout de suite"),
                            ("daily", "Une fois par jour au plus"),
                            ("weekly", "Une fois par semaine au plus"),
                            ("never", "Jamais"),
                        ],
                        default="instant",
                        max_length=10,
                        verbose_name="Comptes rendus à écrire",
                    ),
                ),
                (
                    "suggestions",
                    models.CharField(
                        choices=[
                            ("instant", "Tout de suite"),
                            ("daily", "Une fois par jour au plus"),
                            ("weekly", "Une fois par semaine au plus"),
                            ("never", "Jamais"),
                        ],
                        default="weekly",
                        max_length=10,
                        verbose_name="Créneaux qui servent vos demandes",
                    ),
                ),
                (
                    "volunteering",
                    models.CharField(
                        choices=[
                            ("instant", "Tout de suite"),
                            ("daily", "Une fois par jour au plus"),
                            ("weekly", "Une fois par semaine au plus"),
                            ("never", "Jamais"),
                        ],
                        default="instant",
                        max_length=10,
                        verbose_name="Ateliers qui cherchent des bénévoles, collègues qui cherchent un remplaçant",
                    ),
                ),
                (
                    "organisation",
                    models.CharField(
                        choices=[
                            ("instant", "Tout de suite"),
                            ("daily", "Une fois par jour au plus"),
                            ("weekly", "Une fois par semaine au plus"),
                            ("never", "Jamais"),
                        ],
                        default="instant",
                        max_length=10,
                        verbose_name="Vie de vos organisations",
                    ),
                ),
                ("quiet_from", models.TimeField(default=dt.time(22, 0), verbose_name="rien après")),
                ("quiet_until", models.TimeField(default=dt.time(7, 0), verbose_name="ni avant")),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        help_text="Vide\xa0: celle du lieu dont parle le courriel.",
                        max_length=40,
                        verbose_name="heure de",
                    ),
                ),
                ("changed_at", models.DateTimeField(editable=False, verbose_name="changées")),
            ],
            options={
                "verbose_name": "préférences de courriel",
                "verbose_name_plural": "préférences de courriel",
                "ordering": ("address",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("address", django.db.models.functions.text.Lower("address"))),
                        name="preferences_address_lower",
                        violation_error_message="L’adresse électronique s’écrit en minuscules.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reminders__in", ["instant", "daily", "weekly", "never"])),
                        name="preferences_reminders_offered",
                        violation_error_message="Choisissez une fréquence de la liste.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reports__in", ["instant", "daily", "weekly", "never"])),
                        name="preferences_reports_offered",
                        violation_error_message="Choisissez une fréquence de la liste.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("suggestions__in", ["instant", "daily", "weekly", "never"])),
                        name="preferences_suggestions_offered",
                        violation_error_message="Choisissez une fréquence de la liste.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("volunteering__in", ["instant", "daily", "weekly", "never"])),
                        name="preferences_volunteering_offered",
                        violation_error_message="Choisissez une fréquence de la liste.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("organisation__in", ["instant", "daily", "weekly", "never"])),
                        name="preferences_organisation_offered",
                        violation_error_message="Choisissez une fréquence de la liste.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.EmailField(max_length=254, unique=True, verbose_name="adresse")),
                ("reason", models.CharField(max_length=500, verbose_name="raison")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="depuis")),
            ],
            options={
                "verbose_name": "adresse écartée",
                "verbose_name_plural": "adresses écartées",
                "ordering": ("-created_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("address", django.db.models.functions.text.Lower("address"))),
                        name="suppression_address_lower",
                        violation_error_message="L’adresse électronique s’écrit en minuscules.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        help_text="Une chose ne se dit qu’une fois\xa0: type:objet:instant.",
                        max_length=200,
                        unique=True,
                        verbose_name="clé",
                    ),
                ),
                ("template", models.CharField(max_length=80, verbose_name="modèle")),
                ("to_email", models.EmailField(max_length=254, verbose_name="adresse")),
                ("to_name", models.CharField(blank=True, max_length=200, verbose_name="nom")),
                ("language", models.CharField(default="fr", max_length=10, verbose_name="langue")),
                ("context", models.JSONField(blank=True, default=dict, verbose_name="données du modèle")),
                (
                    "thread",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        editable=False,
                        help_text="Vide\xa0: celui de ce dont il parle.",
                        max_length=60,
                        verbose_name="fil",
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="«\xa0nature:numéro\xa0»\xa0: ce que le message raconte, et le fil où il se range.",
                        max_length=60,
                        verbose_name="à propos de",
                    ),
                ),
                (
                    "capacity",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="«\xa0manager:companies:3:17\xa0»\xa0: la personne 17 le lit tant qu’elle gère l’entreprise 3.",
                        max_length=80,
                        verbose_name="à quel titre",
                    ),
                ),
                ("reply_to", models.EmailField(blank=True, max_length=254, verbose_name="réponse à")),
                ("calendar", models.TextField(blank=True, verbose_name="agenda joint (.ics)")),
                (
                    "calendar_method",
                    models.CharField(
                        blank=True,
                        choices=[("PUBLISH", "information"), ("REQUEST", "invitation"), ("CANCEL", "annulation")],
                        max_length=10,
                        verbose_name="méthode de l’agenda",
                    ),
                ),
                (
                    "secret",
                    models.BooleanField(
                        default=False,
                        help_text="Contient un code ou un lien personnel\xa0: effacé après l’envoi.",
                        verbose_name="secret",
                    ),
                ),
                (
                    "priority",
                    models.SmallIntegerField(
                        default=5, help_text="Le plus petit part le premier.", verbose_name="priorité"
                    ),
                ),
                (
                    "on_behalf_of",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="À priorité égale, chacun parle à son tour\xa0; vide\xa0: l’adresse elle-même.",
                        max_length=254,
                        verbose_name="pour le compte de",
                    ),
                ),
                (
                    "turn_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="son tour"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="IANA, du lieu dont il parle",
                        max_length=40,
                        verbose_name="heure de",
                    ),
                ),
                (
                    "instant",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="N’attend pas de récapitulatif.",
                        verbose_name="tout de suite",
                    ),
                ),
                (
                    "message_id",
                    models.CharField(editable=False, max_length=200, unique=True, verbose_name="Message-ID"),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="création")),
                ("due_at", models.DateTimeField(verbose_name="à envoyer à partir de")),
                ("not_after", models.DateTimeField(blank=True, null=True, verbose_name="sans objet après")),
                ("next_attempt_at", models.DateTimeField(verbose_name="prochain essai")),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="essais manqués")),
                ("last_error", models.TextField(blank=True, verbose_name="dernière erreur")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "en attente"),
                            ("sent", "remis"),
                            ("failed", "échec"),
                            ("skipped", "non envoyé"),
                            ("gathered", "dans un récapitulatif"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="remis au serveur")),
                ("failed_at", models.DateTimeField(blank=True, null=True, verbose_name="abandonné")),
                ("skipped_at", models.DateTimeField(blank=True, null=True, verbose_name="écarté")),
                (
                    "gathered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="gardé pour un récapitulatif"),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("delivered", "arrivé"),
                            ("deferred", "retardé"),
                            ("bounced", "rejeté"),
                            ("complained", "signalé comme indésirable"),
                        ],
                        db_default="",
                        default="",
                        max_length=12,
                        verbose_name="suite connue",
                    ),
                ),
                ("outcome_at", models.DateTimeField(blank=True, null=True, verbose_name="connue le")),
                ("subject", models.TextField(blank=True, db_default="", default="", verbose_name="objet")),
                ("text", models.TextField(blank=True, db_default="", default="", verbose_name="texte")),
                ("html", models.TextField(blank=True, db_default="", default="", verbose_name="HTML")),
                (
                    "gathered_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="gathers",
                        to="mail.message",
                        verbose_name="récapitulatif",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "ordering": ("-due_at", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["priority", "turn_at", "id", "next_attempt_at"],
                        name="message_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["on_behalf_of", "priority", "turn_at"],
                        include=("next_attempt_at",),
                        name="message_turns",
                    ),
                    models.Index(
                        condition=models.Q(("gathered_into", None), ("state", "gathered")),
                        fields=["next_attempt_at", "to_email", "id"],
                        name="message_gathered",
                    ),
                    models.Index(
                        condition=models.Q(("gathered_into", None), ("state", "gathered")),
                        fields=["to_email", "gathered_at", "id"],
                        name="message_gathered_for",
                    ),
                    models.Index(django.db.models.functions.text.Upper("to_email"), name="message_address"),
                    models.Index(
                        condition=models.Q(("secret", False), models.Q(("context", {}), _negated=True)),
                        fields=["template", "language", "-id"],
                        name="message_newest",
                    ),
                    models.Index(condition=models.Q(("state", "sent")), fields=["sent_at"], name="message_sent"),
                    models.Index(condition=models.Q(("state", "failed")), fields=["failed_at"], name="message_failed"),
                    models.Index(
                        condition=models.Q(("outcome", "bounced")), fields=["outcome_at"], name="message_bounced"
                    ),
                    models.Index(fields=["-due_at", "-id"], name="message_listed"),
                    models.Index(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            models.Q(("context", {}), _negated=True),
                            models.Q(("calendar", ""), _negated=True),
                            _connector="OR",
                        ),
                        fields=["due_at", "id"],
                        name="message_kept",
                    ),
                    models.Index(
                        condition=models.Q(("about", ""), _negated=True),
                        fields=["about", "due_at", "id"],
                        name="message_about",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("failed_at__isnull", True),
                                ("gathered_at__isnull", True),
                                ("sent_at__isnull", True),
                                ("skipped_at__isnull", True),
                                ("state", "queued"),
                            ),
                            models.Q(
                                ("failed_at__isnull", True),
                                ("gathered_at__isnull", True),
                                ("sent_at__isnull", False),
                                ("skipped_at__isnull", True),
                                ("state", "sent"),
                            ),
                            models.Q(
                                ("failed_at__isnull", False),
                                ("gathered_at__isnull", True),
                                ("sent_at__isnull", True),
                                ("skipped_at__isnull", True),
                                ("state", "failed"),
                            ),
                            models.Q(
                                ("failed_at__isnull", True),
                                ("sent_at__isnull", True),
                                ("skipped_at__isnull", False),
                                ("state", "skipped"),
                            ),
                            models.Q(
                                ("failed_at__isnull", True),
                                ("gathered_at__isnull", False),
                                ("sent_at__isnull", True),
                                ("skipped_at__isnull", True),
                                ("state", "gathered"),
                            ),
                            _connector="OR",
                        ),
                        name="message_state_stamps",
                        violation_error_message="L’état du message et ses dates ne s’accordent pas.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("not_after__isnull", True), ("not_after__gt", models.F("due_at")), _connector="OR"
                        ),
                        name="message_not_after_follows_due",
                        violation_error_message="Indiquez une limite postérieure à la date d’envoi.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("calendar", ""), ("calendar_method", "")),
                            models.Q(
                                models.Q(("calendar", ""), _negated=True),
                                ("calendar_method__in", ["PUBLISH", "REQUEST", "CANCEL"]),
                            ),
                            _connector="OR",
                        ),
                        name="message_calendar_whole",
                        violation_error_message="Un agenda joint porte une méthode\xa0: PUBLISH, REQUEST ou CANCEL.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last_error", ""), ("state__in", ["failed", "skipped"]), _negated=True),
                        name="message_reason_given",
                        violation_error_message="Un message qui n’est pas parti dit pourquoi.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("outcome_at", None)),
                            models.Q(
                                ("outcome__in", ["delivered", "deferred", "bounced", "complained"]),
                                ("outcome_at__isnull", False),
                                ("state", "sent"),
                            ),
                            _connector="OR",
                        ),
                        name="message_outcome_of_sent",
                        violation_error_message="Seul un message remis a une suite, et sa date.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("gathered_into", None), ("state", "gathered"), _connector="OR"),
                        name="message_in_a_digest",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("secret", False), ("state", "queued"), ("context", {}), _connector="OR"),
                        name="message_secret_erased",
                        violation_error_message="Un message secret est effacé dès qu’il quitte la file.",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="message_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="e6b62bd49e4e11ff9cd71ad675c9a9e839cb5820",
                            operation="DELETE",
                            pgid="pgtrigger_message_stays_e83a2",
                            table="mail_message",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
