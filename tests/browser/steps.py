"""What people do on a page, told as they would tell it."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OWNER, ASSOCIATION, VOLUNTEER, MODERATOR = (
    f"{name}@example.org" for name in ("entreprise", "association", "benevole", "moderation")
)

PARIS = ZoneInfo("Europe/Paris")
QUIET_FROM, QUIET_UNTIL = 22, 7


def check(page: Page) -> None:
    """Nothing that axe complains of, on a phone and in the dark too; no wider than the screen."""
    for width, scheme in ((390, "light"), (390, "dark"), (1280, "light")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in found] == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Press a button and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow a link and wait for the page where it leads."""
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def enter_by_code(page: Page, mails: Page, email: str) -> Page:
    """Sign in with a code by mail, as who has no password."""
    page.goto("/compte/login/code/")
    page.get_by_label("E-mail").fill(email)
    press(page, "Envoyer le code")
    page.wait_for_url("**/compte/login/code/confirm/")
    read_mail(mails, "Votre code de connexion", to=email)
    page.get_by_label("Code").fill(written(mails, r"\n\n(\S{4,12})\n\n"))
    press(page, "Confirmer")
    page.wait_for_url("**/tableau-de-bord/")
    return page


def open_sundays(company: Page, first: dt.date, last: dt.date) -> None:
    """Publish the afternoons of these Sundays, on approval, in the first room of the demonstration's company."""
    company.goto("/tableau-de-bord/")
    follow(company, "Ouvrir Messagerie de la Gare")
    follow(company, re.compile("^Sites et salles"))
    follow(company, re.compile("^Ouvrir des soirées"))
    company.get_by_label("dimanche").check()
    company.get_by_label("Le week-end, de").fill("14:00")
    company.get_by_label("Jusqu’à (le week-end)").fill("16:00")
    company.locator("#id_from_date").fill(first.isoformat())
    company.locator("#id_until_date").fill(last.isoformat())
    press(company, "Voir les dates")
    press(company, "Publier les créneaux")


def sunday_after(day: dt.date, *, days: int) -> dt.date:
    """The first Sunday at least so many days later. The demonstration opens no room on a Sunday."""
    later = day + dt.timedelta(days=days)
    return later + dt.timedelta(days=7 - later.isoweekday())


def portal_now(page: Page) -> dt.datetime:
    """The present on the portal's own clock, which other tests may have set forward, on the wall in Paris."""
    page.goto("/dev/courriels/")
    told = str(page.get_by_role("main").locator("time").first.get_attribute("datetime"))
    return dt.datetime.fromisoformat(told).astimezone(PARIS)


def set_forward_to(page: Page, day: dt.date, hour: int) -> None:
    """Set the portal's clock forward to this hour of the wall in Paris."""
    ahead = dt.datetime.combine(day, dt.time(hour), tzinfo=PARIS) - portal_now(page)
    page.get_by_label("Avancer de (heures)").fill(str(int(ahead.total_seconds() // 3600)))
    press(page, "Avancer l’horloge")


def out_of_quiet_hours(page: Page) -> None:
    """At night what may wait for the morning waits: set the portal's clock forward."""
    now = portal_now(page)
    if not QUIET_UNTIL <= now.hour < QUIET_FROM:
        # The hours are whole ones: half past seven, or so.
        set_forward_to(page, now.date() + dt.timedelta(days=int(now.hour >= QUIET_FROM)), QUIET_UNTIL + 1)


def read_mail(page: Page, subject: str, *, to: str = "") -> None:
    """Open a mail, the last to this address, on the demonstration's own page, once the worker has delivered it."""
    for _ in range(40):
        page.goto(f"/dev/courriels/?q={quote(to or subject)}")
        line = page.get_by_role("listitem").filter(has_text=subject)
        if line.count() and line.first.get_by_text("remis", exact=True).count():
            line.first.get_by_role("link").click()
            return
        page.wait_for_timeout(500)
    pytest.fail(f"« {subject} » was not delivered: {page.get_by_role('main').inner_text()[:1500]}")


def mailed(mails: Page, subject: str, pattern: str) -> str:
    """What a mail holds of this form."""
    read_mail(mails, subject)
    return written(mails, pattern)


def written(mails: Page, pattern: str) -> str:
    """What the mail that is open holds of this form."""
    text = mails.locator("pre").first.inner_text()
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]
