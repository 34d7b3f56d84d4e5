"""The time zones of France, by the place that people know: IANA names, as the table of communes has them."""

FRENCH_ZONES = (
    ("Europe/Paris", "Hexagone et Corse"),
    ("America/Guadeloupe", "Guadeloupe"),
    ("America/Martinique", "Martinique"),
    ("America/Cayenne", "Guyane"),
    ("Indian/Reunion", "La Réunion"),
    ("Indian/Mayotte", "Mayotte"),
    ("America/Miquelon", "Saint-Pierre-et-Miquelon"),
    ("America/St_Barthelemy", "Saint-Barthélemy"),
    ("America/Marigot", "Saint-Martin"),
    ("Pacific/Noumea", "Nouvelle-Calédonie"),
    ("Pacific/Tahiti", "Polynésie, Tahiti"),
    ("Pacific/Marquesas", "Polynésie, Marquises"),
    ("Pacific/Gambier", "Polynésie, Gambier"),
    ("Pacific/Wallis", "Wallis-et-Futuna"),
)
