"""The page of a request, what is explained of proposals, and the weights that operators try."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from associations.models import Association, Request
from companies.models import Room, Slot
from tests import factories
from tests.addresses import signed_in_as
from tests.associations.test_requests import form_of
from tests.conftest import NOW
from tests.factories import World
from workshops import actions
from workshops.matching import almost, look_at, proposals, reasons
from workshops.models import Booking, Dismissal, Part, Standing, Weighting

DAY = dt.timedelta(days=1)


@pytest.fixture
def wanted(world: World, now: dt.datetime) -> Request:
    return factories.make_request(now, world.association)


@pytest.fixture
def page(world: World, wanted: Request) -> str:
    return reverse("workshops:association_request", args=[world.association.slug, wanted.pk])


@pytest.fixture
def karim(world: World) -> Client:
    return signed_in_as(world.association_owner)


def test_what_serves_is_proposed_with_its_reasons(karim: Client, page: str) -> None:
    shown = karim.get(page).text
    assert "Ce que nous vous proposons" in shown
    assert "8\u00a0ordinateurs pour 6\u00a0personnes, en soirée" in shown


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "on y parle arabe et ukrainien"), ("en", "Arabic and Ukrainian spoken there")]
)
def test_languages_that_are_needed_are_among_the_reasons(
    world: World, now: dt.datetime, language: str, said: str
) -> None:
    factories.make_profile(now, world.company, world.volunteer, languages=["ar", "uk"])
    factories.make_promise(now, world.slot, world.volunteer)
    wanted = factories.make_request(now, world.association, languages=["ar", "uk"])
    [found] = proposals(wanted, now)[0]
    with translation.override(language):
        assert said in reasons(found)


def test_page_of_an_association_leads_to_each_of_its_requests(world: World, karim: Client, page: str) -> None:
    assert f'<a href="{page}">' in karim.get(reverse("association", args=[world.association.slug])).text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"computers": 9, "participants": 9}, "8\u00a0ordinateurs, il vous en faut 9"),
        ({"participants": 11}, "10\u00a0places pour 11\u00a0personnes"),
        ({"weekdays": [6]}, "le mardi, un jour que vous n’avez pas choisi"),
        ({"until_date": dt.date(2026, 12, 7)}, "le mardi 8\u00a0décembre 2026, hors de vos dates"),
        ({"languages": ["uk"]}, "aucun bénévole inscrit ne parle ukrainien"),
    ],
)
def test_the_one_thing_that_is_missing_is_said(
    world: World, now: dt.datetime, karim: Client, fields: dict[str, object], why: str
) -> None:
    wanted = factories.make_request(now, world.association, **fields)
    shown = karim.get(reverse("workshops:association_request", args=[world.association.slug, wanted.pk])).text
    assert "Aucun créneau libre ne convient" in shown
    assert why in shown


def test_slot_that_admission_opens_is_named_and_not_proposed(world: World, now: dt.datetime) -> None:
    owner = factories.make_user("Nina")
    new = factories.make_association(now, owner=owner, admitted=False)
    wanted = factories.make_request(now, new)
    shown = signed_in_as(owner).get(reverse("workshops:association_request", args=[new.slug, wanted.pk])).text
    assert "Aucun créneau libre ne convient" in shown
    assert "réservable sans délai, dès que votre association est admise" in shown
    assert "Vous pouvez les réserver quand même" not in shown


def test_what_its_association_has_asked_for_is_named_and_not_proposed(
    world: World, now: dt.datetime, karim: Client, wanted: Request, page: str
) -> None:
    """Where it was for this request, its standing says so already."""
    booking = factories.make_booking(now, world.slot, world.association, state="pending")
    shown = karim.get(page).text
    why = "il n’est pas proposé parce que vous l’avez demandé déjà, et que l’entreprise n’a pas encore répondu"
    assert ("Ce que nous vous proposons" in shown, why in shown) == (False, True)
    assert reverse("workshops:association_booking", args=[world.association.slug, booking.pk]) in shown
    Booking.objects.update(request=wanted)
    assert why not in karim.get(page).text
    Booking.objects.update(request=None)
    Request.objects.update(participants=11)
    assert why not in karim.get(page).text


def test_what_is_missing_is_looked_for_at_the_right_dates_first(
    world: World, now: dt.datetime, karim: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where there is more than is looked at, the page says of how many it speaks."""
    factories.make_slot(world.room, world.slot.starts_at + 7 * DAY, places=5, computers=6)
    wanted = factories.make_request(now, world.association, from_date=dt.date(2026, 12, 9))
    address = reverse("workshops:association_request", args=[world.association.slug, wanted.pk])
    all_of_them = karim.get(address).text
    assert "5\u00a0places pour 6\u00a0personnes" in all_of_them
    assert ("hors de vos dates" in all_of_them, "Il y en a d’autres" in all_of_them) == (True, False)
    monkeypatch.setattr("workshops.matching.missing.LOOKED_AT", 1)
    shown = karim.get(address).text
    assert "5\u00a0places pour 6\u00a0personnes" in shown
    assert "hors de vos dates" not in shown
    assert "Il y en a d’autres\u00a0: nous en avons regardé 1\u00a0créneau, ceux à vos dates d’abord." in shown


