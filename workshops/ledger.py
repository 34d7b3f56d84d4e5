"""What was written to whom about a booking, in words that both sides read. Addresses and names stay out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Min, Q, Value, When
from django.db.models.functions import Coalesce

from mail.actions import RESTORED
from mail.bounces import LOST_ANYWAY, SET_ASIDE
from mail.models import Message
from mail.wishes import UNWANTED
from territories.wording import counted, long_date, wall_time
from workshops.models import Booking, Side
from workshops.models.told import FACT, SIDE
from workshops.told import about

LABELS = {
    "booking_requested": "Demande transmise à l’entreprise",
    "booking_confirmed": "Confirmation",
    "booking_declined": "Refus ou retrait de l’entreprise",
    "booking_not_selected": "Créneau donné à une autre association",
    "booking_expired": "Délai passé sans réponse",
    "booking_cancelled": "Annulation",
    "booking_moved": "Déplacement",
    "booking_changed": "Changement de ce qui est prévu",
    "waitlist_hold": "Créneau libéré, gardé un jour au plus",
    "slot_offered": "Créneau proposé par l’entreprise, gardé trois jours au plus",
    "slot_planned": "Créneau trouvé par un plan, gardé deux jours au plus",
    "offer_declined": "Proposition restée sans suite",
    "booking_withdrawn": "Demande retirée par l’association",
    "booking_unanswered": "Rappel d’une demande sans réponse",
    "workshop_visitors": "Nombre de visiteurs",
    "workshop_note": "Message",
    "workshop_agreement": "«\u00a0Toujours d’accord\u00a0?\u00a0»",
    "room_taken": "Salle prise selon son agenda",
    "workshop_unsure": "Alerte\u00a0: une réponse manque",
    "volunteer_invited": "Invitation des collègues",
    "volunteers_missing": "Appel à bénévoles",
    "absence_reported": "Absence signalée",
    "dispute_settled": "Conclusion de la modération",
    "workshop_way_changed": "Lieu ou accès changé",
    "workshop_reminder": "Rappel",
    "workshop_today": "Rappel du jour",
    "report_due": "Demande de compte rendu",
    "workshop_thanks": "Remerciement",
}
STATES = {
    Message.State.QUEUED: "à envoyer",
    Message.State.SENT: "envoyé",
    Message.State.FAILED: "pas remis",
    Message.State.SKIPPED: "non envoyé, sans objet",
    Message.State.GATHERED: "dans un récapitulatif",
}
# Of what a digest holds: what became of the digest.
IN_DIGEST = STATES | {
    Message.State.QUEUED: "dans un récapitulatif",
    Message.State.SENT: "envoyé dans un récapitulatif",
}
OUTCOMES = {
    Message.Outcome.DELIVERED: "arrivé",
    Message.Outcome.BOUNCED: "envoyé, puis rejeté par la messagerie du destinataire",
}

# By itself, or with its digest: it may have left.
HELD_BY_RESTORE = Q(state=Message.State.FAILED, last_error=RESTORED) | Q(
    gathered_into__state=Message.State.FAILED, gathered_into__last_error=RESTORED
)
# Why a message was not sent, where that is more than « it had no object any more » or « it did not arrive ».
KEPT = Case(
    When(
        state=Message.State.SKIPPED, last_error__startswith=SET_ASIDE, then=Value("pas remis, l’adresse ne reçoit plus")
    ),
    When(HELD_BY_RESTORE, then=Value("retenu après une restauration, peut-être déjà parti")),
    When(state=Message.State.SKIPPED, last_error=UNWANTED, then=Value("pas envoyé, à la demande de la personne")),
    default=Value(""),
)

# When it leaves, as far as that is known by now; of what does not wait any more, when it was due.
LEAVES = Case(
    When(gathered_into__state=Message.State.QUEUED, then="gathered_into__next_attempt_at"),
    When(Q(state=Message.State.QUEUED) | Q(state=Message.State.GATHERED, gathered_into=None), then="next_attempt_at"),
    default="due_at",
)

# Of what was lost: whom of. What arrived is one line, however many read it.
LOST_BY = Case(When(HELD_BY_RESTORE, then=Value("")), When(LOST_ANYWAY, then=SIDE), default=Value(""))
# One line each: what became of a fact that was told at an instant.
LINE = ("template", "fact", "created_at", "gathered", "fate", "known", "kept", "side")


class Told(NamedTuple):
    """One fact that was told; as `components/timeline.html` shows it."""

    what: str
    when: str
    who: str = ""
    why: str = ""


def ledger(booking: Booking) -> list[Told]:
    """What was, or will be, told of a booking, the latest first; of one that was moved, what was told before too.

    What was told while the workshop was at another company is read there. That a person complained is theirs.

    Each reminder, note or number is a line of its own; of several people whom it reached one after the other, the first
    counts.
    """
    rows = (
        Message.objects.told_of(*same_event(booking))
        .order_by()
        .annotate(
            fact=FACT,
            kept=KEPT,
            side=LOST_BY,
            gathered=Q(gathered_into__isnull=False),
            fate=Coalesce("gathered_into__state", "state"),
            known=Coalesce("gathered_into__outcome", "outcome"),
        )
        .values(*LINE)
    )
    sent = Min(Coalesce("gathered_into__sent_at", "sent_at"))
    told = rows.annotate(people=Count("to_email", distinct=True), due=Min(LEAVES), sent=sent)
    zone = ZoneInfo(booking.slot.time_zone)
    return [_told(row, zone) for row in told.order_by("-due", *LINE)]


def same_event(booking: Booking) -> list[str]:
    """What the mails of a booking are about, and of those that it was moved from at the same company."""
    if booking.event_of_id is None:
        return [about(booking)]
    here = Booking.objects.of_company(booking.slot.room.site.company)
    same = here.of_event(booking).filter(pk__lte=booking.pk)
    return [about(one) for one in same]


def _told(row: Mapping[str, Any], zone: ZoneInfo) -> Told:
    local = (row["sent"] or row["due"]).astimezone(zone)
    people = counted(row["people"], "personne", "personnes")
    became = OUTCOMES.get(row["known"], (IN_DIGEST if row["gathered"] else STATES)[row["fate"]])
    return Told(
        what=f"{LABELS[row['template']]}\u00a0: {row['kept'] or became}",
        when=f"{long_date(local.date())}, {wall_time(local)}",
        who=f"à {people} de l’{Side(row['side']).label}" if row["side"] else f"à {people}",
    )
