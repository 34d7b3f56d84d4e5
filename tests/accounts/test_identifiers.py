import pytest
from django.core.exceptions import ValidationError

from accounts.identifiers import clean_rna, clean_siren, clean_siret


@pytest.mark.parametrize("typed", ["380129866", "380 129 866", "380.129.866", "380\u00a0129\u00a0866"])
def test_siren_is_kept_without_its_spaces(typed: str) -> None:
    assert clean_siren(typed) == "380129866"


@pytest.mark.parametrize("typed", ["380129867", "38012986", "3801298660", "ABCDEFGHI", "½80129866"])
def test_siren_with_a_wrong_key_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="Vérifiez le SIREN"):
        clean_siren(typed)


# The second is an establishment of La Poste, whose digits add up to a multiple of five instead.
@pytest.mark.parametrize("typed", ["38012986643097", "35600000049837"])
def test_siret_with_a_right_key_is_kept(typed: str) -> None:
    assert clean_siret(typed) == typed


@pytest.mark.parametrize("typed", ["38012986643098", "35600000049838", "380129866", "x"])
def test_siret_with_a_wrong_key_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="Vérifiez le SIRET"):
        clean_siret(typed)


@pytest.mark.parametrize(("typed", "kept"), [("w751234567", "W751234567"), ("W9A 1234567", "W9A1234567"), ("", "")])
def test_rna_is_kept_in_capitals(typed: str, kept: str) -> None:
    assert clean_rna(typed) == kept


@pytest.mark.parametrize("typed", ["751234567", "W75123456", "W7512345678", "X751234567"])
def test_rna_of_another_form_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="Vérifiez le numéro RNA"):
        clean_rna(typed)
