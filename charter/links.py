"""The link by which the legal signatory signs: a number and an instant under our signature."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from charter.models import Signature


def signing_path(signature: Signature) -> str:
    """The path that signs. A link sent later replaces it."""
    return reverse("charter:sign_by_link", args=[_signer().sign(f"{signature.pk}-{_sent(signature)}")])


def signature_of(token: str) -> Signature | None:
    """The file that a link means; None when we did not sign it, or a later link replaced it."""
    try:
        number, _, sent = _signer().unsign(token).partition("-")
    except BadSignature:
        return None
    signature: Signature | None = Signature.objects.with_file().filter(pk=int(number)).first()
    return signature if signature and str(_sent(signature)) == sent else None


def _sent(signature: Signature) -> int:
    return int(signature.link_sent_at.timestamp()) if signature.link_sent_at else 0


def _signer() -> Signer:
    return Signer(salt="charter.signature", sep=".")
