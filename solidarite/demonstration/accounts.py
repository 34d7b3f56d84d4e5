"""The accounts to try a demonstration with."""

from typing import NamedTuple

PASSWORD = "lumiere-du-soir"  # noqa: S105  # shown on the screen of a demonstration


class Account(NamedTuple):
    """An account to try the portal with."""

    role: str
    email: str
    name: str


OWNER = Account("responsable d’une entreprise", "entreprise@example.org", "Hélène Carpentier")
ASSOCIATION_OWNER = Account("responsable d’une association", "association@example.org", "Karim Benali")
VOLUNTEER = Account("bénévole", "benevole@example.org", "Lucie Marchal")
MODERATOR = Account("modération", "moderation@example.org", "Odile Perrin")
ACCOUNTS = (OWNER, ASSOCIATION_OWNER, VOLUNTEER, MODERATOR)
