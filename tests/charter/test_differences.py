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
