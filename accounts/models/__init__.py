"""People, organisations and their members, and the local directory."""

from accounts.models.abuse import AbuseReport, Appeal
from accounts.models.directory import DirectoryEntry, DirectoryQuerySet
from accounts.models.moderation import Claimable, ClaimableQuerySet, Claims, Decision
from accounts.models.organisations import (
    FormerEntry,
    Invitation,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationQuerySet,
    Role,
)
from accounts.models.people import User, UserManager
from accounts.models.recovery import FactorRecovery
from accounts.models.registry import RegistryRecord
from accounts.models.signups import SignupAttempt

__all__ = [
    "AbuseReport",
    "Appeal",
    "Claimable",
    "ClaimableQuerySet",
    "Claims",
    "Decision",
    "DirectoryEntry",
    "DirectoryQuerySet",
    "FactorRecovery",
    "FormerEntry",
    "Invitation",
    "JoinRequest",
    "Membership",
    "Organisation",
    "OrganisationQuerySet",
    "RegistryRecord",
    "Role",
    "SignupAttempt",
    "User",
    "UserManager",
]
