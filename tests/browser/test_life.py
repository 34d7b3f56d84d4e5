"""The life of a workshop by either side, on a desktop and on a phone without script: asked, moved, told."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal
from territories.wording import day_date, long_date
from tests.browser.steps import (
    ASSOCIATION,
    OWNER,
    enter_by_code,
    follow,
    open_sundays,
    out_of_quiet_hours,
    portal_now,
    press,
    set_forward_to,
    sunday_after,
)

pytestmark = pytest.mark.browser

WEEK = dt.timedelta(days=7)
LOOKS = [
    pytest.param({"viewport": {"width": 1280, "height": 900}}, id="desktop"),
    pytest.param({"viewport": {"width": 390, "height": 844}, "java_script_enabled": False}, id="phone-without-script"),
]
# A booking and those that it was moved from, the first one first, with the report of a side.
LIFE = """
    SELECT booking.state, booking.reason_code, workshop.state, report.side, report.attended, report.rating
    FROM workshops_booking AS booking
    LEFT JOIN workshops_workshop AS workshop ON workshop.booking_id = booking.id
    LEFT JOIN workshops_report AS report ON report.workshop_id = workshop.id
    WHERE %(booking)s IN (booking.id, booking.event_of_id)
    ORDER BY booking.id
"""
# Taken slots of somebody who can be written to, with a free one in the same room that is booked at once.
TAKEN = """
    SELECT booking.id, slot.id, owner.email, association.slug, slot.local_date
    FROM workshops_booking AS booking
    JOIN companies_slot AS slot ON slot.id = booking.slot_id
    JOIN associations_association AS association ON association.id = booking.association_id
    JOIN associations_membership AS member ON member.association_id = association.id AND member.role = 'owner'
    JOIN accounts_user AS owner ON owner.id = member.user_id AND owner.email <> %(mine)s
    WHERE booking.state = 'confirmed' AND slot.booking_mode = 'instant' AND slot.state = 'open'
    AND slot.closes_at > %(now)s + interval '3 days' AND slot.places >= 4
    AND NOT EXISTS (SELECT FROM workshops_waitlistentry WHERE slot_id = slot.id)
    AND EXISTS (
        SELECT FROM companies_slot AS other
        WHERE other.room_id = slot.room_id AND other.booking_mode = 'instant' AND other.state = 'open'
        AND other.closes_at BETWEEN %(now)s + interval '1 day' AND %(now)s + interval '21 days'
        AND NOT EXISTS (SELECT FROM workshops_booking WHERE slot_id = other.id)
    )
    ORDER BY slot.starts_at, booking.id
