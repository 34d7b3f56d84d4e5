"""The national vocabulary of digital mediation, shared by supply and demand.

Codes and labels of topics, levels and age brackets come from the activity grid of La Coop de la médiation
numérique (github: inclusion-numerique/coop-mediation-numerique, commit 46aa33bd, June 2026).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """What a workshop teaches."""

    DIAGNOSTIC = "diagnostic_numerique", _("Diagnostic numérique")
    DEVICES = "prendre_en_main_du_materiel", _("Prendre en main du matériel")
    MAINTENANCE = "maintenance_de_materiel", _("Maintenance de matériel")
    CONTENTS = "gere_ses_contenus_numeriques", _("Gérer ses contenus numériques")
    INTERNET = "navigation_sur_internet", _("Navigation sur internet")
    EMAIL = "email", _("E-mail")
    OFFICE = "bureautique", _("Bureautique")
    SOCIAL_NETWORKS = "reseaux_sociaux", _("Réseaux sociaux, communication")
    HEALTH = "sante", _("Santé")
    BANKING = "banque_et_achats_en_ligne", _("Banque et achats en ligne")
    ENTREPRENEURSHIP = "entrepreneuriat", _("Accompagner un professionnel")
    EMPLOYMENT = "insertion_professionnelle", _("Insertion professionnelle")
    SECURITY = "securite_numerique", _("Prévention en sécurité numérique")
    PARENTING = "parentalite", _("Parentalité")
    SCHOOLING = "scolarite_et_numerique", _("Scolarité et numérique")
    CREATION = "creer_avec_le_numerique", _("Créer avec le numérique")
    CULTURE = "culture_numerique", _("Culture numérique")
    AI = "intelligence_artificielle", _("Intelligence artificielle (IA)")
    PROCEDURES = "aide_aux_demarches_administratives", _("Aide aux démarches administratives")


class Level(models.TextChoices):
    """What the participants know already."""

    BEGINNER = "debutant", "débutant"
    INTERMEDIATE = "intermediaire", "intermédiaire"
    ADVANCED = "avance", "avancé"


class Audience(models.TextChoices):
    """Who comes, in the words of data·inclusion: codes and labels of `Public` in its schema 1.0.10."""

    WORKING = "actifs", "Actifs"
    MINIMUM_INCOME = "beneficiaires-des-minimas-sociaux", "Bénéficiaires des minimas sociaux"
    JOB_SEEKERS = "demandeurs-emploi", "Demandeurs d’emploi"
    STUDENTS = "etudiants", "Étudiants"
    FAMILIES = "familles", "Familles"
    WOMEN = "femmes", "Femmes"
    YOUNG = "jeunes", "Jeunes"
    DISABLED = "personnes-en-situation-de-handicap", "Personnes en situation de handicap"
    EMERGENCY = "personnes-en-situation-durgence", "Personnes en situation d’urgence"
    LEGAL = "personnes-en-situation-juridique-specifique", "Personnes en situation juridique spécifique"
    EXILED = "personnes-exilees", "Personnes exilées"
    PRIORITY_AREAS = "residents-qpv-frr", "Résidents en QPV ou FRR"
    SENIORS = "seniors", "Séniors"


class Language(models.TextChoices):
    """Languages other than French that are heard in workshops: ISO 639-1, else 639-5 or 639-3."""

    ENGLISH = "en", _("anglais")
    ARABIC = "ar", _("arabe")
    SPANISH = "es", _("espagnol")
    PORTUGUESE = "pt", _("portugais")
    TURKISH = "tr", _("turc")
    UKRAINIAN = "uk", _("ukrainien")
    RUSSIAN = "ru", _("russe")
    ROMANIAN = "ro", _("roumain")
    PERSIAN = "fa", _("persan, dari")
    PASHTO = "ps", _("pachto")
    CHINESE = "zh", _("chinois")
    CREOLE = "cpf", _("créole")
    SIGN = "fsl", _("langue des signes française")
