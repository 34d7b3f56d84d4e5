"""A sheet for each topic: what to aim for in two hours, how to go about it, and free public pages that help.

Our own words; the addresses are those of public services and of public-interest projects, free of charge.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from accounts.vocabulary import Topic


class Resource(NamedTuple):
    """A page elsewhere, free and without an account unless `note` says so."""

    name: str
    url: str
    note: str = ""


class Sheet(NamedTuple):
    """What people can do at the end, the exercises that lead there in their order, what helps."""

    goals: tuple[str, ...]
    exercises: tuple[str, ...]
    resources: tuple[Resource, ...]


BASICS = Resource("Les Bons Clics", "https://www.lesbonsclics.fr", "parcours pas à pas pour débuter")
BASES = Resource("Les Bases", "https://lesbases.anct.gouv.fr", "fiches et jeux partagés par des médiateurs")
PIX = Resource("Pix", "https://pix.fr", "tests et entraînement, avec un compte gratuit")
SCAMS = Resource("Cybermalveillance", "https://www.cybermalveillance.gouv.fr", "que faire devant une arnaque")
PRIVACY = Resource("La CNIL", "https://www.cnil.fr", "conseils pour protéger sa vie privée")
PROCEDURES = Resource("Service-Public", "https://www.service-public.gouv.fr", "toutes les démarches, expliquées")

SHEETS: Mapping[Topic, Sheet] = MappingProxyType({
    Topic.DIAGNOSTIC: Sheet(
        goals=(
            "Dire ce que chacun fait déjà, et ce qu’il voudrait faire seul.",
            "Repartir avec un ou deux ateliers qui lui conviennent.",
        ),
        exercises=(
            "Tour de table\u00a0: un téléphone, un ordinateur, une adresse électronique\u202f? Pour quoi faire\u202f?",
            "Trois gestes à montrer\u00a0: allumer et se connecter, chercher une adresse, écrire un message.",
            "Avec chacun, choisir une chose à apprendre d’abord, et l’écrire.",
        ),
        resources=(BASICS, PIX),
    ),
    Topic.DEVICES: Sheet(
        goals=("Allumer, éteindre, régler le son et la taille des lettres.", "Se servir d’une souris et d’un clavier."),
        exercises=(
            "Nommer ce qu’on voit\u00a0: écran, bouton, clavier, souris, prise.",
            "Déplacer, cliquer, faire défiler\u00a0: un jeu de cartes suffit.",
            "Écrire son prénom, avec une majuscule et un accent.",
            "Agrandir les lettres, et remettre comme avant.",
        ),
        resources=(BASICS, BASES),
    ),
    Topic.MAINTENANCE: Sheet(
        goals=("Faire une mise à jour, libérer de la place.", "Savoir à qui demander avant d’acheter du neuf."),
        exercises=(
            "Regarder ensemble la place qui reste, et ce qui la prend.",
            "Installer une mise à jour, et dire à quoi elle sert.",
            "Copier ses photos ailleurs\u00a0: une clé, puis un second endroit.",
        ),
        resources=(
            Resource("Épargnons nos ressources", "https://epargnonsnosressources.gouv.fr", "réparer, réemployer"),
            SCAMS,
        ),
    ),
    Topic.CONTENTS: Sheet(
        goals=("Retrouver un fichier.", "Ranger, renommer, supprimer, copier."),
        exercises=(
            "Faire un dossier à son nom, y ranger trois fichiers.",
            "Renommer un fichier pour le retrouver dans un an.",
            "Prendre une photo, et la retrouver sur l’ordinateur.",
        ),
        resources=(BASICS, PIX),
    ),
    Topic.INTERNET: Sheet(
        goals=("Aller à une adresse, chercher une réponse.", "Distinguer un résultat d’une publicité."),
        exercises=(
            "Chercher l’horaire de sa mairie, puis de sa pharmacie de garde.",
            "Comparer deux résultats\u00a0: qui parle, depuis quand\u202f?",
            "Revenir en arrière, ouvrir un second onglet, garder une page en favori.",
        ),
        resources=(BASICS, PIX, PRIVACY),
    ),
    Topic.EMAIL: Sheet(
        goals=("Lire, écrire, répondre.", "Joindre un document, reconnaître un message douteux."),
        exercises=(
            "S’écrire d’un poste à l’autre, puis répondre.",
            "Joindre une photo prise pendant l’atelier.",
            "Trier cinq messages imprimés\u00a0: lequel est un piège, à quoi le voit-on\u202f?",
        ),
        resources=(BASICS, SCAMS),
    ),
    Topic.OFFICE: Sheet(
        goals=("Écrire une lettre et l’imprimer.", "Faire un tableau simple, avec un total."),
        exercises=(
            "Recopier une lettre courte, mettre la date à droite, enregistrer.",
            "Corriger avec le correcteur, sans lui obéir toujours.",
            "Noter ses dépenses d’une semaine, et en demander la somme.",
        ),
        resources=(
            Resource("LibreOffice", "https://fr.libreoffice.org", "la suite bureautique libre, à installer"),
            PIX,
        ),
    ),
    Topic.SOCIAL_NETWORKS: Sheet(
        goals=("Donner des nouvelles à ses proches, en image et en voix.", "Choisir qui voit quoi."),
        exercises=(
            "Passer un appel en vidéo d’un bout à l’autre de la salle.",
            "Regarder ses réglages\u00a0: qui lit ce que j’écris\u202f?",
            "Bloquer et signaler\u00a0: où est le bouton\u202f?",
        ),
        resources=(PRIVACY, Resource("3018", "https://e-enfance.org", "contre le harcèlement en ligne, gratuit")),
    ),
    Topic.HEALTH: Sheet(
        goals=("Prendre un rendez-vous.", "Consulter ses remboursements et son espace santé."),
        exercises=(
            "Chercher un médecin près d’ici, aller jusqu’à l’avant-dernière page.",
            "Repérer où demander une attestation de droits.",
            "Décider ce qu’on montre, et à qui. La personne saisit elle-même ses codes.",
        ),
        resources=(
            Resource("Assurance maladie", "https://www.ameli.fr"),
            Resource("Mon espace santé", "https://www.monespacesante.fr"),
        ),
    ),
    Topic.BANKING: Sheet(
        goals=("Lire son compte, faire un virement, payer un achat.", "Ne jamais donner un code à qui le demande."),
        exercises=(
            "Sur une page imprimée, trouver le solde, la date, le prélèvement.",
            "Jouer l’appel d’un faux conseiller\u00a0: raccrocher, rappeler le numéro de sa carte.",
            "Avant d’acheter\u00a0: qui vend, où, comment se plaindre\u202f?",
        ),
        resources=(
            Resource("Mes questions d’argent", "https://www.mesquestionsdargent.fr", "par la Banque de France"),
            SCAMS,
        ),
    ),
    Topic.ENTREPRENEURSHIP: Sheet(
        goals=("Se rendre visible en ligne.", "Faire ses factures et ses déclarations soi-même."),
        exercises=(
            "Chercher son activité comme le ferait un client.",
            "Écrire les cinq lignes qui la présentent.",
            "Repérer ses échéances, et où les déclarer.",
        ),
        resources=(
            Resource("France Num", "https://www.francenum.gouv.fr", "le numérique des petites entreprises"),
            Resource("Entreprendre", "https://entreprendre.service-public.gouv.fr"),
        ),
    ),
    Topic.EMPLOYMENT: Sheet(
        goals=("Chercher une offre, la garder, y répondre.", "Avoir un CV à jour, que l’on sait envoyer."),
        exercises=(
            "Chercher trois offres à moins d’une heure de chez soi.",
            "Écrire son CV à partir d’une liste faite à la main.",
            "L’enregistrer en PDF et l’envoyer à son voisin de table.",
        ),
        resources=(
            Resource("France Travail", "https://www.francetravail.fr", "offres sans compte, suivi avec un compte"),
            PIX,
        ),
    ),
    Topic.SECURITY: Sheet(
        goals=("Faire un bon mot de passe et le retrouver.", "Reconnaître un piège, savoir qui prévenir."),
        exercises=(
            "Inventer une phrase facile à retenir et en faire un mot de passe. Ne pas l’écrire au tableau.",
            "Cinq messages, un piège ou non\u202f? On vote, on explique.",
            "Que faire si l’on a cliqué\u00a0: qui appeler, dans quel ordre\u202f?",
        ),
        resources=(SCAMS, PRIVACY, Resource("33700", "https://www.33700.fr", "signaler un SMS douteux")),
    ),
    Topic.PARENTING: Sheet(
        goals=("Parler des écrans sans se fâcher.", "Régler le contrôle parental d’un appareil."),
        exercises=(
            "Chacun raconte un moment d’écran qui s’est bien passé.",
            "Trouver le contrôle parental d’un téléphone, en choisir trois réglages.",
            "Écrire à deux une règle qui vaut aussi pour les parents.",
        ),
        resources=(
            Resource("Je protège mon enfant", "https://jeprotegemonenfant.gouv.fr"),
            Resource("3018", "https://e-enfance.org", "conseils aux familles, gratuit"),
        ),
    ),
    Topic.SCHOOLING: Sheet(
        goals=("Suivre la scolarité de son enfant en ligne.", "Écrire à un professeur, lire une réponse."),
        exercises=(
            "Repérer sur une page imprimée\u00a0: devoirs, notes, absences, messages.",
            "Écrire un mot court pour excuser une absence.",
            "Retrouver son identifiant quand on l’a perdu.",
        ),
        resources=(
            Resource("ÉduConnect", "https://educonnect.education.gouv.fr", "le compte des parents"),
            Resource("Ministère de l’Éducation nationale", "https://www.education.gouv.fr"),
        ),
    ),
    Topic.CREATION: Sheet(
        goals=("Faire une image, un son ou une petite histoire.", "Citer ce que l’on emprunte."),
        exercises=(
            "Photographier un objet de la salle, le recadrer.",
            "Ajouter un titre et une légende.",
            "Programmer un personnage qui dit bonjour.",
        ),
        resources=(
            Resource("Scratch", "https://scratch.mit.edu", "programmer en assemblant des blocs"),
            Resource("Gallica", "https://gallica.bnf.fr", "images libres de la Bibliothèque nationale"),
        ),
    ),
    Topic.CULTURE: Sheet(
        goals=("Comprendre où vont ses données.", "Se faire une idée d’une information avant de la partager."),
        exercises=(
            "Dessiner le chemin d’un message, d’un téléphone à l’autre.",
            "Une photo, deux légendes\u00a0: laquelle est vraie, comment vérifier\u202f?",
            "Refuser des traceurs sur une page, et voir que tout marche encore.",
        ),
        resources=(
            PRIVACY,
            Resource("CLEMI", "https://www.clemi.fr", "l’éducation aux médias, pour tous les âges"),
        ),
    ),
    Topic.AI: Sheet(
        goals=("Savoir ce qu’un assistant sait faire, et où il se trompe.", "N’y mettre rien de personnel."),
        exercises=(
            "Poser une question dont la salle connaît la réponse. Est-elle juste\u202f?",
            "Faire raccourcir une lettre, puis la relire et la corriger.",
            "Dire ce que l’on n’écrira jamais à un assistant.",
        ),
        resources=(
            Resource("Elements of AI", "https://www.elementsofai.fr", "cours gratuit, avec un compte"),
            PRIVACY,
        ),
    ),
    Topic.PROCEDURES: Sheet(
        goals=("Trouver la bonne page et la bonne démarche.", "Se connecter seul, garder une preuve."),
        exercises=(
            "Chercher une démarche par les mots de tous les jours.",
            "Reconnaître l’adresse d’un site de l’État, et une imitation payante.",
            "Enregistrer l’accusé de réception là où on le retrouvera.",
        ),
        resources=(
            PROCEDURES,
            Resource("FranceConnect", "https://franceconnect.gouv.fr", "un compte connu pour tous les services"),
            Resource("France services", "https://www.france-services.gouv.fr", "quelqu’un pour aider, près d’ici"),
        ),
    ),
})  # fmt: skip
