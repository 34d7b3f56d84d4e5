"""Axe, the console and the network on every page of the URLconf, on a phone, in light and in dark.

Pages are found as people find them, by following links from where each role lands; an address of the URLconf
that nobody reaches, and that is not listed below with its reason, fails.
"""

from __future__ import annotations

from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import get_resolver
from playwright.sync_api import Browser, Page, expect

from bench.chromium import ROLES, listen, new_context, sign_in_on, walk
from bench.portal import Portal
from tests.addresses import names
from tests.test_access import TABLE

pytestmark = pytest.mark.browser

# Reached in the middle of something, or by a mail: axe checks them where `test_charter`, `test_account` and
# `test_series` live them.
LIVED = {
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_reauthenticate",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "appeal",
    "associations:invitation",
    "associations:join",
    "associations:request_keep_by_link",
    "charter:changes",
    "charter:sign_by_link",
    "charter:version",
    "companies:series_confirm",
    "mail:preferences",
    "mail:unsubscribe",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "workshops:agreement",
    "workshops:certificate",
    "workshops:presence",
    "workshops:volunteer_answer",
    "workshops:answer",
    "workshops:hold",
}
# The same page and template as that of an association.
ALIKE = {"companies:join"}
# Always sends on to another page: every account has a password.
SENT_ON = {"workshops:ask", "workshops:offer_from", "account_set_password"}
NOT_HTML = {
    "associations:insurance_file",
    "workshops:association_hosting_pdf",
    "workshops:company_hosting_certificate",
    "workshops:company_hosting_pdf",
    "charter:badge",
    "charter:share_card",
    "charter:signed_pdf",
    "companies:addresses",
    "health",
    "icon",
    "manifest",
    "robots",
    "share_card",
    "sitemap",
    "worker",
    "workshops:slot_share_card",
    "mail:provider",
    "mail_preview_html",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "own_data",
    "companies:photo",
    "workshops:certificate_pdf",
    "workshops:communes",
    "workshops:feed",
    "workshops:nearest",
    "workshops:plan_file",
    "workshops:needs_file",
    "workshops:needs_of_communes_file",
    "workshops:impact_file",
    "workshops:impact_report",
    "workshops:company_impact_file",
    "workshops:own_impact_file",
    "workshops:search_agenda",
    "workshops:search_atom",
    "workshops:search_rss",
    "workshops:volunteer_event",
}


# In dark, what colours may change.
RULES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},
}


# What a search looks like besides its first page; and what says that it looks so.
SEARCHES = {
    "?vue=semaine": ".facade",
    "?vue=carte": "svg.map",
    "?vue=carte&departement=59": "svg.map circle",
    "?lieu=Mende&rayon=5&ordinateurs=60": ".empty",
}


def test_every_page_is_accessible_on_a_phone(portal: Portal, browser: Browser) -> None:
    """In light and in dark."""
    seen: set[str] = set()
    faults: list[str] = []
    for role in ROLES:
        context = new_context(browser, portal, viewport={"width": 390, "height": 844}, reduced_motion="reduce")
        page = context.new_page()
        listen(page, portal.url, faults)
        if role:
            sign_in_on(page, f"{role}@example.org")
        for name in walk(page, portal.url):
            if name in seen:
                continue
            seen.add(name)
            faults += _faults(page, name)
        context.close()
    assert faults == []
    expected = {name for name in names(get_resolver()) if TABLE[name].method == "get"}
    assert expected - LIVED - ALIKE - SENT_ON - NOT_HTML - seen == set()


def test_every_look_of_a_search_is_accessible_on_a_phone(portal: Portal, browser: Browser) -> None:
    context = new_context(browser, portal, viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page, faults = context.new_page(), list[str]()
    listen(page, portal.url, faults)
    for query, shown in SEARCHES.items():
        page.goto(f"/creneaux/{query}", wait_until="networkidle")
        expect(page.locator(f"main {shown}").first).to_be_visible()
        faults += _faults(page, query)
    page.goto("/creneaux/")
    page.locator("a[rel=next]").click()
    expect(page.locator("a[rel=prev]")).to_be_visible()
    faults += _faults(page, "a later page")
    context.close()
    assert faults == []


def _faults(page: Page, name: str) -> list[str]:
    """What axe complains of in light and in dark, and what is wider than the screen."""
    faults = []
    for scheme, options in RULES.items():
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options=options).response["violations"]
        faults += [f"{name}, {scheme}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*faults, f"{name}: wider than the screen"] if wide else faults
