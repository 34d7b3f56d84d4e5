"""Codes by which anybody may verify a document."""

from __future__ import annotations

import secrets

# Without the letters and digits that are mistaken for one another.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12


def new_code() -> str:
    """A code that nobody guesses: 12 characters, 58 bits of chance."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
