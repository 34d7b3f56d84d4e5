"""How a person gets to the room: the fields of acceslibre that describe a company's building, under their own names.

Source of names and choices: MTES-MCT/acceslibre, erp/schema.py (MIT). A boolean is yes, no, or unknown (null).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Case, Q, Value, When

from territories.closed_lists import WordField, WordsField

_ENTERED = Q(entree_plain_pied=True) | Q(entree_ascenseur=True) | Q(entree_marches_rampe="fixe")
_BARRED_INSIDE = Q(accueil_cheminement_plain_pied=False) & (
    Q(accueil_cheminement_ascenseur=False) | Q(accueil_cheminement_ascenseur__isnull=True)
)


class Accessibility(models.Model):
    """What is known of the way from the street to the room. `step_free` is what follows for a wheelchair."""

    class Ramp(models.TextChoices):
        NONE = "aucune", "aucune"
        FIXED = "fixe", "fixe"
        REMOVABLE = "amovible", "amovible"

    class Staff(models.TextChoices):
        NOBODY = "aucun", "personne à l’accueil"
        TRAINED = "formés", "personnel sensibilisé ou formé"
        UNTRAINED = "non-formés", "personnel non formé"

    class HearingAid(models.TextChoices):
        FIXED_LOOP = "bim", "boucle magnétique fixe"
        PORTABLE_LOOP = "bmp", "boucle magnétique portative"
        SIGN_LANGUAGE = "lsf", "langue des signes française"
        CUED_SPEECH = "lpc", "langue française parlée complétée"
        SUBTITLES = "sts", "sous-titrage ou transcription simultanée"
        OTHER = "autres", "autre"

    transport_station_presence = models.BooleanField("arrêt de transport à moins de 200 m", null=True)
    transport_information = models.CharField(
        "transports", max_length=300, blank=True, help_text="Ligne, arrêt, sortie, dernier passage le soir."
    )
    stationnement_pmr = models.BooleanField("place de stationnement adaptée sur le site", null=True)
    stationnement_ext_pmr = models.BooleanField("place de stationnement adaptée à moins de 200 m", null=True)
    cheminement_ext_plain_pied = models.BooleanField(
        "chemin de plain-pied du trottoir à l’entrée", null=True, help_text="Sans marche ni ressaut de plus de 2 cm."
    )
    entree_plain_pied = models.BooleanField(
        "entrée de plain-pied", null=True, help_text="Sans marche ni ressaut de plus de 2 cm."
    )
    entree_marches = models.PositiveSmallIntegerField("marches à l’entrée", null=True, blank=True)
    entree_marches_rampe = WordField("rampe à l’entrée", max_length=20, choices=Ramp, blank=True)
    entree_ascenseur = models.BooleanField("ascenseur ou élévateur à l’entrée", null=True)
    entree_largeur_mini = models.PositiveSmallIntegerField(
        "largeur de l’entrée", null=True, blank=True, help_text="En centimètres, au plus étroit."
    )
    entree_dispositif_appel = models.BooleanField("sonnette ou interphone", null=True)
    entree_aide_humaine = models.BooleanField("quelqu’un peut aider à entrer", null=True)
    entree_pmr = models.BooleanField("entrée à part pour les personnes à mobilité réduite", null=True)
    entree_pmr_informations = models.CharField("où est cette entrée", max_length=300, blank=True)
    accueil_cheminement_plain_pied = models.BooleanField("de plain-pied de l’entrée à la salle", null=True)
    accueil_cheminement_ascenseur = models.BooleanField("ascenseur jusqu’à la salle", null=True)
    accueil_ascenseur_etage_pmr = models.BooleanField(
        "ascenseur assez large pour un fauteuil", null=True, help_text="Cabine de 1 m sur 1,25 m, porte de 80 cm."
    )
    accueil_personnels = WordField("personnel d’accueil", max_length=20, choices=Staff, blank=True)
    accueil_equipements_malentendants = WordsField(
        WordField(max_length=20, choices=HearingAid),
        verbose_name="aide à l’audition et à la compréhension",
        default=list,
        blank=True,
    )
    sanitaires_presence = models.BooleanField("toilettes", null=True)
    sanitaires_adaptes = models.BooleanField("toilettes adaptées", null=True)
    commentaire = models.TextField("autres remarques", max_length=1000, blank=True)
    step_free = models.GeneratedField(
        expression=Case(
            When(_BARRED_INSIDE, then=Value(False)),  # an SQL literal
            When(_ENTERED, then=Value(True)),  # idem
            When(entree_plain_pied=False, then=Value(False)),  # idem
            default=None,
        ),
        output_field=models.BooleanField("accès sans marche", null=True),
        db_persist=True,
    )

    SECTIONS: ClassVar[list[tuple[str, tuple[str, ...]]]] = [
        (
            "Venir",
            (
                "transport_station_presence",
                "transport_information",
                "stationnement_pmr",
                "stationnement_ext_pmr",
                "cheminement_ext_plain_pied",
            ),
        ),
        (
            "Entrer",
            (
                "entree_plain_pied",
                "entree_marches",
                "entree_marches_rampe",
                "entree_ascenseur",
                "entree_largeur_mini",
                "entree_dispositif_appel",
                "entree_aide_humaine",
                "entree_pmr",
                "entree_pmr_informations",
            ),
        ),
        (
            "À l’intérieur",
            (
                "accueil_cheminement_plain_pied",
                "accueil_cheminement_ascenseur",
                "accueil_ascenseur_etage_pmr",
                "accueil_personnels",
                "accueil_equipements_malentendants",
                "sanitaires_presence",
                "sanitaires_adaptes",
                "commentaire",
            ),
        ),
    ]
    """Titles and fields, in the order in which a person goes."""

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="site_entrance_agrees",
                condition=~Q(entree_plain_pied=True, entree_marches__gt=0),
                violation_error_message="Une entrée de plain-pied n’a pas de marche.",
            ),
            models.CheckConstraint(
                name="site_toilets_agree",
                condition=~Q(sanitaires_presence=False, sanitaires_adaptes=True),
                violation_error_message="Des toilettes adaptées sont des toilettes\u00a0: cochez aussi leur présence.",
            ),
        ]

    def known_accessibility(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What is known, by section in the order of the way: labels and answers in words."""
        known = [(title, [(self._label(name), self._answer(name)) for name in names]) for title, names in self.SECTIONS]
        told = [(title, [(label, answer) for label, answer in lines if answer]) for title, lines in known]
        return [(title, lines) for title, lines in told if lines]

    def _label(self, name: str) -> str:
        label = str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # none of them is a relation
        return label[:1].upper() + label[1:]

    def _answer(self, name: str) -> str:
        value = getattr(self, name)
        match value:
            case None | "" | []:
                return ""
            case bool():
                return "oui" if value else "non"
            case list():
                return ", ".join(str(self.HearingAid(code).label) for code in value)
            case int():
                return f"{value}\u00a0cm" if name == "entree_largeur_mini" else str(value)
        labels = {"entree_marches_rampe": self.Ramp, "accueil_personnels": self.Staff}
        return str(labels[name](value).label) if name in labels else str(value)