def test_smaller_group_is_said_where_places_are_missing(world: World, now: dt.datetime, karim: Client) -> None:
    """More computers than there are may be asked for, more people may not come."""
    for wanted, said in (({"participants": 11}, True), ({"participants": 9, "computers": 9}, False)):
        request = factories.make_request(now, world.association, **wanted)
        shown = karim.get(reverse("workshops:association_request", args=[world.association.slug, request.pk])).text
        assert "Vous pouvez les réserver quand même" in shown
        assert ("pour un plus petit groupe là où il manque des places" in shown) == said


def test_what_is_beyond_the_radius_is_shown_after_what_is_within(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association, participants=11, radius_km=20)
    far = factories.make_site(now, world.company, latitude=world.site.latitude + 0.25, max_visitors=50)
    beyond = factories.make_slot(factories.make_room(now, far, capacity=12), world.slot.starts_at - DAY)
    assert [miss.slot for miss in almost(wanted, now).misses] == [world.slot, beyond]


@pytest.mark.parametrize("why", list(Dismissal.Why))
def test_what_was_dismissed_is_not_shown_as_almost_serving(
    world: World, now: dt.datetime, wanted: Request, why: Dismissal.Why
) -> None:
    """Nor is anything else of its site, where that is why."""
    other = factories.make_slot(world.room, world.slot.starts_at + 7 * DAY)
    actions.dismiss_slot(request=wanted, slot=world.slot, why=why, by=world.association_owner, now=now)
    wanted.participants = 11
    shown = [miss.slot for miss in almost(wanted, now).misses]
    assert shown == ([other] if why == Dismissal.Why.OTHER else [])


def test_booking_of_a_proposal_is_made_for_its_request(world: World, karim: Client, wanted: Request, page: str) -> None:
    """The request is carried from its page to the slot and on to the form, and is served by what is booked."""
    slot_page = re.findall(r'<h3><a href="([^"]+)"', karim.get(page).text)[0]
    assert slot_page == f"/creneaux/{world.slot.pk}/?demande={wanted.pk}"
    book = re.findall(r'href="([^"]+/reserver/[^"]*)"', karim.get(slot_page).text)[0]
    form = karim.get(book).context["form"]
    begun = {name: form[name].value() for name in ("association", "request", "participants", "topic")}
    assert begun == {
        "association": world.association.pk,
        "request": wanted.pk,
        "participants": wanted.participants,
        "topic": wanted.topics[0],
    }
    karim.post(book, begun | {"key": str(form["key"].value()), "message": ""})
    wanted.refresh_from_db()
    assert (wanted.state, Booking.objects.get().request) == (Request.State.IN_PROGRESS, wanted)


