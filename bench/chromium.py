"""Chromium on the portal: visitors, signing in, and every page that people reach by links."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from bench.portal import Portal
from solidarite.demonstration.accounts import PASSWORD

# Debian's, without windows where it is there: what draws no windows takes half of the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
LAUNCH: dict[str, Any] = {
    "executable_path": CHROMIUM,
    "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
}
ROLES = ("", "entreprise", "association", "benevole", "moderation")
# What these lead to depends on where a booking or an agreement stands: so many of them are opened.
MANY_SIDED = {
    "workshops:association_booking",
    "workshops:association_hosting",
    "workshops:company_booking",
    "workshops:company_hosting",
}
OPENED_AT_MOST = 12
STARTS = (
    "/",
    "/tableau-de-bord/",
    "/compte/email/",
    "/compte/2fa/",
    "/compte/sessions/",
    "/compte/logout/",
    "/compte/password/change/",
)


def new_context(browser: Browser, portal: Portal, **options: Any) -> BrowserContext:
    """A visitor with a jar of cookies of their own, who does not wait long."""
    context = browser.new_context(base_url=portal.url, locale="fr-FR", **options)
    context.set_default_timeout(8000)
    return context


def sign_in_on(page: Page, email: str) -> Page:
    """Sign in with the demonstration's password."""
    page.goto("/compte/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.locator("form[action$='/compte/login/'] button[type=submit]").click()
    page.wait_for_url("**/tableau-de-bord/")
    return page


def name_of(path: str) -> str | None:
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


# What a browser saves, or shows as it is.
NO_PAGES = (".pdf", ".json", ".ics", ".atom", ".rss")
MAILS_SHOWN = ("dev:mail", "dev:mail_html", "mail_preview_html")


# Links of drawings too, whose own `href` is no text.
ADDRESSES = "all => all.map(one => new URL(one.getAttribute('href'), document.baseURI).href)"


def walk(page: Page, base: str) -> Iterator[str]:
    """One address of each name that this visitor reaches by links; several of what looks different each time."""
    waiting, seen, opened = list(STARTS), Counter[str](), set[str]()
    while waiting:
        path = waiting.pop(0)
        name = name_of(urlsplit(path).path)
        if path in opened or name is None or seen[name] >= _most(name) or name.startswith("admin:"):
            continue
        opened.add(path)
        response = page.goto(path)
        if response is None or not response.ok or urlsplit(page.url).path != urlsplit(path).path:
            # Where one is sent on to is a page like any other.
            waiting += [urlsplit(page.url).path] if page.url.startswith(base) else []
            continue
        seen[name] += 1
        yield name
        links = page.eval_on_selector_all("a[href]:not([download])", ADDRESSES)
        # A mail that is shown leads to pages of who it was for, or nowhere.
        within = f"{base}/dev/" if name in MAILS_SHOWN else base
        paths = [urlsplit(link).path for link in links if link.startswith(within)]
        waiting += [one for one in paths if not one.endswith(NO_PAGES)]
        # Linked only as long as the charter is not signed.
        waiting += [f"{path}charte/signer/"] if name == "company" else []
        # Linked only from a slot that is taken.
        waiting += [f"{path}attendre/"] if name == "workshops:slot" else []
        # A search is a form, not a link.
        waiting += ["/moderation/organisations/?q=a"] if name == "moderation" else []


def _most(name: str) -> int:
    return OPENED_AT_MOST if name in MANY_SIDED else 1


def listen(page: Page, base: str, faults: list[str]) -> None:
    """Note what the console complains of, and every request that leaves the portal."""

    def complain(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    def leave(request: Request) -> None:
        if not request.url.startswith((base, "data:")):
            faults.append(f"another host: {request.url}")

    page.on("console", complain)
    page.on("request", leave)
