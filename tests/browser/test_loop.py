"""The main job, by four people, with real clicks on a real portal with a real worker."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal
from solidarite.demonstration.accounts import PASSWORD
from territories.wording import day_date
from tests.browser.conftest import SignIn
from tests.browser.steps import (
    ASSOCIATION,
    MODERATOR,
    OWNER,
    PARIS,
    VOLUNTEER,
    follow,
    open_sundays,
    out_of_quiet_hours,
    press,
    read_mail,
    set_forward_to,
    sunday_after,
)

pytestmark = pytest.mark.browser


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
    press(page, "Voir les dates")
    press(page, "Publier les créneaux")
    expect(page.get_by_role("status")).to_contain_text("créneaux publiés")
    expect(page.get_by_text("18 h – 21 h").first).to_be_visible()
    context.close()


def figures(page: Page) -> list[int]:
    """Workshops held, people, hours of volunteers, as the home page tells them."""
    page.goto("/")
    return [int(re.sub(r"\D", "", text)) for text in page.locator("dl.figures dd").all_inner_texts()[:3]]


def test_request_is_matched_booked_reminded_and_reported(own_portal: Portal, browser: Browser) -> None:
    """Association, company, volunteer and visitor, from the request to the figures of the home page."""
    visitor, mails = (new_context(browser, own_portal).new_page() for _ in range(2))
    company, association, volunteer = (
        sign_in_on(new_context(browser, own_portal).new_page(), email) for email in (OWNER, ASSOCIATION, VOLUNTEER)
    )
    sunday = sunday_after(dt.datetime.now(tz=PARIS).date(), days=4)

    follow(association, re.compile("^Ouvrir Les"))
    follow(association, "Déposer une demande")
    association.get_by_role("checkbox", name="E-mail").check()
    association.get_by_label("Combien de personnes viennent").fill("6")
    association.get_by_label("Combien d’ordinateurs il faut").fill("6")
    association.get_by_label("Autour de quelle commune").fill("Lille (59)")
    association.get_by_label("Du", exact=True).fill(sunday.isoformat())
    association.get_by_label("Au", exact=True).fill(sunday.isoformat())
    press(association, "Déposer la demande")

    open_sundays(company, sunday, sunday)
    expect(company.get_by_role("status").first).to_contain_text("1 créneau publié")
    out_of_quiet_hours(mails)
    read_mail(mails, "créneaux pour votre demande")

    visitor.goto("/")
    visitor.get_by_label("Où").fill("Lille (59)")
    visitor.get_by_label("Quand").select_option("weekend")
    press(visitor, "Voir les créneaux")
    visitor.locator("#id_du").fill(sunday.isoformat())
    visitor.locator("#id_au").fill(sunday.isoformat())
    press(visitor, "Voir les créneaux")
    visitor.get_by_role("article").filter(has_text="14 h – 16 h").get_by_role("link").first.click()
    follow(visitor, "Réserver ce créneau")
    visitor.get_by_label("E-mail").fill(ASSOCIATION)
    visitor.get_by_label("Mot de passe").fill(PASSWORD)
    visitor.locator("form[action$='/compte/login/'] button[type=submit]").click()
    visitor.get_by_label("Combien de personnes viennent").fill("6")
    visitor.get_by_label("Thème de l’atelier").select_option("email")
    visitor.get_by_label("Pour quelle demande").select_option(index=1)
    press(visitor, "Envoyer la demande")
    expect(visitor.get_by_text("en attente de réponse").first).to_be_visible()

    company.goto("/tableau-de-bord/")
    card = company.get_by_role("listitem").filter(has_text="14 h – 16 h")
    card.get_by_role("link").first.click()
    press(company, "Accepter la réservation")
    expect(company.get_by_role("status")).to_contain_text("confirmée")
    read_mail(mails, "C’est confirmé")
    expect(mails.get_by_text("BEGIN:VCALENDAR")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="Comment entrer")).to_be_visible()

    follow(volunteer, "Voir les ateliers à venir")
    volunteer.get_by_role("listitem").filter(has_text="14 h – 16 h").get_by_role("button").first.click()
    expect(volunteer.get_by_role("status")).to_contain_text("Vous participez")

    set_forward_to(mails, sunday, 10)
    read_mail(mails, "Rappel")
    set_forward_to(mails, sunday, 15)
    volunteer.goto("/benevolat/")
    press(volunteer, re.compile("J’y suis"))
    expect(volunteer.get_by_role("heading", name="Merci, c’est noté")).to_be_visible()
    before = figures(visitor)
    set_forward_to(mails, sunday, 20)
    read_mail(mails, "Comment s’est passé l’atelier")
    for page, counts in (
        (association, {"Personnes venues": "5", "Note": "5"}),
        (company, {"Note": "4"}),  # the volunteer stands there, with the hours that they said
    ):
        page.goto("/tableau-de-bord/")
        line = page.get_by_role("listitem").filter(has_text=day_date(sunday))
        line.get_by_role("link", name="Écrire le compte rendu").first.click()
        for label, count in counts.items():
            page.get_by_label(label).fill(count)
        press(page, re.compile("Envoyer|Enregistrer"))
        expect(page.get_by_role("status")).to_contain_text("Votre compte rendu est enregistré")
    assert [new - old for new, old in zip(figures(visitor), before, strict=True)] == [1, 5, 2]
    volunteer.goto("/benevolat/historique/")
    line = volunteer.get_by_role("row").filter(has_text=day_date(sunday))
    expect(line).to_contain_text("2\u00a0heures")
    with volunteer.expect_download() as printed:
        volunteer.get_by_role("button", name=re.compile("Obtenir le PDF")).first.click()
    code = re.search(r"-([A-Z0-9]{12})\.pdf$", printed.value.suggested_filename)
    assert code is not None
    visitor.goto(f"/attestations/{code[1]}/")
    expect(visitor.get_by_role("heading", name="Cette attestation est valide")).to_be_visible()


def free_slot(page: Page) -> str:
    """The address of a slot that is booked at once, in more than three days."""
    start = (dt.datetime.now(tz=PARIS) + dt.timedelta(days=4)).date().isoformat()
    page.goto(f"/creneaux/?du={start}&places=8")
    card = page.get_by_role("article").filter(has_text="Réponse immédiate").first
    return str(card.get_by_role("link").first.get_attribute("href"))


def test_group_comes_back_booked_on_a_phone_without_script(portal: Portal, browser: Browser) -> None:
    """Two dates of one place in one form; then one workshop is prepared, and the rest called off."""
    context = new_context(browser, portal, viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = sign_in_on(context.new_page(), ASSOCIATION)
    page.goto(free_slot(page))
    follow(page, "Réserver plusieurs séances ici")
    page.get_by_label("Nom du parcours").fill("Premiers pas")
    page.get_by_label("Combien de personnes viennent").fill("4")
    page.get_by_label("Thème de l’atelier").select_option("email")
    dates = page.get_by_role("group", name="Quelles dates").get_by_role("checkbox")
    expect(dates.first).to_be_checked()
    dates.nth(1).check()
    press(page, "Réserver ces dates")
    expect(page.get_by_role("heading", level=1)).to_have_text("Premiers pas")
    expect(page.get_by_text("2 séances")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=re.compile("^Ouvrir")).first.click()
    expect(page.get_by_text("Séance du parcours")).to_be_visible()
    follow(page, "Premiers pas")
    page.get_by_text("Annuler les séances à venir").click()
    page.get_by_label("Motif").select_option("no_need")
    press(page, "Annuler toutes les séances à venir")
    expect(page.get_by_role("status")).to_contain_text("2 séances annulées")
    context.close()


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
    lost = [page for page, title in zip(pages, titles, strict=True) if "Ce créneau" in title]
    # Who comes once the other is answered is of the association that has the slot.
    late = [page for page in pages if page.get_by_text("Vous avez déjà une réservation de ce créneau").count()]
    assert len(lost) + len(late) == 1, titles
    for page in lost:
        others = page.get_by_role("link", name=re.compile("Voir ce créneau|Déposer une demande"))
        expect(others.first).to_be_visible()
