"""Writing and publishing the charter, signing it, and deciding on a signature."""

from charter.actions.deciding import (
    NewerStands,
    VersionOver,
    approve_signature,
    claim_signature,
    refuse_signature,
    reinstate_signature,
    release_signature,
    reopen_signature,
    request_changes,
    suspend_signature,
)
from charter.actions.editions import announce_edition, save_edition
from charter.actions.moves import settled
from charter.actions.renewals import lapse_signatures, remind_renewals
from charter.actions.signing import (
    LINKS_A_DAY,
    AlreadySigned,
    LinkClosed,
    NewerVersion,
    NotReached,
    Pledge,
    TooManyLinks,
    describe_signatory,
    send_signing_link,
    sign_by_link,
    sign_charter,
    withdraw_signature,
)
from charter.actions.versions import AlreadyPublished, DraftChanged, TooEarly, publish_version, save_draft_version

__all__ = [
    "LINKS_A_DAY",
    "AlreadyPublished",
    "AlreadySigned",
    "DraftChanged",
    "LinkClosed",
    "NewerStands",
    "NewerVersion",
    "NotReached",
    "Pledge",
    "TooEarly",
    "TooManyLinks",
    "VersionOver",
    "announce_edition",
    "approve_signature",
    "claim_signature",
    "describe_signatory",
    "lapse_signatures",
    "publish_version",
    "refuse_signature",
    "reinstate_signature",
    "release_signature",
    "remind_renewals",
    "reopen_signature",
    "request_changes",
    "save_draft_version",
    "save_edition",
    "send_signing_link",
    "settled",
    "sign_by_link",
    "sign_charter",
    "suspend_signature",
    "withdraw_signature",
]
