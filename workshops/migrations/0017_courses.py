import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0012_audit_of_expiry"),
        ("workshops", "0016_feeds_of_organisations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
            },
        ),
        migrations.AddField(
            model_name="booking",
            name="course",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bookings",
                to="workshops.course",
                verbose_name="parcours",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.UniqueConstraint(fields=("id", "association"), name="course_association_key"),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="course_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(condition=models.Q(("participants__gte", 1)), name="course_of_somebody"),
        ),
        migrations.RunSQL(
            "ALTER TABLE workshops_booking ADD CONSTRAINT booking_course_of_association "
            "FOREIGN KEY (course_id, association_id) REFERENCES workshops_course (id, association_id) "
            "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE workshops_booking DROP CONSTRAINT booking_course_of_association",
        ),
    ]
