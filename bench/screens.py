"""Pictures of the pages that people use most, for `docs/screens.md`: wide in the light, a phone in the dark."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, LiteralString

from playwright.sync_api import Browser, Page, sync_playwright

from bench.chromium import LAUNCH, new_context, sign_in_on
from bench.portal import Portal

DOCS = Path(__file__).resolve().parent.parent / "docs"
COMPANY = "/entreprises/messagerie-de-la-gare"
ASSOCIATION = "/associations/les-passerelles-du-numerique-lille-0"
TRIED = "distance=10&size=15&volunteers=20&topics=10&wish=10&notice=10&reliability=5&urgency=10&fairness=40"
# Name of the picture, who looks, and where: a star stands for the first link of the page that leads there, + for a
# button to press, ~ for a box to tick, > for a button that gives a file, a name in braces for what `FACTS` finds.
SCREENS = (
    ("charte", "", "/charte/"),
    ("signataires", "", "/signataires/"),
    ("signataire", "", "/signataires/ /signataires/*/"),
    ("verification", "entreprise", f"{COMPANY}/charte/ /charte/verifier/*/"),
    ("edition", "", "/editions/ /editions/*/"),
    ("inscription", "", "/compte/signup/"),
    ("signer", "entreprise", f"{COMPANY}/charte/signer/"),
    ("charte-entreprise", "entreprise", f"{COMPANY}/charte/"),
    ("membres", "entreprise", f"{COMPANY}/membres/"),
    ("second-facteur", "moderation", "/compte/2fa/"),
    ("file", "moderation", "/moderation/"),
    ("dossier", "moderation", "/moderation/ +Examiner Verrerie"),
    ("charte-brouillon", "moderation", "/pilotage/charte/"),
    ("entreprise", "entreprise", f"{COMPANY}/"),
    ("sites", "entreprise", f"{COMPANY}/sites/"),
    ("position", "entreprise", f"{COMPANY}/sites/ {COMPANY}/sites/*/position/"),
    ("ouvrir", "entreprise", f"{COMPANY}/sites/ {COMPANY}/salles/*/ouvrir/"),
    ("saison", "entreprise", f"{COMPANY}/sites/ {COMPANY}/salles/*/ouvrir/ ~mercredi ~samedi +Voir les dates"),
    ("creneaux-entreprise", "entreprise", f"{COMPANY}/creneaux/"),
    ("serie", "entreprise", f"{COMPANY}/series/ {COMPANY}/series/*/"),
    ("calendrier", "entreprise", f"{COMPANY}/calendrier/"),
    ("benevolat", "benevole", "/benevolat/"),
    ("fermer", "entreprise", f"{COMPANY}/fermer/"),
    ("recherche", "", "/creneaux/?lieu=Lille&rayon=50"),
    ("recherche-semaine", "", "/creneaux/?vue=semaine#resultats"),
    ("recherche-carte", "", "/creneaux/?vue=carte#resultats"),
    ("recherche-departement", "", "/creneaux/?vue=carte&departement=59#resultats"),
    ("recherche-vide", "", "/creneaux/?lieu=Mende&rayon=5&moment=soir&ordinateurs=12#resultats"),
    ("demandes", "entreprise", "/demandes/"),
    ("manques", "entreprise", "/demandes/carte/"),
    ("recherches", "association", "/compte/recherches/"),
    ("tableau", "association", "/tableau-de-bord/"),
    ("calcul", "", "/propositions/"),
    ("proposes", "association", f"{ASSOCIATION}/demandes/{{request}}/"),
    ("poids", "moderation", f"/pilotage/propositions/?{TRIED}"),
    ("plans", "moderation", "/pilotage/plan/"),
    ("plan", "moderation", "/pilotage/plan/ /pilotage/plan/*/"),
    ("reserver", "association", "/creneaux/{free}/reserver/"),
    ("parcours-reserver", "association", "/creneaux/{free}/parcours/"),
    ("attendre", "association", "/creneaux/{taken}/attendre/"),
    ("garde", "association", f"/tableau-de-bord/ {ASSOCIATION}/reservations/*/"),
    ("demande", "entreprise", f"/tableau-de-bord/ {COMPANY}/reservations/*/"),
    ("reservation", "association", f"{ASSOCIATION}/reservations/{{booking}}/"),
    ("preparer", "association", f"{ASSOCIATION}/reservations/{{booking}}/preparer/"),
    ("equipe", "entreprise", f"{COMPANY}/reservations/{{booking}}/benevoles/"),
    ("deplacer", "association", f"{ASSOCIATION}/reservations/{{booking}}/deplacer/"),
    ("parcours", "association", f"{ASSOCIATION}/reservations/{{booking}}/ {ASSOCIATION}/parcours/*/"),
    ("compte-rendu", "association", f"/tableau-de-bord/ {ASSOCIATION}/reservations/*/bilan/"),
    ("compte-rendu-entreprise", "entreprise", f"/tableau-de-bord/ {COMPANY}/reservations/*/bilan/"),
    ("engagements", "entreprise", f"{COMPANY}/fiabilite/"),
    ("heures", "benevole", "/benevolat/historique/"),
    ("attestation", "benevole", "/benevolat/historique/ >Obtenir le PDF /attestations/{certificate}/"),
    ("convention", "association", f"{ASSOCIATION}/conventions/messagerie-de-la-gare/"),
)
# The number or the code of what the demonstration holds.
FACTS: dict[str, LiteralString] = {
    "free": """
        SELECT slot.id FROM companies_slot AS slot JOIN companies_room AS room ON room.id = slot.room_id
        JOIN companies_site AS site ON site.id = room.site_id
        JOIN companies_company AS company ON company.id = site.company_id
        WHERE company.slug = 'messagerie-de-la-gare' AND slot.state = 'open'
        AND slot.closes_at > now() + interval '7 days'
        AND NOT EXISTS (SELECT FROM workshops_booking WHERE slot_id = slot.id)
        ORDER BY slot.starts_at, slot.id LIMIT 1
    """,
    "taken": """
        SELECT slot_id FROM workshops_waitlistentry WHERE state = 'waiting' AND slot_id NOT IN (
            SELECT slot_id FROM workshops_booking JOIN associations_association AS own ON own.id = association_id
            WHERE own.slug = 'les-passerelles-du-numerique-lille-0'
        ) ORDER BY slot_id LIMIT 1
    """,
    "request": """
        SELECT request.id FROM associations_request AS request
        JOIN associations_association AS own ON own.id = request.association_id
        WHERE own.slug = 'les-passerelles-du-numerique-lille-0'
        AND request.state = 'open' AND request.expires_at > now()
        ORDER BY request.languages, request.id LIMIT 1
    """,
    "booking": """
        SELECT booking.id FROM workshops_booking AS booking
        JOIN companies_slot AS slot ON slot.id = booking.slot_id
        JOIN workshops_course AS course ON course.id = booking.course_id
        JOIN associations_association AS own ON own.id = booking.association_id
        WHERE own.slug = 'les-passerelles-du-numerique-lille-0' AND booking.state = 'confirmed'
        ORDER BY slot.starts_at, booking.id LIMIT 1
    """,
    "certificate": "SELECT code FROM workshops_certificate ORDER BY id DESC LIMIT 1",
}
LOOKS: tuple[tuple[int, int, Literal["light", "dark"]], ...] = ((1280, 900, "light"), (390, 844, "dark"))


def take_home(path: Path = DOCS / "accueil.png") -> None:
    """The README's picture: the demonstration's home page."""
    for browser, portal in _portal():
        context = new_context(
            browser, portal, viewport={"width": 1280, "height": 1000}, color_scheme="light", reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto("/")
        page.screenshot(path=path)


def take_all(folder: Path = DOCS / "screens") -> None:
    """Every picture of `SCREENS`, in both looks."""
    folder.mkdir(exist_ok=True)
    for browser, portal in _portal():
        roles = {role for _, role, _ in SCREENS}
        cookies = {role: _cookies(browser, portal, role) for role in roles if role}
        for width, height, scheme in LOOKS:
            for name, role, way in SCREENS:
                context = new_context(
                    browser,
                    portal,
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                    storage_state=cookies.get(role),
                )
                page = context.new_page()
                _go(page, way, portal)
                page.screenshot(path=folder / f"{name}-{width}.jpg", type="jpeg", quality=40)
                context.close()


def _cookies(browser: Browser, portal: Portal, role: str) -> Any:
    """Those of somebody who signed in once: the portal counts how often that is tried."""
    context = new_context(browser, portal)
    sign_in_on(context.new_page(), f"{role}@example.org")
    return context.storage_state()


def _go(page: Page, way: str, portal: Portal) -> None:
    for step in re.split(r" (?=[/+~>])", way):
        name = step[1:]
        if step.startswith("+"):
            page.get_by_role("button", name=name).first.click()
        elif step.startswith("~"):
            page.get_by_label(name).check()
        elif step.startswith(">"):
            with page.expect_download():
                page.get_by_role("button", name=name).first.click()
        elif "*" in step:
            start, end = step.split("*")
            page.locator(f'main a[href^="{start}"][href$="{end}"]').first.click()
        else:
            page.goto(_found(step, portal))
        page.wait_for_load_state()
    # Counts come after their page.
    page.wait_for_load_state("networkidle")


def _found(address: str, portal: Portal) -> str:
    """An address with the numbers of what it means."""
    return re.sub(r"{(\w+)}", lambda meant: str(portal.rows(FACTS[meant[1]])[0][0]), address)


def _portal() -> Iterator[tuple[Browser, Any]]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        portal = Portal(Path(folder) / "data")
        try:
            portal.ready()
            browser = playwright.chromium.launch(**LAUNCH)
            yield browser, portal
            browser.close()
        finally:
            portal.stop()
