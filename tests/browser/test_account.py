"""An account from the first code to the last key, as its owner lives it; axe on each page that no link leads to."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.chromium import new_context, sign_in_on
from bench.portal import Portal
from solidarite.demonstration.accounts import PASSWORD
from tests.browser.steps import ASSOCIATION, MODERATOR, OWNER, VOLUNTEER, check, follow, mailed, press

pytestmark = pytest.mark.browser

NEW_PASSWORD = "quatre-chevaux-au-galop-44"

Enter = Callable[[], Page]


@pytest.fixture
def enter(own_portal: Portal, browser: Browser) -> Iterator[Enter]:
    """A browser of their own for each person."""
    contexts: list[BrowserContext] = []

    def open_page() -> Page:
        contexts.append(new_context(browser, own_portal))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


def open_protected(person: Page, path: str) -> None:
    """Open a page of the account that asks for the password again, and confirm it."""
    person.goto(path)
    expect(person.get_by_role("heading", level=1)).to_have_text("Confirmez que c’est vous")
    check(person)
    person.get_by_label("Mot de passe").fill(PASSWORD)
    press(person, "Confirmer")
    person.wait_for_url(f"**{path}")


def code_of(secret: str) -> str:
    """Six digits, as the application on a telephone would show them now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_code_verifies_a_new_address_and_signs_in(enter: Enter) -> None:
    person, mails = enter(), enter()
    person.goto("/compte/signup/")
    person.get_by_label("Votre prénom et votre nom").fill("Nouvelle Venue")
    person.get_by_label("E-mail").fill("nouvelle@example.org")
    person.get_by_label("Mot de passe").fill(NEW_PASSWORD)
    press(person, "Créer mon compte")
    person.wait_for_url("**/compte/confirm-email/")
    check(person)
    person.get_by_label("Code").fill(mailed(mails, "Vérifiez votre adresse", r"\n\n(\S{4,12})\n\n"))
    press(person, "Confirmer")
    person.wait_for_url("**/tableau-de-bord/")

    again = enter()
    again.goto("/compte/login/code/")
    again.get_by_label("E-mail").fill("nouvelle@example.org")
    again.locator("main form button[type=submit]").click()
    again.wait_for_url("**/compte/login/code/confirm/")
    check(again)
    again.get_by_label("Code").fill(mailed(mails, "Votre code de connexion", r"\n\n(\S{4,12})\n\n"))
    press(again, "Confirmer")
    again.wait_for_url("**/tableau-de-bord/")


def test_forgotten_password_is_replaced_by_a_mailed_link(enter: Enter) -> None:
    person, mails = enter(), enter()
    person.goto("/compte/password/reset/")
    person.get_by_label("E-mail").fill(ASSOCIATION)
    person.locator("main form button[type=submit]").click()
    person.wait_for_url("**/compte/password/reset/done/")
    check(person)
    person.goto(mailed(mails, "mot de passe", r"http://[^/\s]+(/compte/password/reset/key/\S+)"))
    check(person)
    for field in person.locator("main input[type=password]").all():
        field.fill(NEW_PASSWORD)
    press(person, "Modifier le mot de passe")
    person.wait_for_url("**/compte/password/reset/key/done/")
    check(person)
    person.goto("/compte/inactive/")
    check(person)


def test_application_and_recovery_codes(enter: Enter) -> None:
    person = sign_in_on(enter(), VOLUNTEER)
    open_protected(person, "/compte/2fa/totp/activate/")
    check(person)
    secret = person.get_by_label("Clé à saisir à la main").input_value()
    person.get_by_label(re.compile("^Code")).last.fill(code_of(secret))
    press(person, "Activer l’application")
    person.wait_for_url("**/compte/2fa/recovery-codes/")
    recovery = person.get_by_label("Codes inutilisés").input_value().split()
    check(person)
    for path in ("recovery-codes/generate/", "reauthenticate/", "totp/deactivate/"):
        person.goto(f"/compte/2fa/{path}")
        assert person.url.endswith(path)
        check(person)

    again = enter()
    again.goto("/compte/login/")
    again.get_by_label("E-mail").fill(VOLUNTEER)
    again.get_by_label("Mot de passe").fill(PASSWORD)
    press(again, "Se connecter")
    again.wait_for_url("**/compte/2fa/authenticate/")
    check(again)
    again.get_by_label("Code").fill(recovery[0])
    again.locator("main form button[type=submit]").first.click()
    again.wait_for_url("**/tableau-de-bord/")


def give_authenticator(person: Page) -> None:
    """A device of which the browser believes that its owner touches it."""
    session = person.context.new_cdp_session(person)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": options | {"isUserVerified": True, "automaticPresenceSimulation": True}},
    )


def test_passkey_is_added_used_renamed_and_removed(own_portal: Portal, browser: Browser) -> None:
    # Browsers bind a key to a name, never to an address of numbers.
    context = browser.new_context(base_url=own_portal.url.replace("127.0.0.1", "localhost"), locale="fr-FR")
    context.set_default_timeout(8000)
    person = sign_in_on(context.new_page(), OWNER)
    give_authenticator(person)
    open_protected(person, "/compte/2fa/webauthn/add/")
    check(person)
    person.get_by_label("Nom de la clé").fill("Mon téléphone")
    person.get_by_label("Sans mot de passe").check()
    press(person, "Ajouter")
    person.wait_for_url("**/compte/2fa/recovery-codes/")
    person.goto("/compte/2fa/webauthn/")
    expect(person.get_by_text("Mon téléphone").first).to_be_visible()
    check(person)
    follow(person, re.compile("^Renommer"))
    check(person)
    person.get_by_label("Nom de la clé").fill("Téléphone du bureau")
    person.locator("#mfa_webauthn_edit").click()
    expect(person.get_by_text("Téléphone du bureau").first).to_be_visible()

    person.context.clear_cookies()
    person.goto("/compte/login/")
    person.locator("#passkey_login").click()
    person.wait_for_url("**/tableau-de-bord/")

    person.goto("/compte/2fa/webauthn/")
    follow(person, re.compile("^Retirer"))
    follow(person, re.compile("clé"))
    check(person)
    person.locator("#mfa_webauthn_reauthenticate").click()
    person.wait_for_url("**/remove/")
    check(person)
    person.locator("main button[type=submit]").click()
    expect(person.get_by_text("Vous n’avez pas encore ajouté de clé d’accès.")).to_be_visible()
    context.close()


def test_passkey_that_the_browser_refuses_says_why(enter: Enter) -> None:
    person = sign_in_on(enter(), MODERATOR)
    open_protected(person, "/compte/2fa/webauthn/add/")
    person.get_by_role("button", name="Ajouter").click()
    expect(person.get_by_role("alert")).to_have_text(re.compile("http://localhost"))
    check(person)
