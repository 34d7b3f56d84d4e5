"""Ending a person's sessions, wherever they are open."""

from __future__ import annotations

from allauth.usersessions.models import UserSession

from accounts.models import User


def end_sessions(*, user: User, but: str = "") -> None:
    """Sign the person out everywhere, but for the session of this key."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        session.end()