def test_slot_that_almost_serves_is_looked_at_for_the_request(world: World, now: dt.datetime, karim: Client) -> None:
    wanted = factories.make_request(now, world.association, participants=11)
    shown = karim.get(reverse("workshops:association_request", args=[world.association.slug, wanted.pk])).text
    assert f'href="/creneaux/{world.slot.pk}/?demande={wanted.pk}"' in shown
    book = reverse("workshops:book", args=[world.slot.pk])
    form = karim.get(book, {"demande": wanted.pk}).context["form"]
    assert form["participants"].value() == world.slot.places


@pytest.mark.parametrize("name", ["workshops:book", "workshops:course_book"])
@pytest.mark.parametrize("whose", ["own", "withdrawn", "other", "none"])
def test_only_an_own_open_request_fills_the_form(
    world: World, now: dt.datetime, karim: Client, name: str, whose: str
) -> None:
    other = factories.make_association(now)
    numbers: dict[str, int | str] = {
        "own": factories.make_request(now, world.association).pk,
        "withdrawn": factories.make_request(now, world.association, state="withdrawn", withdrawn_at=now).pk,
        "other": factories.make_request(now, other).pk,
        "none": "x\x00",
    }
    form = karim.get(reverse(name, args=[world.slot.pk]), {"demande": numbers[whose]}).context["form"]
    assert form["request"].value() == (numbers["own"] if whose == "own" else None)


def test_dismissed_slot_leaves_the_page_and_comes_back(world: World, karim: Client, wanted: Request, page: str) -> None:
    dismiss = reverse("workshops:association_dismiss", args=[world.association.slug, wanted.pk, world.slot.pk])
    shown = karim.post(dismiss, {"why": "day"}, follow=True).text
    assert "Vous avez écarté 1\u00a0créneau pour cette demande." in shown
    assert "Ce que nous vous proposons" not in shown
    assert Dismissal.objects.get().why == Dismissal.Why.DAY
    again = reverse("workshops:association_undismiss", args=[world.association.slug, wanted.pk])
    assert "Ce que nous vous proposons" in karim.post(again, follow=True).text


def test_no_reason_that_teaches_is_chosen_beforehand(karim: Client, page: str, wanted: Request) -> None:
    form = re.search(r'<select name="why".*?</select>', karim.get(page).text, re.DOTALL)
    assert form is not None
    assert re.findall(r'value="(\w+)" selected', form[0]) == ["other"]


def test_slot_that_has_gone_is_dismissed_in_words(world: World, karim: Client, wanted: Request) -> None:
    """From an old page: it leads back to what is proposed now."""
    dismiss = reverse("workshops:association_dismiss", args=[world.association.slug, wanted.pk, world.slot.pk])
    world.slot.delete()
    answer = karim.post(dismiss, {"why": "day"}, follow=True)
    assert (answer.status_code, "Ce créneau n’est plus proposé à personne." in answer.text) == (200, True)
    assert "Ce que nous vous proposons" not in answer.text


@pytest.mark.parametrize("why", ["", "x"])
def test_reason_that_is_none_is_refused_in_words(world: World, karim: Client, wanted: Request, why: str) -> None:
    dismiss = reverse("workshops:association_dismiss", args=[world.association.slug, wanted.pk, world.slot.pk])
    assert "Choisissez un motif de la liste." in karim.post(dismiss, {"why": why}, follow=True).text
    assert not Dismissal.objects.exists()


def test_posted_request_leads_to_what_serves_it(world: World, now: dt.datetime, karim: Client) -> None:
    """The mail comes within a minute, the page knows at once."""
    address = reverse("associations:request_create", args=[world.association.slug])
    answer = karim.post(address, form_of(karim, address), follow=True)
    assert answer.redirect_chain[-1][0] == reverse(
        "workshops:association_request", args=[world.association.slug, Request.objects.get().pk]
    )
    assert "Ce que nous vous proposons" in answer.text


