"""Who passes to the pages of moderators and operators. For anybody else those pages do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse

from accounts.identity import signed_in
from accounts.models import User

View = Callable[..., HttpResponse]


def _only(may_pass: Callable[[User], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not may_pass(signed_in(request)):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


moderators_only = _only(lambda user: user.is_moderator)
operators_only = _only(lambda user: user.is_staff)
