"""Every mail with real facts: what the apps' functions would post of the newest objects that fit, without writing.

Where nothing fits yet an understudy plays (`solidarite.understudies`). What still cannot be played says why.
"""

from __future__ import annotations

import datetime as dt
import inspect
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Model, QuerySet

import accounts.emails
import associations.emails
import charter.emails
import companies.emails
import workshops.emails
from accounts.models import AbuseReport, Appeal, Invitation, JoinRequest, Membership, Organisation, User
from accounts.models.recovery import FactorRecovery
from associations.models import Association, InsuranceCertificate, Request
from associations.models import Invitation as AssociationInvitation
from associations.models import JoinRequest as AssociationJoinRequest
from associations.models import Membership as AssociationMembership
from charter.models import CharterVersion, Signature
from companies.models import Availability, Company, Slot, SlotVolunteer, VolunteerProfile
from companies.models import Invitation as CompanyInvitation
from companies.models import JoinRequest as CompanyJoinRequest
from companies.models import Membership as CompanyMembership
from mail.digests import facts_of
from mail.kinds import DIGEST, kind_of
from mail.models import Message, Suppression
from mail.outbox import rehearsal
from mail.previews import Preview, last_told, preview, templates
from solidarite.moderation.kinds import AppealKind
from solidarite.notices import NOTICE, NOTICES, tell_notice
from solidarite.understudies import understudy
from workshops.catalogue import bookable, instead_of
from workshops.matching import Known, Match, best_slots
from workshops.models import Booking, HostingAgreement, Report, SavedSearch, Side, WaitlistEntry, Workshop, WorkshopNote

logger = logging.getLogger(__name__)

Scene = dict[str, Any]

# So many of the newest objects of a kind are looked at, however many there are.
LOOKED_AT = 50
CATALOGUE_LOOKED_AT = 100
SHOWN_AT_MOST = 3

EMAILS = (accounts.emails, associations.emails, charter.emails, companies.emails, workshops.emails)

# What plays a parameter of this type: each kind with all that its mails say, in one query.
SOURCES: dict[type[Model], Callable[[], Sequence[QuerySet[Any]]]] = {
    AbuseReport: lambda: [AbuseReport.objects.select_related("created_by")],
    Appeal: lambda: [Appeal.objects.select_related("decision")],
    Association: lambda: [Association.objects.select_related("commune")],
    Availability: lambda: [Availability.objects.select_related("room__site__company")],
    Booking: lambda: [
        Booking.objects.with_everything().select_related(
            "moved_from__association",
            "moved_from__slot__room__site__company",
            "moved_from__slot__room__site__commune",
        )
    ],
    CharterVersion: lambda: [CharterVersion.objects.published()],
    FactorRecovery: lambda: [FactorRecovery.objects.select_related("user", "opened_by")],
    HostingAgreement: lambda: [HostingAgreement.objects.select_related("company__commune", "association__commune")],
    InsuranceCertificate: lambda: [InsuranceCertificate.objects.select_related("association__commune")],
    Invitation: lambda: [
        CompanyInvitation.objects.select_related("company__commune"),
        AssociationInvitation.objects.select_related("association__commune"),
    ],
    JoinRequest: lambda: [
        CompanyJoinRequest.objects.select_related("company__commune", "user"),
        AssociationJoinRequest.objects.select_related("association__commune", "user"),
    ],
    Membership: lambda: [
        CompanyMembership.objects.select_related("company__commune", "user"),
        AssociationMembership.objects.select_related("association__commune", "user"),
    ],
    Report: lambda: [
        Report.objects.select_related(
            "workshop__booking__slot__room__site__company",
            "workshop__booking__slot__room__site__commune",
            "workshop__booking__association",
        )
    ],
    Request: lambda: [Request.objects.select_related("association", "commune")],
    SavedSearch: lambda: [SavedSearch.objects.select_related("user")],
    Signature: lambda: [Signature.objects.with_file().select_related("company__commune")],
    SlotVolunteer: lambda: [SlotVolunteer.objects.with_place()],
    VolunteerProfile: lambda: [VolunteerProfile.objects.select_related("membership__company", "membership__user")],
    WaitlistEntry: lambda: [
        WaitlistEntry.objects.select_related(
            "association", "slot__room__site__company", "slot__room__site__commune", "booking"
        )
    ],
    WorkshopNote: lambda: [
        WorkshopNote.objects.select_related(
            "booking__slot__room__site__company",
            "booking__slot__room__site__commune",
            "booking__association",
        )
    ],
    Workshop: lambda: [Workshop.objects.with_everything().prefetch_related("reports")],
}

