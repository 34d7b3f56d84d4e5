"""Sheets to prepare a workshop with, one a topic."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.vocabulary import Topic
from workshops.sheets import SHEETS


@login_not_required
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    """All of them."""
    return render(request, "workshops/sheet_list.html", {"topics": list(SHEETS)})


@login_not_required
@require_safe
def sheet(request: HttpRequest, topic: str) -> HttpResponse:
    """That of a topic, by the topic's code."""
    if topic not in Topic.values:
        raise Http404
    return render(request, "workshops/sheet_detail.html", {"topic": Topic(topic), "sheet": SHEETS[Topic(topic)]})
