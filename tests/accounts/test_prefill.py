import datetime as dt

import pytest
from django.http import QueryDict
from django.test import Client

from accounts.models import DirectoryEntry
from accounts.prefill import prefill
from tests import factories


@pytest.fixture
def entry(db: None, now: dt.datetime) -> DirectoryEntry:
    return DirectoryEntry.objects.create(
        source="essai",
        source_key="1",
        kind="association",
        name="La Souris de Roubaix",
        search_name="la souris de roubaix",
        siren="380129866",
        commune_id=factories.ROUBAIX,
        updated_at=now,
    )


@pytest.mark.parametrize("typed", ["souris", "LA SOURIS", "380 129 866"])
def test_entry_is_found_by_name_or_number(entry: DirectoryEntry, typed: str, now: dt.datetime) -> None:
    assert prefill(QueryDict(f"q={typed}"), now=now).entries == [entry]


def test_chosen_entry_fills_the_form(entry: DirectoryEntry, client: Client) -> None:
    client.force_login(factories.make_user(), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/associations/inscrire/", {"fiche": entry.pk}).text
    for value in ("La Souris de Roubaix", "380129866", "Roubaix (59)"):
        assert f'value="{value}"' in page
    assert '<option value="association" selected>' in page


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["0", "999999999999999999", "-1", "x", "\u0661", "9" * 400, "\x00", ""])
def test_unknown_entry_leaves_the_form_empty(number: str, now: dt.datetime) -> None:
    query = QueryDict(mutable=True)
    query["fiche"] = query["siren"] = number
    assert prefill(query, now=now).initial == {}