# What an object must be to play in a mail. Without one the mail stays an example.
NEEDED: dict[str, Callable[[Cast, Any], object]] = {
    "absence_reported": lambda _, one: one.absent,
    "booking_changed": lambda _, one: one.state in Booking.AGREED,
    "booking_moved": lambda _, one: one.moved_from_id and one.state in Booking.AGREED,
    "booking_requested": lambda _, one: one.expires_at,
    "booking_unanswered": lambda _, one: one.expires_at,
    "member_invited": lambda _, one: one.email,
    "report_settled": lambda _, one: one.created_by,
    "request_hidden": lambda _, one: one.state == Request.State.HIDDEN,
    "search_alert": lambda cast, _: cast.catalogue(),
    "series_to_confirm": lambda _, one: one.confirm_by_at,
    "slots_matched": lambda cast, one: cast.matches(one),
    "stand_in_asked": lambda _, one: one.stand_in_asked_at,
    "waitlist_hold": lambda _, one: one.expires_at,
    "slot_offered": lambda _, one: one.expires_at,
    "slot_planned": lambda _, one: one.expires_at,
    "workshop_visitors": lambda _, one: one.visitors,
    "workshop_unsure": lambda _, one: None in (one.company_agreed_at, one.association_agreed_at),
}


def _was_not_taken(booking: Booking) -> bool:
    """An offer that ran out, or was let go: one that was taken, and called off later, was settled when it was taken."""
    let_go = booking.state == Booking.State.CANCELLED_BY_ASSOCIATION and booking.settled_at is None
    return booking.offered_at is not None and (booking.state == Booking.State.EXPIRED or let_go)


def _always(_cast: Cast, _one: Any) -> bool:
    return True


# What has happened to those whom the mail is true of: they come first, and where there are none the rest is made up.
HAPPENED: dict[str, Callable[[Cast, Any], object]] = {
    "agreement_ended": lambda _, one: one.ended_at,
    "agreement_signed": lambda _, one: one.is_begun,
    "offer_declined": lambda _, one: _was_not_taken(one),
    "report_due": lambda cast, one: one.booking.slot.ends_at <= cast.now,
    "slot_offered": lambda _, one: one.offered_at,
    "slot_planned": lambda _, one: one.planned_at,
    "workshop_thanks": lambda cast, one: one.booking.slot.ends_at <= cast.now,
}

