"""Who signed the charter, for what, and where the signature stands."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.audit import tracked
from accounts.codes import CODE_LENGTH, new_code
from accounts.keeping import another_person, changed
from accounts.models import Claimable, ClaimableQuerySet, User
from accounts.names import NAME, visible
from accounts.ranges import between
from charter.models.versions import CharterVersion
from companies.models import Company
from mail.addresses import AddressField, written_to
from territories.closed_lists import WordField
from territories.records import never_truncated

LINK_LASTS = dt.timedelta(days=14)


class SignatureQuerySet(ClaimableQuerySet):
    """Signatures by what is to be done with them."""

    def awaiting_decision(self) -> Self:
        """The moderators' files, oldest first; one that somebody works on is still among them."""
        return self.filter(state__in=Signature.AWAITING).order_by("submitted_at", "pk")

    def of_company(self, company: Company) -> Self:
        return self.filter(company=company)

    def concerned_by_a_new_version(self, now: dt.datetime) -> Self:
        """One file of each company: the one that counts, else the latest that is suspended or on its way.

        One whose grace period is over counts no more, whether or not somebody has noted it yet.
        """
        counts = Q(state=Signature.State.APPROVED, company__charter_until_at__gt=now)
        others = Q(state__in=[*Signature.UNFINISHED, Signature.State.SUSPENDED])
        counting_first = Case(When(state=Signature.State.APPROVED, then=0), default=1)
        first = self.filter(counts | others).order_by("company_id", counting_first, "-pk").distinct("company_id")
        return self.filter(pk__in=first.values("pk"))

    def public(self) -> Self:
        return self.filter(state=Signature.State.APPROVED)

    def standing(self) -> Self:
        """The one that stands for its company, also while it is suspended."""
        return self.filter(state__in=Signature.STANDING)

    def going_on(self) -> Self:
        """Signed, and neither refused nor over: an earlier refusal of the company has no object beside one."""
        signed = (*Signature.AWAITING, Signature.State.CHANGES_REQUESTED)
        return self.filter(state__in=(*signed, *Signature.STANDING))

    def given(self, number: int) -> Self:
        """Those of this version, or of a later one, that a moderator is to decide on or that stand.

        Nobody is asked for another. What came back to be completed, was refused or taken back is still to be signed.
        """
        return self.filter(state__in=(*Signature.AWAITING, *Signature.STANDING), version__number__gte=number)

    def with_file(self) -> Self:
        """Loads what a moderator reads, in the same query."""
        return self.select_related("company__commune__departement", "version", "signed_by", "claimed_by")


