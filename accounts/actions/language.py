"""In which language we write to a person."""

from __future__ import annotations

from accounts.models import User


def choose_language(*, language: str, by: User) -> None:
    """From the next mail on; `language` is one of `settings.LANGUAGES`."""
    User.objects.filter(pk=by.pk).update(language=language)
