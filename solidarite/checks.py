"""What production must not start without."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from mail import webhooks

SECRET_AT_LEAST = 32
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


@register(Tags.security)
def provider_of_mail_is_verified(**_kwargs: Any) -> list[CheckMessage]:
    """What anybody could tell of our mail would silence anybody's address."""
    secret = settings.ANYMAIL["WEBHOOK_SECRET"]
    if not settings.MAIL_PROVIDER:
        return []
    if settings.MAIL_PROVIDER not in webhooks.VIEWS:
        known = ", ".join(sorted(webhooks.VIEWS))
        return [Error("MAIL_PROVIDER est inconnu.", hint=f"Donnez l’un de\u00a0: {known}.", id="solidarite.E002")]
    if len(secret) < SECRET_AT_LEAST or ":" not in secret:
        return [
            Error(
                "MAIL_WEBHOOK_SECRET est trop court, ou n’a pas la forme nom:mot-de-passe.",
                hint=f"Donnez {SECRET_AT_LEAST} caractères au moins, dont un deux-points.",
                id="solidarite.E003",
            )
        ]
    return []
