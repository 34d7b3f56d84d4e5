"""What companies and associations have in common: an organisation, its members, and the ways in."""

from __future__ import annotations

import datetime as dt
import re
from functools import cached_property
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.names import INVISIBLE_PATTERN, NAME, visible
from accounts.slugs import free_slug
from mail.addresses import AddressField, written_to
from territories.closed_lists import WordField
from territories.fields import FoldedField
from territories.folding import fold
from territories.models import Commune

# Words that stand where an organisation's slug does.
RESERVED = ("inscrire", "invitation", "rejoindre")
MEMBERS_CONFIRMED_FOR = dt.timedelta(days=365)


class OrganisationQuerySet(models.QuerySet[Any]):
    """Questions that companies and associations answer alike."""

    def of_member(self, user: User) -> Self:
        """Organisations of which this person is a member, in whatever role."""
        return self.filter(memberships__user=user)

    def managed_by(self, user: User) -> Self:
        """Organisations in whose name this person may act."""
        return self.filter(memberships__user=user, memberships__role__in=Role.managing())

    def owned_by(self, user: User) -> Self:
        """Organisations for which this person answers."""
        return self.filter(memberships__user=user, memberships__role=Role.OWNER)

    def known_as(self, *, siren: str, rna: str, name: str, commune: Commune | None) -> Self:
        """Organisations that this one may already be: the same number, or the same name in the same commune."""
        # A name in another script folds to nothing, and is compared as it is written.
        same = Q(search_name=fold(name), commune=commune) if fold(name) else Q(name=name, commune=commune)
        same |= Q(siren=siren) if siren else Q()
        same |= Q(rna=rna) if rna else Q()
        return self.filter(same).order_by("pk")

    def named(self, text: str) -> Self:
        """Organisations that a moderator may mean by a name or a number, by name."""
        number = re.sub(r"[\s.\-]", "", text).upper()
        meant = Q(siren=number) | Q(rna=number) if number else Q()
        return self.filter(Q(search_name__contains=fold(text)) | meant).order_by("search_name", "pk")

    def at(self, slug: str) -> Self:
        """The organisation that this address means, or meant before two entries were united."""
        return self.filter(Q(slug=slug) | Q(pk__in=self.model.objects.filter(former_entries__slug=slug).values("pk")))

    def unconfirmed(self, now: dt.datetime) -> Self:
        """Organisations whose members nobody has looked at for a year."""
        return self.filter(members_confirmed_at__lte=now - MEMBERS_CONFIRMED_FOR)

    def free_slug(self, name: str) -> str:
        """An address of a page that no organisation of this kind has, or had: `imprimerie-du-parc`, then `…-2`."""
        former = self.model.objects.exclude(former_entries=None).values_list("former_entries__slug", flat=True)
        return free_slug(self, name, otherwise="organisation", reserved=[*RESERVED, *former])


class Role(models.TextChoices):
    """What a member may do in an organisation."""

    OWNER = "owner", _("responsable")
    MANAGER = "manager", _("gestionnaire")
    VOLUNTEER = "volunteer", _("bénévole")

    @classmethod
    def managing(cls) -> list[Role]:
        return [cls.OWNER, cls.MANAGER]

    def outranks(self, other: Role) -> bool:
        """Whether this role may do more."""
        ranks = list(type(self))
        return ranks.index(self) < ranks.index(other)


