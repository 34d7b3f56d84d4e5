"""What a member of a company brings as a volunteer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in
from companies import actions
from companies.forms import VolunteerForm
from companies.models import Membership
from territories import clock


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own profile in a company of which one is a member; others get 404."""
    own = Membership.objects.select_related("company").filter(user=signed_in(request))
    membership = get_object_or_404(own, company__slug=slug)
    form = VolunteerForm(request.POST or None, membership=membership)
    if request.method == "POST" and form.is_valid():
        described = actions.describe_volunteer(
            profile=form.save(commit=False), sites=list(form.cleaned_data["sites"]), now=clock.now()
        )
        said = (
            "Votre entreprise est prévenue\u00a0: elle donne son accord."
            if described.awaits_consent
            else "Merci\u00a0!"
        )
        messages.success(request, f"Votre profil est enregistré. {said}")
        return redirect("workshops:volunteering")
    context = {"membership": membership, "form": form, "profile": form.instance}
    return render(request, "companies/volunteer_profile.html", context, status=422 if form.is_bound else 200)
