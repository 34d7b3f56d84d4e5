"""The main job from end to end, over HTTP, on the running portal: what `manage.py demo --check` does.

Each step is what a person does or reads. Mails are read where the worker delivered them by SMTP.
"""

from __future__ import annotations

import datetime as dt
import mailbox
import re
import time
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.utils import get_random_secret_key
from django.db import connections

from accounts.models import User
from charter.models import CharterVersion
from mail.models import Preferences
from mail.rendering import CALENDAR_FILE_NAME
from solidarite.demonstration.browser import Browser, Page
from territories import clock
from territories.models import Commune

MAIL_SECONDS = 40
CHARTER = Path(__file__).with_name("charter.md")
PEOPLE = 6
PLEDGE = {"pledged_rooms": "2", "pledged_computers": "16", "pledged_hours": "80"}


class Broken(Exception):
    """A step did not give what a person expects. The text says which and what came instead."""


def run(base: str, box: Path) -> dict[str, Any]:
    """Walk all steps. Returns what `--check` prints: ok, seconds, each step with its seconds, an error or none."""
    began = time.monotonic()
    walk = _Walk(base, box)
    steps: list[dict[str, object]] = []
    error = None
    try:
        for name, step in walk.steps():
            since = time.monotonic()
            step()
            steps.append({"step": name, "seconds": round(time.monotonic() - since, 2)})
    except (Broken, LookupError, OSError) as broken:
        error = f"{name}: {broken}"
    finally:
        clock.reset()
        connections.close_all()
    outcome: dict[str, Any] = {"ok": error is None, "seconds": round(time.monotonic() - began, 1), "steps": steps}
    return outcome if error is None else outcome | {"error": error}


