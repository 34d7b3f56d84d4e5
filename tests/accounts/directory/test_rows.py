from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.directory.columns import apply, shipped
from accounts.directory.reading import Record
from accounts.directory.rows import Entry, Harvest, Remark, read_records
from tests.accounts.directory.towns import INDEX, layout

HEADER = (
    "id,pivot,nom,commune,code_postal,adresse,complement_adresse,typologie,site_web,services,prise_en_charge_specifique"
)


def harvest(header: str, *rows: str) -> Harvest:
    records = [Record(line, tuple(row.split(","))) for line, row in enumerate(rows, start=2)]
    return read_records(records, layout(header), INDEX)


def test_row_of_the_standard_is_read_whole() -> None:
    row = (
        "s-1,38012986643097,Maison du numérique,Gap,05000,1 rue du Port,Bât. A,TIERS_LIEUX|ASSO,https://a.example/|x,"
        "Loisirs et créations numériques|Aide aux démarches administratives,Surdité|Illettrisme"
    )
    assert harvest(HEADER, row).entries == [
        Entry(
            source_key="s-1",
            kind="association",
            name="Maison du numérique",
            search_name="maison du numerique",
            siren="380129866",
            siret="38012986643097",
            rna="",
            address="1 rue du Port Bât. A",
            postal_code="05000",
            commune_id="05061",
            latitude=None,
            longitude=None,
            website="https://a.example/",
            services=["Loisirs et créations numériques", "Aide aux démarches administratives"],
            audiences=["Surdité", "Illettrisme"],
            is_active=True,
        )
    ]


def test_older_services_become_those_of_the_standard_once_each() -> None:
    row = "1,A,x,05000,Gap,Accéder à du matériel;Accéder à une connexion internet;Jardinage,Adultes;Seniors (+ 65 ans)"
    read = harvest("id,nom,adresse,code_postal,commune,services,publics", row)
    assert read.entries[0].services == ["Accès internet et matériel informatique"]
    assert read.entries[0].audiences == ["Seniors"]
    assert read.remarks == [
        Remark(2, "services", "Jardinage", "n’a pas d’équivalent certain dans le standard 1.0.2"),
        Remark(2, "publics", "Adultes", "n’a pas d’équivalent certain dans le standard 1.0.2"),
    ]


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        (",Gap,05000", Remark(2, "nom", "", "sans nom\u00a0: la cellule est vide", refused=True)),
        ("[ND],Gap,05000", Remark(2, "nom", "[ND]", "sans nom\u00a0: masqué ou perdu à la source", refused=True)),
        (
            "A,,",
            Remark(
                2, "lieu", "", "sans lieu\u00a0: ni commune, ni code postal, ni point qui soit certain", refused=True
            ),
        ),
        (
            "A,Gap,05000,Gap",
            Remark(
                2,
                "ligne",
                "",
                "4 cellules au lieu de 3\u00a0: un séparateur se trouve sans guillemets dans une cellule",
                refused=True,
            ),
        ),
    ],
)
def test_row_without_name_or_place_is_refused(row: str, remark: Remark) -> None:
    read = harvest("nom,commune,code_postal", row)
    assert (read.entries, read.refused, read.remarks) == ([], 1, [remark])


def test_row_whose_only_place_is_unknown_is_refused_with_both_reasons() -> None:
    read = harvest("nom,commune", "A,Nullepart")
    assert [(remark.field, remark.refused) for remark in read.remarks] == [("commune", False), ("lieu", True)]
    assert read.without_place == 1


def test_row_with_fewer_cells_is_kept_and_listed() -> None:
    read = harvest("nom,commune,code_postal", "A,Gap")
    assert [entry.commune_id for entry in read.entries] == ["05061"]
    assert [remark.reason for remark in read.remarks] == [
        "2 cellules au lieu de 3\u00a0: celles qui manquent sont lues comme vides"
    ]


def test_empty_cells_too_many_do_no_harm() -> None:
    assert harvest("nom,commune", "A,Gap,,").remarks == []


def test_second_row_of_an_identifier_is_refused() -> None:
    read = harvest("identifiant,nom,commune", "1,A,Gap", "1,B,Gap")
    assert [entry.name for entry in read.entries] == ["A"]
    assert read.remarks == [Remark(3, "identifiant", "1", "répète la ligne 2, qui est gardée", refused=True)]


