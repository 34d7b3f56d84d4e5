"""A season of evenings as a company publishes it, and what the portal asks of it afterwards."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal
from tests.browser.steps import OWNER, check, follow, mailed, portal_now, press, set_forward_to, written

pytestmark = pytest.mark.browser

SEASON_WITHIN_SECONDS = 90
PAUSE_MS, KEY_MS = 1000, 150


def new_page(portal: Portal, browser: Browser) -> Page:
    return new_context(browser, portal).new_page()


def test_twelve_evenings_are_published_in_a_minute_and_a_half(own_portal: Portal, browser: Browser) -> None:
    """From an empty form, at the pace of a person: each click after a second, each key after 150 ms."""
    owner = new_page(own_portal, browser)
    wednesday = portal_now(owner).date() + dt.timedelta(days=7)
    wednesday += dt.timedelta(days=(2 - wednesday.weekday()) % 7)
    sign_in_on(owner, OWNER)
    follow(owner, "Ouvrir Messagerie de la Gare")
    follow(owner, re.compile("^Sites et salles"))
    follow(owner, re.compile("^Ouvrir des soirées"))
    began = time.monotonic()
    owner.wait_for_timeout(PAUSE_MS)
    owner.get_by_label("mercredi").check()
    type_in(owner, "start_time", "18:00")
    type_in(owner, "end_time", "20:30")
    type_in(owner, "from_date", wednesday.isoformat())
    type_in(owner, "until_date", (wednesday + dt.timedelta(weeks=11)).isoformat())
    owner.wait_for_timeout(PAUSE_MS)
    press(owner, "Voir les dates")
    expect(owner.locator("#dates h2")).to_contain_text("12\u00a0dates")
    expect(owner.locator("#dates li").first).to_contain_text("18\u00a0h – 20\u00a0h\u00a030")
    owner.wait_for_timeout(PAUSE_MS)
    press(owner, "Publier les créneaux")
    taken = time.monotonic() - began
    expect(owner.get_by_role("status").first).to_contain_text("12\u00a0créneaux publiés")
    assert taken < SEASON_WITHIN_SECONDS, taken


def type_in(page: Page, field: str, text: str) -> None:
    """Fill a field, given by its id, in the time that typing takes."""
    page.wait_for_timeout(PAUSE_MS + KEY_MS * len(text))
    page.locator(f"#id_{field}").fill(text)


def test_links_of_mails_confirm_a_series_and_choose_what_comes(own_portal: Portal, browser: Browser) -> None:
    owner, mails, reader = (new_page(own_portal, browser) for _ in range(3))
    sign_in_on(owner, OWNER)
    follow(owner, "Ouvrir Messagerie de la Gare")
    follow(owner, re.compile("^Sites et salles"))
    follow(owner, re.compile("^Ouvrir des soirées"))
    owner.get_by_label("dimanche").check()
    owner.locator("#id_until_date").fill("")
    press(owner, "Voir les dates")
    check(owner)
    press(owner, "Publier les créneaux")
    expect(owner.get_by_role("status").first).to_contain_text("créneaux publiés")

    # To a morning: at night reminders wait.
    set_forward_to(mails, portal_now(mails).date() + dt.timedelta(days=51), 10)
    reader.goto(mailed(mails, "Ouvrez-vous toujours", r"http://[^/\s]+(\S*confirmer\S*)"))
    check(reader)
    press(reader, "Oui, nous ouvrons toujours")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Merci, c’est noté")
    check(reader)

    reader.goto(mailed(mails, "passé l’atelier", r"Choisir mes courriels\s:\shttp://[^/\s]+(\S+)"))
    check(reader)
    reader.get_by_label("Créneaux qui servent vos demandes").select_option("daily")
    press(reader, "Enregistrer mes choix")
    expect(reader.get_by_role("status").first).to_contain_text("Vos choix sont enregistrés")
    # Of the same mail: others of this subject, to other people, are delivered meanwhile.
    reader.goto(written(mails, r"Ne plus recevoir ceux-ci\s:\shttp://[^/\s]+(\S+)"))
    check(reader)
    press(reader, "Ne plus les recevoir")
    check(reader)
    follow(reader, "Choisir mes autres courriels")
    expect(reader.get_by_label("Comptes rendus à écrire")).to_have_value("never")
    expect(reader.get_by_label("Créneaux qui servent vos demandes")).to_have_value("daily")