"""


def pages(portal: Portal, browser: Browser, look: dict[str, Any]) -> tuple[Page, Page, Page]:
    """Of who is looked at, of the other side, and of who reads the mails."""
    return (
        new_context(browser, portal, **look).new_page(),
        new_context(browser, portal).new_page(),
        new_context(browser, portal).new_page(),
    )


def task(page: Page, title: str, also: str) -> None:
    """Follow a line of « Ce qui vous attend », where one lands after signing in."""
    page.goto("/tableau-de-bord/")
    line = page.get_by_role("listitem").filter(has_text=title).filter(has_text=also)
    with page.expect_navigation():
        line.first.get_by_role("link").click()


def move(page: Page, label: str, but: str = "no such label") -> str:
    """Move the workshop whose page is open to the first date offered that is called so. Returns its slot."""
    follow(page, "Déplacer l’atelier")
    choices = page.get_by_role("main").locator("form[method=post] label")
    choice = choices.filter(has_text=label).filter(has_not_text=but).first
    slot = choice.locator("input[type=radio]").get_attribute("value")
    choice.click()
    press(page, "Déplacer l’atelier")
    expect(page.get_by_role("status")).to_contain_text("L’atelier est déplacé")
    assert slot is not None
    return slot


def report(page: Page, **counts: str) -> None:
    """Report on the workshop whose page is open, by its line of « Ce qui vous attend »: others may be on that day."""
    workshop = urlsplit(page.url).path
    page.goto("/tableau-de-bord/")
    line = page.get_by_role("listitem").filter(has_text="Racontez l’atelier")
    with page.expect_navigation():
        line.locator(f"a[href^='{workshop}']").click()
    for label, count in counts.items():
        page.get_by_label(label.replace("_", " ")).fill(count)
    press(page, "Enregistrer le compte rendu")
    expect(page.get_by_role("status")).to_contain_text("Votre compte rendu est enregistré")


@pytest.mark.parametrize("look", LOOKS)
def test_company_accepts_moves_and_reports(own_portal: Portal, browser: Browser, look: dict[str, Any]) -> None:
    company, association, mails = pages(own_portal, browser, look)
    out_of_quiet_hours(mails)
    first = sunday_after(portal_now(mails).date(), days=4)
    second = first + WEEK
    sign_in_on(company, OWNER)
    open_sundays(company, first, second)
    sign_in_on(association, ASSOCIATION)
    association.goto(f"/creneaux/?du={first}&au={first}")
    association.get_by_role("article").filter(has_text="14 h – 16 h").get_by_role("link").first.click()
    follow(association, "Réserver ce créneau")
    association.get_by_label("Combien de personnes viennent").fill("5")
    association.get_by_label("Thème de l’atelier").select_option("email")
    association.get_by_label("Message à l’entreprise").fill("Nous venons à pied.")
    press(association, "Envoyer la demande")

    task(company, "Demande à laquelle répondre", day_date(first))
    expect(company.get_by_text("Nous venons à pied.")).to_be_visible()
    booking = int(company.url.rstrip("/").rpartition("/")[2])
    assert own_portal.rows(LIFE, booking=booking) == [("pending", "", None, None, None, None)]
    press(company, "Accepter la réservation")
    expect(company.get_by_role("status")).to_contain_text("La réservation est confirmée")
    move(company, long_date(second))

    set_forward_to(mails, second, 20)
    report(company, Note="4")
    assert own_portal.rows(LIFE, booking=booking) == [
        ("cancelled_by_company", "moved", None, None, None, None),
        ("confirmed", "", "planned", "company", None, 4),
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_association_waits_takes_moves_and_reports(own_portal: Portal, browser: Browser, look: dict[str, Any]) -> None:
    association, holder, mails = pages(own_portal, browser, look)
    out_of_quiet_hours(mails)
    taken, slot, email, slug, day = own_portal.rows(TAKEN, mine=ASSOCIATION, now=portal_now(mails))[0]
    sign_in_on(association, ASSOCIATION)
    association.goto(f"/creneaux/{slot}/")
    follow(association, "M’inscrire en liste d’attente")
    association.get_by_label("Combien de personnes viennent").fill("4")
    association.get_by_label("Thème de l’atelier").select_option("email")
    press(association, "M’inscrire en liste d’attente")

    enter_by_code(holder, mails, email)
    holder.goto(f"/associations/{slug}/reservations/{taken}/")
    holder.get_by_text("Annuler la réservation").first.click()
    holder.get_by_label("Motif").select_option("too_few")
    press(holder, "Annuler la réservation")
    expect(holder.get_by_role("status")).to_contain_text("La réservation est annulée")

    task(association, "Un créneau est gardé pour vous", day_date(day))
    booking = int(association.url.rstrip("/").rpartition("/")[2])
    assert own_portal.rows(LIFE, booking=booking) == [("held", "", None, None, None, None)]
    press(association, "Réserver ce créneau")
    expect(association.get_by_role("status")).to_contain_text("Le créneau est à vous")
    other = move(association, "", but="sur accord")

    [(day,)] = own_portal.rows("SELECT local_date FROM companies_slot WHERE id = %(slot)s", slot=other)
    set_forward_to(mails, day + dt.timedelta(days=1), 10)
    report(association, Personnes_venues="3", Note="5")
    assert own_portal.rows(LIFE, booking=booking) == [
        ("cancelled_by_association", "moved", None, None, None, None),
        ("completed", "", "planned", "association", 3, 5),
    ]
    queue = "SELECT state, booking_id FROM workshops_waitlistentry WHERE slot_id = %(slot)s"
    assert own_portal.rows(queue, slot=slot) == [("taken", booking)]
