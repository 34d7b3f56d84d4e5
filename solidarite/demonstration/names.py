"""Invented names of companies, associations, sites and people. Any likeness is chance."""

TRADES = (
    "Imprimerie", "Menuiserie", "Transports", "Cartonnerie", "Fonderie", "Verrerie", "Laiterie", "Brasserie",
    "Assurances", "Conserverie", "Messagerie", "Filature", "Tuilerie", "Serrurerie", "Papeterie", "Horlogerie",
    "Biscuiterie", "Logiciels", "Bureau d’études", "Ateliers",
)  # fmt: skip
PLACES = (
    "du Parc", "des Tilleuls", "de la Halle", "du Vieux Pont", "des Trois Rivières", "du Phare", "de la Gare",
    "des Hautes Terres", "du Canal", "de l’Écluse", "des Remparts", "du Belvédère", "de la Clairière", "du Levant",
    "des Quatre Vents", "de la Fontaine", "du Moulin Neuf", "des Ormes", "du Bord de l’eau", "de la Colline",
)  # fmt: skip
# All plural, so that every kind agrees with every cause.
CAUSES = (
    "Les Clics", "Les Claviers", "Les Écrans", "Les Passerelles", "Les Déclics", "Les Pixels", "Les Boussoles",
    "Les Relais", "Les Étincelles", "Les Toiles", "Les Coups de pouce", "Les Curieux", "Les Échelles", "Les Fils",
)  # fmt: skip
KINDS = ("solidaires", "pour tous", "du quartier", "ensemble", "en ligne", "du numérique")
FIRST_NAMES = (
    "Aïcha", "Bruno", "Camille", "Djibril", "Élise", "Fatou", "Gaël", "Hélène", "Inès", "Jonas", "Karim", "Lucie",
    "Maëlle", "Noé", "Odile", "Paul", "Rachid", "Sophie", "Thi Mai", "Yann",
)  # fmt: skip
LAST_NAMES = (
    "Aubry", "Benali", "Carpentier", "Diallo", "Étienne", "Fournel", "Garnier", "Haddad", "Imbert", "Jourdan",
    "Kerven", "Lemoine", "Marchal", "N’Diaye", "Olivier", "Perrin", "Rousset", "Santoro", "Tessier", "Vidal",
)  # fmt: skip
ROOMS = ("Salle Ada", "Salle Lovelace", "Espace formation", "Atelier du rez-de-chaussée", "Salle Hopper", "Mezzanine")
STREETS = ("rue des Lilas", "avenue de la Paix", "quai du Port", "rue de la République", "boulevard des Écoles")
REASONS = (
    "Notre gardien est absent.",
    "Notre accueil ferme plus tôt ce soir-là.",
    "Travaux dans l’immeuble.",
)
COMMENTS = ("Une belle soirée.", "Le groupe veut revenir.", "Un ordinateur ne démarrait pas.", "")
