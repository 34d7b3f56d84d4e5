"""Versions of the charter, signatures, and editions of the campaign."""

from charter.models.editions import Edition
from charter.models.signatures import Signature
from charter.models.versions import CharterVersion

__all__ = ["CharterVersion", "Edition", "Signature"]
