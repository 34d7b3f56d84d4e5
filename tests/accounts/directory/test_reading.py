import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.directory.reading import LOST, Record, UnreadableFile, read_table


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [record.cells for record in read_table(content).records]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_the_one_of_the_header(delimiter: str) -> None:
    table = read_table(f"nom{delimiter}commune\nA, B; C{delimiter}Gap\n".replace(", ", " ").encode())
    assert (table.header, table.delimiter) == (("nom", "commune"), delimiter)


def test_delimiter_may_be_told_by_a_line_of_its_own() -> None:
    table = read_table(b"sep=;\r\nnom;commune\r\nA;Gap\r\n")
    assert (table.header, table.records) == (("nom", "commune"), (Record(3, ("A", "Gap")),))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("nom;x\nMézel;1\n".encode(), "UTF-8"),
        ("\ufeffnom;x\nMézel;1\n".encode(), "UTF-8"),
        ("nom;x\nMézel;1\n".encode("cp1252"), "Windows-1252"),
        ("nom;x\nMézel;1\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_encoding_is_found(content: bytes, encoding: str) -> None:
    table = read_table(content)
    assert (table.header, table.records, table.encoding) == (("nom", "x"), (Record(2, ("Mézel", "1")),), encoding)


def test_lines_of_two_encodings_are_each_read_in_theirs() -> None:
    table = read_table("nom,x\nMézel,1\n".encode() + "L’Œuvre,2\n".encode("cp1252"))
    assert [record.cells[0] for record in table.records] == ["Mézel", "L’Œuvre"]
    assert table.encoding == "UTF-8 et Windows-1252"


def test_byte_that_no_encoding_has_is_a_lost_letter() -> None:
    assert cells(b"nom,x\n\xe9t\x81,1\n") == [(f"ét{LOST}", "1")]


def test_lines_are_counted_as_an_editor_does() -> None:
    table = read_table(b'\n\nnom,x\n"A\nB",1\n\nC,2\r\nD,3')
    assert table.records == (Record(4, ("A\nB", "1")), Record(7, ("C", "2")), Record(8, ("D", "3")))


def test_empty_cells_are_a_record_and_a_blank_line_is_none() -> None:
    assert cells(b"nom,x\n,\n\n   \nA,1\n") == [("", ""), ("A", "1")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"  \n"])
def test_file_without_a_header_is_empty(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="est vide"):
        read_table(content)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"PK\x03\x04whatever", "classeur de tableur"),
        (b"\xd0\xcf\x11\xe0whatever", "classeur de tableur"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8bwhatever", "archive compressée"),
        (bytes(range(256)), "octets qui ne sont pas du texte"),
        (b"\xff\xfen", "UTF-16 est tronqué"),
        (b'nom,x\nA,1\n"B,2\nC,3\n', "ouvert à la ligne 3"),
        (b"nom,x\n" + b"A" * 131_073 + b",1\n", "une cellule y dépasse"),
    ],
)
def test_what_is_no_csv_is_refused_with_advice(content: bytes, advice: str) -> None:
    with pytest.raises(UnreadableFile, match=advice) as refused:
        read_table(content)
    assert str(refused.value).startswith("Ce fichier n’est pas un CSV lisible\u00a0: ")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(UnreadableFile):
        assert read_table(content).header


PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs")))


@given(st.lists(st.tuples(PRINTABLE, PRINTABLE), max_size=5))
def test_what_python_writes_is_read_back(rows: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("nom", "x"), *rows])
    assert cells(text.getvalue().encode()) == rows
