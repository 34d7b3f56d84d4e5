"""Invented data at a believable size. The same number and the same day give the same data.

About 60 companies, 200 associations, 3,000 coming slots, bookings in every state and past workshops with their
reports, in real communes drawn by population. Nothing here is about a real organisation or person.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import typst
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.text import slugify
from rich.console import Console
from rich.progress import Progress, TaskID
from stdnum.fr import siren

from accounts.codes import CODE_ALPHABET, CODE_LENGTH
from accounts.models import Decision, Role, User
from accounts.vocabulary import Audience, Level, Topic
from associations.actions import add_certificate
from associations.models import Association, InsuranceCertificate, Period, Request
from associations.models import Membership as AssociationMembership
from charter.models import CharterVersion, Edition, Signature
from companies.models import (
    AccessKit,
    Availability,
    BookingMode,
    Company,
    Engagement,
    Invitation,
    Room,
    Site,
    Slot,
    SlotVolunteer,
    VolunteerProfile,
)
from companies.models import Membership as CompanyMembership
from companies.recurrence import occurrences
from solidarite.demonstration import names
from solidarite.demonstration.accounts import ACCOUNTS, ASSOCIATION_OWNER, MODERATOR, OWNER, PASSWORD, VOLUNTEER
from territories.models import Commune
from territories.wording import of
from workshops.actions import ask_plan, compute_plans, count_needs, count_standings, note_as_told
from workshops.actions.bookings import ANSWER_WITHIN
from workshops.models import (
    Attendance,
    Booking,
    Course,
    HostingAgreement,
    Reason,
    Report,
    SavedSearch,
    Side,
    WaitlistEntry,
    Workshop,
    WorkshopNote,
)

DEFAULT_SEED = 2015
COMPANIES, ASSOCIATIONS, WITHDRAWN = 60, 200, 40
SEASON_AHEAD, SEASON_BEHIND = dt.timedelta(weeks=16), dt.timedelta(weeks=26)
EVENINGS = ((dt.time(18), dt.time(20)), (dt.time(18, 30), dt.time(20, 30)), (dt.time(19), dt.time(21)))
SATURDAY, SATURDAY_MORNING = 6, (dt.time(9, 30), dt.time(12))


def is_loaded() -> bool:
    """Whether the demonstration's accounts exist."""
    return User.objects.filter(email=OWNER.email).exists()


@transaction.atomic
def load(*, now: dt.datetime, progress: TextIO, seed: int = DEFAULT_SEED) -> None:
    """Write everything in one transaction, with a bar on `progress`.

    The same number gives the same data all day long (UTC): what is drawn hangs on when the day began.
    """
    began = now.replace(hour=0, minute=0, second=0, microsecond=0)
    console = Console(file=progress)
    with Progress(console=console, transient=True) as bar:
        steps = bar.add_task("Données inventées", total=7)
        _Seed(now=began, chance=random.Random(seed)).write(bar, steps)  # noqa: S311  # repeatable, not secret
        count_needs(now=now)
        # Nobody is written to about what is invented.
        count_standings(now=now)
        note_as_told(now=now)
        _plan(now)


def _plan(now: dt.datetime) -> None:
    """Four weeks of the whole country, for operators to look at."""
    since = (now + dt.timedelta(days=7)).date()
    until = since + dt.timedelta(days=27)
    ask_plan(departement=None, from_date=since, until_date=until, evenings=5, by=None, now=now)
    compute_plans(now=now)


