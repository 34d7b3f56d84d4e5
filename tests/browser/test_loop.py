"""The main job, by four people, with real clicks on a real portal with a real worker."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.chromium import new_context
from bench.portal import Portal
from tests.browser.conftest import SignIn

pytestmark = pytest.mark.browser

OWNER, ASSOCIATION, VOLUNTEER, MODERATOR = (
    f"{name}@example.org" for name in ("entreprise", "association", "benevole", "moderation")
)


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name).first.click()


def read_mail(page: Page, subject: str) -> None:
    """Open a mail on the demonstration's own page, once the worker has delivered it."""
    for _ in range(40):
        page.goto("/dev/courriels/")
        line = page.get_by_role("listitem").filter(has_text=subject)
        if line.count() and line.first.get_by_text("remis", exact=True).count():
            line.first.get_by_role("link").click()
            return
        page.wait_for_timeout(500)
    pytest.fail(f"« {subject} » was not delivered")


def test_new_company_signs_is_approved_and_opens(portal: Portal, browser: Browser, sign_in: SignIn) -> None:
    context = new_context(browser, portal)
    page = context.new_page()
    page.goto("/compte/signup/")
    page.get_by_label("Votre prénom et votre nom").fill("Inès Fournel")
    page.get_by_label("E-mail").fill("ines@example.org")
    page.get_by_label("Mot de passe").fill("une-porte-ouverte")
    expect(page.locator("#id_proof")).not_to_have_value("")
    press(page, "Créer mon compte")
    other = context.new_page()
    read_mail(other, "Vérifiez votre adresse")
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", other.locator("pre").inner_text())
    assert code is not None
    page.get_by_label("Code").fill(code[0])
    press(page, "Confirmer")
    follow(page, "Inscrire mon entreprise")
    page.get_by_label("Nom", exact=True).fill("Atelier des Lumières")
    page.get_by_label("Forme juridique").select_option("company")
    page.locator("#id_siren").fill("123")
    page.get_by_label("Commune").fill("Saint-Denis")
    press(page, "Inscrire l’entreprise")
    expect(page.get_by_role("alert")).to_contain_text("Vérifiez le SIREN")
    expect(page.get_by_role("alert")).to_contain_text("Plusieurs communes s’appellent Saint-Denis")
    page.locator("#id_siren").fill("")
    page.get_by_label("Commune").fill("Saint-Denis (974)")
    press(page, "Inscrire l’entreprise")
    page.get_by_label("salles que vous").fill("1")
    page.get_by_label("ordinateurs que vous").fill("10")
    page.get_by_label("heures de bénévolat").fill("40")
    page.get_by_label("en qualité de").fill("gérante")
    page.get_by_label("J’ai lu la charte").check()
    press(page, "Signer la charte")
    expect(page.get_by_text("en cours d’examen").first).to_be_visible()

    moderator = sign_in(MODERATOR)
    follow(moderator, "Modération")
    press(moderator, "Examiner Atelier des Lumières")
    moderator.get_by_text("Demander des compléments, ou refuser").click()
    press(moderator, "Refuser")
    expect(moderator.get_by_role("alert")).to_contain_text("Indiquez un motif")
    press(moderator, "Approuver")
    expect(moderator.get_by_role("status")).to_contain_text("Décision enregistrée")

    page.reload()
    expect(page.get_by_text("signataire depuis")).to_be_visible()
    follow(page, "Sites et salles")
    follow(page, "Décrire un premier site")
    page.get_by_label("nom du site").fill("Siège")
    page.get_by_label("adresse").fill("1 rue de la Paix")
    page.get_by_label("Commune").fill("Saint-Denis (974)")
    page.get_by_label("visiteurs admis").fill("19")
    press(page, "Enregistrer le site")
    page.get_by_label("nom de la salle").fill("Salle des Lumières")
    page.get_by_label("places assises").fill("10")
    page.get_by_label("ordinateurs prêtés").fill("10")
    press(page, "Enregistrer la salle")
    page.get_by_label("jeudi").check()
    press(page, "Publier les créneaux")
    expect(page.get_by_role("status")).to_contain_text("créneaux publiés")
    expect(page.get_by_text("18 h – 20 h").first).to_be_visible()
    context.close()


def free_slot(page: Page) -> str:
    """The address of a slot that is booked at once, in more than three days."""
    start = (dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=4)).date().isoformat()
    page.goto(f"/creneaux/?du={start}&places=8")
    card = page.get_by_role("article").filter(has_text="Réponse immédiate").first
    return str(card.get_by_role("link").first.get_attribute("href"))


def test_association_books_company_and_volunteer_follow(sign_in: SignIn) -> None:
    company, association = sign_in(OWNER), sign_in(ASSOCIATION)
    follow(association, re.compile("^Ouvrir"))
    name = association.get_by_role("heading", level=1).inner_text()
    follow(company, f"Ouvrir la réservation de {name}")
    address = company.url
    press(company, "Accepter la réservation")
    expect(company.get_by_role("status")).to_contain_text("confirmée")

    association.reload()
    number = address.rstrip("/").rsplit("/", 1)[-1]
    association.locator(f'a[href$="/reservations/{number}/"]').click()
    expect(association.get_by_text("Comment entrer")).to_be_visible()

    volunteer = sign_in(VOLUNTEER)
    follow(volunteer, "Voir les ateliers à venir")
    press(volunteer, re.compile("^Je participe"))
    expect(volunteer.get_by_role("status")).to_contain_text("Vous participez")

    association.goto("/dev/courriels/")
    expect(association.get_by_text("C’est confirmé").first).to_be_visible()


def test_two_browsers_book_one_slot_at_the_same_moment(sign_in: SignIn) -> None:
    """One wins; the other is told, and shown the next best slots."""
    pages = [sign_in(ASSOCIATION), sign_in(ASSOCIATION)]
    address = free_slot(pages[0])
    for page in pages:
        page.goto(f"{address}reserver/")
        page.get_by_label("Combien de personnes viennent").fill("4")
        page.get_by_label("Thème de l’atelier").select_option("email")
    at = pages[0].evaluate("Date.now() + 1500")
    for page in pages:
        page.evaluate(
            "at => setTimeout(() => document.querySelector('main form').requestSubmit(), at - Date.now())", at
        )
    for page in pages:
        page.get_by_role("heading", level=1).filter(has_not_text="Réserver ce créneau").wait_for()
    titles = [page.get_by_role("heading", level=1).inner_text() for page in pages]
    lost = [page for page, title in zip(pages, titles, strict=True) if "Ce créneau" in title or "déjà" in title]
    assert len(lost) == 1, titles
    expect(lost[0].get_by_role("link", name=re.compile("Voir ce créneau|Déposer une demande")).first).to_be_visible()
