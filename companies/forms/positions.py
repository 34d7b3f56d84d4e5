"""Where a site is: moved by a click on its plan, which the browser sends as two numbers, or by four buttons."""

from __future__ import annotations

from typing import Any

from django import forms

from companies.models import Site
from companies.plan import SIZE, USUAL_ZOOM, ZOOMS, is_on_pin
from territories.mercator import Window

STEPS = {"nord": (0, -1), "sud": (0, 1), "ouest": (-1, 0), "est": (1, 0)}
STEP = SIZE // 8
OUTDATED = "Ce plan n’est plus à jour\u00a0: cliquez sur celui-ci."


class WindowField(forms.Field):
    """The plan that a person had before their eyes, as `window_text` writes it; cleans to its window."""

    widget = forms.HiddenInput
    default_error_messages = {"required": OUTDATED, "invalid": OUTDATED}

    def to_python(self, value: Any) -> Window | None:
        if not value:
            return None
        try:
            zoom, latitude, longitude = value.split("/")
            window = Window(float(latitude), float(longitude), int(zoom), SIZE)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error
        on_earth = abs(window.latitude) <= 90 and abs(window.longitude) <= 180  # noqa: PLR2004  # degrees
        if window.zoom not in ZOOMS or not on_earth:
            raise forms.ValidationError(self.error_messages["invalid"])
        return window


def window_text(window: Window) -> str:
    """Zoom, latitude and longitude, without loss."""
    return f"{window.zoom}/{window.latitude!r}/{window.longitude!r}"


class PositionForm(forms.Form):
    """A click (`plan.x`, `plan.y`, in pixels of the plan) or a step (`pas`), on the plan that was seen (`vu`).

    It is read on that plan, wherever the point is by now: sent twice, it asks for the same point.
    """

    vu = WindowField()
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

    def shown(self) -> str:
        """What the plan shows, to come back as `vu`."""
        return window_text(self.window())

    def is_on_pin(self) -> bool:
        """Whether the pin itself was clicked, and what it hides: that asks for no other point."""
        typed = self.cleaned_data
        return not typed["pas"] and is_on_pin(typed["plan.x"], typed["plan.y"], size=SIZE)

    def is_outdated(self) -> bool:
        """Whether the point has moved since the plan was shown."""
        seen: Window = self.cleaned_data["vu"]
        return (seen.latitude, seen.longitude) != (self.site.latitude, self.site.longitude)

    def point(self) -> tuple[float, float]:
        """Latitude and longitude that were asked for."""
        seen: Window = self.cleaned_data["vu"]
        if self.cleaned_data["pas"]:
            east, south = STEPS[self.cleaned_data["pas"]]
            return seen.point(SIZE / 2 + east * STEP, SIZE / 2 + south * STEP)
        return seen.point(self.cleaned_data["plan.x"], self.cleaned_data["plan.y"])

    def closer(self) -> int | None:
        """The next zoom level, if there is one."""
        return next((zoom for zoom in ZOOMS if zoom > self.zoom), None)

    def farther(self) -> int | None:
        return next((zoom for zoom in reversed(ZOOMS) if zoom < self.zoom), None)
