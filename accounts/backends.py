"""Who is signed in."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from accounts.models import User
from accounts.prepared import Prepared


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Allauth's, with the words of the query that every page of a signed-in person asks written once."""

    def get_user(self, user_id: int) -> User | None:
        user = next(iter(_BY_NUMBER(number=user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None


def _by_number(*, number: int) -> QuerySet[User]:
    return User.objects.filter(pk=number)


_BY_NUMBER = Prepared(_by_number, number=-1)
