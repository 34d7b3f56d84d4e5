"""The person behind a request, as a type that the actions take."""

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The account of the signed-in visitor. The login middleware lets nobody else reach the views that ask."""
    assert isinstance(request.user, User)
    return request.user
