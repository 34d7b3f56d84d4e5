"""In whose name a person goes on, who acts for several organisations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse


def go_on(
    request: HttpRequest, own: Sequence[Any], page: Callable[[str], str], *, title: str, question: str
) -> HttpResponse:
    """To the page of the only one, by its slug; else the choice between them."""
    pages = [(one, page(one.slug)) for one in own]
    if len(pages) == 1:
        return redirect(pages[0][1])
    return render(request, "workshops/for_whom.html", {"title": title, "question": question, "pages": pages})


def to_register(request: HttpRequest, purpose: str) -> HttpResponse:
    """Who acts for no association registers one, and comes back to where they were going."""
    messages.info(request, f"Pour {purpose}, inscrivez d’abord votre association.")
    onward = request.get_full_path() if request.method == "GET" else request.path
    return redirect(f"{reverse('associations:create')}?{urlencode({'next': onward})}")