@tracked(exclude=("signatory_name", "signatory_email"))
class Signature(Claimable):
    """A company's signature of one version of the charter, and the proof of it. A renewal is a new row."""

    class State(models.TextChoices):
        DRAFT = "draft", "à signer"
        SUBMITTED = "submitted", "en attente d’examen"
        IN_REVIEW = "in_review", "en cours d’examen"
        CHANGES_REQUESTED = "changes_requested", "à compléter"
        APPROVED = "approved", "approuvée"
        REFUSED = "refused", "refusée"
        SUSPENDED = "suspended", "suspendue"
        WITHDRAWN = "withdrawn", "retirée"
        LAPSED = "lapsed", "échue"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.DRAFT: [State.SUBMITTED, State.WITHDRAWN],
        State.SUBMITTED: [State.IN_REVIEW, State.WITHDRAWN],
        State.IN_REVIEW: [
            State.SUBMITTED,
            State.APPROVED,
            State.CHANGES_REQUESTED,
            State.REFUSED,
            State.WITHDRAWN,
        ],
        State.CHANGES_REQUESTED: [State.SUBMITTED, State.WITHDRAWN],
        State.APPROVED: [State.SUSPENDED, State.WITHDRAWN, State.LAPSED],
        # By an appeal that a moderator accepts.
        State.REFUSED: [State.SUBMITTED],
        State.SUSPENDED: [State.APPROVED, State.LAPSED],
        State.WITHDRAWN: [],
        State.LAPSED: [],
    }
    AWAITING = (State.SUBMITTED, State.IN_REVIEW)
    UNFINISHED = (State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED)
    STANDING = (State.APPROVED, State.SUSPENDED)

    class RefusalReason(models.TextChoices):
        """Why a signature is refused, for who reads it and for the figures."""

        UNKNOWN = "unknown", _("L’organisation est introuvable au registre")
        CLOSED = "closed", _("L’organisation a cessé son activité")
        NOT_AUTHORISED = "not_authorised", _("La personne qui signe n’engage pas l’organisation")
        DUPLICATE = "duplicate", _("L’organisation a déjà signé")
        OFF_TOPIC = "off_topic", _("L’organisation n’a pas de quoi tenir les engagements")
        ABUSE = "abuse", _("Saisie trompeuse ou abusive")
        OTHER = "other", _("Autre motif")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(
        "code de vérification", max_length=CODE_LENGTH, unique=True, default=new_code, editable=False
    )
    company_name = models.CharField("nom au moment de signer", max_length=200, blank=True, editable=False)
    company_siren = models.CharField("SIREN au moment de signer", max_length=9, blank=True, editable=False)
    text_sha256 = models.CharField("empreinte du texte signé", max_length=64, editable=False)
    signatory_name = models.CharField(_("nom de la personne qui signe"), max_length=120, validators=NAME)
    signatory_capacity = models.CharField(
        _("en qualité de"),
        max_length=120,
        validators=[visible],
        help_text="Par exemple\u00a0: directrice générale, président.",
    )
    signatory_email = AddressField(_("son adresse électronique"))
    shows_name = models.BooleanField(
        "montrer ce nom sur la page publique de vérification",
        default=False,
        help_text="Sinon, seule l’entreprise y figure.",
    )
    pledged_rooms = models.PositiveSmallIntegerField(_("salles que vous pensez ouvrir"), validators=between(0, 1000))
    pledged_computers = models.PositiveSmallIntegerField(
        _("ordinateurs que vous pensez prêter"), validators=between(0, 20_000)
    )
    pledged_hours = models.PositiveIntegerField(_("heures de bénévolat par an"), validators=between(0, 1_000_000))
    created_at = models.DateTimeField(editable=False)
    link_sent_at = models.DateTimeField(null=True, editable=False, help_text="à la personne qui signe")
    signed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True, editable=False)
    state = WordField(max_length=20, choices=State, default=State.DRAFT)
    submitted_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    reason_code = WordField("motif", max_length=30, choices=RefusalReason, blank=True)
    reason = models.CharField("explication", max_length=1000, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "signature"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(
                name="signature_queue",
                fields=["submitted_at", "id"],
                condition=Q(state__in=["submitted", "in_review"]),
            ),
            models.Index(name="signature_by_company", fields=["company", "-created_at"]),
        ]
        constraints = [
            *Claimable.Meta.constraints,
            written_to("signatory_email", name="signature_email_deliverable"),
            models.UniqueConstraint(
                name="signature_one_file_per_version",
                fields=["company", "version"],
                condition=~Q(state__in=["refused", "withdrawn", "lapsed"]),
            ),
            models.UniqueConstraint(
                name="signature_one_unfinished",
                fields=["company"],
                condition=Q(state__in=["draft", "submitted", "in_review", "changes_requested"]),
            ),
            models.UniqueConstraint(
                name="signature_one_standing", fields=["company"], condition=Q(state__in=["approved", "suspended"])
            ),
            models.CheckConstraint(
                name="signature_signed_stamped",
                condition=Q(state="draft", signed_at__isnull=True, submitted_at__isnull=True, signed_by__isnull=True)
                | Q(state="withdrawn")
                | Q(signed_at__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="signature_keeps_the_name", condition=Q(signed_at__isnull=True) | ~Q(company_name="")
            ),
            models.CheckConstraint(
                name="signature_claim_is_review",
                condition=Q(state="in_review", claimed_at__isnull=False)
                | (~Q(state="in_review") & Q(claimed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="signature_decision_stamped",
                condition=Q(
                    state__in=["draft", "submitted", "in_review"], decided_at__isnull=True, decided_by__isnull=True
                )
                | Q(
                    state__in=["changes_requested", "approved", "refused", "suspended", "lapsed"],
                    decided_at__isnull=False,
                )
                | Q(state="withdrawn"),
            ),
            models.CheckConstraint(
                name="signature_ended_stamped",
                condition=Q(state__in=["withdrawn", "lapsed"], ended_at__isnull=False)
                | (~Q(state__in=["withdrawn", "lapsed"]) & Q(ended_at__isnull=True, ended_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="signature_reason_given",
                condition=~Q(state__in=["changes_requested", "refused", "suspended"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(name="signature_refusal_coded", condition=~Q(state="refused") | ~Q(reason_code="")),
            models.CheckConstraint(
                name="signature_pledges_plausible",
                condition=Q(pledged_rooms__lte=1000, pledged_computers__lte=20000, pledged_hours__lte=1000000),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="signed_text_is_the_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__signed_at__isnull=False),
                func="""
                    IF NEW.text_sha256 IS DISTINCT FROM
                        (SELECT sha256 FROM charter_charterversion WHERE id = NEW.version_id)
                    THEN
                        RAISE EXCEPTION 'What is signed is the text of the version.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'signature_text_is_the_version';
                    END IF;
                    RETURN NEW;
                """,
            ),
            never_truncated("signatures_stay"),
            pgtrigger.Protect(
                name="signed_proof_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="signed_proof_unchanged",
                operation=pgtrigger.Update,
                # Two entries of one company may be united; who showed a name may hide it.
                condition=~pgtrigger.Q(old__state__in=["draft", "changes_requested"])
                & (
                    changed(
                        "signatory_name",
                        "signatory_capacity",
                        "signatory_email",
                        "company_name",
                        "company_siren",
                        "pledged_rooms",
                        "pledged_computers",
                        "pledged_hours",
                        "signed_at",
                        "text_sha256",
                        "version",
                        "code",
                    )
                    | another_person("signed_by")
                    | pgtrigger.Q(old__shows_name=False, new__shows_name=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.version}"

    @classmethod
    def links_sent(cls, *, companies: list[int], by: User, since: dt.datetime) -> int:
        """How many links to sign these companies sent, or this person for whatever company: read from the history."""
        history: Any = cls.events.rel.related_model  # type: ignore[attr-defined]  # made by `tracked`
        own = Q(company__in=companies) | Q(pgh_context__user=by.pk)
        sent = history.objects.filter(own, link_sent_at__gt=since)
        return int(sent.values("link_sent_at", "pgh_obj").distinct().count())

    @property
    def awaits_company(self) -> bool:
        """Whether the next move is the company's."""
        return self.state in (self.State.DRAFT, self.State.CHANGES_REQUESTED, self.State.REFUSED, self.State.WITHDRAWN)

    @property
    def renamed(self) -> bool:
        """Whether the company has another name or number than when it signed."""
        signed = self.signed_at is not None
        return signed and (self.company_name, self.company_siren) != (self.company.name, self.company.siren)

    def link_is_open(self, now: dt.datetime) -> bool:
        """Whether the link that was sent to the signatory still signs: once, since what was signed is a proof."""
        sent = self.link_sent_at
        return self.state == self.State.DRAFT and bool(sent and now < sent + LINK_LASTS)
