"""What the portal explains to whom: pages of words alone, the same for everybody."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def guide(request: HttpRequest, template: str) -> HttpResponse:
    """The page that its address names."""
    return render(request, template)
