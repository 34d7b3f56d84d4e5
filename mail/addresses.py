"""Which addresses we write to: what every mail server and every reader's program takes alike."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import Q

REFUSED = "Indiquez une adresse électronique comme prenom.nom@exemple.fr, sans guillemets ni espace."
LONGEST_LOCAL_PART = 64  # octets: RFC 5321, 4.5.3.1.1
LONGEST_ADDRESS = 254  # octets, and what a column holds: RFC 5321, 4.5.3.1.3, without its brackets
TOO_LONG = f"Vérifiez cette adresse\u00a0: aucune ne compte plus de {LONGEST_ADDRESS} caractères."
# Of what the RFC allows beyond it, programs make different addresses: quotes, and domains given as numbers.
UNSAFE = frozenset('"\\[]()<>,:;')
# What the database knows of it, in PostgreSQL's own syntax.
_PART = r"[^]@[:space:][:cntrl:]\"\\[()<>,:;]"
ADDRESS = rf"^{_PART}{{1,{LONGEST_LOCAL_PART}}}@{_PART}+$"


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


def in_letters(address: str) -> str:
    """The address with its domain as people write it: providers name an international one as it travels (RFC 3492)."""
    name, at, domain = address.rpartition("@")
    try:
        return f"{name}{at}{domain.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


class AddressField(models.EmailField[str, str]):
    """An address that we write to: whoever types it, in whatever form, is told when we could not."""

    default_validators = [validate_address]  # Django's own way to say it


def written_to(field: str, *, name: str, or_none: bool = False) -> models.CheckConstraint:
    """The database's own word on such a column; `or_none`: it may be empty."""
    condition = Q(**{f"{field}__regex": ADDRESS})
    return models.CheckConstraint(
        name=name,
        condition=condition | Q(**{field: ""}) if or_none else condition,
        violation_error_message=REFUSED,
    )
