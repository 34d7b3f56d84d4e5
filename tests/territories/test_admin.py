import pytest
from django.contrib.admin import site
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory

from territories.admin import CommuneAdmin
from territories.models import Commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator_client(client: Client) -> Client:
    client.force_login(get_user_model().objects.create_superuser("operator@example.org"))
    return client


def test_admin_finds_communes_as_people_type_them(operator_client: Client) -> None:
    page = operator_client.get("/admin/territories/commune/", {"q": "st denis 93"})
    found = [str(commune) for commune in page.context["cl"].result_list]
    assert found == ["Saint-Denis (93)", "L'Île-Saint-Denis (93)"]


def test_admin_completes_a_commune_with_the_best_first() -> None:
    found, _ = CommuneAdmin(Commune, site).get_search_results(
        RequestFactory().get("/"), Commune.objects.order_by("pk"), "lille"
    )
    assert str(found[0]) == "Lille (59)"


def test_admin_lets_nobody_change_the_geographic_code(operator_client: Client) -> None:
    assert operator_client.get("/admin/territories/commune/add/").status_code == 403
    assert operator_client.post("/admin/territories/commune/59350/change/", {}).status_code == 403
    assert operator_client.post("/admin/territories/departement/59/delete/", {}).status_code == 403
    assert operator_client.get("/admin/territories/departement/").status_code == 200
