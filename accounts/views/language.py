"""The language in which a person wants our mails."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actions.language import choose_language
from accounts.forms import LanguageForm
from accounts.identity import signed_in


@require_http_methods(["GET", "POST"])
def mail_language(request: HttpRequest) -> HttpResponse:
    """Shows it, and changes it."""
    user = signed_in(request)
    form = LanguageForm(request.POST or None, initial={"language": user.language})
    if request.method == "POST" and form.is_valid():
        choose_language(language=form.cleaned_data["language"], by=user)
        messages.success(request, "Nos prochains courriels seront dans cette langue.")
        return redirect("mail_language")
    return render(request, "accounts/mail_language.html", {"form": form}, status=422 if form.is_bound else 200)
