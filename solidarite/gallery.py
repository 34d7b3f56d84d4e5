"""The live gallery: every component of the portal in its states, with made-up words. In DEBUG only."""

import datetime as dt
from types import SimpleNamespace
from typing import get_args

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.registry.facts import Answer, Compared, RegistryView
from charter.differences import differences
from solidarite.skyline import skyline
from territories import clock
from workshops.cards import Card
from workshops.charts import columns, share
from workshops.figures import Given
from workshops.filters import SlotFilter
from workshops.forms import DismissForm
from workshops.impact import Row, Table
from workshops.models import HostingAgreement, Report, Side
from workshops.pictures import legend, map_of_france, scale
from workshops.reliability import AGAINST
from workshops.reliability import Kind as FactKind
from workshops.standing import Kind

TUESDAY = dt.datetime(2026, 12, 1, 17, 30, tzinfo=dt.UTC)
DAYPARTS = {
    "Matin": (0, 0, 0, 0, 0, 7, 4),
    "Après-midi": (0, 0, 0, 0, 0, 3, 0),
    "18 h": (5, 1, 3, 2, 2, 0, 0),
    "19 h 30": (1, 1, 8, 0, 8, 0, 0),
}
WEEK = (
    ("lundi 30 novembre", "lun.", "30", "nov."),
    ("mardi 1er décembre", "mar.", "1er", "déc."),
    ("mercredi 2 décembre", "mer.", "2", "déc."),
    ("jeudi 3 décembre", "jeu.", "3", "déc."),
    ("vendredi 4 décembre", "ven.", "4", "déc."),
    ("samedi 5 décembre", "sam.", "5", "déc."),
    ("dimanche 6 décembre", "dim.", "6", "déc."),
)
BOOKED = ("19 h 30", "ven.")
MANY = 4
HOUR = 60


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nom de la salle", help_text="Tel qu’il est écrit sur la porte.")
    email = forms.EmailField(label="Adresse électronique", widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    places = forms.IntegerField(label="Places", min_value=1, max_value=20)
    day = forms.DateField(
        label="Date", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hour = forms.TimeField(label="Heure", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    topic = forms.ChoiceField(label="Thème", choices=[("", "Choisissez"), ("emploi", "Recherche d’emploi en ligne")])
    mode = forms.ChoiceField(
        label="Réponse aux demandes",
        choices=[("instant", "Immédiate"), ("approval", "Après votre accord")],
        widget=forms.RadioSelect,
    )
    weekdays = forms.MultipleChoiceField(
        label="Jours",
        required=False,
        choices=[("1", "lundi"), ("2", "mardi"), ("3", "mercredi"), ("6", "samedi")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label="Message", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    plan = forms.FileField(label="Plan d’accès", required=False)
    agreed = forms.BooleanField(
        label="J’ai prévenu l’accueil", help_text="L’accueil du soir ouvre la porte.", required=False
    )


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component, so that a change of style is judged at one glance."""
    messages.success(request, "Votre créneau est ouvert.")
    messages.error(request, "Ce créneau vient d’être pris. Choisissez-en un autre.")
    now = clock.now()
    context = {
        "form": SampleForm(),
        "refused_form": _refused_form(),
        "search_form": _search_form("accueil_%s"),
        "full_search_form": _search_form("recherche_%s"),
        "skyline": skyline(now),
        "cards": [
            _card("Salle Ada, 3e étage", "Réponse immédiate"),
            _card("Mezzanine", "Réponse sous 96\u00a0h", "Jour férié\u00a0: Noël"),
        ],
        "why": ["à 4\u00a0km", "8\u00a0ordinateurs pour 6\u00a0personnes", "le jour que vous préférez"],
        "dismiss": DismissForm(auto_id="ecarter_%s"),
        "choices": [{"label": one, "url": "#creneaux"} for one in ("Saint-Denis (93)", "Saint-Denis (974)")],
        "facets": [
            {"label": label, "shown": "12", "chosen": label == "Le soir", "url": "#creneaux"}
            for label in ("Le soir", "Le week-end", "Accès sans marche")
        ],
        "map": map_of_france([], lambda _: ""),
        "shades": legend(scale(0)),
        "standings": get_args(Kind),
        "booking": _booking("confirmed", "confirmée"),
        "hostings": ["", *HostingAgreement.Standing],
        "held": _booking("held", "gardée pour l’association", expires_at=now),
        "bookings": [
            _booking("confirmed", "confirmée"),
            _booking("pending", "en attente"),
            _booking("expired", "expirée"),
        ],
        "photo": SimpleNamespace(pk=1, width=120, height=80, description="Six tables en îlots, un écran au mur"),
        "offers": [
            SimpleNamespace(slot=_slot("Salle Ada", "instant"), booked=True, own=None, joined=1),
            SimpleNamespace(
                slot=_slot("Salle Ada", "instant"), booked=False, own=SimpleNamespace(stand_in_asked_at=None), joined=2
            ),
            SimpleNamespace(
                slot=_slot("Salle Ada", "instant"), booked=True, own=SimpleNamespace(stand_in_asked_at=now), joined=2
            ),
        ],
        "days": [{"weekday": weekday, "day": day, "month": month} for _, weekday, day, month in WEEK],
        "rows": [{"label": label, "cells": _cells(label, counts)} for label, counts in DAYPARTS.items()],
        "legend": [
            {"kind": "many", "label": "4 créneaux ou plus"},
            {"kind": "some", "label": "moins de 4 créneaux"},
            {"kind": "booked", "label": "réservé"},
            {"kind": "", "label": "aucun créneau"},
        ],
        "page": Paginator(range(60), 20).page(2),
        "record": _record(),
        **_facts(),
        **_brought(),
        **_moves(),
    }
    return render(request, "gallery.html", context)


def _search_form(auto_id: str) -> forms.Form:
    """The search as it stands on the home page and on its own; each with ids of its own."""
    form: forms.Form = SlotFilter(QueryDict()).form
    form.auto_id = auto_id
    return form


def _refused_form() -> SampleForm:
    """The sample form as it comes back with errors."""
    form = SampleForm(
        {"name": "Salle Ada", "email": "ada", "places": "40", "mode": "", "hour": "18:30"}, auto_id="refus_%s"
    )
    form.add_error(None, "Cette salle a déjà un créneau à cette heure. Choisissez une autre heure.")
    return form


def _cells(label: str, counts: tuple[int, ...]) -> list[dict[str, object]]:
    """One window a day: dark, dimmed, lit; the last Friday evening is booked."""
    return [
        {
            "count": count,
            "url": "#facade",
            "name": f"{day[0]}, {label} : {count} créneau{'x' * (count > 1)}",
            "kind": "" if not count else "booked" if (label, day[1]) == BOOKED else _brightness(count),
        }
        for day, count in zip(WEEK, counts, strict=True)
    ]


def _brightness(count: int) -> str:
    return "many" if count >= MANY else "some"


def _card(room: str, answer: str, holiday: str = "") -> Card:
    return Card(
        url="#creneaux",
        day="mardi 1er\u00a0décembre",
        hours="18\u00a0h\u00a030 – 20\u00a0h\u00a030",
        holiday=holiday,
        room=room,
        company="Maison Lemoine et Fils",
        place="Lille (59)",
        distance="4\u00a0km",
        computers="8\u00a0ordinateurs",
        places="12\u00a0places",
        volunteers="2\u00a0bénévoles",
        way_in="Accès sans marche",
        answer=answer,
    )


def _slot(room: str, booking_mode: str) -> SimpleNamespace:
    """What the templates read of a slot."""
    company = SimpleNamespace(name="Maison Lemoine et Fils", slug="maison-lemoine")
    site = SimpleNamespace(
        company=company,
        name="Siège",
        address="12 rue de la Clé",
        commune="Lille (59)",
        step_free=True,
        known_accessibility=[("Entrer", [("Entrée de plain-pied", "oui"), ("Largeur de l’entrée", "90\u00a0cm")])],
        access_lines=[("Où se présenter", "Hall A"), ("Ce soir-là", "le gardien, 01\u00a099\u00a000\u00a012\u00a034")],
        access_kit=SimpleNamespace(evening_phone=None),
    )
    return SimpleNamespace(
        pk=1,
        starts_at=TUESDAY,
        ends_at=TUESDAY + dt.timedelta(hours=2),
        time_zone="Europe/Paris",
        room=SimpleNamespace(name=room, site=site, equipment_labels=["vidéoprojecteur"], equipment=""),
        computers=8,
        places=12,
        volunteers_offered=2,
        availability_id=1,
        booking_mode=booking_mode,
        distance_km=4.2,
    )


def _booking(state: str, words: str, **more: object) -> SimpleNamespace:
    """What the templates read of a booking."""
    return SimpleNamespace(
        pk=1,
        state=state,
        get_state_display=words,
        said=words,
        slot=_slot("Salle Ada, 3e étage", "instant"),
        association=SimpleNamespace(name="Les Clics du Faubourg", slug="clics-du-faubourg"),
        participants=6,
        is_contested=False,
        **more,
    )


def _facts() -> dict[str, object]:
    """What is only read: figures, facts, history, readiness."""
    return {
        "organisation": SimpleNamespace(
            name="Les Clics du Faubourg",
            get_legal_form_display="association",
            siren="",
            siret="",
            rna="W751234567",
            address="3 rue des Postes",
            commune="Lille (59)",
            website="https://example.org",
            description="Ateliers numériques pour les habitants du faubourg.",
        ),
        "prefill": SimpleNamespace(
            typed="clics",
            entries=[SimpleNamespace(pk=1, name="Les Clics du Faubourg", commune="Lille (59)", siren="")],
            registered=[SimpleNamespace(name="CLICS ASSOCIES", address="3 RUE DU PORT 59000 LILLE", siren="356000000")],
            failure="",
        ),
        "figures": [
            {"number": "1 284", "label": "ateliers tenus"},
            {"number": "7 412", "label": "personnes accompagnées"},
            {"number": "2 036", "label": "ordinateurs ouverts"},
            {"number": "143", "label": "entreprises signataires"},
        ],
        "facts": [
            {"term": "Nom", "value": "Maison Lemoine et Fils", "differs": False},
            {"term": "Adresse", "value": "12 rue de la Clé, Lille (59)", "differs": True},
            {"term": "Effectif", "value": "50 à 99 personnes", "differs": False},
        ],
        "signature": SimpleNamespace(
            renamed=True,
            company_name="Maison Lemoine",
            company_siren="356000000",
            signatory_name="Hélène Carpentier",
            signatory_capacity="directrice générale",
            signatory_email="helene@example.org",
            signed_at=TUESDAY,
            signed_by=None,
            version=SimpleNamespace(number=2),
            pledged_rooms=2,
            pledged_computers=16,
            pledged_hours=1200,
        ),
        "owners": [SimpleNamespace(name="Jeanne Roy", email="jeanne@example.org")],
        "wanted": SimpleNamespace(
            about="courriels",
            get_level_display="débutant",
            participants=6,
            computers=6,
            radius_km=20,
            commune="Lille (59)",
            when="le mardi, le soir",
            who="Séniors",
            volunteers=1,
            from_date=TUESDAY.date(),
            until_date=TUESDAY.date(),
        ),
        "asked": [
            SimpleNamespace(over=True, expired=False),
            SimpleNamespace(over=False, expired=True),
            SimpleNamespace(over=False, expired=False, get_state_display="ouverte"),
        ],
        "registry": RegistryView(
            Answer.FOUND,
            [Compared("Nom", "MAISON LEMOINE", differs=False), Compared("État", "a cessé son activité", differs=True)],
            TUESDAY,
            "",
            masked=True,
        ),
        "stretches": differences("Nous ouvrons nos salles le soir.", "Nous ouvrons une salle le soir et le samedi."),
        "events": [
            {
                "when": "mardi 1er décembre, 9 h 12",
                "who": "Jeanne Roy",
                "what": "Compléments demandés",
                "why": "Précisez qui signe au nom de l’entreprise.",
            },
            {"when": "lundi 30 novembre, 18 h 04", "who": "", "what": "Signature envoyée", "why": ""},
        ],
        "lights": [
            {"label": "Salle", "state": "lit", "text": "confirmée"},
            {"label": "Ordinateurs", "state": "half", "text": "4 prêts sur 8"},
            {"label": "Bénévoles", "state": "", "text": "il en manque 2"},
        ],
    }


def _brought() -> dict[str, object]:
    """What workshops have brought: in large, through time, and by topic."""
    by_month = (("sept. 2026", 2, 11), ("oct. 2026", 7, 46), ("nov. 2026", 4, 23))
    by_topic = (
        ("Courrier électronique", 9, 57),
        ("Recherche d’emploi en ligne", 3, 16),
        ("Reconnaître une arnaque", 1, 7),
    )
    most = by_topic[0][1]
    topics = [Row(label, held, came, share=share(held, most)) for label, held, came in by_topic]
    months = [Row(label, held, came, held * 4 * HOUR) for label, held, came in by_month]
    return {
        "given": Given(13, 80, 41 * HOUR, 11 * HOUR),
        "years": [2026, 2025],
        "months": Table("mois", "Mois après mois", "mois", months),
        "chart": columns([(row.label, row.amount) for row in months]),
        "topics": Table(
            "themes", "Ce qui a été abordé", "thème", topics * 4, "Un atelier sur deux thèmes compte pour chacun."
        ),
    }


def _record() -> SimpleNamespace:
    """What an organisation kept, in each of its kinds."""
    kinds = get_args(FactKind)
    facts = [
        SimpleNamespace(
            booking=_numbered(_booking("completed", "atelier tenu"), number),
            kind=kind,
            counts_against=kind in AGAINST,
            reply=SimpleNamespace(text="Le train était arrêté.") if kind == "late" else None,
            reports=_reports() if kind == "disputed" else [],
        )
        for number, kind in enumerate(kinds)
    ]
    return SimpleNamespace(kept=2, total=5, facts=facts)


def _reports() -> list[Report]:
    """Of two sides that do not agree."""
    return [
        Report(side=Side.ASSOCIATION, absent=Side.COMPANY, attended=0, comment="La porte était fermée."),
        Report(side=Side.COMPANY, volunteers=2, volunteer_minutes=240, mecenat_minutes=120, rating=4),
    ]


def _numbered(booking: SimpleNamespace, number: int) -> SimpleNamespace:
    """As rows have numbers of their own."""
    booking.pk = number
    return booking


def _moves() -> dict[str, object]:
    """What leads elsewhere: tasks, steps, views, the way back."""
    return {
        "tasks": [
            {
                "title": "Répondez aux Clics du Faubourg",
                "detail": "mardi 1er décembre, 18\u00a0h\u00a030 – 20\u00a0h\u00a030",
                "url": "#todo",
                "label": "Répondre",
                "hidden": "aux Clics du Faubourg",
                "whose": "Maison Lemoine et Fils",
            },
            {
                "title": "Racontez l’atelier de jeudi",
                "detail": "",
                "url": "#todo",
                "label": "Faire le bilan",
                "hidden": "de jeudi",
                "whose": "Imprimerie du Parc",
            },
        ],
        "steps": [
            {"label": "Votre entreprise", "state": "done"},
            {"label": "La charte", "state": "now"},
            {"label": "Votre première salle", "state": ""},
        ],
        "views": [
            {"label": "Liste", "url": "#views", "current": True},
            {"label": "Semaine", "url": "#views", "current": False},
            {"label": "Carte", "url": "#views", "current": False},
        ],
        "crumbs": [{"label": "Signataires", "url": "#crumbs"}, {"label": "Maison Lemoine et Fils", "url": "#crumbs"}],
    }
