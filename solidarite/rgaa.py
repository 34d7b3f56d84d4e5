"""The 106 criteria of the RGAA 4.1.2 in few words of ours, and how each of them is verified here.

Numbers and subjects: DINUM, https://accessibilite.numerique.gouv.fr/methode/criteres-et-tests/ (RGAA 4.1.2).
"""

from __future__ import annotations

from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

SUBJECTS = (
    "Images",
    "Cadres",
    "Couleurs",
    "Multimédia",
    "Tableaux",
    "Liens",
    "Scripts",
    "Éléments obligatoires",
    "Structuration de l’information",
    "Présentation de l’information",
    "Formulaires",
    "Navigation",
    "Consultation",
)


class How(StrEnum):
    """How a criterion is verified."""

    TESTED = "testé"
    """On every page, by a program, at each change."""
    READ = "relu"
    """By people, in templates and screens, when a page changes; no program sees it."""
    ABSENT = "sans objet"
    """The portal has nothing of the kind, and a test or the security policy keeps it so where one can."""
    OPEN = "à auditer"
    """Not verified with assistive technologies yet."""


class Criterion(NamedTuple):
    """One of them: its number, what it asks for, how it is verified, and with what."""

    number: str
    asks: str
    how: How
    by: str = ""

    @property
    def subject(self) -> str:
        """The heading under which it stands."""
        return SUBJECTS[int(self.number.split(".")[0]) - 1]


AXE, CODE, WALK, WIDE = "axe", "test du code", "parcours au clavier", "mesure de la largeur"
NO_IMAGE_TEXT = "aucune image de texte"
NO_MEDIA = "ni son ni vidéo"
TESTED, READ, ABSENT, OPEN = How

