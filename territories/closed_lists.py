"""Columns that hold words of closed lists, and nothing else, whoever writes them."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class OfTheList(models.CheckConstraint):
    """Django's own in a migration; forms do not ask PostgreSQL, since the column says in words what it refuses."""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        pass

    def deconstruct(self) -> tuple[str, Any, Any]:
        _path, args, kwargs = super().deconstruct()
        return "django.db.models.CheckConstraint", args, kwargs


def _hold(model: type[models.Model], column: str, condition: Q) -> None:
    """Add the constraint to what the model's Meta says."""
    meta = model._meta  # noqa: SLF001  # Django's public way to a model
    name = f"{meta.app_label}_{meta.model_name}_{column}_known"
    meta.constraints = [*meta.constraints, OfTheList(name=name, condition=condition)]
    # Where migrations look whether there are any.
    meta.original_attrs.setdefault("constraints", [])


class WordField(models.CharField[str, str]):
    """One word of its `choices`; the empty word where it may be blank. For migrations a CharField and a constraint."""

    @property
    def words(self) -> list[str]:
        """What may stand in the column."""
        return [*([""] if self.blank else []), *(str(word) for word, _label in self.flatchoices)]

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  # Django's signature
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            _hold(cls, name, Q(**{f"{name}__in": self.words}))

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class OnceField(ArrayField):  # type: ignore[type-arg]  # what is in it is said by the column, not by its caller
    """A list of which forms write nothing twice, however often it was sent. For migrations a plain list."""

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        super().save_form_data(instance, list(dict.fromkeys(data)) if data else data)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.contrib.postgres.fields.ArrayField", args, kwargs


class WordsField(OnceField):
    """Words of the `choices` of its base field, in any number."""

    base_field: WordField

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  # idem
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            _hold(cls, name, Q(**{f"{name}__contained_by": self.base_field.words}))