def test_weights_are_tried_before_they_are_saved(world: World, now: dt.datetime) -> None:
    """A change that puts another slot first is shown, and changes nothing until it is saved."""
    factories.make_request(now, world.association, until_date=dt.date(2027, 2, 28))
    small = factories.make_room(now, factories.make_site(now, world.company, latitude=50.6), capacity=6, computers=6)
    factories.make_slot(small, world.slot.starts_at + dt.timedelta(days=30))
    near = dict.fromkeys(Part.values, 0) | {"distance": 100}
    full = dict.fromkeys(Part.values, 0) | {"size": 100}
    operator = signed_in_as(factories.make_user("Odile", is_staff=True, is_superuser=True))
    address = reverse("workshops:weights")
    operator.post(address, near)
    tried = operator.get(address, full).text
    assert "1\u00a0verrait un autre créneau en premier" in tried
    assert Weighting.current().weights == near
    operator.post(address, full)
    operator.post(address, full)
    assert (Weighting.current().weights, Weighting.objects.count()) == (full, 2)
    page = operator.get(address)
    assert [one.changes for one in page.context["history"]] == [
        ["la proximité 100 → 0", "une salle à la taille du groupe 0 → 100"],
        [f"{Part(part).label} {old} → {near[Part(part)]}" for part, old in Weighting().weights.items()],
    ]
    assert "mardi 1er\u00a0décembre 2026, 10\u00a0h" in page.text
    assert "la proximité 100 → 0, une salle" in page.text


@pytest.mark.parametrize("part", ["urgency", "fairness"])
def test_weights_of_requests_change_what_companies_read(world: World, now: dt.datetime, part: str) -> None:
    """And nothing of what associations read of slots."""
    rare = factories.make_association(now)
    Standing.objects.create(association=world.association, kept=1, broken=0, served=9, counted_at=now)
    first = factories.make_request(now - DAY, world.association)
    pressing = factories.make_request(now, rare, until_date=dt.date(2026, 12, 9))
    operator = signed_in_as(factories.make_user("Odile", is_staff=True, is_superuser=True))
    nothing = dict.fromkeys(Part.values, 0)
    operator.post(reverse("workshops:weights"), nothing | {"size": 1})
    page = operator.get(reverse("workshops:weights"), nothing | {"size": 1, part: 100})
    assert (page.context["outlook"].requests, page.context["outlook"].slots) == ((2, 0, 0), (1, 1, 0))
    [turn] = page.context["outlook"].turns
    assert (turn.slot, turn.before, turn.after) == (world.slot, first, pressing)
    assert "1\u00a0mènerait à une autre demande en premier" in page.text


@pytest.mark.parametrize(
    ("fields", "said", "offered"),
    [
        ({}, "<strong>ouverte</strong>", ""),
        ({"expires_at": NOW}, "<strong>expirée</strong>\u00a0: elle n’est plus en ligne", "Rouvrir</button>"),
        (
            {"from_date": NOW.date() - 9 * DAY, "until_date": NOW.date() - DAY},
            "<strong>dates passées</strong>\u00a0: son dernier jour est passé.",
            "Déposer de nouveau</a>",
        ),
        ({"state": "in_review"}, "<strong>en cours d’examen</strong>\u00a0: la modération la regarde", ""),
        ({"state": "hidden", "hidden_reason": "Une adresse."}, '<p class="quote">Une adresse.</p>', "un réexamen</a>"),
        ({"state": "withdrawn", "withdrawn_at": NOW}, "<strong>retirée</strong>", "Déposer de nouveau</a>"),
        ({"state": "fulfilled"}, "<strong>atelier tenu</strong>", "Déposer de nouveau</a>"),
    ],
)
def test_page_says_where_a_request_stands_and_what_to_do(
    world: World, karim: Client, wanted: Request, page: str, fields: dict[str, object], said: str, offered: str
) -> None:
    Request.objects.update(**fields)
    shown = karim.get(page).text
    assert said in shown
    offers = ["Rouvrir</button>", "Déposer de nouveau</a>", "un réexamen</a>"]
    assert [one for one in offers if one in shown] == ([offered] if offered else [])


