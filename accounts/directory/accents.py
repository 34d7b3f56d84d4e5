"""Letters that an earlier export lost (each became U+FFFD): put back where one word only can be meant.

The words are those that names and addresses of such places are made of, and common first names. A lost
character is always one that ASCII has not, hence a letter with an accent, a ligature or the apostrophe ’.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from accounts.directory.reading import LOST
from territories.folding import fold

_LEXICON = """
abbé abbés académie accès agglomération agglomérations aîné aînés allée allées âge ânes août arrière arène arènes
arrêt atelier association associations arrondissement bât bâtiment bâtiments canebière bénévolat bénévole bénévoles
bibliothécaire bibliothèque bibliothèques bière blé bœuf boîte bûcher café cafés carré cèdre cèdres célèbre château
châteaux châtelet chêne chênes chèque chômage chômeurs cinéma cité cités clé clés cœur collège collèges coopérative
coopératives communauté communautés complémentaire connecté connectée congrès connectés côte côtes côté crèche crèches
création créatif croisé créole culturel défense degré degrés délégation délégué délégués déléguée démarche démarches
démocratie département départemental départementale départementales départements développement différence diététique
dôme ébène écluse école écoles écologie économie économique écoute écureuil écureuils éducatif éducation église
églises électronique élémentaire élève élèves émeraude emploi énergie énergies enfance épicerie équipe équipement
érable espace espaces étang étage étape état étoile étranger étrangers étude étudiant étudiants étudiante évêché éveil
évènement événement expérience fabrique façade fédération féminin fête fêtes fontaine forêt forêts fossé fossés frère
frères française français françaises frêne frênes gare gaité général générale génération générations grâce grève
hébergement hélicoptère héritage hôpital hôpitaux horizon hôtel hôtels île îles immédiat impératrice indépendance
informatique information insertion intégration intérêt intérim itinérant itinérante itinérants jetée lycée lycées
lézard liberté libération lumière maréchal maréchaux maîtrise maître mémoire médecin médiane médiateur médiation
médiathèque médiathèques médical médico méditerranée méditerranéen méditerranéenne ménage métier métiers métropole
métropolitain mobilité mosaïque moulin mûrier mûriers musée musées mutualité naïade nécessité noël numérique
numériques observatoire odyssée opéra orée œuvre œuvres palmeraie paroisse pâquerette passé pensée pépinière
pépinières périscolaire père pères pérenne plâtre planète pléiade pôle pôles prévention pré prés préfecture première
premier présidence président présidente prieuré prévôt problème procédure professionnel propriété protégé proximité
quartier quatrième rééducation référence région régional régionale régions relié rénovation république réseau réseaux
résidence résidences résistance ressourcerie rhône rivière rivières rocher rosée sécurité sénior séniors sérénité
siècle siège société solidarité solidarités spécialisé stéphane succès sûreté théâtre théâtres tiède tilleul très
trésor unité université vallée vallées vérité verrière vélo vélos véranda vétérinaire viaduc ville zénith adélaïde
aimé aimée adèle agnès alizé anaïs andré andrée andréa barthélemy barthélémy benoît bérénice cécile céline césaire
césar chloé clémence clémenceau clément daphné danièle désiré désirée éboué édith édouard éliane élie élisée éloi
émile émilie éric étienne eugène eugénie ève fabrègue félicité félix françois françoise frédéric frédérique geneviève
gérard grégoire grégory hélène héloïse hervé honoré hugo inès irène irénée jérémie jérôme joël joséphine josé jérémy
léa léo léon léonard léonie lénine maël mélanie mickaël michèle mireille molière noé noémie pasteur prévert raphaël
rémi rémusat rémy rené renée régis rochambeau salomé sébastien sémard séverine solène sévérine stéphanie sylvère théo
théodore thérèse théophile timothée valéry valérie véronique victor zoé alpes ardèche ardennes bouches corrèze drôme
finistère gironde haute hérault isère lozère nièvre puy pyrénées réunion saône sèvres vendée guadeloupe mayotte
provence emmaüs
"""
_WORDS = tuple(_LEXICON.split())

_PLACEHOLDER = "zqxzq"
"""Stands for a lost letter while a text is folded: no word contains it."""

_TOKEN = re.compile(rf"[^\W\d_]*{LOST}(?:[^\W\d_]|{LOST})*")
_ELISIONS = frozenset("cdjlmnst")
_VOWELS = frozenset("aeiouyhœ")


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


def _of_one_length(words: Iterable[str]) -> dict[int, list[str]]:
    table: dict[int, list[str]] = {}
    for word in words:
        table.setdefault(len(word), []).append(word)
    return table


_KNOWN = _of_one_length(_WORDS)


def may_be(text: str, folded: str) -> bool:
    """Whether a text with lost letters may stand for this folded one.

    A lost letter may be any, two for a ligature, or an apostrophe, which folds to a space.
    """
    letters = re.escape(fold(text.replace(LOST, _PLACEHOLDER)))
    return bool(re.fullmatch(letters.replace(_PLACEHOLDER, "[a-z ]{1,2}"), folded))


def restore(text: str, names: Iterable[str] = ()) -> str:
    """The text with the lost letters that can only be meant one way; the others stay lost.

    `names` are names that the text is likely to contain, such as its commune's. Letters that are there are
    never changed: « M?diatheque », its « ? » lost, becomes « Médiatheque ».
    """
    if LOST not in text:
        return text
    local = [word for name in names for word in re.findall(r"[^\W\d_]+", name.lower())]
    return _TOKEN.sub(lambda found: _restore_word(found[0], local, begins=found.start() == 0), text)


def _restore_word(token: str, local: Sequence[str], *, begins: bool) -> str:
    lower = token.lower()
    meant = {*_meant(lower, local), *_elided(lower, local)}
    if len(meant) != 1:
        return token
    word = meant.pop()
    letters = token.replace(LOST, "")
    if len(letters) > 1 and letters.isupper():
        word = word.upper()
    elif token[0] == LOST and begins:
        word = word[0].upper() + word[1:]
    return "".join(found if kept == LOST else kept for kept, found in zip(token, word, strict=True))


def _meant(token: str, local: Sequence[str]) -> Iterator[str]:
    """The token with the letters that each word that it may be gives it."""
    for word in (*_KNOWN.get(len(token), ()), *local):
        if len(word) == len(token) and all(map(_may_be, token, word)):
            yield "".join(theirs if ours == LOST else ours for ours, theirs in zip(token, word, strict=True))


def _may_be(ours: str, theirs: str) -> bool:
    return not theirs.isascii() if ours == LOST else _plain(ours) == _plain(theirs)


def _elided(token: str, local: Sequence[str]) -> Iterator[str]:
    """« l?arrondissement » is « l’arrondissement »: what is lost may be the apostrophe."""
    if token[0] in _ELISIONS and token[1:2] == LOST:
        yield from (f"{token[0]}’{rest}" for rest in _meant(token[2:], local) if _plain(rest[0]) in _VOWELS)