# In which state it best is: of those that could play, the newest in such a state comes first.
BEST_IN: dict[str, tuple[str, ...]] = {
    "appeal_answered": (Appeal.State.ACCEPTED, Appeal.State.REJECTED),
    "association_admitted": (Association.State.ADMITTED,),
    "association_refused": (Association.State.REFUSED,),
    "association_reinstated": (Association.State.ADMITTED,),
    "association_suspended": (Association.State.SUSPENDED,),
    "booking_cancelled": Booking.CANCELLED,
    "booking_changed": (Booking.State.CONFIRMED,),
    "booking_confirmed": (Booking.State.CONFIRMED,),
    "booking_declined": (Booking.State.DECLINED,),
    "booking_expired": (Booking.State.EXPIRED,),
    "booking_not_selected": (Booking.State.NOT_SELECTED,),
    "booking_requested": (Booking.State.PENDING,),
    "booking_unanswered": (Booking.State.PENDING,),
    "booking_withdrawn": (Booking.State.CANCELLED_BY_ASSOCIATION,),
    "charter_renewal_due": (Signature.State.APPROVED,),
    "charter_renewal_reminder": (Signature.State.APPROVED,),
    "dispute_settled": (Booking.State.NO_SHOW,),
    "join_answered": (JoinRequest.State.ACCEPTED,),
    "join_requested": (JoinRequest.State.PENDING,),
    "report_due": (Workshop.State.CLOSED,),
    "report_settled": (AbuseReport.State.UPHELD,),
    "request_expiring": (Request.State.OPEN,),
    "request_published": (Request.State.OPEN,),
    "room_taken": (Booking.State.CONFIRMED,),
    "signature_approved": (Signature.State.APPROVED,),
    "signature_changes_requested": (Signature.State.CHANGES_REQUESTED,),
    "signature_lapsed": (Signature.State.LAPSED,),
    "signature_link": (Signature.State.DRAFT,),
    "signature_refused": (Signature.State.REFUSED,),
    "signature_reinstated": (Signature.State.APPROVED,),
    "signature_signed": Signature.AWAITING,
    "signature_suspended": (Signature.State.SUSPENDED,),
    "signature_withdrawn": (Signature.State.WITHDRAWN,),
    "slots_matched": (Request.State.OPEN,),
    "volunteer_invited": (Workshop.State.PLANNED,),
    "volunteers_missing": (Workshop.State.PLANNED,),
    "waitlist_closed": (WaitlistEntry.State.CLOSED,),
    "waitlist_hold": (Booking.State.HELD,),
    "slot_offered": (Booking.State.HELD,),
    "slot_planned": (Booking.State.HELD,),
    "offer_declined": (Booking.State.CANCELLED_BY_ASSOCIATION,),
    "workshop_agreement": (Workshop.State.PLANNED,),
    "workshop_reminder": (Workshop.State.PLANNED,),
    "workshop_thanks": (Workshop.State.CLOSED,),
    "workshop_today": (Workshop.State.PLANNED,),
    "workshop_unsure": (Workshop.State.PLANNED,),
    "workshop_way_changed": (Workshop.State.PLANNED,),
}

# What no row remembers: it is shown as it was told and, until then, made up.
UNRECORDED = frozenset({"promise_moved", "promises_elsewhere", "promises_ended"})

# What no row tells: words of a person, and what was decided or counted. First of one mail, then of all.
PLAIN: MappingProxyType[str, object] = MappingProxyType(
    {
        "absorbed": "Ancienne fiche",
        "accepted": True,
        "again": True,
        "comments": {"pledged_rooms": "Combien de salles sont libres le soir\u00a0?"},
        "days": 30,
        "expired": False,
        "held": False,
        "longer": True,
        "may_try_again": True,
        "name": "Claude Martin",
        "more": 12,
        "number": 1,
        "percent": 80,
        "reason": "Nous avons vérifié auprès de l’organisation.",
        "reason_code": Association.RefusalReason.OFF_TOPIC,
        "side": Side.COMPANY,
        "suppression": Suppression(pk=0, address="claude@example.org", reason="550 5.1.1 No such user"),
        "suspended": "",
        "waits": False,
        "why": str,
    }
)

# What follows from who and what plays already. First of one mail, then of all.
DERIVED: dict[str, Callable[[Cast, Scene], Any]] = {
    "booking_moved.was": lambda _, scene: scene["booking"].moved_from,
    "changed_at": lambda cast, _: cast.now,
    "by": lambda cast, scene: cast.owner(cast.organisation(scene)),
    "colleague": lambda cast, scene: cast.owner(cast.organisation(scene)),
    "ended": lambda cast, scene: cast.promises_of(scene["profile"].membership.user_id),
    "matches": lambda cast, scene: cast.matches(scene["request"]),
    "now": lambda cast, _: cast.now,
    "organisation": lambda cast, scene: cast.organisation(scene),
    "others": lambda cast, scene: cast.others(scene.get("booking") or scene["entry"]),
    "people": lambda cast, scene: [cast.owner(scene["organisation"])],
    "person": lambda cast, _: cast.first(Membership).user,
    "promises": lambda cast, _: cast.promises_of_one(),
    "silent": lambda _, scene: [side for side in Side if scene["workshop"].agreed_at(side) is None],
    "slot": lambda _, scene: scene["entry"].slot,
    "slots": lambda cast, _: cast.catalogue()[:SHOWN_AT_MOST],
    "unreached": lambda _cast, _scene: [],
    "until": lambda cast, _: cast.now + dt.timedelta(days=60),
    "was": lambda _, scene: scene["promise"].starts_at - dt.timedelta(days=7),
}


