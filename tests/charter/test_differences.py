"""Words added and removed give back both texts, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from charter.differences import Change, Stretch, differences

TEXT = st.text(st.sampled_from("ab \n."), max_size=60)


@given(old=TEXT, new=TEXT)
def test_stretches_make_both_texts(old: str, new: str) -> None:
    stretches = differences(old, new)
    assert "".join(one.text for one in stretches if one.change != Change.ADDED) == old
    assert "".join(one.text for one in stretches if one.change != Change.REMOVED) == new


def test_same_text_is_one_fate() -> None:
    assert {one.change for one in differences("Un.\n\nDeux.", "Un.\n\nDeux.")} == {Change.SAME}


def test_words_are_compared_inside_a_paragraph() -> None:
    assert differences("Nos salles le soir.", "Nos salles le samedi.") == [
        Stretch(Change.SAME, "Nos salles le "),
        Stretch(Change.REMOVED, "soir."),
        Stretch(Change.ADDED, "samedi."),
    ]


def test_passage_written_anew_costs_little() -> None:
    """Ten thousand words against ten thousand others are two stretches, not a hundred million comparisons."""
    old, new = " ".join(map(str, range(10_000))), " ".join(map(str, range(5_000, 15_000)))
    assert differences(old, new) == [Stretch(Change.REMOVED, old), Stretch(Change.ADDED, new)]


def test_small_corrections_of_every_paragraph_of_a_long_text_are_shown_as_such() -> None:
    old = "\n\n".join(f"Paragraphe {number} " + "avec des mots de la charte " * 60 for number in range(20))
    new = old.replace("Paragraphe", "Article")
    changed = [one.text for one in differences(old, new) if one.change != Change.SAME]
    assert changed == ["Paragraphe ", "Article "] * 20
