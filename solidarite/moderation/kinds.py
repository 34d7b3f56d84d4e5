"""The six kinds of files: how each is loaded, held, given back and decided on."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django_stubs_ext import StrOrPromise

from accounts.actions import files
from accounts.actions.holding import hold
from accounts.audit import Change, changes, member_changes
from accounts.models import AbuseReport, Appeal, Decision, Organisation, User
from accounts.models.moderation import DecisionQuerySet
from accounts.registry import facts_for
from accounts.similarity import of_same_number, similar
from associations import actions as associations
from associations.models import Association, Request
from charter import actions as charter
from charter.models import Signature
from companies.models import Company
from solidarite.moderation.forms import DecisionForm, DisputeForm
from solidarite.moderation.history import told, told_changes
from solidarite.moderation.queue import within_territory
from workshops import actions as workshops
from workshops.models import Dispute

Context = dict[str, Any]


class Kind(ABC):
    """One kind of file. `outcomes` are the decisions on a file that waits, `later` those on one that is settled."""

    label: ClassVar[str]
    template: ClassVar[str]
    subject: ClassVar[Decision.Subject]
    outcomes: ClassVar[tuple[str, ...]]
    reasons: ClassVar[Sequence[tuple[str, StrOrPromise]]] = []
    remarks: ClassVar[dict[str, str]] = {}
    in_batches: ClassVar[bool] = False
    decided: ClassVar[str] = "Décision enregistrée. L’organisation est prévenue."
    form_class: ClassVar[type[DecisionForm]] = DecisionForm

    @abstractmethod
    def files(self) -> QuerySet[Any]:
        """All files of this kind, with what their page shows."""

    @abstractmethod
    def decide(self, file: Any, decision: dict[str, Any], *, by: User, now: dt.datetime) -> None:
        """The one call that a decision makes."""

    def claim(self, file: Any, *, by: User, now: dt.datetime) -> None:
        files.claim_file(file, by=by, now=now)

    def release(self, file: Any, *, by: User) -> None:
        files.release_file(file, by=by)

    def in_batch(self, file: Any) -> bool:  # noqa: ARG002  # most files may be
        """Whether this file may be approved unread."""
        return True

    def waits(self, file: Any) -> bool:
        """Whether a decision is awaited."""
        return bool(self.files().model.objects.awaiting_decision().filter(pk=file.pk).exists())

    def later(self, file: Any) -> tuple[str, ...]:  # noqa: ARG002  # most kinds have none
        """Decisions on a settled file."""
        return ()

    def is_late(self, outcome: str, file: Any) -> bool:
        """Whether this decision was for a file that waited, and this one does not wait any more."""
        return outcome in self.outcomes and outcome not in self.later(file)

    def settled_words(self, file: Any) -> str:
        """Who was first, and when."""
        return files.decided_words(file)

    def form(self, data: Any, file: Any, *, waits: bool) -> DecisionForm:
        outcomes = self.outcomes if waits else self.later(file)
        return self.form_class(
            data, outcomes=outcomes, reasons=self.reasons if waits else [], fields=self.remarks if waits else None
        )

    def organisation(self, file: Any) -> Organisation | None:  # noqa: ARG002  # a report may be about anything
        """Whose file it is."""
        return None

    def changes(self, file: Any) -> list[Change]:  # noqa: ARG002  # of most kinds the organisation's are enough
        """What became of the file itself, besides its organisation."""
        return []

    def history(self, file: Any) -> DecisionQuerySet:
        """The decisions that who decides next should know."""
        return Decision.objects.about(self.subject, file.pk)

    def context(self, file: Any, territory: list[str]) -> Context:
        """What stands beside what was typed: history, registry, organisations that look alike in this territory."""
        organisation = self.organisation(file)
        context: Context = {
            "history": told(self.history(file), reasons=dict(self.reasons), fields=self.remarks),
            "changes": told_changes(self.changes(file)),
        }
        if organisation is not None:
            own = type(organisation)
            other = Association if own is Company else Company
            context |= {
                "organisation": organisation,
                "owners": organisation.owners(),
                "registry": facts_for(organisation),
                "similar": similar(organisation, within_territory(own.objects.all(), "commune", territory)),
                "twin": of_same_number(organisation, within_territory(other.objects.all(), "commune", territory)),
                "changes": told_changes(
                    [
                        *changes(organisation, earlier=organisation.absorbed_numbers),
                        *member_changes(organisation),
                        *self.changes(file),
                    ]
                ),
            }
        return context


class SignatureKind(Kind):
    label = "Signature de la charte"
    template = "solidarite/moderation_signature.html"
    subject = Decision.Subject.SIGNATURE
    outcomes = ("approve", "changes", "refuse")
    reasons = Signature.RefusalReason.choices
    remarks: ClassVar[dict[str, str]] = {
        "name": "Nom",
        "legal_form": "Forme juridique",
        "siren": "SIREN",
        "address": "Adresse",
        "website": "Site web",
        "description": "Présentation",
        "signatory_name": "Nom de la personne qui signe",
        "signatory_capacity": "En qualité de",
        "pledged_rooms": "Salles",
        "pledged_computers": "Ordinateurs",
        "pledged_hours": "Heures",
    }
    in_batches = True

    def files(self) -> QuerySet[Any]:
        suspended = Signature.objects.filter(company=OuterRef("company"), state=Signature.State.SUSPENDED)
        files: QuerySet[Any] = Signature.objects.with_file().annotate(company_suspended=Exists(suspended))
        return files

    def claim(self, file: Any, *, by: User, now: dt.datetime) -> None:
        charter.claim_signature(signature=file, by=by, now=now)

    def release(self, file: Any, *, by: User) -> None:
        charter.release_signature(signature=file, by=by)

    def settled_words(self, file: Any) -> str:
        return str(charter.settled(file))

    def organisation(self, file: Any) -> Organisation | None:
        company: Company = file.company
        return company

    def changes(self, file: Any) -> list[Change]:
        return changes(file)

    def history(self, file: Any) -> DecisionQuerySet:
        """Of all signatures of the company: a renewal does not make a suspension forgotten."""
        return Decision.objects.about_any(self.subject, Signature.objects.filter(company=file.company_id))

    def context(self, file: Any, territory: list[str]) -> Context:
        suspended = Signature.objects.filter(company=file.company_id, state=Signature.State.SUSPENDED)
        return super().context(file, territory) | {"suspended": suspended.exclude(pk=file.pk).first()}

    def in_batch(self, file: Any) -> bool:
        """One of a suspended company is read first."""
        return not file.company_suspended

    def later(self, file: Any) -> tuple[str, ...]:
        return {Signature.State.APPROVED: ("suspend",), Signature.State.SUSPENDED: ("reinstate",)}.get(file.state, ())

    def decide(self, file: Any, decision: dict[str, Any], *, by: User, now: dt.datetime) -> None:
        reason = decision["reason"]
        match decision["outcome"]:
            case "approve":
                charter.approve_signature(signature=file, by=by, now=now)
            case "changes":
                comments = decision["comments"]
                charter.request_changes(signature=file, reason=reason, comments=comments, by=by, now=now)
            case "refuse":
                code = decision["reason_code"]
                charter.refuse_signature(signature=file, reason_code=code, reason=reason, by=by, now=now)
            case "suspend":
                charter.suspend_signature(signature=file, reason=reason, by=by, now=now)
            case _:
                charter.reinstate_signature(signature=file, reason=reason, by=by, now=now)


class OfAssociation(Kind):
    """Files whose history is also that of entries taken into the association since."""

    def history(self, file: Any) -> DecisionQuerySet:
        own = super().history(file)
        organisation = self.organisation(file)
        assert organisation is not None
        numbers = [organisation.pk, *organisation.absorbed_numbers]
        earlier = Decision.objects.filter(subject=Decision.Subject.ASSOCIATION, subject_id__in=numbers)
        return (own | earlier).order_by("decided_at", "pk")


class AssociationKind(OfAssociation):
    label = "Nouvelle association"
    template = "solidarite/moderation_association.html"
    subject = Decision.Subject.ASSOCIATION
    outcomes = ("approve", "refuse")
    reasons = Association.RefusalReason.choices
    in_batches = True

    def files(self) -> QuerySet[Any]:
        return Association.objects.select_related("commune", "claimed_by")

    def organisation(self, file: Any) -> Organisation | None:
        association: Association = file
        return association

    def later(self, file: Any) -> tuple[str, ...]:
        state = Association.State
        return {state.ADMITTED: ("suspend",), state.SUSPENDED: ("reinstate",)}.get(file.state, ())

    def decide(self, file: Any, decision: dict[str, Any], *, by: User, now: dt.datetime) -> None:
        reason = decision["reason"]
        match decision["outcome"]:
            case "approve":
                associations.admit_association(association=file, by=by, now=now)
            case "refuse":
                code = decision["reason_code"]
                associations.refuse_association(association=file, reason_code=code, reason=reason, by=by, now=now)
            case "suspend":
                associations.suspend_association(association=file, reason=reason, by=by, now=now)
            case _:
                associations.reinstate_association(association=file, reason=reason, by=by, now=now)


class RequestKind(OfAssociation):
    label = "Première demande"
    template = "solidarite/moderation_request.html"
    subject = Decision.Subject.REQUEST
    outcomes = ("approve", "refuse")
    in_batches = True

    def files(self) -> QuerySet[Any]:
        return Request.objects.select_related("association__commune", "commune", "claimed_by")

    def organisation(self, file: Any) -> Organisation | None:
        association: Association = file.association
        return association

    def changes(self, file: Any) -> list[Change]:
        return changes(file)

    def later(self, file: Any) -> tuple[str, ...]:
        return {Request.State.OPEN: ("suspend",), Request.State.HIDDEN: ("reinstate",)}.get(file.state, ())

    def decide(self, file: Any, decision: dict[str, Any], *, by: User, now: dt.datetime) -> None:
        match decision["outcome"]:
            case "approve":
                associations.publish_request(request=file, by=by, now=now)
            case "reinstate":
                associations.show_request(request=file, reason=decision["reason"], by=by, now=now)
            case _:
                workshops.hide_request(request=file, reason=decision["reason"], by=by, now=now)


class ReportKind(Kind):
    label = "Signalement"
    template = "solidarite/moderation_report.html"
    subject = Decision.Subject.REPORT
    outcomes = ("approve", "refuse")

    def files(self) -> QuerySet[Any]:
        return AbuseReport.objects.select_related("created_by", "claimed_by")

    def decide(self, file: Any, decision: dict[str, Any], *, by: User, now: dt.datetime) -> None:
        upheld = decision["outcome"] == "approve"
        files.settle_report(report=file, upheld=upheld, reason=decision["reason"], by=by, now=now)


class AppealKind(Kind):
    label = "Recours"
    template = "solidarite/moderation_appeal.html"
    subject = Decision.Subject.APPEAL
    outcomes = ("approve", "refuse")

    def files(self) -> QuerySet[Any]:
        return Appeal.objects.select_related("decision__decided_by", "created_by", "claimed_by")

    def claim(self, file: Any, *, by: User, now: dt.datetime) -> None:
        files.refuse_own_decision(file, by=by)
        super().claim(file, by=by, now=now)

    def organisation(self, file: Any) -> Organisation | None:
        """Whoever was refused, found from the decision."""
        return _whose(self.refused(file))

    def refused(self, file: Any) -> Signature | Association | Request | None:
        """What the refusal was about."""
        decision = file.decision
        if decision.subject == Decision.Subject.SIGNATURE:
            return Signature.objects.with_file().filter(pk=decision.subject_id).first()
        if decision.subject == Decision.Subject.REQUEST:
            shown = Request.objects.select_related("association__commune", "commune")
            return shown.filter(pk=decision.subject_id).first()
        return Association.objects.select_related("commune").filter(pk=decision.subject_id).first()

    def context(self, file: Any, territory: list[str]) -> Context:
        of_association = file.decision.subject == Decision.Subject.ASSOCIATION
        kinds = dict((Association if of_association else Signature).RefusalReason.choices)
        said = kinds.get(file.decision.reason_code, "")
        return super().context(file, territory) | {"refused": self.refused(file), "reason_kind": said}

    @transaction.atomic
    def decide(self, file: Any, decision: dict[str, Any], *, by: User, now: dt.datetime) -> None:
        """Answer, and reopen what was refused, both or neither."""
        accepted, refused = decision["outcome"] == "approve", self.refused(file)
        organisation = _whose(refused)
        assert organisation is not None
        # Before the appeal, as who presents another file does.
        hold(organisation)
        files.settle_appeal(
            appeal=file,
            accepted=accepted,
            answer=decision["reason"],
            organisation=organisation,
            may_try_again=_may_try_again(refused),
            by=by,
            now=now,
        )
        if accepted and isinstance(refused, Signature):
            charter.reopen_signature(signature=refused, now=now)
        elif accepted and isinstance(refused, Association):
            associations.reopen_association(association=refused, now=now)
        elif accepted and isinstance(refused, Request):
            associations.show_request(request=refused, reason=decision["reason"], by=by, now=now)


class DisputeKind(Kind):
    label = "Récits différents"
    template = "solidarite/moderation_dispute.html"
    subject = Decision.Subject.DISPUTE
    outcomes = ("approve", "refuse")
    decided = "Décision enregistrée. Les deux côtés la lisent sur la page de leur atelier."
    form_class = DisputeForm

    def files(self) -> QuerySet[Any]:
        place = "workshop__booking__slot__room__site"
        shown = Dispute.objects.select_related(f"{place}__company", f"{place}__commune", "claimed_by")
        return shown.select_related("workshop__booking__association").prefetch_related("workshop__reports")

    def changes(self, file: Any) -> list[Change]:
        return [change for report in file.workshop.reports.all() for change in changes(report)]

    def decide(self, file: Any, decision: dict[str, Any], *, by: User, now: dt.datetime) -> None:
        held = decision["outcome"] == "approve"
        workshops.settle_dispute(dispute=file, held=held, reason=decision["reason"], by=by, now=now)


def _may_try_again(refused: Signature | Association | Request | None) -> bool:
    return not isinstance(refused, Association) or associations.may_present_again(association=refused)


def _whose(refused: Signature | Association | Request | None) -> Organisation | None:
    if isinstance(refused, Signature):
        return refused.company
    return refused.association if isinstance(refused, Request) else refused


KINDS: dict[str, Kind] = {
    "signature": SignatureKind(),
    "association": AssociationKind(),
    "request": RequestKind(),
    "report": ReportKind(),
    "appeal": AppealKind(),
    "dispute": DisputeKind(),
}