class Organisation(models.Model):
    """A legal person that takes part. It may have no SIREN at all (Alsace-Moselle, foundations, abroad)."""

    class LegalForm(models.TextChoices):
        COMPANY = "company", "entreprise"
        ASSOCIATION = "association", "association"
        FOUNDATION = "foundation", "fondation"
        PUBLIC_BODY = "public_body", "organisme public"
        OTHER = "other", "autre"

    # What its owners describe; everything else is the portal's own to write.
    IDENTITY = (
        "name",
        "search_name",
        "legal_form",
        "siren",
        "siret",
        "rna",
        "address",
        "commune",
        "website",
        "description",
    )
    SPACE: ClassVar[str]
    """The namespace of its own pages' addresses."""

    name = models.CharField(_("nom"), max_length=200, validators=NAME)
    search_name = FoldedField("nom cherché", of="name", max_length=400)
    slug = models.SlugField("adresse de la page", max_length=80, unique=True)
    legal_form = WordField(_("forme juridique"), max_length=20, choices=LegalForm)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    rna = models.CharField("RNA", max_length=10, blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True, validators=[visible])
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="+", verbose_name="commune", null=True, blank=True
    )
    website = models.URLField(_("site web"), blank=True)
    description = models.TextField(_("présentation"), max_length=2000, blank=True)
    created_at = models.DateTimeField("création", editable=False)
    members_confirmed_at = models.DateTimeField(
        "membres vérifiés", editable=False, help_text="Quand un responsable a dit que la liste des membres est juste."
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("name", "pk")
        indexes = [GinIndex(OpClass("search_name", "gin_trgm_ops"), name="%(class)s_search_trgm")]
        constraints = [
            models.CheckConstraint(
                name="%(class)s_name_visible",
                condition=~Q(name="") & ~Q(name__regex=INVISIBLE_PATTERN),
                violation_error_message="Retapez le nom\u00a0: il contient des caractères invisibles.",
            ),
            models.CheckConstraint(
                name="%(class)s_siren_form",
                condition=Q(siren="") | Q(siren__regex=r"^\d{9}$"),
                violation_error_message="Indiquez un SIREN de 9 chiffres, ou laissez vide.",
            ),
            models.CheckConstraint(
                name="%(class)s_siret_form",
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$", siret__startswith=models.F("siren")),
                violation_error_message="Indiquez un SIRET de 14 chiffres qui commence par le SIREN, ou laissez vide.",
            ),
            models.CheckConstraint(
                name="%(class)s_rna_form",
                condition=Q(rna="") | Q(rna__regex=r"^W\d[0-9A-Z]\d{7}$"),
                violation_error_message="Indiquez un numéro RNA comme W751234567, ou laissez vide.",
            ),
            models.UniqueConstraint(
                name="%(class)s_siren_unique",
                fields=["siren"],
                condition=~Q(siren=""),
                violation_error_message="Une organisation avec ce SIREN est déjà inscrite.",
            ),
            models.UniqueConstraint(
                name="%(class)s_rna_unique",
                fields=["rna"],
                condition=~Q(rna=""),
                violation_error_message="Une organisation avec ce numéro RNA est déjà inscrite.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    # Each app has tables of its own, which lead here by the same names.

    def members(self) -> MembershipManager[Any]:
        return self.memberships  # type: ignore[attr-defined,no-any-return]

    def invitations_sent(self) -> InvitationManager[Any]:
        return self.invitations  # type: ignore[attr-defined,no-any-return]

    def join_requests_received(self) -> models.Manager[Any]:
        return self.join_requests  # type: ignore[attr-defined,no-any-return]

    @cached_property
    def absorbed_numbers(self) -> list[int]:
        """The numbers that entries taken into this one had: their history is its own."""
        entries: models.Manager[Any] = self.former_entries  # type: ignore[attr-defined]
        return list(entries.values_list("number", flat=True))

    def managers(self) -> models.QuerySet[User]:
        """People who act in its name, and whom its mails are for."""
        return self._people(Role.managing())

    def owners(self) -> models.QuerySet[User]:
        """People who answer for it."""
        return self._people([Role.OWNER])

    def people(self) -> models.QuerySet[User]:
        """Everybody who is of it."""
        return self._people(list(Role))

    @property
    def time_zone(self) -> str:
        """On whose clock it lives (IANA); empty: nobody said where it is."""
        return self.commune.time_zone if self.commune else ""

    @property
    def local_zone(self) -> str:
        """On whose clock its days are told: where nobody said where it is, on the portal's."""
        return self.time_zone or settings.TIME_ZONE

    def _people(self, roles: list[Role]) -> models.QuerySet[User]:
        members = self.members().filter(role__in=roles)
        return User.objects.filter(is_active=True, pk__in=members.values("user")).order_by("pk")


class MembershipQuerySet(models.QuerySet[Any]):
    """Members by what they may do."""

    def owners(self) -> Self:
        return self.filter(role=Role.OWNER)


MembershipManager = models.Manager.from_queryset(MembershipQuerySet)


class Membership(models.Model):
    """A person's place in an organisation. Each app declares its own table and its `organisation` key."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name="compte")
    role = WordField("rôle", max_length=20, choices=Role)
    joined_at = models.DateTimeField("entrée", editable=False)

    objects = MembershipManager()

    class Meta:
        abstract = True
        ordering = ("pk",)

    @property
    def organisation(self) -> Organisation:
        """Where the person belongs."""
        raise NotImplementedError


class InvitationQuerySet(models.QuerySet[Any]):
    """Invitations by what they still do."""

    def open(self, now: dt.datetime) -> Self:
        """Those that let somebody in at this instant."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


InvitationManager = models.Manager.from_queryset(InvitationQuerySet)


class Invitation(models.Model):
    """A way in, by a link that we sign. Each app declares its own table and its `organisation` key.

    With an address it is for who has that address, and used once. Without one it is a link for volunteers whose
    verified address is of one of `domains`, used as often as people come.
    """

    LASTS = dt.timedelta(days=14)

    email = AddressField("adresse électronique", blank=True)
    domains = ArrayField(models.CharField(max_length=100), verbose_name="domaines", default=list, blank=True)
    role = WordField("rôle", max_length=20, choices=Role)
    created_at = models.DateTimeField("création", editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField("expiration", editable=False)
    accepted_at = models.DateTimeField("acceptée", null=True, editable=False)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField("retirée", null=True, editable=False)
    revoked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = InvitationManager()

    class Meta:
        abstract = True
        ordering = ("-created_at", "-pk")
        constraints = [
            written_to("email", name="%(app_label)s_invitation_deliverable", or_none=True),
            models.CheckConstraint(
                name="%(app_label)s_invitation_for_one_or_domains",
                condition=(~Q(email="") & Q(domains=[]))
                | Q(email="", domains__len__gte=1, role=Role.VOLUNTEER, accepted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="%(app_label)s_invitation_ends_once",
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="%(app_label)s_invitation_stamped",
                condition=(Q(accepted_at__isnull=False) | Q(accepted_by__isnull=True))
                & (Q(revoked_at__isnull=False) | Q(revoked_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_invitation_ends_later", condition=Q(expires_at__gt=models.F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return self.email or ", ".join(self.domains)

    @property
    def organisation(self) -> Organisation:
        """Where it leads."""
        raise NotImplementedError


class FormerEntry(models.Model):
    """An entry that was united with another one: badges and bookmarks still use its address, its history its number.

    Each app declares its own table and its key, whose reverse is `former_entries`.
    """

    slug = models.SlugField("ancienne adresse", max_length=80, primary_key=True)
    number = models.BigIntegerField("ancien numéro", unique=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.slug


class JoinRequest(models.Model):
    """Somebody asks to be let into an organisation that stands in the portal already.

    Each app declares its own table and its `organisation` key.
    """

    class State(models.TextChoices):
        PENDING = "pending", "en attente de réponse"
        ACCEPTED = "accepted", "acceptée"
        DECLINED = "declined", "déclinée"

    TRANSITIONS: ClassVar[dict[State, list[State]]] = {
        State.PENDING: [State.ACCEPTED, State.DECLINED],
        State.ACCEPTED: [],
        State.DECLINED: [],
    }

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    message = models.CharField("message", max_length=500, blank=True)
    state = WordField(max_length=20, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = models.Manager["JoinRequest"]()

    class Meta:
        abstract = True
        ordering = ("created_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_joinrequest_state_stamped",
                condition=Q(state="pending", decided_at__isnull=True, decided_by__isnull=True)
                | Q(state__in=["accepted", "declined"], decided_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def organisation(self) -> Organisation:
        """Where the person asks to be let in."""
        raise NotImplementedError
