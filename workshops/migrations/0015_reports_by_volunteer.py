import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0014_preparation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            ],
            options={
                "verbose_name": "présence d’un bénévole",
                "verbose_name_plural": "présences des bénévoles",
                "ordering": ("told_at", "pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="report",
            name="report_counts_of_its_side",
        ),
        migrations.RemoveConstraint(
            model_name="report",
            name="report_rating_in_scale",
        ),
        migrations.AddField(
            model_name="report",
            name="absent",
            field=models.CharField(
                blank=True,
                choices=[("company", "entreprise"), ("association", "association")],
                max_length=20,
                verbose_name="qui n’est pas venu",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="mecenat_minutes",
            field=models.PositiveIntegerField(null=True, verbose_name="dont minutes de mécénat de compétences"),
        ),
        migrations.AddField(
            model_name="report",
            name="sessions_cleared",
            field=models.BooleanField(
                help_text="sur les ordinateurs prêtés\xa0; vide quand il n’y en avait pas",
                null=True,
                verbose_name="sessions effacées",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="taught",
            field=django.contrib.postgres.fields.ArrayField(
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
        migrations.AlterField(
            model_name="report",
            name="rating",
            field=models.PositiveSmallIntegerField(
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)],
                verbose_name="note",
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="volunteer_minutes",
            field=models.PositiveIntegerField(null=True, verbose_name="minutes des bénévoles, en tout"),
        ),
        migrations.RunSQL(
            "UPDATE workshops_report SET mecenat_minutes = 0 WHERE side = 'company'", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("volunteers", 0), _negated=True), ("volunteer_minutes", 0), _connector="OR"
                ),
                name="report_minutes_of_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("absent", ""), ("rating__isnull", False), ("rating__range", (1, 5))),
                    models.Q(models.Q(("absent", ""), _negated=True), ("rating__isnull", True)),
                    _connector="OR",
                ),
                name="report_rating_in_scale",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("absent", ""),
                    models.Q(("absent", "company"), ("attended", 0), ("side", "association"), ("taught", [])),
                    models.Q(("absent", "association"), ("side", "company")),
                    _connector="OR",
                ),
                name="report_nobody_where_one_was_absent",
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="told_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="volunteer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="attendance",
            name="workshop",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="attendances", to="workshops.workshop"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(fields=("workshop", "volunteer"), name="attendance_told_once"),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(("minutes__lte", 720)), name="attendance_within_half_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.CheckConstraint(
                condition=models.Q(("engagement_type__in", ["benevolat", "mecenat"])),
                name="attendance_engagement_known",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="attendance",
            trigger=pgtrigger.compiler.Trigger(
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
        ),
    ]