# Why a mail is an example, or what in it is made up, for operators to read.
MISSING = "Le portail n’a encore rien qui s’y prête : il y faut « %s »."
UNREAD = "Personne ne recevrait encore ce courriel."
BROKEN = "Ce courriel n’a pas pu être composé : le journal du portail dit pourquoi."
NOTHING_GATHERED = "Rien de ce qui se groupe ne s’y prête encore."
MADE_UP = "Cela n’est encore arrivé à personne : le fait est inventé, les gens et les lieux sont ceux du portail."
MADE_UP_HERE = "Cela est arrivé, raconté dans une autre langue\u00a0: ici, le fait est inventé."
HARMLESS = "Le code, le lien et l’ordinateur sont inventés : rien n’y ouvre le compte de la personne."


class NobodyPlays(LookupError):
    """The portal holds nothing yet of which this mail could be told: it says what is missing."""

    def __init__(self, kind: type[Model]) -> None:
        named = kind.__subclasses__()[0] if kind._meta.abstract else kind  # noqa: SLF001  # Django's public API
        super().__init__(MISSING % named._meta.verbose_name)  # noqa: SLF001  # Django's public API


class Rehearsed(NamedTuple):
    """What a mail's function posts, by language, and why nothing, or what in it is made up."""

    messages: Mapping[str, Message]
    remark: str = ""


