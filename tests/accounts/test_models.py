import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role, User
from companies.models import Company
from tests import factories


@pytest.mark.django_db
def test_email_is_kept_in_lower_case() -> None:
    assert User.objects.create_user(" Karim@Example.ORG ").email == "karim@example.org"


@pytest.mark.django_db
def test_email_in_capitals_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="user_email_lower"), transaction.atomic():
        User.objects.create(email="Karim@example.org")


@pytest.mark.django_db
def test_free_slug_counts_up(now: dt.datetime) -> None:
    for slug in ("imprimerie-du-parc", "imprimerie-du-parc-2"):
        factories.make_company(now, slug=slug)
    assert Company.objects.free_slug("Imprimerie du Parc") == "imprimerie-du-parc-3"


@pytest.mark.django_db
def test_free_slug_of_a_name_without_letters() -> None:
    assert Company.objects.free_slug("«\u202e!»") == "organisation"


@pytest.mark.django_db
def test_free_slug_leaves_the_addresses_of_pages() -> None:
    assert Company.objects.free_slug("Inscrire") == "inscrire-2"


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "found"), [(Role.OWNER, True), (Role.MANAGER, True), (Role.VOLUNTEER, False)])
def test_managed_by_takes_owners_and_managers(now: dt.datetime, role: Role, found: bool) -> None:  # noqa: FBT001
    user, company = factories.make_user(), factories.make_company(now)
    factories.add_member(company, user, role, now)
    assert Company.objects.managed_by(user).filter(pk=company.pk).exists() == found


@pytest.mark.django_db
def test_managers_leave_out_closed_accounts(now: dt.datetime) -> None:
    owner = factories.make_user()
    company = factories.make_company(now, owner=owner)
    assert list(company.managers()) == [owner]
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert list(company.managers()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "constraint"),
    [("siren", "company_siren_form"), ("siret", "company_siret_form"), ("rna", "company_rna_form")],
)
def test_numbers_of_another_form_are_refused_by_the_database(now: dt.datetime, field: str, constraint: str) -> None:
    company = factories.make_company(now)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Company.objects.filter(pk=company.pk).update(**{field: "12345"})


@pytest.mark.django_db
def test_siret_of_another_siren_is_refused_by_the_database(now: dt.datetime) -> None:
    with pytest.raises(IntegrityError, match="company_siret_form"), transaction.atomic():
        factories.make_company(now, siren="380129866", siret="35600000049837")


@pytest.mark.django_db
def test_siren_belongs_to_one_company(now: dt.datetime) -> None:
    factories.make_company(now, siren="380129866")
    with pytest.raises(IntegrityError, match="company_siren_unique"), transaction.atomic():
        factories.make_company(now, siren="380129866")