class _Walk:
    def __init__(self, base: str, box: Path) -> None:
        self.mark = uuid.uuid4().hex[:8]
        self.box = box
        self.mails: list[EmailMessage] = []
        self.visitor, self.company, self.association, self.moderator = (Browser(base) for _ in range(4))
        self.town = _quiet_town()
        self.company_email = f"entreprise-{self.mark}@example.org"
        self.association_email = f"association-{self.mark}@example.org"
        self.password = get_random_secret_key()
        self.company_name = f"Menuiserie {self.mark}"
        self.company_slug = f"menuiserie-{self.mark}"
        self.association_name = f"La Souris {self.mark}"
        self.association_slug = f"la-souris-{self.mark}"

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("moderator signs in", self.moderator_signs_in),
            ("company signs up with an e-mail code", self.company_signs_up),
            ("company signs the charter", self.company_signs_charter),
            ("moderator asks for changes, company completes", self.changes_are_asked),
            ("moderator approves", self.moderator_approves),
            ("company describes a site and a room", self.company_describes),
            ("association signs up and is admitted", self.association_signs_up),
            ("association posts a request", self.association_posts_request),
            ("company publishes evenings", self.company_publishes),
            ("matching mail arrives once", self.match_is_mailed),
            ("visitor finds the slot", self.visitor_finds),
            ("association books", self.association_books),
            ("company accepts, both get the calendar file", self.company_accepts),
            ("reminder leaves before the day", self.reminder_leaves),
            ("both report, the figures move", self.both_report),
        ]

    # --- steps ----------------------------------------------------------------------------------

    def moderator_signs_in(self) -> None:
        email = f"moderation-{self.mark}@example.org"
        moderator = User.objects.create_user(email, self.password, name="Modération", is_moderator=True)
        moderator.emailaddress_set.create(email=email, verified=True, primary=True)  # type: ignore[attr-defined]  # allauth's
        if CharterVersion.objects.in_force(clock.now().date()) is None:
            CharterVersion.objects.create(
                number=1,
                text=CHARTER.read_text(encoding="utf-8"),
                effective_from_date=clock.now().date(),
                created_at=clock.now(),
                published_at=clock.now(),
            )
        self.moderator.get("/compte/login/")
        self._expect(self.moderator.submit(login=email, password=self.password), "Tableau de bord")

    def company_signs_up(self) -> None:
        self._sign_up(self.company, self.company_email, "Hélène Carpentier")
        self.company.get("/entreprises/inscrire/")
        refused = self.company.submit(name=self.company_name, legal_form="company", siren="123456789", commune="Lille")
        self._expect(refused, "Vérifiez le SIREN", status=422)
        registered = self.company.submit(
            siren="", siret="", name=self.company_name, legal_form="company", commune=str(self.town)
        )
        self._expect(registered, "Signer la charte au nom de")

    def company_signs_charter(self) -> None:
        signed = self.company.submit(**PLEDGE, signatory_name="Hélène", signatory_capacity="directrice", agreed="on")
        self._expect(signed, "en cours d’examen")

    def changes_are_asked(self) -> None:
        self._decide("signature", self.company_name, outcome="changes", reason="Indiquez le nom entier.")
        self._mail(self.company_email, "à compléter")
        self._expect(self.company.get(f"/entreprises/{self.company_slug}/charte/signer/"), "Indiquez le nom entier.")
        again = self.company.submit(
            signatory_name="Hélène Carpentier", signatory_capacity="directrice générale", agreed="on", **PLEDGE
        )
        self._expect(again, "en cours d’examen")

    def moderator_approves(self) -> None:
        self._decide("signature", self.company_name, outcome="approve")
        self._mail(self.company_email, "est signataire de la charte")
        self._expect(self.visitor.get("/signataires/"), self.company_name)

    def company_describes(self) -> None:
        self.company.get(f"/entreprises/{self.company_slug}/sites/nouveau/")
        site = self.company.submit(
            name="Siège",
            address="1 rue des Lilas",
            commune=str(self.town),
            max_visitors="19",
        )
        self._expect(site, "Décrire une salle")
        room_page = urlsplit(site.url).path
        self.company.get(room_page.replace("salles/nouvelle/", "acces/"))
        self._expect(self.company.submit(entrance="Sonnez deux fois.", evening_phone="01 99 00 12 34"), "à jour")
        self.company.get(room_page)
        room = self.company.submit(name=f"Salle {self.mark}", capacity="10", computers="8")
        self._expect(room, "Voir les dates")

    def association_signs_up(self) -> None:
        self._sign_up(self.association, self.association_email, "Karim Benali")
        self.association.get("/associations/inscrire/")
        registered = self.association.submit(
            name=self.association_name, legal_form="association", commune=str(self.town)
        )
        self._expect(registered, "attend d’être admise")
        self._decide("association", self.association_name, outcome="approve")
        self._mail(self.association_email, "peut réserver")

    def association_posts_request(self) -> None:
        self.association.get(f"/associations/{self.association_slug}/demandes/nouvelle/")
        posted = self.association.submit(
            topics="email", participants=str(PEOPLE), computers=str(PEOPLE), commune=str(self.town), radius_km="5"
        )
        self._expect(posted, "E-mail")

    def company_publishes(self) -> None:
        day = (clock.now() + dt.timedelta(days=3)).date()
        self.company.submit(
            weekdays=[str(day.isoweekday())],
            start_time="18:30",
            end_time="20:30",
            weekend_start_time="18:30",
            weekend_end_time="20:30",
            from_date=day.isoformat(),
            until_date=(day + dt.timedelta(days=14)).isoformat(),
            places="10",
            computers="8",
            volunteers_offered="2",
            notice_hours="24",
            booking_mode="on_approval",
        )
        published = self.company.submit(publish="1")
        self._expect(published, "3\u00a0créneaux publiés")
        self.day = day

    def match_is_mailed(self) -> None:
        self._forward_to(_out_of_quiet_hours(clock.now()))
        mail = self._mail(self.association_email, "Des créneaux pour votre demande")
        if re.search(rf"Salle {self.mark}.*?(/creneaux/\d+/)", _text(mail), re.DOTALL) is None:
            raise Broken("the match does not name a slot that was just opened")

    def visitor_finds(self) -> None:
        day, town = self.day.isoformat(), self.town.link
        found = (
            self.visitor.get(
                f"/creneaux/?lieu={town}&rayon=5&du={day}&au={day}&moment=soir&ordinateurs=8&places=10&tri=distance"
            )
            if self.day.isoweekday() not in settings.WEEKEND_DAYS
            else self.visitor.get(f"/creneaux/?lieu={town}&rayon=5&du={day}&au={day}")
        )
        self._expect(found, f"Salle {self.mark}")
        # That day's: the mail names the best first.
        links = re.findall(rf'href="(/creneaux/\d+/)"[^>]*>\s*Salle {self.mark}', found.html)
        if not links:
            raise Broken("the list does not lead to the slot of that day")
        self.slot = links[0]
        self._expect(self.visitor.get(f"{self.slot}reserver/"), "Se connecter")

    def association_books(self) -> None:
        self.association.get(f"{self.slot}reserver/")
        booked = self.association.submit(participants=str(PEOPLE), topic="email", message="Un premier groupe.")
        self._expect(booked, "en attente de réponse")
        if "Sonnez deux fois" in booked.html:
            raise Broken("the access kit shows before the booking is confirmed")
        self.association_booking = booked.url

    def company_accepts(self) -> None:
        mail = self._mail(self.company_email, "demande votre créneau")
        self.company.get(self._link_in(mail, r"http\S+/reservations/repondre/\S+/"))
        answered = self.company.submit(answer="yes")
        self._expect(answered, "Cette demande est confirmée")
        self.company_booking = self._link(answered, r"/entreprises/[\w-]+/reservations/\d+/", "Un autre motif")
        for email in (self.company_email, self.association_email):
            self._calendar_in(self._mail(email, "C’est confirmé"))
        self._expect(self.association.get(self.association_booking), "Sonnez deux fois")

    def reminder_leaves(self) -> None:
        self._forward_to(dt.datetime.combine(self.day, dt.time(9), tzinfo=dt.UTC))
        for email in (self.company_email, self.association_email):
            self._mail(email, "Aujourd’hui")

    def both_report(self) -> None:
        before = self._figures()
        self._forward_to(dt.datetime.combine(self.day + dt.timedelta(days=1), dt.time(9), tzinfo=dt.UTC))
        for email in (self.company_email, self.association_email):
            self._mail(email, "Comment s’est passé l’atelier")
        self.association.get(f"{self.association_booking}bilan/")
        self._expect(self.association.submit(attended="5", rating="5"), "Votre compte rendu est enregistré")
        self.company.get(f"{self.company_booking}bilan/")
        counted = {"volunteers": "2", "hours": "2", "engagement_type": "benevolat", "rating": "4"}
        self._expect(self.company.submit(**counted), "Votre compte rendu est enregistré")
        after = self._figures()
        moved = tuple(new - old for old, new in zip(before[:3], after[:3], strict=True))
        if moved != (1, 5, 4):
            raise Broken(f"the home page's figures moved by {moved} instead of (1, 5, 4)")

    # --- what steps share -----------------------------------------------------------------------

    def _sign_up(self, browser: Browser, email: str, name: str) -> None:
        browser.get("/compte/signup/")
        browser.submit(name=name, email=email, password1=self.password)
        text = _text(self._mail(email, "Vérifiez"))
        code = re.search(r"^[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}$", text, re.MULTILINE)
        if code is None:
            raise Broken(f"the mail to verify an address holds no code: {text}")
        self._expect(browser.submit(code=code[0]), "Tableau de bord")

    def _decide(self, kind: str, name: str, **decision: str) -> None:
        self.moderator.get("/moderation/")
        self.moderator.submit(self._link(self.moderator.page, rf"/moderation/{kind}/\d+/prendre/", name))
        self._expect(self.moderator.submit("/decider/", **decision), "Décision enregistrée")

    def _expect(self, page: Page, words: str, *, status: int = 200) -> None:
        if page.status != status or words not in page.html:
            raise Broken(f"{page.url} answers {page.status}, without '{words}': {_summary(page.html)}")

    def _link(self, page: Page, pattern: str, name: str) -> str:
        """The address, of the form asked for, that stands closest after a name, whatever page it is on."""
        while True:
            found = re.search(rf"{re.escape(name)}.*?({pattern})", page.html, re.DOTALL)
            if found:
                return found[1]
            following = re.search(r'rel="next" href="([^"]+)"', page.html)
            if following is None:
                raise Broken(f"{page.url} does not list {name}")
            page = self.moderator.get(page.url.split("?")[0] + following[1].replace("&amp;", "&"))

    def _mail(self, to: str, subject: str) -> EmailMessage:
        """The one mail to an address whose subject holds these words, awaited, then taken out of the box."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            self._receive()
            found = [mail for mail in self.mails if to in str(mail["To"]) and subject in str(mail["Subject"])]
            if len(found) > 1:
                raise Broken(f"'{subject}' came {len(found)} times to {to}")
            if found:
                self.mails.remove(found[0])
                return found[0]
            time.sleep(0.05)
        raise Broken(f"no mail '{subject}' came to {to} in {MAIL_SECONDS} s")

    def _receive(self) -> None:
        """Take what was delivered since the last look."""
        box = mailbox.Maildir(self.box)
        for key in box.keys():  # noqa: SIM118  # not a dict
            self.mails.append(BytesParser(policy=default).parsebytes(box.get_bytes(key)))
            box.remove(key)

    def _link_in(self, mail: EmailMessage, pattern: str) -> str:
        found = re.search(pattern, _text(mail))
        if found is None:
            raise Broken(f"'{mail['Subject']}' holds no link")
        return found[0]

    def _calendar_in(self, mail: EmailMessage) -> None:
        names = [part.get_filename() for part in mail.iter_attachments()]
        if names != [CALENDAR_FILE_NAME]:
            raise Broken(f"'{mail['Subject']}' holds {names} instead of {CALENDAR_FILE_NAME}")

    def _forward_to(self, instant: dt.datetime) -> None:
        clock.set_forward(instant - clock.now())

    def _figures(self) -> tuple[int, ...]:
        home = self.visitor.get("/").html
        shown = re.findall(r"<dd>([\d\u202f]+)</dd>", home)
        return tuple(int(figure.replace("\u202f", "")) for figure in shown)


def _out_of_quiet_hours(now: dt.datetime) -> dt.datetime:
    """At night what may wait for the morning waits, and so would this walk."""
    return Preferences().end_of_quiet(now, zone=settings.TIME_ZONE)


def _quiet_town() -> Commune:
    """A small town drawn by chance: what an earlier walk left elsewhere does not come between."""
    towns = Commune.objects.filter(kind=Commune.Kind.COMMUNE, population__range=(1000, 5000), time_zone="Europe/Paris")
    town = towns.select_related("departement").exclude(latitude=None).order_by("?").first()
    assert town is not None
    return town


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def _summary(html: str) -> str:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main", 1)[-1]))
    return words[:300]
