"""From who looks for a room to a slot that is kept for them: company, operator and association, with real mail."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Browser, Page, expect

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal
from tests.browser.steps import (
    ASSOCIATION,
    MODERATOR,
    OWNER,
    PARIS,
    check,
    follow,
    mailed,
    open_sundays,
    press,
    sunday_after,
)


def test_operator_plans_and_the_association_takes_what_is_kept(own_portal: Portal, browser: Browser) -> None:
    company, association, operator = (
        sign_in_on(new_context(browser, own_portal).new_page(), email) for email in (OWNER, ASSOCIATION, MODERATOR)
    )
    mails, reader = (new_context(browser, own_portal).new_page() for _ in range(2))
    sunday = sunday_after(dt.datetime.now(tz=PARIS).date(), days=12)
    ask_for(association, sunday)

    company.goto("/tableau-de-bord/")
    follow(company, "Ouvrir Messagerie de la Gare")
    follow(company, re.compile("^Sites et salles"))
    follow(company, re.compile("^Ouvrir des soirées"))
    expect(company.get_by_role("heading", name="Ce qui est cherché autour de cette salle")).to_be_visible()
    check(company)
    open_sundays(company, sunday, sunday)
    expect(company.get_by_role("heading", name="Vos créneaux libres conviennent à ces demandes")).to_be_visible()
    check(company)

    operator.goto("/tableau-de-bord/")
    follow(operator, "Plans")
    operator.get_by_label("Territoire").select_option("59")
    check(operator)
    press(operator, "Calculer ce plan")
    # The page asks again by itself.
    offer = operator.get_by_role("button", name=re.compile("^Proposer c"))
    offer.wait_for(timeout=60_000)
    check(operator)
    press(operator, re.compile("^Proposer c"))
    expect(operator.get_by_role("heading", name="Ce que les propositions sont devenues")).to_be_visible(timeout=60_000)
    check(operator)

    reader.goto(mailed(mails, "Un créneau est gardé pour vous", r"(http\S+/reservations/prendre/\S+)"))
    expect(reader.get_by_role("heading", name="Ce créneau est gardé pour vous")).to_be_visible()
    check(reader)
    press(reader, re.compile("^(Réserver|Demander) ce créneau"))
    expect(reader.get_by_role("heading", name=re.compile("à vous|est envoyée"))).to_be_visible()
    operator.reload()
    expect(operator.get_by_role("definition").nth(1)).to_have_text("1")


def ask_for(association: Page, day: dt.date) -> None:
    follow(association, re.compile("^Ouvrir Les"))
    follow(association, "Déposer une demande")
    association.get_by_role("checkbox", name="E-mail").check()
    association.get_by_label("Combien de personnes viennent").fill("6")
    association.get_by_label("Combien d’ordinateurs il faut").fill("6")
    association.get_by_label("Autour de quelle commune").fill("Lille (59)")
    association.get_by_label("Du", exact=True).fill(day.isoformat())
    association.get_by_label("Au", exact=True).fill(day.isoformat())
    press(association, "Déposer la demande")
