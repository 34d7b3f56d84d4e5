"""One spelling for names that people write in many ways: what is searched is folded like what is typed."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o"})
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_INVISIBLE = frozenset({"Mn", "Cf"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte"}


def fold(text: str) -> str:
    """Lower-case ASCII words separated by one space, « St » and « Ste » spelled out.

    Accents, hyphens, apostrophes, case and invisible characters make no difference. Folding twice changes
    nothing; text without a Latin letter or a digit folds to the empty string.
    """
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    if not flat.isascii():
        flat = "".join(letter for letter in flat if unicodedata.category(letter) not in _INVISIBLE)
        flat = flat.translate(_LIGATURES)
    words = _SEPARATORS.sub(" ", flat).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)
