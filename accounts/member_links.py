"""Links in mails that name one member and one thing: what a click does is done by that person, without a login.

Each app makes its own: `LINK = MemberLink("companies.series", "companies:series_confirm")`.
"""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User


class MemberLink:
    """Links of one purpose. They never age: the page that they lead to looks at what is so now."""

    def __init__(self, purpose: str, page: str) -> None:
        self.page = page
        self.signer = Signer(salt=purpose, sep=".")

    def path(self, member: User, *facts: int | str) -> str:
        """The path of the page with the button. Facts hold no dash."""
        return reverse(self.page, args=[self.signer.sign("-".join(map(str, [*facts, member.pk])))])

    def read(self, token: str, *, facts: int) -> tuple[list[str], User] | None:
        """So many facts, and the member while their account is open; None for what we did not sign for this purpose."""
        try:
            parts = self.signer.unsign(token).split("-")
        except BadSignature:
            return None
        member = User.objects.filter(pk=int(parts[-1]), is_active=True).first()
        return (parts[:-1], member) if member and len(parts) == facts + 1 else None
