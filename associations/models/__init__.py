"""Demand: associations that train people, the requests that they post, and how they are insured."""

from associations.models.associations import (
    Association,
    AssociationQuerySet,
    FormerEntry,
    Invitation,
    JoinRequest,
    Membership,
)
from associations.models.insurance import InsuranceCertificate, InsuranceCertificateQuerySet, certificate_path
from associations.models.requests import (
    MOST_PARTICIPANTS,
    MOST_VOLUNTEERS,
    WIDEST_RADIUS_KM,
    Period,
    Request,
    RequestQuerySet,
    languages_said,
)

__all__ = [
    "MOST_PARTICIPANTS",
    "MOST_VOLUNTEERS",
    "WIDEST_RADIUS_KM",
    "Association",
    "AssociationQuerySet",
    "FormerEntry",
    "InsuranceCertificate",
    "InsuranceCertificateQuerySet",
    "Invitation",
    "JoinRequest",
    "Membership",
    "Period",
    "Request",
    "RequestQuerySet",
    "certificate_path",
    "languages_said",
]
