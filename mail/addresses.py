"""Which addresses we write to: what every mail server and every reader's program takes alike."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

REFUSED = "Indiquez une adresse électronique comme prenom.nom@exemple.fr, sans guillemets ni espace."
LONGEST_LOCAL_PART = 64  # octets: RFC 5321, 4.5.3.1.1
LONGEST_ADDRESS = 254  # octets, and what a column holds: RFC 5321, 4.5.3.1.3, without its brackets
TOO_LONG = f"Vérifiez cette adresse\u00a0: aucune ne compte plus de {LONGEST_ADDRESS} caractères."
# Of what the RFC allows beyond it, programs make different addresses: quotes, and domains given as numbers.
UNSAFE = frozenset('"\\[]()<>,:;')


def validate_address(text: str) -> None:
    """Raise `ValidationError` unless this is one bare address that all programs read alike.

    Stricter than Django: no quoted local part and no domain given as a number (RFC 5321, 4.1.2), however valid.
    """
    strange = UNSAFE.intersection(text) or any(not character.isprintable() or character.isspace() for character in text)
    if len(text.encode(errors="replace")) > LONGEST_ADDRESS:
        raise ValidationError(TOO_LONG, code="invalid")
    if strange or len(text.partition("@")[0]) > LONGEST_LOCAL_PART:
        raise ValidationError(REFUSED, code="invalid")
    validate_email(text)
