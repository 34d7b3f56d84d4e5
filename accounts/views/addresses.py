"""The addresses of an account: allauth's page, which says which of them nothing of ours reaches."""

from typing import Any

from allauth.account.views import EmailView
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.silence import silent_among


class Addresses(EmailView):  # type: ignore[misc]  # allauth ships no types
    """An address may be verified, and set aside since."""

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """All that follows from another main address is done with it, or none of it."""
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What allauth shows, and the addresses that are set aside, in lower case."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"silent": silent_among([one.email for one in context["emailaddresses"]])}
