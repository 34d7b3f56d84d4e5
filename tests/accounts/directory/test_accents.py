import pytest

from accounts.directory.accents import restore


@pytest.mark.parametrize(
    ("damaged", "restored"),
    [
        ("Biblioth?que", "Bibliothèque"),
        ("M?DIATH?QUE", "MÉDIATHÈQUE"),
        ("Mediath?que", "Mediathèque"),
        ("?cole", "École"),
        ("rue de l'?cole", "rue de l'école"),
        ("Points Num?riques de l?arrondissement", "Points Numériques de l’arrondissement"),
        ("rue F?lix ?bou?", "rue Félix éboué"),
        ("Mairie de Vach?res", "Mairie de Vachères"),
        ("sans perte", "sans perte"),
    ],
)
def test_lost_letters_are_restored(damaged: str, restored: str) -> None:
    assert restore(damaged.replace("?", "\ufffd"), ["Vachères"]) == restored


# No word, an isolated sign, two words (évènement, événement).
@pytest.mark.parametrize("damaged", ["Rue Pap?re", "Aide ? la personne", "?v?nement"])
def test_lost_letters_in_doubt_stay_lost(damaged: str) -> None:
    text = damaged.replace("?", "\ufffd")
    assert restore(text) == text
