import pytest
from django import forms

from territories.forms import CommuneField
from territories.models import Commune

pytestmark = pytest.mark.django_db


class PlaceForm(forms.Form):
    place = CommuneField()


class OptionalForm(forms.Form):
    place = CommuneField(required=False)


def error(text: str) -> str:
    form = PlaceForm({"place": text})
    assert not form.is_valid()
    (message,) = form.errors["place"]
    return str(message)


def test_field_cleans_to_the_commune() -> None:
    form = PlaceForm({"place": " lille (59) "})
    assert form.is_valid()
    assert form.cleaned_data["place"] == Commune.objects.get(pk="59350")


def test_field_left_empty_is_none_when_it_may_be() -> None:
    form = OptionalForm({"place": ""})
    assert form.is_valid()
    assert form.cleaned_data["place"] is None


def test_field_reads_the_insee_code_of_a_link() -> None:
    form = OptionalForm({"place": Commune.objects.get(pk="59350").link})
    assert form.is_valid()
    assert str(form.cleaned_data["place"]) == "Lille (59)"


def test_field_that_is_required_says_what_to_type() -> None:
    assert error("") == "Indiquez une commune, par exemple « Lille (59) » ou « 59000 »."


def test_field_lists_homonyms_and_shows_how_to_choose() -> None:
    assert error("Saint-Denis") == (
        "Plusieurs communes s’appellent Saint-Denis : Saint-Denis (974), Saint-Denis (93), Saint-Denis (11), "
        "Saint-Denis (30). Précisez le département, par exemple « Saint-Denis (974) »."
    )


def test_field_lists_eight_communes_of_a_postal_code_and_counts_the_others() -> None:
    assert error("01190") == (
        "Plusieurs communes ont le code postal 01190 : Pont-de-Vaux (01), Saint-Bénigne (01), "
        "Reyssouze (01), Chevroux (01), Gorrevod (01), Ozan (01), Chavannes-sur-Reyssouze (01), "
        "Sermoyer (01) et 4 autres. "
        "Indiquez le nom de la commune, par exemple « Pont-de-Vaux (01) »."
    )


def test_field_suggests_what_an_unknown_name_resembles() -> None:
    assert error("Vileurbane") == (
        "Aucune commune ne s’appelle « Vileurbane ». Indiquez la commune que vous cherchez : "
        "Villeurbanne (69) ou Viane (81) ?"
    )


def test_field_says_what_to_type_when_nothing_resembles() -> None:
    assert error("\u202e🏠") == (
        "Aucune commune ne correspond à « 🏠 ». Indiquez le nom d’une commune ou son code postal, "
        "par exemple « Lille (59) » ou « 59000 »."
    )


def test_field_refuses_a_null_character_and_an_endless_text() -> None:
    assert error("Li\x00lle") == "Indiquez une commune sans caractère invisible."
    assert error("a" * 10_000) == "Indiquez seulement le nom d’une commune, en 120 caractères au plus."


def test_field_echoes_a_long_text_shortened() -> None:
    assert error("z " * 59).startswith("Aucune commune ne correspond à « " + ("z " * 30)[:59] + "… »")


def test_field_shows_a_commune_or_its_code_as_people_write_it() -> None:
    lille = Commune.objects.get(pk="59350")
    assert PlaceForm(initial={"place": lille})["place"].value() == "Lille (59)"
    assert PlaceForm(initial={"place": "59350"})["place"].value() == "Lille (59)"
    assert PlaceForm(initial={"place": None})["place"].value() is None


def test_field_shows_again_what_was_typed() -> None:
    assert PlaceForm({"place": "59350"})["place"].value() == "59350"


def test_field_sees_no_change_when_the_commune_is_sent_back() -> None:
    assert not PlaceForm({"place": "Lille (59)"}, initial={"place": "59350"}).has_changed()
    assert PlaceForm({"place": "Roubaix (59)"}, initial={"place": "59350"}).has_changed()


@pytest.mark.parametrize("initial", ["59350", "Lille (59)"])
def test_field_disabled_keeps_its_initial_commune(initial: str) -> None:
    form = PlaceForm({"place": "Roubaix"}, initial={"place": initial})
    form.fields["place"].disabled = True
    assert form.is_valid()
    assert form.cleaned_data["place"].pk == "59350"
    form.initial["place"] = Commune.objects.get(pk="59350")
    assert PlaceForm(initial=form.initial).fields["place"].clean(form.initial["place"]).pk == "59350"
