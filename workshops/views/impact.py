"""What workshops have brought, for everybody; of a company, as anybody sees it and as it reports on it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from companies.models import Company
from companies.views import managed_company
from territories import clock
from territories.keys import key_in
from territories.models import Departement
from workshops.charts import Columns, columns
from workshops.impact import OF_COMPANY, OF_EVERYBODY, OWN, Scope, Table, Tables, whole, years
from workshops.impact_report import report_pdf
from workshops.pictures import Map, legend, map_of_france, scale
from workshops.views.downloads import downloaded

# Of which there can be anything.
YEARS = range(2015, 2200)


@login_not_required
@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    """All workshops, of a year (`annee`) and a département (`departement`) if these are asked for."""
    scope = _asked(request)
    tables = {name: make(scope) for name, make in OF_EVERYBODY.items()}
    territories = tables["territoires"]
    context: dict[str, object] = {"departement": scope.departement, "files": reverse("workshops:impact")}
    if scope.departement is None:
        tables["territoires"] = territories.linked(partial(_narrowed, request))
        context |= _mapped(territories, partial(_narrowed, request))
    tables["entreprises"] = tables["entreprises"].linked(_page_of)
    return _shown(request, "workshops/impact.html", scope, tables, context)


@login_not_required
@require_safe
def everybody_file(request: HttpRequest, table: str) -> HttpResponse:
    """One of its tables, to take along."""
    return _file(_asked(request), OF_EVERYBODY, table, "impact")


@login_not_required
@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """What a signatory has brought, of a year if one is asked for."""
    scope = _asked(request)._replace(company=_signatory(slug), departement=None)
    tables = {name: make(scope) for name, make in OF_COMPANY.items()}
    context = {"company": scope.company, "files": _page_of(scope.company)}
    return _shown(request, "workshops/company_impact.html", scope, tables, context)


@login_not_required
@require_safe
def company_file(request: HttpRequest, slug: str, table: str) -> HttpResponse:
    """One of its tables, to take along."""
    scope = _asked(request)._replace(company=_signatory(slug), departement=None)
    return _file(scope, OF_COMPANY, table, f"impact-{slug}")


@require_safe
def own(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a company sees it: with who was hosted, and on which time its volunteers came."""
    scope = _asked(request)._replace(company=managed_company(request, slug), departement=None)
    tables = {name: make(scope) for name, make in OWN.items()}
    context = {"company": scope.company, "own": True, "files": reverse("workshops:own_impact", args=[slug])}
    return _shown(request, "workshops/company_impact.html", scope, tables, context)


@require_safe
def own_file(request: HttpRequest, slug: str, table: str) -> HttpResponse:
    """One of its tables, to take along."""
    scope = _asked(request)._replace(company=managed_company(request, slug), departement=None)
    return _file(scope, OWN, table, f"impact-{slug}")


@require_safe
def report(request: HttpRequest, slug: str, year: int) -> HttpResponse:
    """A company's year on paper, for its social report."""
    found = managed_company(request, slug)
    if year not in YEARS:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="impact-{slug}-{year}.pdf"'}
    pdf = report_pdf(Scope(clock.now(), year=year, company=found))
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _asked(request: HttpRequest) -> Scope:
    """Of the year and the département of the address; of all years where it names none."""
    asked = request.GET.get("departement", "")
    departement = get_object_or_404(Departement, pk=asked[:3]) if asked else None
    year = key_in(request.GET.get("annee", ""))
    return Scope(clock.now(), year=year if year in YEARS else None, departement=departement)


def _signatory(slug: str) -> Company:
    found: Company = get_object_or_404(Company.objects.signatories(clock.now()), slug=slug)
    return found


def _page_of(found: Company | None) -> str:
    return reverse("workshops:company_impact", args=[found.slug]) if found else ""


def _narrowed(request: HttpRequest, departement: Departement) -> str:
    """The same page of a département alone."""
    query = request.GET.copy()
    query["departement"] = departement.pk
    return f"?{query.urlencode()}"


def _mapped(table: Table, link: partial[str]) -> dict[str, object]:
    steps = scale(max((row.amount for row in table.rows), default=0))
    drawn: Map = map_of_france(table.rows, link, steps=steps, numbered=True)
    return {"map": drawn, "legend": legend(steps)}


def _shown(
    request: HttpRequest, template: str, scope: Scope, tables: dict[str, Table], more: Mapping[str, object]
) -> HttpResponse:
    months = tables.pop("mois")
    context = {
        "year": scope.year,
        "years": years(scope._replace(year=None)),
        "given": whole(scope),
        "months": months,
        "chart": _chart(months),
        "territories": tables.pop("territoires"),
        "tables": tables.values(),
        "query": request.GET.urlencode(),
        **more,
    }
    return render(request, template, context)


def _chart(months: Table) -> Columns:
    return columns([(row.short, row.amount) for row in months.rows])


def _file(scope: Scope, tables: Tables, name: str, file: str) -> HttpResponse:
    make = tables.get(name)
    if make is None:
        raise Http404
    return downloaded(make(scope).as_csv(), f"{file}-{name}")
