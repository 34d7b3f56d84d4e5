"""The national vocabulary of digital mediation, shared by supply and demand.

Codes and labels of topics, levels and age brackets come from the activity grid of La Coop de la médiation
numérique (github: inclusion-numerique/coop-mediation-numerique, commit 46aa33bd, June 2026).
"""

from django.db import models


class Topic(models.TextChoices):
    """What a workshop teaches."""

    DIAGNOSTIC = "diagnostic_numerique", "Diagnostic numérique"
    DEVICES = "prendre_en_main_du_materiel", "Prendre en main du matériel"
    MAINTENANCE = "maintenance_de_materiel", "Maintenance de matériel"
    CONTENTS = "gere_ses_contenus_numeriques", "Gérer ses contenus numériques"
    INTERNET = "navigation_sur_internet", "Navigation sur internet"
    EMAIL = "email", "E-mail"
    OFFICE = "bureautique", "Bureautique"
    SOCIAL_NETWORKS = "reseaux_sociaux", "Réseaux sociaux, communication"
    HEALTH = "sante", "Santé"
    BANKING = "banque_et_achats_en_ligne", "Banque et achats en ligne"
    ENTREPRENEURSHIP = "entrepreneuriat", "Accompagner un professionnel"
    EMPLOYMENT = "insertion_professionnelle", "Insertion professionnelle"
    SECURITY = "securite_numerique", "Prévention en sécurité numérique"
    PARENTING = "parentalite", "Parentalité"
    SCHOOLING = "scolarite_et_numerique", "Scolarité et numérique"
    CREATION = "creer_avec_le_numerique", "Créer avec le numérique"
    CULTURE = "culture_numerique", "Culture numérique"
    AI = "intelligence_artificielle", "Intelligence artificielle (IA)"
    PROCEDURES = "aide_aux_demarches_administratives", "Aide aux démarches administratives"


class Level(models.TextChoices):
    """What the participants know already."""

    BEGINNER = "debutant", "débutant"
    INTERMEDIATE = "intermediaire", "intermédiaire"
    ADVANCED = "avance", "avancé"
