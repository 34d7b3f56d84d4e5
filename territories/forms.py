"""A field in which a person types a commune as they like, and which hands over the Commune."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from territories.gazetteer import commune_meant
from territories.models import AmbiguousCommune, Commune, UnknownCommune
from territories.reading import LONGEST_TEXT

CANDIDATES_SHOWN = 8
SUGGESTIONS_SHOWN = 4
ECHO_LENGTH = 60


class NotOne(ValidationError):
    """A text that means no commune, or several. `choices` are those that it may mean, the likeliest first."""

    def __init__(self, message: str, code: str, choices: list[Commune]) -> None:
        super().__init__(message, code=code)
        self.choices = choices


class _Typed(str):
    """What came in with the form, shown again as it is: « 59350 » is then a postal code, not a key."""

    __slots__ = ()


class CommuneField(forms.CharField):
    """Cleans to a Commune, or to None when nothing is typed in a field that is not required.

    The initial value is a Commune or its INSEE code and is shown as « Lille (59) ».
    """

    default_error_messages = {
        "required": "Indiquez une commune, par exemple « Lille (59) » ou « 59000 ».",
        "max_length": "Indiquez seulement le nom d’une commune, en %(limit_value)d caractères au plus.",
        "null_characters_not_allowed": "Indiquez une commune sans caractère invisible.",
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Commune")
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        value = _by_key(value) if self.disabled else value
        if isinstance(value, Commune):
            return value
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.meant(text)
        except AmbiguousCommune as several:
            raise NotOne(_ambiguous_message(several), "ambiguous", several.candidates) from several
        except UnknownCommune as none:
            raise NotOne(_unknown_message(none), "unknown", none.suggestions[:SUGGESTIONS_SHOWN]) from none

    def meant(self, text: str) -> Commune:
        """The commune of a text; raises what `CommuneQuerySet.resolve` raises."""
        return Commune.objects.resolve(text)

    def bound_data(self, data: Any, initial: Any) -> Any:
        kept = super().bound_data(data, initial)
        return _Typed(kept) if isinstance(kept, str) and not self.disabled else kept

    def prepare_value(self, value: Any) -> Any:
        value = _by_key(value)
        return str(value) if isinstance(value, Commune) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class KnownCommuneField(CommuneField):
    """The same for pages that are asked very often: what is known in memory costs no statement."""

    def meant(self, text: str) -> Commune:
        return commune_meant(text) or super().meant(text)


def choices_of(form: forms.BaseForm, name: str) -> list[Commune]:
    """What the text of a commune's field may mean, where it does not mean just one."""
    errors = form.errors.as_data().get(name, [])
    return [choice for error in errors if isinstance(error, NotOne) for choice in error.choices[:CANDIDATES_SHOWN]]


def _by_key(value: Any) -> Any:
    """The Commune of a key; anything else, and what was typed, as it is."""
    if not isinstance(value, str) or isinstance(value, _Typed):
        return value
    return Commune.objects.filter(pk=value.replace("\x00", "")).first() or value


def _ambiguous_message(several: AmbiguousCommune) -> str:
    largest, *_ = several.candidates
    listed = _listed(several.candidates)
    if several.reading.code:
        return (
            f"Plusieurs communes ont le code postal {several.reading.code} : {listed}. "
            f"Indiquez le nom de la commune, par exemple « {largest} »."
        )
    return (
        f"Plusieurs communes s’appellent {largest.name} : {listed}. Précisez le département, par exemple « {largest} »."
    )


def _unknown_message(unknown: UnknownCommune) -> str:
    if unknown.suggestions:
        nearest = " ou ".join(map(str, unknown.suggestions[:SUGGESTIONS_SHOWN]))
        return (
            f"Aucune commune ne s’appelle « {_echo(unknown.text)} ». "
            f"Indiquez la commune que vous cherchez : {nearest} ?"
        )
    return (
        f"Aucune commune ne correspond à « {_echo(unknown.text)} ». Indiquez le nom d’une commune ou son "
        "code postal, par exemple « Lille (59) » ou « 59000 »."
    )


def _listed(communes: list[Commune]) -> str:
    shown = ", ".join(map(str, communes[:CANDIDATES_SHOWN]))
    more = len(communes) - CANDIDATES_SHOWN
    return shown if more <= 0 else f"{shown} et {more} autre{'s' if more > 1 else ''}"


def _echo(text: str) -> str:
    """What was typed, short enough for a sentence and without characters that could reorder it."""
    visible = "".join(letter for letter in text if letter.isprintable()).strip()
    return visible if len(visible) <= ECHO_LENGTH else f"{visible[: ECHO_LENGTH - 1]}…"