def test_page_of_a_suspended_association_offers_nothing(
    world: World, karim: Client, wanted: Request, page: str
) -> None:
    Association.objects.update(state="suspended", decided_at=NOW)
    Request.objects.update(expires_at=NOW)
    shown = karim.get(page).text
    assert ("Votre association est suspendue" in shown, "Rouvrir</button>" in shown) == (True, False)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("held", "Un créneau est gardé pour elle\u00a0: répondez avant qu’il ne soit rendu."),
        ("pending", "Un créneau est demandé pour elle\u00a0: l’entreprise n’a pas encore répondu."),
        ("confirmed", "Un créneau est réservé pour elle."),
    ],
)
def test_page_names_the_slot_that_a_request_has(
    world: World, now: dt.datetime, karim: Client, wanted: Request, page: str, state: str, said: str
) -> None:
    booking = factories.make_booking(now, world.slot, world.association, state=state, request=wanted)
    shown = karim.get(page).text
    assert said in shown
    assert reverse("workshops:association_booking", args=[world.association.slug, booking.pk]) in shown


def _six_near(world: World, now: dt.datetime) -> Slot:
    """Five in rooms of the group's size, and a larger one that is farther and sooner, which comes last."""
    Slot.objects.filter(pk=world.slot.pk).delete()
    for week in range(4, 9):
        room = factories.make_room(now, factories.make_site(now, world.company), capacity=6, computers=6)
        factories.make_slot(room, world.slot.starts_at + 7 * week * DAY)
    far = factories.make_site(now, world.company, latitude=world.site.latitude - 0.05)
    start = world.slot.starts_at
    slot = factories.make_slot(factories.make_room(now, far, capacity=10, computers=8), start, volunteers_offered=0)
    return Slot.objects.with_place().get(pk=slot.pk)


@pytest.mark.parametrize("where", ["slot", "request"])
def test_page_says_why_a_slot_that_serves_is_proposed_after_others(
    world: World, now: dt.datetime, karim: Client, where: str
) -> None:
    last = _six_near(world, now)
    fields: dict[str, object] = {"until_date": dt.date(2027, 2, 28), "volunteers": 2, "best_weekdays": [2]}
    wanted = factories.make_request(now, world.association, **fields)
    own = reverse("workshops:association_request", args=[world.association.slug, wanted.pk])
    shown = karim.get(f"/creneaux/{last.pk}/?demande={wanted.pk}" if where == "slot" else own).text
    for why in (
        "plus loin de ",
        "groupe petit pour la salle (10\u00a0places pour 6\u00a0personnes)",
        "0\u00a0bénévole proposé au lieu de 2",
        "connu moins longtemps avant sa date",
    ):
        assert why in shown
    assert "pas le jour que vous préférez" not in shown
    assert "en revanche" not in shown
    if where == "slot":
        assert "D’autres passent avant lui." in shown
        assert "10\u00a0places en tout, connu 7\u00a0jours avant sa date" in shown


def _five_alike(world: World, now: dt.datetime) -> tuple[Request, dt.datetime]:
    """Rooms of the group's size, a week apart from a month ahead; and when another one would be the sixth."""
    Slot.objects.filter(pk=world.slot.pk).delete()
    start = world.slot.starts_at
    for week in range(4, 9):
        factories.make_slot(_room(world, now), start + 7 * week * DAY)
    return factories.make_request(now, world.association, until_date=dt.date(2027, 2, 28)), start + 63 * DAY


def _room(world: World, now: dt.datetime, **fields: int) -> Room:
    return factories.make_room(now, factories.make_site(now, world.company), **{"capacity": 6, "computers": 6} | fields)


def _why(wanted: Request, last: Slot) -> list[str]:
    """On both pages the same."""
    [later] = proposals(wanted, NOW, more=5)[1]
    assert later.match.slot == last
    assert look_at(wanted, last, NOW).later == later.why
    return later.why


