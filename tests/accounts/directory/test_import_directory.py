from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import DirectoryEntry

pytestmark = pytest.mark.django_db
HEADER = "ligne;verdict;champ;valeur;raison"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str, name: str = "lieux.csv", encoding: str = "utf-8") -> str:
    Path(name).write_text(text, encoding=encoding)
    return name


def lines(report: str) -> list[str]:
    return Path(report).read_text(encoding="utf-8-sig").splitlines()


DIRTY = (
    "Nom;Adresse;Code postal;Commune;Latitude;Longitude;SIRET\r\n"
    "Médiathèque;=1+1;1000;Bourg-en-Bresse;46,199094;5,221663;7,74E+13\r\n"
    ";x;1000;Bourg-en-Bresse;;;\r\n"
    "Sans lieu;x;;;;;\r\n"
)


def test_spreadsheet_is_imported_with_its_report(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_directory", written(DIRTY, encoding="cp1252"), report="r.csv")
    output = capsys.readouterr()
    assert json.loads(output.out.splitlines()[-1]) == {"read": 3, "accepted": 1, "refused": 2, "changed": 1}
    assert "Windows-1252" in output.err
    assert lines("r.csv") == [
        HEADER,
        "2;gardée;siret;7,74E+13;écrit en notation scientifique par un tableur, ses derniers chiffres sont perdus",
        "3;refusée;nom;;sans nom\u00a0: la cellule est vide",
        "4;refusée;lieu;;sans lieu\u00a0: ni commune, ni code postal, ni point qui soit certain",
    ]
    entry = DirectoryEntry.objects.get()
    assert (entry.source, entry.postal_code, entry.commune_id, entry.latitude) == ("lieux", "01000", "01053", 46.199094)


def test_second_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    file = written(DIRTY)
    call_command("import_directory", file, quiet=True)
    call_command("import_directory", file, quiet=True)
    output = capsys.readouterr()
    assert output.err == ""
    assert [json.loads(line)["changed"] for line in output.out.splitlines()] == [1, 0]


def test_report_is_beside_the_caller_and_holds_no_formula() -> None:
    call_command("import_directory", written("nom,commune,siren\nA,Gap,=1+1\n"), quiet=True)
    assert lines("lieux.rapport.csv") == [
        HEADER,
        "2;gardée;siren;'=1+1;n’est ni un SIREN, ni un SIRET, ni un numéro RNA",
    ]


def test_header_alone_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_directory", written("nom,commune\n"))
    output = capsys.readouterr()
    assert json.loads(output.out) == {"read": 0, "accepted": 0, "refused": 0, "changed": 0}
    assert "n’a que son en-tête" in output.err


def test_register_without_places_is_kept_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    file = written("siren,siret_siege,denomination\n380129866,38012986643097,A\n")
    with pytest.raises(CommandError, match="il manque un lieu"):
        call_command("import_directory", file)
    call_command("import_directory", file, columns="organisations-sans-lieu")
    assert json.loads(capsys.readouterr().out)["accepted"] == 1


def test_refused_register_tells_how_to_keep_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_directory", written("siren,denomination,commune\n380129866,A,\n"))
    output = capsys.readouterr()
    assert json.loads(output.out)["refused"] == 1
    assert "--columns organisations-sans-lieu" in output.err


def test_columns_may_be_told_by_a_file() -> None:
    mapping = written('nom = "Raison"\ncommune = "Localité"', "m.toml")
    call_command("import_directory", written("Raison,Localité\nA,Gap\n"), columns=mapping, source="mien", quiet=True)
    assert DirectoryEntry.objects.get().source == "mien"


@pytest.mark.parametrize(
    ("file", "options", "message"),
    [
        ("absent.csv", {}, "Ce fichier n’existe pas\u00a0: absent.csv. Vérifiez son chemin."),
        (".", {}, ". est un dossier\u00a0: indiquez le fichier CSV qu’il contient."),
        ("vide.csv", {}, "Ce fichier est vide\u00a0: indiquez un fichier CSV qui a au moins un en-tête."),
        (
            "bon.csv",
            {"report": "bon.csv"},
            "Le rapport écraserait le fichier à importer\u00a0: indiquez un autre --report.",
        ),
        ("bon.csv", {"columns": "absent.toml"}, None),
        ("bon.csv", {"report": "absent/r.csv"}, None),
    ],
)
def test_what_cannot_be_done_says_so_in_one_line(file: str, options: dict[str, str], message: str | None) -> None:
    written("", "vide.csv")
    written("nom,commune\nA,Gap\n", "bon.csv")
    with pytest.raises(CommandError) as refused:
        call_command("import_directory", file, **options)
    assert "\n" not in str(refused.value)
    assert message in (None, str(refused.value))
    assert DirectoryEntry.objects.count() == 0
    assert sorted(path.name for path in Path().iterdir()) == ["bon.csv", "vide.csv"]


def test_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.management.commands.import_directory.LARGEST_BYTES", 3)
    with pytest.raises(CommandError, match="découpez-le"):
        call_command("import_directory", written("nom,commune\n"))


def test_database_that_is_not_ready_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_directoryentry RENAME TO elsewhere")
    with pytest.raises(CommandError, match=r"La base de données.*manage.py migrate"):
        call_command("import_directory", written("nom,commune\nA,Gap\n"))
    assert not Path("lieux.rapport.csv").exists()


def test_database_without_communes_is_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM territories_commune")
    with pytest.raises(CommandError, match="La table des communes est vide"):
        call_command("import_directory", written("nom,commune\nA,Gap\n"))


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    call_command("import_directory", written("nom,commune\nA,Gap\n"))
    assert json.loads(capsys.readouterr().out)["read"] == 1
