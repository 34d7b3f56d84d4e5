"""Columns that keep themselves."""

from typing import Any

from django.db import models

from territories.folding import fold


class FoldedField(models.CharField[str, str]):
    """The folded spelling of another text column, `of`, rewritten whenever the row is saved or created in bulk."""

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **({"editable": False} | kwargs))

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001  # Django's signature
        """Fold what the other column holds now."""
        folded = fold(getattr(model_instance, self.of))[: self.max_length]
        setattr(model_instance, self.attname, folded)
        return folded
