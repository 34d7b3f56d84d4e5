"""A search on a phone, by somebody who has no account, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from bench.chromium import new_context
from bench.portal import Portal
from tests.browser.steps import check, follow, press

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
LILLE = {"latitude": 50.63, "longitude": 3.06}


@pytest.fixture
def phone(portal: Portal, browser: Browser) -> Iterator[Page]:
    context = new_context(browser, portal)
    page = context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    yield page
    context.close()


def test_search_on_a_phone_leads_to_a_slot_and_back(phone: Page) -> None:
    phone.goto("/creneaux/")
    place = phone.get_by_label("Où")
    place.press_sequentially("lil", delay=30)
    expect(phone.locator("datalist option").first).to_have_attribute("value", "Lille (59)")
    place.fill("Lille (59)")
    with phone.expect_response(re.compile("rayon=50")):
        phone.get_by_label("Rayon").select_option("50")
    expect(phone).to_have_url(re.compile("lieu=Lille"))
    expect(phone.get_by_role("heading", level=2, name=re.compile("Lille"))).to_be_visible()
    expect(phone.locator("#resultats article").first).to_be_visible()
    # What is empty, and where the results stand, are no part of an address to share.
    expect(phone).not_to_have_url(re.compile("=(&|$)"))
    for view in ("Semaine", "Carte", "Liste"):
        follow(phone, view)
        expect(phone.get_by_label("Où")).to_have_value("Lille (59)")
        expect(phone.get_by_role("heading", level=2, name=re.compile("Lille"))).to_be_focused()
        expect(phone.get_by_role("heading", level=2, name=re.compile("Lille"))).to_be_in_viewport()
        expect(phone).not_to_have_url(re.compile("#"))
    found = phone.url
    phone.locator("#resultats article a").first.click()
    expect(phone).to_have_url(re.compile(r"/creneaux/\d+/"))
    phone.go_back()
    expect(phone).to_have_url(found)
    expect(phone.get_by_label("Rayon")).to_have_value("50")
    check(phone)


@pytest.mark.parametrize(
    ("typed", "place"),
    [("evreux", "Évreux (27)"), ("69003", "Lyon 3e Arrondissement (69)"), ("st den", "Saint-Denis (974)")],
)
def test_place_that_is_proposed_holds_what_was_typed(phone: Page, typed: str, place: str) -> None:
    """Of a list, Chromium and Firefox show nothing else."""
    phone.goto("/creneaux/")
    phone.get_by_label("Où").press_sequentially(typed, delay=30)
    expect(phone.locator(f'datalist option[value="{place}"]')).to_have_attribute("label", f"{place} – {typed}")


def test_position_is_asked_for_by_a_click_and_becomes_a_commune(portal: Portal, browser: Browser) -> None:
    context = new_context(browser, portal)
    context.grant_permissions(["geolocation"])
    context.set_geolocation(LILLE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/creneaux/")
    with page.expect_response(re.compile("proche/")) as asked:
        page.get_by_role("button", name="Autour de moi").click()
    assert re.search(r"latitude=50\.63&longitude=3\.06$", asked.value.url)
    expect(page.get_by_label("Où")).to_have_value("Lille (59)")
    expect(page).to_have_url(re.compile("lieu=Lille"))
    context.close()


def test_who_gives_no_position_is_told_what_to_do(phone: Page) -> None:
    phone.goto("/demandes/")
    phone.get_by_role("button", name="Autour de moi").click()
    expect(phone.get_by_text("indiquez une commune")).to_be_visible()
    check(phone)


def test_search_without_javascript(portal: Portal, browser: Browser) -> None:
    context = new_context(browser, portal, java_script_enabled=False)
    page = context.new_page()
    page.goto("/creneaux/")
    expect(page.get_by_role("button", name="Autour de moi")).to_be_hidden()
    page.get_by_label("Où").fill("roubaix")
    page.get_by_label("Quand").select_option("soir")
    press(page, "Voir les créneaux")
    expect(page).to_have_url(re.compile("moment=soir"))
    expect(page.locator("#resultats article").first).to_be_visible()
    follow(page, re.compile("Combien de créneaux"))
    follow(page, re.compile("Le week-end"))
    expect(page).to_have_url(re.compile("moment=weekend.*#ici$"))
    expect(page.locator("#ici")).to_be_focused()
    expect(page.locator("#ici")).to_be_in_viewport()
    context.close()


def test_streets_are_asked_for_by_a_click_alone(phone: Page) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="image/svg+xml", body='<svg xmlns="http://www.w3.org/2000/svg"/>')

    phone.route("https://tuiles.example.org/**", answer)
    phone.goto("/creneaux/?vue=carte&departement=59")
    expect(phone.locator("svg.map[role=group]")).to_be_visible()
    assert asked == []
    # The demonstration has too few communes for one without a name.
    specks = '<path class="specks" data-places="50630 3060 10 -20"/>'
    phone.locator("svg.map[role=group]").evaluate("(map, more) => map.insertAdjacentHTML('beforeend', more)", specks)
    phone.get_by_role("button", name="Afficher le fond de carte").click()
    expect(phone.locator(".streets img.leaflet-tile").first).to_be_visible()
    expect(phone.locator(".streets path.speck")).to_have_count(2)
    assert asked
    check(phone)
    phone.locator(".streets .spot").first.press("Enter")
    expect(phone).to_have_url(re.compile("commune=insee-59"))


def test_wrong_search_says_so_until_it_is_mended(phone: Page) -> None:
    phone.goto("/creneaux/")
    place = phone.get_by_label("Où")
    summary = phone.get_by_role("alert").filter(has_text="Corrigez pour continuer")
    for typed, words in (("Nulle-Part-sur-Rien", "Aucune commune"), ("Saint-Denis", "Plusieurs communes")):
        place.fill(typed)
        place.press("Tab")
        expect(summary).to_contain_text(words)
        expect(place).to_have_attribute("aria-invalid", "true")
        expect(place).to_have_accessible_description(re.compile(words))
        expect(phone.locator("#id_lieu_error")).to_have_count(1)
        expect(phone.locator("#resultats article")).to_have_count(0)
        expect(summary).not_to_be_focused()
    place.press("Enter")
    expect(summary).to_be_focused()
    check(phone)
    place.fill("44100")
    place.press("Enter")
    expect(phone.get_by_role("heading", level=2, name=re.compile("Nantes"))).to_be_visible()
    expect(summary).to_have_count(0)
    expect(place).not_to_have_attribute("aria-invalid", "true")
    expect(phone.locator("#id_lieu_error")).to_have_count(0)


def test_dates_in_the_wrong_order_are_told_where_they_are(phone: Page) -> None:
    phone.goto("/creneaux/?du=2027-02-02")
    until = phone.get_by_label(re.compile("^Au "))
    until.fill("2027-02-01")
    until.press("Tab")
    expect(until).to_have_accessible_description(re.compile("après la date de début"))
    until.fill("2027-02-03")
    until.press("Tab")
    expect(phone.locator("#id_au_error")).to_have_count(0)
    expect(phone.locator("#problemes")).to_be_hidden()


def test_one_step_back_leaves_what_the_button_has_asked(phone: Page) -> None:
    phone.goto("/creneaux/")
    before = phone.evaluate("history.length")
    for place in ("Roubaix", "Lille"):
        phone.get_by_label("Où").fill(f"{place} (59)")
        with phone.expect_response(re.compile(f"/creneaux/.lieu={place}")):
            phone.get_by_label("Où").press("Tab")
        expect(phone.get_by_role("heading", level=2, name=re.compile(place))).to_be_visible()
        with phone.expect_response(re.compile(f"/creneaux/.lieu={place}")):
            phone.get_by_role("button", name="Voir les créneaux").click()
        phone.wait_for_load_state("networkidle")
    assert phone.evaluate("history.length") == before + 2
    phone.go_back()
    expect(phone.get_by_role("heading", level=2, name=re.compile("Roubaix"))).to_be_visible()


def test_each_step_back_shows_its_search_as_it_was(phone: Page) -> None:
    """The form too, which completes places again, and what was wrong with it."""
    phone.goto("/creneaux/")
    for place in ("Roubaix", "Lille", "Douai"):
        phone.get_by_label("Où").fill(f"{place} (59)")
        phone.get_by_label("Où").press("Tab")
        expect(phone.get_by_role("heading", level=2, name=re.compile(place))).to_be_visible()
    for place in ("Lille", "Roubaix"):
        phone.go_back()
        expect(phone.get_by_role("heading", level=2, name=re.compile(place))).to_be_visible()
        expect(phone.get_by_label("Où")).to_have_value(f"{place} (59)")
    phone.get_by_label("Où").fill("")
    phone.get_by_label("Où").press_sequentially("nant", delay=30)
    expect(phone.locator('datalist option[value="Nantes (44)"]')).to_be_attached()
    phone.go_forward()
    typed = phone.get_by_label("Où")
    expect(typed).to_have_value("Lille (59)")
    typed.fill("Saint Denis")
    typed.press("Tab")
    expect(typed).to_have_accessible_description(re.compile("Plusieurs communes"))
    typed.fill("Saint-Denis (93)")
    typed.press("Tab")
    expect(phone.get_by_role("heading", level=2, name=re.compile("Saint-Denis"))).to_be_visible()
    phone.go_back()
    expect(typed).to_have_value("Saint Denis")
    expect(typed).to_have_accessible_description(re.compile("Plusieurs communes"))
    expect(phone.get_by_role("alert").filter(has_text="Corrigez pour continuer")).to_be_visible()
    expect(phone.locator("#resultats article")).to_have_count(0)


def test_how_many_are_found_is_read_out_at_each_change(phone: Page) -> None:
    phone.goto("/creneaux/")
    status = phone.get_by_role("status").and_(phone.locator("#annonce"))
    expect(status).to_have_text(phone.locator("#comptes strong").inner_text())
    for place in ("Lille (59)", "Nouméa (988)"):
        status.evaluate("it => it.textContent = ''")
        phone.get_by_label("Où").fill(place)
        phone.get_by_label("Où").press("Tab")
        expect(status).to_have_text(re.compile("créneau"))
    expect(status).to_have_text(phone.locator("#comptes strong").inner_text())
