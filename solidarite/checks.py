"""What production must not start without."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

# Law no 2004-575 (LCEN), article 1-1: what a site says of its publisher and its host.
LEGAL_NOTICE = ("OPERATOR_NAME", "OPERATOR_ADDRESS", "OPERATOR_EMAIL", "PUBLICATION_DIRECTOR", "HOSTING_PROVIDER")


@register(Tags.security, deploy=True)
def legal_notice_is_complete(**_kwargs: Any) -> list[CheckMessage]:
    """The fields of the legal notice are settings of the operator."""
    return [
        Error(
            f"{name} est vide\u00a0: les mentions légales l’exigent.",
            hint=f"Donnez {name} dans l’environnement.",
            id="solidarite.E001",
        )
        for name in LEGAL_NOTICE
        if not getattr(settings, name)
    ]