class Cast:
    """Who and what plays: the newest objects of each kind, looked up once for all mails and languages."""

    now: dt.datetime
    made_up: set[str]
    """The mails that tell what has happened to nobody."""
    newest: Callable[[type[Model]], list[Any]]
    owner: Callable[[Organisation], User]
    others: Callable[[Booking | WaitlistEntry], list[Slot]]
    matches: Callable[[Request], list[Match]]
    catalogue: Callable[[], list[Slot]]
    known: Callable[[], Known]

    def __init__(self, *, now: dt.datetime) -> None:
        self.now = now
        self.made_up: set[str] = set()
        self.newest = cache(self._newest)
        self.owner = cache(self._owner)
        self.others = cache(self._others)
        self.matches = cache(self._matches)
        self.catalogue = cache(self._catalogue)
        self.known = cache(self._known)

    def scene(self, template: str) -> Scene:
        """What the mail's function is called with.

        Raises:
            NobodyPlays: something that it needs is not there.
        """
        parameters = _parameters(template)
        derived = {name: DERIVED.get(f"{template}.{name}", DERIVED.get(name)) for name in parameters}
        playing = {name: kind for name, kind in parameters.items() if kind in SOURCES}
        scene = {
            name: self.first(kind, template) for name, kind in playing.items() if f"{template}.{name}" not in DERIVED
        }
        for name in [one for one in parameters if one not in scene]:
            derive = derived[name]
            scene[name] = derive(self, scene) if derive else PLAIN.get(f"{template}.{name}", PLAIN.get(name))
        return scene

    def first(self, kind: type[Model], template: str = "") -> Any:
        """The newest of this kind that can play in a mail, in its best state if there is one; else an understudy."""
        needed, happened = NEEDED.get(template, _always), HAPPENED.get(template, _always)
        able = (one for one in self.newest(kind) if needed(self, one))
        best_in = BEST_IN.get(template, ())

        def by_truth(one: Any) -> tuple[bool, bool]:
            return not happened(self, one), getattr(one, "state", None) not in best_in

        found = min(able, key=by_truth, default=None)
        if found is not None and happened(self, found):
            return found
        self.made_up.add(template)
        found = found or understudy(template, self)
        if found is None:
            raise NobodyPlays(kind)
        return found

    def company(self) -> Company:
        """One that has members."""
        members = self.newest(Membership)
        return _one_of((one.company for one in members if isinstance(one, CompanyMembership)), Company)

    def stranger(self, organisation: Organisation) -> User:
        """Somebody who belongs elsewhere."""
        members: list[Membership] = self.newest(Membership)
        own = {one.user_id for one in members if one.organisation == organisation}
        return _one_of((one.user for one in members if one.user_id not in own), Membership)

    def promises_of_one(self) -> list[SlotVolunteer]:
        """A few promises of the same volunteer."""
        return self.promises_of(self.first(SlotVolunteer).volunteer_id)

    def promises_of(self, volunteer: int) -> list[SlotVolunteer]:
        """A few of this volunteer; none, where they have promised nothing."""
        return [one for one in self.newest(SlotVolunteer) if one.volunteer_id == volunteer][:SHOWN_AT_MOST]

    def organisation(self, scene: Scene) -> Organisation:
        """Whose mail it is; where nothing says so, that of the person who plays."""
        if "appeal" not in scene:
            return _whose(scene) or self.first(Membership).organisation
        found = AppealKind().organisation(scene["appeal"])
        if found is None:
            raise NobodyPlays(Organisation)
        return found

    def _newest(self, kind: type[Model]) -> list[Any]:
        return [one for rows in SOURCES[kind]() for one in rows.order_by("-pk")[:LOOKED_AT]]

    def _owner(self, organisation: Organisation) -> User:
        found = organisation.owners().first()
        if found is None:
            raise NobodyPlays(User)
        return found

    def _others(self, claim: Booking | WaitlistEntry) -> list[Slot]:
        return instead_of(claim, self.now)

    def _matches(self, request: Request) -> list[Match]:
        return best_slots(request, self.catalogue(), count=SHOWN_AT_MOST, now=self.now, known=self.known())

    def _known(self) -> Known:
        return Known.of(self.newest(Request), self.catalogue())

    def _catalogue(self) -> list[Slot]:
        return list(bookable(self.now).with_place().order_by("starts_at", "pk")[:CATALOGUE_LOOKED_AT])


def _one_of[T](found: Iterator[T], kind: type[Model]) -> T:
    """The first. Raises `NobodyPlays` when there is none."""
    one = next(found, None)
    if one is None:
        raise NobodyPlays(kind)
    return one


def names() -> list[str]:
    """Every mail by its name, and each that allauth writes by one of its own."""
    return sorted([*(name for name in templates() if name != NOTICE), *NOTICES])


def previews(names: Sequence[str], languages: Sequence[str], *, now: dt.datetime) -> list[Preview]:
    """Each mail in each language, by name: rehearsed, else as it was last told, else as an example.

    What has really been told comes before what is made up.

    What it asks of the database does not grow with what was told or booked. Nothing is written: the database
    itself refuses it meanwhile.
    """
    with _read_only():
        played = _play(names, languages, Cast(now=now))
        others = [
            name for name in names if played[name].remark == MADE_UP or len(played[name].messages) < len(languages)
        ]
        told = last_told(others, languages) if others else {}
    happened = {name for name, _ in told}
    return [
        _preview(name, code, played[name], told.get((name, code)), happened=name in happened)
        for name in names
        for code in languages
    ]


def _preview(name: str, language: str, played: Rehearsed, told: Message | None, *, happened: bool) -> Preview:
    """What was told in another language alone is made up in this one, and has happened all the same."""
    rehearsed = None if told and played.remark == MADE_UP else played.messages.get(language)
    shown = preview(NOTICE if name in NOTICES else name, language, rehearsed or told)
    remark = MADE_UP_HERE if happened and played.remark == MADE_UP else played.remark
    return shown._replace(template=name, remark="" if told and not rehearsed else remark)


