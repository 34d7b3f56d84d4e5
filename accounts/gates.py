"""Who passes to the pages of moderators and operators. For anybody else those pages do not exist.

Who passes has a second factor, where the settings ask for it: everywhere but in a demonstration.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.identity import signed_in
from accounts.models import User

View = Callable[..., HttpResponse]


def lacks_second_factor(user: User) -> bool:
    """Whether the person must first activate a second factor."""
    return settings.STAFF_NEED_SECOND_FACTOR and not is_mfa_enabled(user)


def _only(may_pass: Callable[[User], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            user = signed_in(request)
            if not may_pass(user):
                raise Http404
            if lacks_second_factor(user):
                messages.warning(request, "Activez d’abord la double authentification\u00a0: votre rôle la demande.")
                return redirect("mfa_index")
            return view(request, *args, **kwargs)

        return guarded

    return decorate


moderators_only = _only(lambda user: user.is_moderator)
operators_only = _only(lambda user: user.is_staff)
