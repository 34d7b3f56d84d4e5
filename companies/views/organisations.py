"""Who the company is, and who acts in its name."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in
from accounts.prefill import prefill
from accounts.refusals import Refused
from accounts.views import MemberPages
from companies import actions
from companies.forms import CompanyForm
from companies.models import Company, Invitation
from territories import clock

member_pages = MemberPages(Company, Invitation, remove=actions.remove_member, link=True)


def managed_company(request: HttpRequest, slug: str) -> Company:
    """The company of this page, for who may act in its name; others get 404."""
    found: Company = get_object_or_404(Company.objects.managed_by(signed_in(request)), slug=slug)
    return found


@require_http_methods(["GET", "POST"])
def company_create(request: HttpRequest) -> HttpResponse:
    """Register a company, prefilled from the directory or the registry."""
    known = prefill(request.GET, now=clock.now())
    form = CompanyForm(request.POST or None, initial=known.initial)
    if request.method == "POST" and form.is_valid():
        try:
            company = actions.register_company(company=form.save(commit=False), by=signed_in(request), now=clock.now())
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            said = "Votre entreprise est inscrite. Lisez la charte et signez-la pour ouvrir vos portes."
            messages.success(request, said)
            return redirect("charter:sign", company.slug)
    context = {"form": form, "prefill": known}
    return render(request, "companies/company_create.html", context, status=422 if form.is_bound else 200)