def test_slot_that_is_as_good_comes_later_for_it_is_later(world: World, now: dt.datetime, karim: Client) -> None:
    """Or, at the same time, for it was published after: there is nothing that it has less of."""
    wanted, start = _five_alike(world, now)
    assert _why(wanted, factories.make_slot(_room(world, now), start)) == ["aussi bon, mais plus tard"]
    page = karim.get(reverse("workshops:association_request", args=[world.association.slug, wanted.pk])).text
    assert ("aussi bon, mais plus tard" in page, "moins bien" in page) == (True, False)
    fifth = Slot.objects.order_by("starts_at")[4]
    Slot.objects.filter(starts_at=start).delete()
    twin = factories.make_slot(_room(world, now), fifth.starts_at)
    assert _why(wanted, twin) == ["aussi bon et au même moment, mais publié après"]


def test_slot_that_comes_later_is_said_to_have_what_it_has_more_of(world: World, now: dt.datetime) -> None:
    """What it loses first; what nobody reads of its company may be all of that."""
    wanted, start = _five_alike(world, now)
    Request.objects.update(best_weekdays=[4])
    wanted.refresh_from_db()
    slot = factories.make_slot(_room(world, now, capacity=20), start + 2 * DAY)
    assert _why(wanted, slot) == [
        "groupe petit pour la salle (20\u00a0places pour 6\u00a0personnes)",
        "en revanche le jour que vous préférez",
    ]
    Slot.objects.filter(pk=slot.pk).delete()
    other = factories.make_company(now)
    broken = factories.make_room(now, factories.make_site(now, other), capacity=6, computers=6)
    Standing.objects.create(company=other, kept=0, broken=9, served=0, counted_at=now)
    assert _why(wanted, factories.make_slot(broken, start)) == ["un peu moins bon dans l’ensemble"]


def test_better_slot_beyond_those_that_are_compared_is_said_to_be_so(
    world: World, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, start = _five_alike(world, now)
    Request.objects.update(best_weekdays=[4])
    wanted.refresh_from_db()
    slot = factories.make_slot(_room(world, now), start + 2 * DAY)
    assert look_at(wanted, slot, NOW).later == []
    for module in ("finding", "comparing"):
        monkeypatch.setattr(f"workshops.matching.{module}.LOOKED_AT", 5)
    [why] = look_at(wanted, slot, NOW).later
    assert why.startswith("meilleur, mais après les 5 prochains créneaux qui conviennent")


def test_page_of_a_slot_says_all_that_keeps_it_from_a_request(world: World, now: dt.datetime, karim: Client) -> None:
    """To its association alone, and whether it can be had at all."""
    fields: dict[str, object] = {"participants": 11, "weekdays": [6], "languages": ["uk"]}
    wanted = factories.make_request(now, world.association, **fields)
    address = f"/creneaux/{world.slot.pk}/?demande={wanted.pk}"
    lines = [
        "le mardi, un jour que vous n’avez pas choisi",
        "10\u00a0places pour 11\u00a0personnes",
        "aucun bénévole inscrit ne parle ukrainien",
    ]
    shown = karim.get(address).text
    assert [line in shown for line in lines] == [True] * 3
    assert "il n’est plus à prendre" not in shown
    factories.make_booking(now, world.slot, factories.make_association(now))
    assert "il n’est plus à prendre" in karim.get(address).text
    nora = factories.make_user("Nora")
    factories.make_association(now, owner=nora)
    for other in (signed_in_as(nora).get(address).text, Client().get(address).text):
        assert "Pour votre demande" not in other


def test_page_of_a_slot_says_that_it_serves(world: World, karim: Client, wanted: Request) -> None:
    shown = karim.get(f"/creneaux/{world.slot.pk}/?demande={wanted.pk}").text
    assert "8\u00a0ordinateurs pour 6\u00a0personnes, en soirée" in shown
    assert "passent avant" not in shown
