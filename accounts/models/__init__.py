"""People, organisations and their members, and the local directory."""

from accounts.models.directory import DirectoryEntry, DirectoryQuerySet
from accounts.models.organisations import Invitation, JoinRequest, Membership, Organisation, OrganisationQuerySet, Role
from accounts.models.people import User, UserManager

__all__ = [
    "DirectoryEntry",
    "DirectoryQuerySet",
    "Invitation",
    "JoinRequest",
    "Membership",
    "Organisation",
    "OrganisationQuerySet",
    "Role",
    "User",
    "UserManager",
]
