from hypothesis import given
from hypothesis import strategies as st

from territories.folding import fold


def test_fold_forgets_accents_case_hyphens_and_apostrophes() -> None:
    assert fold("L'Haÿ-les-Roses") == "l hay les roses"
    assert fold("  ÎLE–d’Yeu ") == "ile d yeu"
    assert fold("Œuilly") == "oeuilly"


def test_fold_spells_out_saint_and_sainte() -> None:
    assert fold("St-Étienne") == fold("SAINT ETIENNE") == "saint etienne"
    assert fold("Ste Foy") == fold("Sainte-Foy") == "sainte foy"
    assert fold("Strasbourg") == "strasbourg"


def test_fold_ignores_invisible_and_foreign_characters() -> None:
    assert fold("Li\u200blle\u202e") == "lille"
    assert fold("\x00") == ""
    assert fold("ليل") == ""
    assert fold("５９０００") == "59000"


@given(st.text())
def test_fold_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_leaves_plain_words_only(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
