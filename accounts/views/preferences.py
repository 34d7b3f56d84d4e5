"""The mail that one wishes to get."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in
from accounts.silence import is_silent
from mail.views import preferences_page


@require_http_methods(["GET", "POST"])
def own_preferences(request: HttpRequest) -> HttpResponse:
    """The wishes of one's own address, and whether anything reaches it."""
    address = signed_in(request).email
    return preferences_page(request, address, template="accounts/preferences.html", silent=is_silent(address))
