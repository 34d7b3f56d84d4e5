"""What both sides say after a workshop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.vocabulary import Topic
from companies.models import Engagement, SlotVolunteer
from territories.wording import counted
from workshops.actions import Presence, gives_its_figures
from workshops.models import MOST_MINUTES, Attendance, Booking, Report, Side

# Short, for several in one line.
ON_WHICH_TIME = [(Engagement.BENEVOLAT, "bénévolat"), (Engagement.MECENAT, "mécénat de compétences")]


class ReportForm(forms.ModelForm[Report]):
    """What both sides are asked: whether the other came, a note, a few words."""

    OTHER: Side
    absent = forms.BooleanField(required=False)
    sessions_cleared = forms.TypedChoiceField(
        label="Les sessions des ordinateurs prêtés sont-elles effacées",
        choices=[("yes", "oui"), ("no", "non"), ("", "je ne sais pas")],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Report
        fields = ("rating", "comment", "sessions_cleared")
        widgets = {"comment": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "rating": "Lue par les modérateurs seuls.",
            "comment": "Lu par les modérateurs, et par l’autre organisation si vous signalez son absence.",
        }

    def __init__(self, data: Any = None, *, booking: Booking, report: Report | None = None) -> None:
        """`report` is what is corrected: whether anybody was there stands, unless a moderator has said otherwise."""
        super().__init__(data, instance=report)
        self.booking = booking
        self.corrects = report is not None
        self.keeps = report if report is not None and not gives_its_figures(report) else None
        self.fields["rating"].required = not self.is_absent()
        self.fields["rating"].label = "Note, de 1 à 5"
        self.fields["absent"].label = f"{self.absent_name()} n’est pas venue"
        # One of its answers is that one does not know.
        self.fields["sessions_cleared"].always_answered = True  # type: ignore[attr-defined]  # read by the template
        if report is not None and report.sessions_cleared is not None:
            self.initial["sessions_cleared"] = "yes" if report.sessions_cleared else "no"
        if not booking.slot.computers:
            del self.fields["sessions_cleared"]
        if self.corrects:
            del self.fields["absent"]
        if self.is_absent():
            self._leave_out("rating", "sessions_cleared")

    def _leave_out(self, *names: str) -> None:
        """What is not asked where a report that is corrected says that nobody was there."""
        for name in names if self.corrects else ():
            self.fields.pop(name, None)

    def is_absent(self) -> bool:
        """Whether the form that was sent says so, or the report that it corrects: then nothing else has to be told."""
        if self.corrects:
            return self.keeps is not None and self.keeps.absent != ""
        return bool(self.data.get("absent"))

    def absent_name(self) -> str:
        """The other side, by its name."""
        return self.booking.slot.room.site.company.name if self.OTHER == Side.COMPANY else self.booking.association.name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        absent = self.is_absent() if self.corrects else cleaned.get("absent")
        cleaned["absent"] = self.OTHER if absent else ""
        self.instance.absent = cleaned["absent"]
        if cleaned["absent"]:
            self._check_nothing_else(cleaned)
            cleaned["rating"], cleaned["sessions_cleared"] = None, None
        return cleaned

    def _check_nothing_else(self, cleaned: dict[str, Any]) -> None:
        """Who gives a note to a side that did not come has ticked one box too many, or filled in one field too many."""
        if told := ", ".join(self.told_besides(cleaned)):
            self.add_error("absent", f"Vous indiquez aussi {told}\u00a0: videz ces réponses, ou décochez l’absence.")

    def told_besides(self, cleaned: dict[str, Any]) -> list[str]:
        """What cannot be where the other side did not come."""
        rating = cleaned.get("rating")
        return [f"une note de {rating}"] if rating else []


class AssociationReportForm(ReportForm):
    """How many people came, by national age bracket when known, and what was taught."""

    OTHER = Side.COMPANY
    attended = forms.IntegerField(
        label="Personnes venues",
        min_value=0,
        max_value=500,
        help_text="Un nombre, jamais de noms. 0 si personne n’est venu.",
    )
    crowd = forms.BooleanField(label="Oui, autant de personnes sont venues", required=False)
    taught = forms.MultipleChoiceField(
        label="Ce qui a été abordé", choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta(ReportForm.Meta):
        fields = ("attended", *Report.BRACKETS, "taught", *ReportForm.Meta.fields)  # type: ignore[assignment]

    def __init__(
        self, data: Any = None, *, booking: Booking, report: Report | None = None, planned: Sequence[str] = ()
    ) -> None:
        super().__init__(data, booking=booking, report=report)
        self.fields["attended"].required = not self.is_absent()
        self.fields["taught"].initial = planned or [booking.topic]
        for bracket in Report.BRACKETS:
            self.fields[bracket].required = False
        if self.is_absent():
            self._leave_out("attended", "crowd", "taught", *Report.BRACKETS)

    def told_besides(self, cleaned: dict[str, Any]) -> list[str]:
        came = max(cleaned.get("attended") or 0, sum(cleaned.get(bracket) or 0 for bracket in Report.BRACKETS))
        people = [counted(came, "personne venue", "personnes venues")] if came else []
        return people + super().told_besides(cleaned)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.corrects and self.is_absent():
            return cleaned
        for bracket in Report.BRACKETS:
            if cleaned.get(bracket) is None:
                cleaned[bracket] = 0
        if self.is_absent():
            return cleaned | {"attended": 0, "taught": [], **dict.fromkeys(Report.BRACKETS, 0)}
        self._ask_again(cleaned)
        total = sum(cleaned[bracket] for bracket in Report.BRACKETS)
        if "attended" in cleaned and total > cleaned["attended"]:
            self.add_error(
                "attended", f"Les tranches d’âge font {total}\u00a0: indiquez au moins ce nombre de personnes."
            )
        return cleaned

    def _ask_again(self, cleaned: dict[str, Any]) -> None:
        """More people than places are seldom there, and soon mistyped."""
        came, places = cleaned.get("attended") or 0, self.booking.slot.places
        if came > places and not cleaned.get("crowd"):
            self.add_error(
                "crowd",
                f"Vous indiquez {counted(came, 'personne', 'personnes')}, et le créneau avait "
                f"{counted(places, 'place', 'places')}\u00a0: corrigez le nombre, ou cochez cette case.",
            )


class CompanyReportForm(ReportForm):
    """How many volunteers came who are not on the portal, and for how long."""

    OTHER = Side.ASSOCIATION
    volunteers = forms.IntegerField(label="Bénévoles venus", min_value=0, max_value=100, initial=0)
    hours = forms.DecimalField(
        label="Heures de chacun",
        min_value=0,
        max_value=MOST_MINUTES // 60,
        decimal_places=2,
        initial=2,
        help_text="En moyenne.",
    )
    engagement_type = forms.ChoiceField(label="Sur quel temps", choices=ON_WHICH_TIME)

    class Meta(ReportForm.Meta):
        fields = ("volunteers", *ReportForm.Meta.fields)  # type: ignore[assignment]

    def __init__(
        self,
        data: Any = None,
        *,
        booking: Booking,
        report: Report | None = None,
        noted: Sequence[Attendance] = (),
    ) -> None:
        """`noted` are the volunteers whom the report that is corrected names: the others are counted here."""
        super().__init__(data, booking=booking, report=report)
        if report is not None:
            self.initial.update(_others(report, noted))

    def save(self, commit: bool = True) -> Report:  # noqa: FBT001, FBT002  # Django's signature
        """The report with the minutes of these volunteers together."""
        minutes = round(self.cleaned_data["volunteers"] * self.cleaned_data["hours"] * 60)
        self.instance.volunteer_minutes = minutes
        at_work = self.cleaned_data["engagement_type"] == Engagement.MECENAT
        self.instance.mecenat_minutes = minutes if at_work else 0
        return super().save(commit=commit)


def _others(report: Report, noted: Sequence[Attendance]) -> dict[str, Any]:
    """Of the volunteers of a report, those who are not among these."""
    there = [one for one in noted if one.minutes]
    volunteers = (report.volunteers or 0) - len(there)
    minutes = (report.volunteer_minutes or 0) - sum(one.minutes for one in there)
    at_work = (report.mecenat_minutes or 0) - sum(one.mecenat_minutes for one in there)
    engagement = Engagement.MECENAT if at_work else Engagement.BENEVOLAT
    hours = {"hours": _in_hours(round(minutes / volunteers))} if volunteers else {}
    return {"volunteers": volunteers, "engagement_type": engagement, **hours}


class PresenceForm(forms.Form):
    """How long one who had promised was there."""

    hours = forms.DecimalField(
        label="Heures",
        min_value=0,
        max_value=MOST_MINUTES // 60,
        decimal_places=2,
        help_text="0 pour qui n’est pas venu.",
    )
    engagement_type = forms.ChoiceField(label="Sur quel temps")
    own_hours = forms.DecimalField(
        label="Dont heures de bénévolat",
        min_value=0,
        max_value=MOST_MINUTES // 60,
        decimal_places=2,
        required=False,
        help_text="Les heures restées après le temps de travail.",
    )

    def __init__(self, data: Any = None, *, promise: SlotVolunteer, said: Attendance | None) -> None:
        # Who sought somebody else to come instead has most likely not come.
        lasts = dt.timedelta(0) if promise.stand_in_asked_at else promise.ends_at - promise.starts_at
        minutes = lasts // dt.timedelta(minutes=1)
        engagement = said.engagement_type if said else promise.engagement_type
        super().__init__(
            data,
            prefix=f"volunteer-{promise.pk}",
            initial={
                "hours": _in_hours(said.minutes if said else minutes),
                "engagement_type": engagement,
                "own_hours": _in_hours(said.own_minutes) if said and said.own_minutes else None,
            },
        )
        self.promise, self.said = promise, said
        field = self.fields["engagement_type"]
        assert isinstance(field, forms.ChoiceField)
        # Who had promised on working time may have come in their own; the other way needs a consent first.
        field.choices = [one for one in ON_WHICH_TIME if one[0] in (Engagement.BENEVOLAT, promise.engagement_type)]
        if promise.engagement_type != Engagement.MECENAT:
            del self.fields["own_hours"]

    @property
    def about(self) -> str:
        """Whose line it is, before the name of a field."""
        return self.promise.volunteer.name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        hours, own = cleaned.get("hours"), cleaned.get("own_hours") or 0
        if hours is not None and own > hours:
            self.add_error("own_hours", "Indiquez au plus les heures de la soirée.")
        return cleaned

    def presence(self) -> Presence:
        """What the report says of this volunteer: an evening that was all their own is no working time."""
        minutes, own = (round((self.cleaned_data.get(name) or 0) * 60) for name in ("hours", "own_hours"))
        engagement = self.cleaned_data["engagement_type"]
        if engagement != Engagement.MECENAT or own == minutes:
            return Presence(self.promise.volunteer, minutes, Engagement.BENEVOLAT if own else engagement)
        return Presence(self.promise.volunteer, minutes, engagement, own)


def _in_hours(minutes: int) -> str:
    """As the field takes it: two decimals, which still tell every minute apart."""
    return f"{round(minutes / 60, 2):g}"
