"""A season of evenings as a company publishes it, and what the portal asks of it afterwards."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal
from tests.browser.steps import OWNER, check, follow, mailed, press

pytestmark = pytest.mark.browser


def new_page(portal: Portal, browser: Browser) -> Page:
    return new_context(browser, portal).new_page()


def test_endless_series_is_confirmed_by_one_click_in_a_mail(own_portal: Portal, browser: Browser) -> None:
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

    mails.goto("/dev/courriels/")
    mails.get_by_label("Avancer de (heures)").fill(str(50 * 24))
    press(mails, "Avancer l’horloge")
    reader.goto(mailed(mails, "toujours", r"http://[^/\s]+(\S*confirmer\S*)"))
    check(reader)
    press(reader, "Oui, nous ouvrons toujours")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Merci, c’est noté")
    check(reader)
