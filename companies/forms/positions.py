"""Where a site is: moved by a click on its plan, which the browser sends as two numbers, or by four buttons."""

from __future__ import annotations

from typing import Any

from django import forms

from companies.models import Site
from companies.plan import SIZE, USUAL_ZOOM, ZOOMS
from territories.mercator import Window

STEPS = {"nord": (0, -1), "sud": (0, 1), "ouest": (-1, 0), "est": (1, 0)}
STEP = SIZE // 8


class PositionForm(forms.Form):
    """A click (`plan.x`, `plan.y`, in pixels of the plan) or a step (`pas`)."""

    pas = forms.ChoiceField(choices=[(step, step) for step in STEPS], required=False)

    def __init__(self, data: Any = None, *, site: Site, zoom: str | None) -> None:
        super().__init__(data)
        self.site = site
        self.zoom = {str(one): one for one in ZOOMS}.get(zoom or "", USUAL_ZOOM)
        for axis in ("x", "y"):
            self.fields[f"plan.{axis}"] = forms.IntegerField(min_value=0, max_value=SIZE, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        clicked = cleaned.get("plan.x") is not None and cleaned.get("plan.y") is not None
        if not clicked and not cleaned.get("pas"):
            raise forms.ValidationError("Cliquez sur le plan là où est l’entrée, ou choisissez une direction.")
        return cleaned

    def window(self) -> Window:
        """What the plan shows."""
        return Window(self.site.latitude, self.site.longitude, self.zoom, SIZE)

    def point(self) -> tuple[float, float]:
        """Latitude and longitude that were asked for."""
        if self.cleaned_data["pas"]:
            east, south = STEPS[self.cleaned_data["pas"]]
            return self.window().point(SIZE / 2 + east * STEP, SIZE / 2 + south * STEP)
        return self.window().point(self.cleaned_data["plan.x"], self.cleaned_data["plan.y"])

    def closer(self) -> int | None:
        """The next zoom level, if there is one."""
        return next((zoom for zoom in ZOOMS if zoom > self.zoom), None)

    def farther(self) -> int | None:
        return next((zoom for zoom in reversed(ZOOMS) if zoom < self.zoom), None)