CRITERIA = tuple(Criterion(*one) for one in (
    ("1.1", "Une image qui informe a une alternative.", TESTED, AXE),
    ("1.2", "Une image de décoration est ignorée.", TESTED, AXE),
    ("1.3", "L’alternative dit ce que dit l’image.", READ),
    ("1.4", "L’alternative d’un captcha dit à quoi il sert.", ABSENT, "le contrôle anti-robot est un calcul"),
    ("1.5", "Un captcha a une autre solution.", ABSENT, "le contrôle anti-robot est un calcul"),
    ("1.6", "Une image complexe a une description détaillée.", READ, "un tableau à côté de chaque carte ou graphique"),
    ("1.7", "Cette description est juste.", TESTED, "les tableaux sont comparés aux données"),
    ("1.8", "Du texte plutôt qu’une image de texte.", ABSENT, NO_IMAGE_TEXT),
    ("1.9", "Une légende est reliée à son image.", READ),
    ("2.1", "Un cadre a un titre.", ABSENT, "interdits par la politique de sécurité"),
    ("2.2", "Le titre du cadre est juste.", ABSENT, "interdits par la politique de sécurité"),
    ("3.1", "La couleur n’est jamais seule à informer.", READ, "un mot ou une forme l’accompagne"),
    ("3.2", "Le texte contraste assez.", TESTED, "axe, en clair et en sombre"),
    ("3.3", "Contrôles et dessins contrastent assez.", READ, "rapports calculés pour chaque couleur"),
    ("4.1", "Un média a une transcription.", ABSENT, NO_MEDIA),
    ("4.2", "La transcription est juste.", ABSENT, NO_MEDIA),
    ("4.3", "Une vidéo a des sous-titres.", ABSENT, NO_MEDIA),
    ("4.4", "Les sous-titres sont justes.", ABSENT, NO_MEDIA),
    ("4.5", "Une vidéo a une audiodescription.", ABSENT, NO_MEDIA),
    ("4.6", "L’audiodescription est juste.", ABSENT, NO_MEDIA),
    ("4.7", "On sait ce qu’est chaque média.", ABSENT, NO_MEDIA),
    ("4.8", "Un média sans durée a une alternative.", READ, "la carte à tuiles double une carte dessinée et une liste"),
    ("4.9", "Cette alternative est juste.", TESTED, "liste, semaine et carte comptent la même chose"),
    ("4.10", "Un son qui démarre seul s’arrête.", ABSENT, NO_MEDIA),
    ("4.11", "Un média se commande au clavier.", ABSENT, NO_MEDIA),
    ("4.12", "Un média sans durée se commande au clavier.", READ, "la carte à tuiles s’ouvre par un bouton"),
    ("4.13", "Les aides techniques comprennent les médias.", OPEN),
    ("5.1", "Un tableau complexe a un résumé.", ABSENT, "aucun tableau à plusieurs niveaux d’en-têtes"),
    ("5.2", "Ce résumé est juste.", ABSENT, "aucun tableau à plusieurs niveaux d’en-têtes"),
    ("5.3", "Un tableau de mise en forme se lit dans l’ordre.", ABSENT, "sauf dans les courriels, où il est annoncé"),
    ("5.4", "Le titre d’un tableau lui est lié.", TESTED, CODE),
    ("5.5", "Ce titre est juste.", READ),
    ("5.6", "Les en-têtes sont déclarés.", TESTED, AXE),
    ("5.7", "Chaque cellule est liée à ses en-têtes.", TESTED, AXE),
    ("5.8", "Un tableau de mise en forme n’a rien d’un tableau de données.", ABSENT),
    ("6.1", "Un lien dit où il mène.", READ, "le nom complet est lu là où la vue suffit à qui voit"),
    ("6.2", "Un lien a un intitulé.", TESTED, AXE),
    ("7.1", "Les aides techniques comprennent les scripts.", OPEN, "axe après chaque mise à jour"),
    ("7.2", "Ce qui remplace un script est juste.", TESTED, "tout se fait sans JavaScript"),
    ("7.3", "Un script se commande au clavier.", TESTED, WALK),
    ("7.4", "Un changement de page ne surprend pas.", READ, "rien ne part sans un bouton"),
    ("7.5", "Les messages d’état sont annoncés.", TESTED, CODE),
    ("8.1", "La page dit de quel type elle est.", TESTED, CODE),
    ("8.2", "Le code est valide.", TESTED, AXE),
    ("8.3", "La langue est dite.", TESTED, AXE),
    ("8.4", "La langue dite est la bonne.", TESTED, CODE),
    ("8.5", "La page a un titre.", TESTED, AXE),
    ("8.6", "Ce titre est juste.", READ),
    ("8.7", "Un passage en autre langue est signalé.", READ),
    ("8.8", "Cette langue est la bonne.", TESTED, AXE),
    ("8.9", "Aucune balise pour le seul décor.", READ),
    ("8.10", "Un sens de lecture qui change est signalé.", ABSENT),
    ("9.1", "Les titres forment un plan.", TESTED, AXE),
    ("9.2", "La page a ses grandes zones.", TESTED, AXE),
    ("9.3", "Les listes sont des listes.", TESTED, AXE),
    ("9.4", "Les citations sont des citations.", READ),
    ("10.1", "La mise en forme est dans les feuilles de style.", TESTED, CODE),
    ("10.2", "Sans style, rien ne manque.", READ),
    ("10.3", "Sans style, l’ordre reste bon.", READ),
    ("10.4", "Le texte grossit à 200 %.", TESTED, WIDE),
    ("10.5", "Fond et texte ont chacun leur couleur.", READ),
    ("10.6", "Un lien dans un texte se voit.", TESTED, AXE),
    ("10.7", "L’endroit où l’on est se voit.", TESTED, WALK),
    ("10.8", "Ce qui est caché l’est pour tous, ou pour aucun.", TESTED, AXE),
    ("10.9", "Une forme ou une place n’informe jamais seule.", READ),
    ("10.10", "Elle n’informe pas seule non plus par un mot.", READ),
    ("10.11", "Rien ne déborde à 320 points de large.", TESTED, WIDE),
    ("10.12", "Les espaces du texte s’agrandissent.", TESTED, WIDE),
    ("10.13", "Ce qui apparaît au survol se commande.", ABSENT, "rien n’apparaît au survol"),
    ("10.14", "Ce que le style fait apparaître se voit au clavier.", ABSENT, "rien n’apparaît au survol"),
    ("11.1", "Un champ a une étiquette.", TESTED, AXE),
    ("11.2", "L’étiquette est juste.", READ),
    ("11.3", "Un même champ a partout le même nom.", READ),
    ("11.4", "L’étiquette est près de son champ.", READ),
    ("11.5", "Les champs qui vont ensemble sont groupés.", READ),
    ("11.6", "Un groupe a une légende.", TESTED, AXE),
    ("11.7", "La légende est juste.", READ),
    ("11.8", "Les choix d’une liste sont rangés.", READ),
    ("11.9", "Un bouton dit ce qu’il fait.", TESTED, AXE),
    ("11.10", "Une erreur dit où elle est, et ce qui est obligatoire est dit.", TESTED, CODE),
    ("11.11", "Une erreur dit comment la corriger.", READ),
    ("11.12", "Ce qui engage se relit, se corrige ou s’annule.", READ),
    ("11.13", "Le navigateur sait remplir ce qui est personnel.", TESTED, CODE),
    ("12.1", "Deux façons de trouver une page.", READ, "le menu et le plan du site"),
    ("12.2", "Le menu est partout à sa place.", READ),
    ("12.3", "Le plan du site est juste.", TESTED, CODE),
    ("12.4", "Le plan du site est partout à portée.", READ, "dans le pied de page"),
    ("12.5", "Le moteur de recherche est partout à portée.", READ, "«\u00a0Créneaux\u00a0» dans le menu"),
    ("12.6", "Les grandes zones se rejoignent ou s’évitent.", TESTED, AXE),
    ("12.7", "Un lien mène droit au contenu.", TESTED, AXE),
    ("12.8", "On avance dans l’ordre de la lecture.", TESTED, WALK),
    ("12.9", "On ne reste pris nulle part au clavier.", TESTED, WALK),
    ("12.10", "Aucune touche seule ne commande.", ABSENT, "les touches de la modération se combinent"),
    ("12.11", "Ce qui apparaît se rejoint au clavier.", TESTED, WALK),
    ("13.1", "On a le temps, ou on peut le prolonger.", READ, "deux semaines de session, aucun formulaire perdu"),
    ("13.2", "Aucune fenêtre ne s’ouvre seule.", READ),
    ("13.3", "Un document à télécharger est accessible.", TESTED, "PDF balisés, PDF/UA-1"),
    ("13.4", "Sa version accessible dit la même chose.", READ, "les mêmes lignes que la page"),
    ("13.5", "Un signe cryptique a une alternative.", ABSENT),
    ("13.6", "Cette alternative est juste.", ABSENT),
    ("13.7", "Rien ne clignote fort.", ABSENT),
    ("13.8", "Ce qui bouge s’arrête.", TESTED, "rien ne bouge plus de 150 ms, ni quand on l’a refusé"),
    ("13.9", "L’écran se tourne.", READ),
    ("13.10", "Aucun geste complexe n’est nécessaire.", ABSENT),
    ("13.11", "Un appui se retire avant d’être relâché.", READ, "boutons et liens du navigateur"),
    ("13.12", "Aucun mouvement de l’appareil n’est nécessaire.", ABSENT),
))  # fmt: skip


def by_subject() -> list[tuple[str, list[Criterion]]]:
    """Under their headings, in the order of their numbers."""
    return [(subject, list(found)) for subject, found in groupby(CRITERIA, lambda one: one.subject)]


def counts() -> dict[How, int]:
    """How many are verified in which way."""
    return {how: sum(one.how == how for one in CRITERIA) for how in How}