def _count_rows_anew() -> None:
    """Plans made for empty tables read whole tables for each row that follows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE companies_company, companies_site, companies_room, companies_slot, associations_association"
        )


class _Seed:
    def __init__(self, *, now: dt.datetime, chance: random.Random) -> None:
        self.now = now
        self.today = now.date()
        self.chance = chance
        communes = list(
            Commune.objects.filter(latitude__isnull=False, population__gt=0)
            .select_related("departement")
            .order_by("pk")
        )
        self.communes = communes
        self.weights = [commune.population or 0 for commune in communes]
        self.lille = Commune.objects.select_related("departement").get(pk="59350")

    def write(self, bar: Progress, steps: TaskID) -> None:
        self._people()
        bar.advance(steps)
        companies = self._companies()
        bar.advance(steps)
        associations = self._associations()
        bar.advance(steps)
        slots = self._slots(self._rooms(companies))
        _count_rows_anew()
        bar.advance(steps)
        self._requests(associations)
        self._searches()
        bar.advance(steps)
        bookings = self._bookings(slots, associations)
        bar.advance(steps)
        self._workshops(bookings)
        self._agreement(associations[0])
        bar.advance(steps)

    # --- people ---------------------------------------------------------------------------------

    def _people(self) -> None:
        shared = make_password(PASSWORD)
        self.accounts = {account: self._user(account.email, account.name, shared) for account in ACCOUNTS}
        self.accounts[MODERATOR].is_moderator = True
        self.accounts[MODERATOR].is_staff = True
        owners = [
            self._user(f"{kind}{number}@example.org", self._person(), "!")
            for kind, count in (("responsable.e", COMPANIES), ("responsable.a", ASSOCIATIONS))
            for number in range(count)
        ]
        people = User.objects.bulk_create([*self.accounts.values(), *owners])
        EmailAddress.objects.bulk_create(
            [EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in people]
        )
        self.company_owners = [self.accounts[OWNER], *owners[1:COMPANIES]]
        self.association_owners = [self.accounts[ASSOCIATION_OWNER], *owners[COMPANIES + 1 :]]

    def _user(self, email: str, name: str, password: str) -> User:
        return User(email=email, name=name, password=password, date_joined=self.now - dt.timedelta(days=200))

    def _person(self) -> str:
        return f"{self.chance.choice(names.FIRST_NAMES)} {self.chance.choice(names.LAST_NAMES)}"

    def _commune(self) -> Commune:
        return self.chance.choices(self.communes, self.weights)[0]

    def _address(self) -> str:
        return f"{self.chance.randint(1, 120)} {self.chance.choice(names.STREETS)}"

    # --- supply ---------------------------------------------------------------------------------

    def _companies(self) -> list[Company]:
        chosen = self.chance.sample([(trade, place) for trade in names.TRADES for place in names.PLACES], COMPANIES)
        named = [f"{trade} {place}" for trade, place in chosen]
        companies = Company.objects.bulk_create(
            [
                Company(
                    name=name,
                    slug=slugify(name),
                    legal_form=Company.LegalForm.COMPANY,
                    siren=_siren(990_000_00 + index),
                    address=self._address(),
                    commune=self._commune() if index else self.lille,
                    description=f"{name} ouvre ses salles à des ateliers numériques.",
                    created_at=self.now - dt.timedelta(days=190),
                    members_confirmed_at=self.now - dt.timedelta(days=190),
                )
                for index, name in enumerate(named)
            ]
        )
        CompanyMembership.objects.bulk_create(
            [
                CompanyMembership(company=company, user=owner, role=Role.OWNER, joined_at=company.created_at)
                for company, owner in zip(companies, self.company_owners, strict=True)
            ]
            + [
                CompanyMembership(
                    company=companies[0],
                    user=self.accounts[VOLUNTEER],
                    role=Role.VOLUNTEER,
                    joined_at=companies[0].created_at,
                )
            ]
        )
        Invitation.objects.create(
            company=companies[0],
            domains=["messagerie.example.org"],
            role=Role.VOLUNTEER,
            created_at=self.now,
            created_by=self.accounts[OWNER],
            expires_at=self.now + Invitation.LASTS,
        )
        self._signatures(companies)
        self._edition()
        self.own_company = companies[0]
        return companies

    def _edition(self) -> None:
        Edition.objects.create(
            name="Portes ouvertes d’hiver",
            slug="portes-ouvertes-d-hiver",
            text="Six semaines pour pousser la porte d’une entreprise, le soir ou le samedi.",
            from_date=self.today + dt.timedelta(days=7),
            until_date=self.today + dt.timedelta(days=49),
            created_at=self.now,
            announced_at=self.now,
        )

    def _signatures(self, companies: list[Company]) -> None:
        text = Path(__file__).with_name("charter.md").read_text(encoding="utf-8")
        version = CharterVersion.objects.create(
            number=1,
            text=text,
            effective_from_date=self.today - dt.timedelta(days=200),
            created_at=self.now - dt.timedelta(days=210),
            published_at=self.now - dt.timedelta(days=205),
        )
        state = Signature.State
        states = [state.APPROVED] * (COMPANIES - 8) + [state.SUBMITTED] * 4
        states += [state.CHANGES_REQUESTED] * 2 + [state.REFUSED] * 2
        owners = zip(companies, self.company_owners, states, strict=True)
        signatures = Signature.objects.bulk_create(
            [self._signature(company, owner, version, its) for company, owner, its in owners]
        )
        decided = [signature for signature in signatures if signature.decided_at]
        Decision.objects.bulk_create([self._decision(signature) for signature in decided])
        approved = [signature.company for signature in signatures if signature.state == state.APPROVED]
        for company in approved:
            company.charter_approved_at = self.now - dt.timedelta(days=178)
        Company.objects.bulk_update(approved, ["charter_approved_at"])

    def _signature(self, company: Company, owner: User, version: CharterVersion, state: Signature.State) -> Signature:
        signed_at = self.now - dt.timedelta(days=180)
        reasons = {
            Signature.State.CHANGES_REQUESTED: "Indiquez la fonction exacte.",
            Signature.State.REFUSED: "Société radiée du registre.",
        }
        decided = state != Signature.State.SUBMITTED
        return Signature(
            company=company,
            version=version,
            code="".join(self.chance.choices(CODE_ALPHABET, k=CODE_LENGTH)),
            company_name=company.name,
            company_siren=company.siren,
            text_sha256=version.sha256,
            signatory_name=owner.name,
            signatory_capacity=self.chance.choice(("directrice générale", "président", "gérante")),
            signatory_email=owner.email,
            pledged_rooms=self.chance.randint(1, 4),
            pledged_computers=self.chance.choice((8, 12, 16, 24, 40)),
            pledged_hours=self.chance.choice((20, 40, 60, 100, 150)),
            created_at=signed_at,
            signed_by=owner,
            signed_at=signed_at,
            submitted_at=signed_at,
            state=state,
            decided_at=signed_at + dt.timedelta(days=2) if decided else None,
            decided_by=self.accounts[MODERATOR] if decided else None,
            reason=reasons.get(state, ""),
            reason_code=Signature.RefusalReason.CLOSED if state == Signature.State.REFUSED else "",
        )

    def _decision(self, signature: Signature) -> Decision:
        return Decision(
            subject=Decision.Subject.SIGNATURE,
            subject_id=signature.pk,
            outcome=signature.state,
            reason=signature.reason,
            reason_code=signature.reason_code,
            decided_at=signature.decided_at or self.now,
            decided_by=signature.decided_by,
        )

    def _rooms(self, companies: list[Company]) -> list[Room]:
        sites = [self._site(company, number) for company in companies for number in range(self.chance.randint(1, 2))]
        Site.objects.bulk_create(sites)
        AccessKit.objects.bulk_create(self._access_kit(site) for site in sites)
        return Room.objects.bulk_create(
            [
                Room(
                    site=site,
                    site_max_visitors=site.max_visitors,
                    time_zone=site.time_zone,
                    cell=site.cell,
                    name=name,
                    capacity=(capacity := self.chance.choice((8, 10, 12, 16))),
                    computers=capacity - self.chance.choice((0, 0, 2)),
                    equipped_with=self.chance.choice((["projector", "whiteboard"], ["projector", "printer", "wifi"])),
                    created_at=site.created_at,
                )
                for site in sites
                for name in self.chance.sample(names.ROOMS, self.chance.randint(1, 2))
            ]
        )

    def _site(self, company: Company, number: int) -> Site:
        commune = company.commune if number == 0 and company.commune else self._commune()
        assert commune.latitude is not None
        assert commune.longitude is not None
        return Site(
            company=company,
            name="Siège" if number == 0 else f"Agence {of(commune.name)}",
            address=self._address(),
            commune=commune,
            latitude=commune.latitude + self.chance.uniform(-0.01, 0.01),
            longitude=commune.longitude + self.chance.uniform(-0.01, 0.01),
            time_zone=commune.time_zone,
            max_visitors=self.chance.choice((19, 40, 80)),
            point_from=Site.PointFrom.ADDRESS,
            entree_plain_pied=self.chance.choice((True, True, False, None)),
            entree_dispositif_appel=True,
            transport_station_presence=self.chance.choice((True, None)),
            accueil_cheminement_plain_pied=self.chance.choice((True, None)),
            sanitaires_presence=True,
            sanitaires_adaptes=self.chance.choice((True, False, None)),
            created_at=company.created_at,
        )

    def _access_kit(self, site: Site) -> AccessKit:
        return AccessKit(
            site=site,
            reception="Hall du rez-de-chaussée, demandez la salle des ateliers.",
            entrance="Sonnez à l’interphone «\u00a0Ateliers\u00a0». Le gardien ouvre jusqu’à 20\u00a0h.",
            evening_contact="le poste de garde",
            evening_phone="+33199001234",
            visitor_count_hours=24,
            wants_arrival_sheet=True,
            to_bring="Rien de particulier.",
        )

    def _slots(self, rooms: list[Room]) -> list[Slot]:
        openings = [self._opening(room, weekday) for room in rooms for weekday in self._weekdays()]
        Availability.objects.bulk_create(openings)
        slots = [
            Slot(
                room=opening.room,
                room_capacity=opening.room.capacity,
                room_computers=opening.room.computers,
                availability=opening,
                original_date=date.date,
                time_zone=opening.room.time_zone,
                cell=opening.room.cell,
                starts_at=date.starts_at,
                ends_at=date.ends_at,
                closes_at=date.starts_at - dt.timedelta(hours=opening.notice_hours),
                places=opening.places,
                computers=opening.computers,
                volunteers_offered=opening.volunteers_offered,
                booking_mode=opening.booking_mode,
                created_at=opening.created_at,
                matched_at=self.now,
            )
            for opening in openings
            for date in occurrences(
                opening.rule,
                from_date=opening.from_date,
                until_date=opening.extended_to_date,
                zone=ZoneInfo(opening.room.time_zone),
            )
        ]
        for slot in self.chance.sample([one for one in slots if one.starts_at > self.now], WITHDRAWN):
            slot.state, slot.withdrawn_at = Slot.State.WITHDRAWN, self.now
        return Slot.objects.bulk_create(slots, batch_size=2000)

    def _weekdays(self) -> list[int]:
        return self.chance.sample(range(1, SATURDAY + 1), self.chance.choice((1, 1, 2, 2)))

    def _opening(self, room: Room, weekday: int) -> Availability:
        start, end = SATURDAY_MORNING if weekday == SATURDAY else self.chance.choice(EVENINGS)
        return Availability(
            room=room,
            weekdays=[weekday],
            start_time=start,
            end_time=end,
            from_date=self.today - SEASON_BEHIND,
            until_date=self.today + SEASON_AHEAD,
            extended_to_date=self.today + SEASON_AHEAD,
            confirm_by_at=self.now + dt.timedelta(days=settings.RECONFIRM_DAYS),
            notice_hours=self.chance.choice((24, 48)),
            places=room.capacity,
            computers=room.computers,
            volunteers_offered=self.chance.choice((0, 1, 2, 2, 3)),
            booking_mode=self.chance.choice((BookingMode.INSTANT, BookingMode.ON_APPROVAL)),
            created_at=room.created_at,
        )

    # --- demand ---------------------------------------------------------------------------------

    def _associations(self) -> list[Association]:
        chosen = self.chance.choices([(cause, kind) for cause in names.CAUSES for kind in names.KINDS], k=ASSOCIATIONS)
        communes = [self.lille, *(self._commune() for _ in range(ASSOCIATIONS - 1))]
        state = Association.State
        states = [state.ADMITTED] * (ASSOCIATIONS - 12) + [state.NEW] * 8 + [state.REFUSED] * 4
        decided_at = self.now - dt.timedelta(days=170)
        associations = Association.objects.bulk_create(
            [
                Association(
                    name=f"{cause} {kind} {of(commune.name)}",
                    slug=f"{slugify(f'{cause} {kind} {commune.name}')[:60]}-{number}",
                    legal_form=Association.LegalForm.ASSOCIATION,
                    rna=f"W000{number:06}",
                    address=self._address(),
                    commune=commune,
                    created_at=self.now - dt.timedelta(days=180),
                    submitted_at=self.now - dt.timedelta(days=180),
                    members_confirmed_at=self.now - dt.timedelta(days=180),
                    state=its,
                    decided_at=None if its == state.NEW else decided_at,
                    decided_by=None if its == state.NEW else self.accounts[MODERATOR],
                    decision_reason="Objet sans rapport avec la médiation." if its == state.REFUSED else "",
                )
                for number, ((cause, kind), commune, its) in enumerate(zip(chosen, communes, states, strict=True))
            ]
        )
        Decision.objects.bulk_create(
            [
                Decision(
                    subject=Decision.Subject.ASSOCIATION,
                    subject_id=one.pk,
                    outcome=Decision.Outcome.APPROVED if one.state == state.ADMITTED else Decision.Outcome.REFUSED,
                    reason=one.decision_reason,
                    reason_code="" if one.state == state.ADMITTED else Association.RefusalReason.OFF_TOPIC,
                    decided_at=decided_at,
                    decided_by=self.accounts[MODERATOR],
                )
                for one in associations
                if one.state != state.NEW
            ]
        )
        AssociationMembership.objects.bulk_create(
            [
                AssociationMembership(association=one, user=owner, role=Role.OWNER, joined_at=one.created_at)
                for one, owner in zip(associations, self.association_owners, strict=True)
            ]
        )
        return associations

    def _requests(self, associations: list[Association]) -> None:
        asking = [association for association in associations[:150] if association.commune]
        new = [association for association in associations if association.state == Association.State.NEW]
        states = Request.State
        chosen = [self.chance.choice((states.OPEN, states.OPEN, states.WITHDRAWN)) for _ in asking]
        requests = [self._request(association, state) for association, state in zip(asking, chosen, strict=True)]
        Request.objects.bulk_create(requests + [self._request(one, states.IN_REVIEW) for one in new[:2]])

    def _request(self, association: Association, state: Request.State) -> Request:
        participants = self.chance.randint(4, 12)
        created_at = self.now - dt.timedelta(days=self.chance.randint(1, 40))
        return Request(
            association=association,
            topics=self.chance.sample(Topic.values, self.chance.choice((1, 1, 2, 3))),
            level=self.chance.choice(Level.values),
            audiences=self.chance.sample(Audience.values, self.chance.choice((0, 1, 1, 2))),
            participants=participants,
            computers=participants,
            volunteers=self.chance.choice((0, 0, 1, 2)),
            commune=association.commune,
            radius_km=self.chance.choice((10, 20, 30)),
            weekdays=self.chance.choice(([], [], [1, 2, 3, 4, 5], [6, 7], [2, 4])),
            periods=self.chance.choice(([], [], [Period.EVENING])),
            from_date=self.today,
            until_date=self.today + dt.timedelta(days=self.chance.randint(30, 100)),
            state=state,
            state_changed_at=created_at,
            created_at=created_at,
            expires_at=created_at + Request.LASTS,
            withdrawn_at=created_at if state == Request.State.WITHDRAWN else None,
            matched_at=self.now,
        )

    def _searches(self) -> None:
        """Of who acts for the demonstration's own association: what is in the catalogue is no news to them."""
        weekly, before = SavedSearch.Frequency.WEEKLY, self.now - dt.timedelta(days=3)
        kept = partial(SavedSearch, user=self.accounts[ASSOCIATION_OWNER], created_at=before, news_since_at=self.now)
        SavedSearch.objects.bulk_create(
            [
                kept(name="Le soir, près du local", query="lieu=insee-59350&moment=soir&rayon=10"),
                kept(name="Grandes salles du Nord", query="departement=59&places=10", frequency=weekly),
            ]
        )

    # --- bookings -------------------------------------------------------------------------------

    def _bookings(self, slots: list[Slot], associations: list[Association]) -> list[Booking]:
        admitted = [one for one in associations if one.state == Association.State.ADMITTED]
        of_signatories = [slot for slot in slots if slot.room.site.company.charter_approved_at]
        public = [slot for slot in of_signatories if slot.state == Slot.State.OPEN]
        over = self.now - dt.timedelta(days=21)
        past = self.chance.sample([slot for slot in public if slot.ends_at < over], 240)
        coming = self.chance.sample([slot for slot in public if slot.closes_at > self.now], 320)
        states = Booking.State
        future = [states.CONFIRMED] * 6 + [states.PENDING] * 3
        future += [states.HELD, states.DECLINED, states.NOT_SELECTED, states.EXPIRED]
        future += [states.CANCELLED_BY_ASSOCIATION, states.CANCELLED_BY_COMPANY]
        held = [states.COMPLETED] * 19 + [states.NO_SHOW]
        bookings = [self._booking(slot, self.chance.choice(admitted), self.chance.choice(held)) for slot in past]
        bookings += [
            self._booking(slot, self.chance.choice(admitted), _as_booked(slot, self.chance.choice(future)))
            for slot in coming
        ]
        bookings += self._own_bookings(public, {slot.pk for slot in coming}, admitted[0])
        self._made_for_requests(bookings)
        made = Booking.objects.bulk_create(bookings)
        self._queues(made, admitted[1])
        return made

    def _queues(self, bookings: list[Booking], second: Association) -> None:
        """Who waits for a taken slot: whoever has it held now, and one more for the first of those that are booked."""
        states, place = Booking.State, WaitlistEntry.State
        held = [one for one in bookings if one.state == states.HELD]
        taken = [one for one in bookings if one.state == states.CONFIRMED and one.association_id != second.pk]
        WaitlistEntry.objects.bulk_create(
            [
                *(self._place(one, one.association, place.OFFERED, booking=one) for one in held),
                *(self._place(one, second, place.WAITING) for one in taken[:3]),
            ]
        )

    def _place(
        self, taken: Booking, association: Association, state: WaitlistEntry.State, booking: Booking | None = None
    ) -> WaitlistEntry:
        return WaitlistEntry(
            slot=taken.slot,
            association=association,
            participants=taken.participants,
            topic=taken.topic,
            state=state,
            booking=booking,
            created_at=self.now - dt.timedelta(days=3),
        )

    def _made_for_requests(self, bookings: list[Booking]) -> None:
        """A fifth of the workshops held or to come answer a request."""
        follows = {
            Booking.State.COMPLETED: Request.State.FULFILLED,
            Booking.State.CONFIRMED: Request.State.IN_PROGRESS,
        }
        answering = [booking for booking in bookings if booking.state in follows][::5]
        asked = [self._request(booking.association, follows[Booking.State(booking.state)]) for booking in answering]
        for booking, wanted in zip(answering, Request.objects.bulk_create(asked), strict=True):
            booking.request = wanted

    def _own_bookings(self, public: list[Slot], used: set[int], association: Association) -> list[Booking]:
        """Something for the demonstration's two owners: answers to give, workshops to come, one to report on."""
        states = Booking.State
        self.own_association = association
        last = max(
            (one for one in public if one.room.site.company_id == self.own_company.pk and one.ends_at < self.now),
            key=lambda one: (one.starts_at, one.pk),
        )
        own = [
            slot
            for slot in public
            if slot.room.site.company_id == self.own_company.pk
            and slot.pk not in used
            and slot.closes_at > self.now + dt.timedelta(days=3)
        ]
        asked = [slot for slot in own if slot.booking_mode == BookingMode.ON_APPROVAL][:2]
        booked = [slot for slot in own if slot not in asked][:2]
        return [
            self._booking(last, association, states.CONFIRMED),
            *(self._booking(slot, association, states.PENDING) for slot in asked),
            *(self._booking(slot, association, states.CONFIRMED) for slot in booked),
        ]

    def _booking(self, slot: Slot, association: Association, state: Booking.State) -> Booking:
        states = Booking.State
        asked_ago = dt.timedelta(hours=self.chance.randint(2, 80))
        waiting = state in Booking.WAITING
        created_at = self.now - asked_ago if waiting else min(slot.starts_at, self.now) - dt.timedelta(days=12)
        cancelled = state in (states.CANCELLED_BY_ASSOCIATION, states.CANCELLED_BY_COMPANY)
        until = created_at + ANSWER_WITHIN if waiting or state == states.EXPIRED else None
        settled_at = until if state == states.EXPIRED else created_at + dt.timedelta(hours=20)
        return Booking(
            slot=slot,
            association=association,
            participants=self.chance.randint(4, slot.places),
            topic=self.chance.choice(Topic.values),
            key=uuid.UUID(int=self.chance.getrandbits(128), version=4),
            state=state,
            created_at=created_at,
            settled_at=None if waiting else settled_at,
            cancelled_at=self.now - dt.timedelta(hours=5) if cancelled else None,
            sequence=int(cancelled),
            expires_at=self.now + WaitlistEntry.HOLD if state == states.HELD else until,
            **self._reason(state),
        )

    def _agreement(self, association: Association) -> None:
        """The demonstration's two owners have agreed; the insurance lasts half a year more."""
        agreed_at = self.now - dt.timedelta(days=20)
        certificate = add_certificate(
            certificate=InsuranceCertificate(
                association=association,
                insurer="Mutuelle des Canaux",
                policy_number="RC-2015-0042",
                valid_until_date=self.today + dt.timedelta(days=180),
            ),
            file=typst.compile(Path(__file__).with_name("certificate.typ").read_bytes(), timestamp=agreed_at),
            by=self.accounts[ASSOCIATION_OWNER],
            now=agreed_at,
        )
        HostingAgreement.objects.create(
            company=self.own_company,
            association=association,
            code="".join(self.chance.choices(CODE_ALPHABET, k=CODE_LENGTH)),
            company_name=self.own_company.name,
            association_name=association.name,
            insurer=certificate.insurer,
            policy_number=certificate.policy_number,
            insurance_until_date=certificate.valid_until_date,
            from_date=agreed_at.date(),
            until_date=certificate.valid_until_date,
            proposed_at=agreed_at,
            proposed_by=self.accounts[ASSOCIATION_OWNER],
            association_signed_at=agreed_at,
            association_signed_by=self.accounts[ASSOCIATION_OWNER],
            association_signed_name=ASSOCIATION_OWNER.name,
            association_signed_capacity="président",
            company_signed_at=agreed_at + dt.timedelta(days=1),
            company_signed_by=self.accounts[OWNER],
            company_signed_name=OWNER.name,
            company_signed_capacity="directrice générale",
        )

    def _reason(self, state: Booking.State) -> dict[str, str]:
        states = Booking.State
        if state in (states.DECLINED, states.CANCELLED_BY_COMPANY):
            return {"reason_code": Reason.NO_HOST, "reason": self.chance.choice(names.REASONS)}
        return {"reason_code": Reason.TOO_FEW} if state == states.CANCELLED_BY_ASSOCIATION else {}

    # --- workshops ------------------------------------------------------------------------------

    def _workshops(self, bookings: list[Booking]) -> None:
        states = Booking.State
        self._not_held(bookings)
        held = [booking for booking in bookings if booking.state == states.COMPLETED]
        planned = [booking for booking in bookings if booking.state == states.CONFIRMED]
        workshops = Workshop.objects.bulk_create(
            [
                Workshop(
                    booking=booking,
                    state=Workshop.State.CLOSED,
                    created_at=booking.created_at,
                    closed_at=booking.slot.ends_at + dt.timedelta(hours=15),
                )
                for booking in held
            ]
        )
        sessions = self._sessions(planned)
        coming = Workshop.objects.bulk_create([self._coming(booking) for booking in planned])
        WorkshopNote.objects.bulk_create([self._note(workshop) for workshop in coming[::12]])
        Report.objects.bulk_create([report for workshop in workshops for report in self._reports(workshop)])
        self._promise([*held, *planned])
        self._course(sessions)

    def _sessions(self, planned: list[Booking]) -> list[Booking]:
        """Two bookings of the demonstration's two owners, which one group learns one thing in."""
        sessions = [booking for booking in planned if self._is_own_to_come(booking)][:2]
        for booking in sessions:
            booking.topic = sessions[0].topic
            booking.participants = min(one.participants for one in sessions)
        return sessions

    def _course(self, sessions: list[Booking]) -> None:
        """The demonstration's association comes back with the same group."""
        if len(sessions) > 1:
            course = Course.objects.create(
                association=self.own_association,
                title="Premiers pas, pas à pas",
                topic=sessions[0].topic,
                participants=sessions[0].participants,
                key=uuid.UUID(int=self.chance.getrandbits(128)),
                created_at=sessions[0].created_at,
            )
            Booking.objects.filter(pk__in=[booking.pk for booking in sessions]).update(
                course=course, topic=course.topic, participants=course.participants
            )

    def _is_own_to_come(self, booking: Booking) -> bool:
        own = booking.association == self.own_association and booking.slot.room.site.company == self.own_company
        return own and booking.slot.starts_at > self.now

    def _not_held(self, bookings: list[Booking]) -> None:
        """What was called off, and what an association did not come to, as its company tells."""
        Workshop.objects.bulk_create(
            Workshop(
                booking=booking,
                state=Workshop.State.CANCELLED,
                created_at=booking.created_at,
                cancelled_at=booking.cancelled_at,
            )
            for booking in bookings
            if booking.is_cancelled
        )
        missed = Workshop.objects.bulk_create(
            Workshop(booking=booking, created_at=booking.created_at)
            for booking in bookings
            if booking.state == Booking.State.NO_SHOW
        )
        Report.objects.bulk_create(
            Report(
                workshop=workshop,
                side=Side.COMPANY,
                volunteers=1,
                volunteer_minutes=30,
                mecenat_minutes=0,
                absent=Side.ASSOCIATION,
                created_at=workshop.booking.slot.ends_at + dt.timedelta(hours=1),
            )
            for workshop in missed
        )

    def _coming(self, booking: Booking) -> Workshop:
        """Half of them are prepared."""
        workshop = Workshop(booking=booking, created_at=booking.created_at)
        if self.chance.random() < 1 / 2:
            workshop.title, workshop.topics = f"{booking.get_topic_display()}, pas à pas", [booking.topic]
            workshop.level = self.chance.choice(Level.values)
            workshop.visitors, workshop.visitors_told_at = booking.participants, self.now - dt.timedelta(days=1)
        return workshop

    def _note(self, workshop: Workshop) -> WorkshopNote:
        side, kind = Side.ASSOCIATION, WorkshopNote.Kind.EQUIPMENT
        text = "Y a-t-il un vidéoprojecteur dans la salle\u00a0?"
        return WorkshopNote(
            booking=workshop.booking, side=side, kind=kind, text=text, created_at=self.now - dt.timedelta(days=1)
        )

    def _reports(self, workshop: Workshop) -> list[Report]:
        booking, written_at = workshop.booking, workshop.closed_at
        assert written_at is not None
        attended = max(1, booking.participants - self.chance.randint(0, 3))
        cuts = sorted(self.chance.randint(0, attended) for _ in range(len(Report.BRACKETS) - 1))
        counts = [second - first for first, second in pairwise((0, *cuts, attended))]
        volunteers = self.chance.randint(1, 3)
        return [
            Report(
                workshop=workshop,
                side=Side.ASSOCIATION,
                attended=attended,
                **dict(zip(Report.BRACKETS, counts, strict=True)),
                taught=[booking.topic],
                sessions_cleared=True if booking.slot.computers else None,
                rating=self.chance.choice((3, 4, 4, 5, 5)),
                comment=self.chance.choice(names.COMMENTS),
                created_at=written_at,
            ),
            Report(
                workshop=workshop,
                side=Side.COMPANY,
                volunteers=volunteers,
                volunteer_minutes=volunteers * 120,
                mecenat_minutes=0,
                rating=self.chance.choice((3, 4, 5)),
                comment=self.chance.choice(names.COMMENTS),
                created_at=written_at,
            ),
        ]

    def _promise(self, booked: list[Booking]) -> None:
        """The demonstration's volunteer comes to the workshops of their company that are over, and to the next one."""
        own = [booking.slot for booking in booked if booking.slot.room.site.company == self.own_company]
        offered = sorted((slot for slot in own if slot.volunteers_offered), key=lambda slot: slot.starts_at)
        coming = [slot for slot in offered if slot.starts_at > self.now]
        VolunteerProfile.objects.create(
            membership=CompanyMembership.objects.get(company=self.own_company, user=self.accounts[VOLUNTEER]),
            topics=["email", "securite_numerique"],
            levels=["debutant"],
            pledged_hours=20,
            guidance_read_at=self.now,
            created_at=self.now,
        )
        for slot in [one for one in offered if one.starts_at <= self.now] + coming[:1]:
            SlotVolunteer.objects.create(
                slot=slot,
                volunteer=self.accounts[VOLUNTEER],
                seat=1,
                volunteers_offered=slot.volunteers_offered,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                joined_at=self.now,
            )
        self._presences()

    def _presences(self) -> None:
        """They were there, and said so."""
        over = Workshop.objects.filter(
            booking__slot__volunteers__volunteer=self.accounts[VOLUNTEER], booking__slot__ends_at__lte=self.now
        )
        Attendance.objects.bulk_create(
            [
                Attendance(
                    workshop=workshop,
                    volunteer=self.accounts[VOLUNTEER],
                    minutes=120,
                    engagement_type=Engagement.BENEVOLAT,
                    is_reported=True,
                    told_at=workshop.booking.slot.ends_at,
                )
                for workshop in over.select_related("booking__slot").exclude(state=Workshop.State.CANCELLED)
            ]
        )


def _siren(first_eight: int) -> str:
    """A number with a right Luhn key. Those that begin with 99 are not given to anybody yet."""
    digits = f"{first_eight:08}"
    return next(f"{digits}{key}" for key in range(10) if siren.is_valid(f"{digits}{key}"))


def _as_booked(slot: Slot, state: Booking.State) -> Booking.State:
    """Nobody answers for a slot that is booked at once."""
    states = Booking.State
    answered = state in (states.PENDING, states.DECLINED, states.NOT_SELECTED)
    return states.CONFIRMED if answered and slot.booking_mode == BookingMode.INSTANT else state