def _play(names: Sequence[str], languages: Sequence[str], cast: Cast) -> dict[str, Rehearsed]:
    """Each of these, and a digest of what would have been gathered."""
    gathered = [name for name in tellers() if kind_of(name)] if DIGEST in names else []
    played = {name: rehearse(name, languages, cast) for name in dict.fromkeys([*names, *gathered]) if name != DIGEST}
    return played | {DIGEST: _gather([played[name].messages for name in gathered], languages)}


def _gather(played: Iterable[Mapping[str, Message]], languages: Sequence[str]) -> Rehearsed:
    """The digest of whoever is told the most of this."""
    told = list(played)
    readers = Counter(one.to_email for messages in told for one in messages.values())
    if not readers:
        return Rehearsed({}, NOTHING_GATHERED)
    [(reader, _)] = readers.most_common(1)
    return Rehearsed({code: _digest([one[code] for one in told if code in one], reader, code) for code in languages})


def _digest(messages: list[Message], reader: str, language: str) -> Message:
    own = [one for one in messages if one.to_email == reader]
    return Message(
        template=DIGEST, language=language, to_email=reader, to_name=own[0].to_name, context=facts_of(own), key=DIGEST
    )


def rehearse(template: str, languages: Sequence[str], cast: Cast) -> Rehearsed:
    """What the mail's function posts of one scene, to the reader who is told the most, in each language."""
    try:
        messages = dict(_speak(tellers()[template], cast.scene(template), languages))
    except NobodyPlays as nobody:
        return Rehearsed({}, str(nobody))
    except (AssertionError, ValueError):
        logger.warning("The mail %s could not be rehearsed", template, exc_info=True)
        return Rehearsed({}, BROKEN)
    if not messages:
        return Rehearsed({}, UNREAD)
    if template in NOTICES:
        return Rehearsed(messages, HARMLESS)
    return Rehearsed(messages, MADE_UP if template in cast.made_up | UNRECORDED else "")


def _speak(tell: Callable[..., None], scene: Scene, languages: Sequence[str]) -> Iterator[tuple[str, Message]]:
    for language in languages:
        with rehearsal(language=language) as stage:
            tell(**scene)
        if stage.messages:
            yield language, max(stage.messages, key=lambda one: _told(one.context))


def _told(facts: object) -> int:
    """How many facts there are, in whatever language."""
    match facts:
        case dict():
            return sum(map(_told, facts.values()))
        case list():
            return sum(map(_told, facts))
    return bool(facts)


@cache
def tellers() -> dict[str, Callable[..., None]]:
    """The function of each mail, by its name."""
    own = {
        name: tell
        for module in EMAILS
        for name, tell in inspect.getmembers(module, inspect.isfunction)
        if tell.__module__ == module.__name__ and not name.startswith("_")
    }
    return own | {name: partial(tell_notice, name) for name in NOTICES}


@cache
def _parameters(template: str) -> dict[str, Any]:
    """Names and types of what the mail's function needs."""
    parameters = inspect.signature(tellers()[template], eval_str=True).parameters
    return {name: parameter.annotation for name, parameter in parameters.items()}


def _whose(scene: Scene) -> Organisation | None:
    """The organisation whose matter it is, if the scene has one."""
    match scene:
        case {"signature": Signature(company=company)}:
            return company
        case {"profile": VolunteerProfile(membership=membership)}:
            return membership.organisation
        case {"workshop": Workshop(booking=booking)}:
            return booking.slot.room.site.company
        case {"promise": SlotVolunteer(slot=slot)}:
            return slot.room.site.company
        case {"organisation": organisation}:
            return organisation  # type: ignore[no-any-return]
    return next((scene[name].organisation for name in ("invitation", "member", "asked") if name in scene), None)


@contextmanager
def _read_only() -> Iterator[None]:
    """A transaction, as posting needs one, in which the database refuses to write."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
