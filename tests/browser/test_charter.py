"""The charter as an owner and a moderator live it: link, decision by keyboard, renewal, members, verification."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal
from tests.browser.steps import ASSOCIATION, MODERATOR, OWNER, VOLUNTEER, check, follow, mailed, press, read_mail

pytestmark = pytest.mark.browser

DECIDED_WITHIN_SECONDS = 30


def press_access_key(page: Page, letter: str) -> None:
    """Alt and a letter, with the text of the key, which Playwright leaves out beside Alt."""
    key = {"key": letter, "code": f"Key{letter.upper()}", "windowsVirtualKeyCode": ord(letter.upper())}
    session = page.context.new_cdp_session(page)
    for kind in ("rawKeyDown", "char", "keyUp"):
        text = {"text": letter, "unmodifiedText": letter} if kind == "char" else {}
        session.send("Input.dispatchKeyEvent", {"type": kind, "modifiers": 1, **text, **key})


def open_mailed_link(mails: Page, page: Page, subject: str, path: str) -> None:
    """Open in `page` the address of this form that a mail holds."""
    page.goto(mailed(mails, subject, rf"http://[^/\s]+({path}\S+)"))


Enter = Callable[[str], Page]


@pytest.fixture
def enter(own_portal: Portal, browser: Browser) -> Iterator[Enter]:
    """A browser of their own for each person; nobody signs in for an empty address."""
    contexts: list[BrowserContext] = []

    def open_page(email: str = "") -> Page:
        contexts.append(new_context(browser, own_portal))
        page = contexts[-1].new_page()
        return sign_in_on(page, email) if email else page

    yield open_page
    for context in contexts:
        context.close()


def test_company_signs_by_link_and_renews(enter: Enter) -> None:
    owner, moderator, mails, director = enter(OWNER), enter(MODERATOR), enter(""), enter("")

    follow(owner, "Inscrire une entreprise")
    owner.get_by_label("Nom", exact=True).fill("Étoile & Fils")
    owner.get_by_label("Forme juridique").select_option("company")
    owner.get_by_label("Commune").fill("Lille (59)")
    press(owner, "Inscrire l’entreprise")
    owner.get_by_label("Salles que").fill("2")
    owner.get_by_label("Ordinateurs que").fill("8")
    owner.get_by_label("Heures de bénévolat").fill("100")
    owner.get_by_label("Nom de la personne qui signe").fill("Paule Durand")
    owner.get_by_label("En qualité de").fill("directrice")
    owner.get_by_label("Son adresse électronique").fill("directrice@example.org")
    press(owner, "Envoyer le lien à la personne qui signe")
    check(owner)

    open_mailed_link(mails, director, "vous demande de signer la charte", "/charte/signer/")
    check(director)
    press(director, "Signer la charte")
    expect(director.get_by_role("alert")).to_contain_text("Cochez la case pour signer")
    check(director)
    director.get_by_label("J’ai lu la charte").check()
    director.get_by_label("Montrer ce nom").check()
    press(director, "Signer la charte")
    expect(director.get_by_role("heading", level=1)).to_have_text("Merci, la charte est signée")
    check(director)
    code = director.locator("main code").inner_text()

    moderator.goto("/moderation/")
    press(moderator, "Examiner Étoile & Fils")
    moderator.get_by_text("Demander des compléments, ou refuser").click()
    moderator.get_by_label("Explication").fill("Précisez votre adresse.")
    moderator.get_by_text("Remarques champ par champ").click()
    moderator.get_by_label("Adresse", exact=False).last.fill("Il manque la rue.")
    check(moderator)
    press(moderator, "Demander des compléments")

    owner.goto("/tableau-de-bord/")
    follow(owner, "Ouvrir Étoile & Fils")
    follow(owner, "Corriger et signer à nouveau")
    check(owner)
    follow(owner, re.compile("^la fiche"))
    expect(owner.get_by_text("Il manque la rue.")).to_be_visible()
    check(owner)
    owner.get_by_label("Adresse", exact=False).first.fill("3 rue de la Clé")
    press(owner, re.compile("Enregistrer"))
    follow(owner, "Corriger et signer à nouveau")
    owner.get_by_label("J’ai lu la charte").check()
    press(owner, "Signer la charte")

    began = time.monotonic()
    moderator.goto("/moderation/")
    moderator.get_by_role("button", name="Examiner Étoile & Fils").focus()
    moderator.keyboard.press("Enter")
    expect(moderator.get_by_role("heading", level=1)).to_have_text("Étoile & Fils")
    press_access_key(moderator, "a")
    expect(moderator.get_by_role("status")).to_contain_text("Décision enregistrée")
    assert time.monotonic() - began < DECIDED_WITHIN_SECONDS

    director.goto("/charte/verifier/")
    check(director)
    director.get_by_label("Code de vérification").fill(f"{code[:4].lower()} {code[4:8]}-{code[8:]}")
    press(director, "Vérifier")
    expect(director.get_by_role("heading", level=1)).to_have_text("Cette signature est valide")
    expect(director.get_by_text("Paule Durand, directrice")).to_be_visible()
    check(director)
    read_mail(mails, "est signataire de la charte")

    publish_second_version(moderator)
    owner.goto("/tableau-de-bord/")
    follow(owner, "Ouvrir Étoile & Fils")
    expect(owner.get_by_text("La charte a une nouvelle version")).to_be_visible()
    director.goto("/signataires/?q=Étoile")
    expect(director.get_by_role("link", name="Étoile & Fils")).to_be_visible()
    follow(owner, "Voir ce qui change et signer")
    expect(owner.locator("ins")).to_contain_text("chaque mois")
    check(owner)
    owner.get_by_label("J’ai lu la charte").check()
    press(owner, "Signer la charte")
    owner.get_by_role("link", name="Charte", exact=True).click()
    expect(owner.get_by_role("listitem").filter(has_text="Version 1")).to_contain_text("approuvée")
    check(owner)
    director.goto("/charte/2/changements/")
    check(director)
    director.goto("/charte/1/")
    check(director)


def publish_second_version(operator: Page) -> None:
    operator.goto("/tableau-de-bord/")
    follow(operator, "Écrire la charte")
    text = operator.get_by_label("Texte")
    text.fill(text.input_value() + "\n\nNous ouvrons au moins une soirée chaque mois.\n")
    tomorrow = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1)
    operator.get_by_label("En vigueur à partir du").fill(tomorrow.isoformat())
    press(operator, "Enregistrer le brouillon")
    check(operator)
    press(operator, "Publier la version 2")
    expect(operator.get_by_role("status")).to_contain_text("ersion 2")


def test_members_come_change_and_go(enter: Enter) -> None:
    owner, invited, mails = enter(ASSOCIATION), enter(VOLUNTEER), enter("")
    follow(owner, re.compile("^Ouvrir Les"))
    association = owner.url
    follow(owner, "Membres")
    members = owner.url
    owner.get_by_label("Adresse électronique").fill(VOLUNTEER)
    owner.get_by_label("Rôle", exact=True).last.select_option("manager")
    press(owner, "Envoyer l’invitation")
    check(owner)

    open_mailed_link(mails, invited, "vous invite", "/associations/invitation/")
    check(invited)
    address = invited.url
    press(invited, "Accepter l’invitation")
    expect(invited.get_by_role("status")).to_contain_text("Bienvenue")
    assert invited.goto(association).ok  # type: ignore[union-attr]
    invited.goto(address)
    expect(invited.get_by_text("Cette invitation ne sert plus")).to_be_visible()
    check(invited)

    owner.goto(members)
    line = owner.get_by_role("listitem").filter(has_text=VOLUNTEER).first
    line.get_by_text("Modifier").click()
    line.get_by_label("Rôle").select_option("volunteer")
    line.get_by_role("button", name="Changer le rôle").click()
    expect(owner.get_by_role("status").first).to_be_visible()
    assert invited.goto(association).status == 404  # type: ignore[union-attr]

    owner.goto(members)
    line = owner.get_by_role("listitem").filter(has_text=VOLUNTEER).first
    line.get_by_text("Modifier").click()
    line.get_by_role("button", name=re.compile("^Retirer")).click()
    expect(owner.get_by_role("listitem").filter(has_text=VOLUNTEER)).to_have_count(0)


def test_same_name_asks_to_join_and_is_let_in(enter: Enter) -> None:
    owner, other = enter(ASSOCIATION), enter(OWNER)
    follow(owner, re.compile("^Ouvrir Les"))
    name = owner.get_by_role("heading", level=1).inner_text()
    other.goto("/associations/inscrire/")
    other.get_by_label("Nom", exact=True).fill(name.upper())
    other.get_by_label("Forme juridique").select_option("association")
    other.get_by_label("Commune").fill("Lille (59)")
    press(other, "Inscrire l’association")
    check(other)
    follow(other, f"Demander à rejoindre {name}")
    check(other)
    other.get_by_label("Votre message").fill("Je coordonne les ateliers du mardi.")
    press(other, re.compile("Demander|Envoyer"))
    follow(owner, "Membres")
    expect(owner.get_by_text("Je coordonne les ateliers du mardi.")).to_be_visible()
    check(owner)
    press(owner, re.compile("^Accueillir"))
    other.goto("/tableau-de-bord/")
    expect(other.get_by_role("main").get_by_text("Bienvenue").or_(other.get_by_text(name)).first).to_be_visible()


def test_refused_association_appeals(enter: Enter) -> None:
    owner, moderator = enter(VOLUNTEER), enter(MODERATOR)
    owner.goto("/associations/inscrire/")
    owner.get_by_label("Nom", exact=True).fill("Les Fils du Port")
    owner.get_by_label("Forme juridique").select_option("association")
    owner.get_by_label("Commune").fill("Brest (29)")
    press(owner, "Inscrire l’association")
    moderator.goto("/moderation/")
    press(moderator, "Examiner Les Fils du Port")
    expect(moderator.get_by_role("heading", level=1)).to_have_text("Les Fils du Port")
    press_access_key(moderator, "m")
    expect(moderator.get_by_label("Motif")).to_be_visible()
    moderator.get_by_label("Motif").select_option("off_topic")
    moderator.get_by_label("Explication").fill("Votre objet n’est pas la médiation numérique.")
    check(moderator)
    press_access_key(moderator, "r")
    expect(moderator.get_by_role("status")).to_contain_text("Décision enregistrée")
    owner.goto("/tableau-de-bord/")
    follow(owner, "Ouvrir Les Fils du Port")
    expect(owner.get_by_text("Votre objet n’est pas la médiation numérique.")).to_be_visible()
    follow(owner, re.compile("réexamen"))
    check(owner)
    owner.get_by_role("textbox").last.fill("Nous tenons un atelier chaque samedi.")
    press(owner, re.compile("Envoyer|Demander"))
    moderator.goto("/moderation/")
    press(moderator, "Examiner Nous tenons un atelier chaque samedi.")
    expect(moderator.get_by_text("Nous tenons un atelier chaque samedi.").first).to_be_visible()
    check(moderator)
    press_access_key(moderator, "a")
    expect(moderator.get_by_role("alert").or_(moderator.get_by_role("status")).first).to_contain_text("autre")


def test_name_of_one_long_word_fits_a_phone(enter: Enter) -> None:
    owner = enter(OWNER)
    owner.goto("/entreprises/inscrire/")
    owner.get_by_label("Nom", exact=True).fill("É" + "é" * 199)
    owner.get_by_label("Forme juridique").select_option("company")
    owner.get_by_label("Commune").fill("Lille (59)")
    press(owner, "Inscrire l’entreprise")
    home = owner.url.replace("charte/signer/", "")
    for path in ("", "charte/", "membres/", "modifier/", "sites/", "calendrier/", "benevoles/", "charte/signer/"):
        owner.goto(home + path)
        check(owner)
    owner.goto("/tableau-de-bord/")
    check(owner)