def test_rows_without_identifier_are_told_apart_by_name_and_place() -> None:
    read = harvest("nom,adresse,commune", "A,1 rue X,Gap", "A,2 rue X,Gap", "à,1 Rue  X,GAP")
    assert (len(read.entries), read.refused) == (2, 1)


def test_numbers_that_contradict_each_other_are_left_empty() -> None:
    read = harvest("nom,commune,siren,siret,rna", "A,Gap,404833048,38012986643097,W751234567")
    entry = read.entries[0]
    assert (entry.siren, entry.siret, entry.rna) == ("", "", "W751234567")
    assert [(remark.field, remark.value, remark.reason) for remark in read.remarks] == [
        ("siren", "380129866 / 404833048", "les numéros de la ligne se contredisent")
    ]


@pytest.mark.parametrize(
    ("siren", "siret", "numbers", "reasons"),
    [
        ("38012986643097", "", ("380129866", "38012986643097", ""), []),
        ("", "380129866", ("380129866", "", ""), ["c’est un SIREN, gardé comme tel"]),
        ("", "W751234567", ("", "", "W751234567"), ["c’est un RNA, gardé comme tel"]),
    ],
)
def test_number_in_another_column_is_kept_as_what_it_is(
    siren: str, siret: str, numbers: tuple[str, str, str], reasons: list[str]
) -> None:
    read = harvest("nom,commune,siren,siret", f"A,Gap,{siren},{siret}")
    entry = read.entries[0]
    assert (entry.siren, entry.siret, entry.rna) == numbers
    assert [remark.reason for remark in read.remarks] == reasons


@pytest.mark.parametrize(
    ("nature", "rna", "kind"),
    [
        ("9220", "", "association"),
        ("9300", "", "foundation"),
        ("5710", "", "company"),
        ("4140", "", "public_body"),
        ("8210", "", "other"),
        ("Société par actions simplifiée (SAS)", "", "company"),
        ("Soci\ufffdt\ufffd \ufffd responsabilit\ufffd limit\ufffde (SARL)", "", "company"),
        ("Collectivit\ufffd locale ou territoriale", "", "public_body"),
        ("ASSO|MUNI", "", "unknown"),
        ("Fablab", "", "unknown"),
        ("", "W751234567", "association"),
    ],
)
def test_kind_is_told_by_form_category_or_rna(nature: str, rna: str, kind: str) -> None:
    assert [entry.kind for entry in harvest("nom,commune,nature,rna", f"A,Gap,{nature},{rna}").entries] == [kind]


def test_name_whose_letters_are_lost_is_kept_and_listed() -> None:
    read = harvest("nom,commune", "Rezo4\ufffd,Gap", "Biblioth\ufffdque,Gap")
    assert [entry.name for entry in read.entries] == ["Rezo4\ufffd", "Bibliothèque"]
    assert [(remark.line, remark.field) for remark in read.remarks] == [(2, "nom")]


def test_register_keeps_rows_without_place_on_demand() -> None:
    header = ["siren", "denomination", "active"]
    mapping = shipped("organisations-sans-lieu")
    assert mapping
    rows = [("380129866", "A", "1"), ("380129867", "B", "1"), ("404833048", "C", "0")]
    records = [Record(line, row) for line, row in enumerate(rows, start=2)]
    read = read_records(records, apply(mapping, header), INDEX)
    assert [(entry.name, entry.is_active) for entry in read.entries] == [("A", True), ("C", False)]
    assert read.refused == 1


@given(st.lists(st.lists(st.text(max_size=15), max_size=6), max_size=6))
def test_every_record_is_accepted_or_refused(rows: list[list[str]]) -> None:
    records = [Record(line, tuple(cells)) for line, cells in enumerate(rows, start=2)]
    read = read_records(records, layout("nom,commune,code_postal,siret,latitude,longitude"), INDEX)
    assert read.read == len(rows)
    assert len({remark.line for remark in read.remarks if remark.refused}) == read.refused
    assert all(entry.name and (entry.commune_id or entry.postal_code or entry.latitude) for entry in read.entries)
