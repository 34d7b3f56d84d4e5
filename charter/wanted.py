"""Which mails about the charter are overtaken by facts before they leave."""

from __future__ import annotations

from charter.models import CharterVersion, Signature
from mail import wanted
from mail.models import Message


@wanted.while_so("charter_renewal_due", "charter_renewal_reminder")
def _still_to_sign(message: Message) -> str:
    """Nobody is asked for a signature that was given meanwhile, or for a company that has withdrawn.

    A later version has its own mail.
    """
    # Where it says that a signature counts, that one does; else it is of a file on its way, or suspended.
    stands = message.context.get("stands", True)
    live = (Signature.State.APPROVED,) if stands else (*Signature.STANDING, *Signature.UNFINISHED)
    signature = Signature.objects.filter(pk=wanted.number_in(message.about), state__in=live).first()
    if signature is None:
        return "Cette signature ne compte plus."
    newest = CharterVersion.objects.newest()
    if newest is None or newest.number != message.context["new_version"]:
        return "Une version plus récente est à signer."
    given = Signature.objects.given(newest.number).filter(company=signature.company_id)
    return "La nouvelle version est signée." if given.exists() else ""


@wanted.while_so("signature_link")
def _link_signs(message: Message) -> str:
    """Only the latest link serves, and until somebody has signed: its key names the instant at which it was written."""
    signature = Signature.objects.filter(pk=wanted.number_in(message.about), state=Signature.State.DRAFT).first()
    sent = signature.link_sent_at if signature else None
    serves = sent is not None and message.key.endswith(f":{sent:%Y%m%dT%H%M%S%f}")
    return "" if serves else "Ce lien ne sert plus."
