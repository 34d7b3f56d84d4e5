"""How allauth speaks: its mails go through our outbox, retried and seen like any other."""

import datetime as dt
import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest

from accounts.actions.signups import may_write_to
from accounts.letters import writing
from accounts.models import User
from mail.addresses import validate_address
from mail.outbox import Address
from territories import clock
from territories.wording import language

# Long enough for the slowest of allauth's codes; what is older is of no use any more.
CODE_LASTS = dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
# The mail of a sign-up, which `admit_signup` counts, and the one that tells an account of a second sign-up.
COUNTED_BEFORE = ("account/email/email_confirmation_signup", "account/email/account_already_exists")


def _language_of(email: str, user: object) -> str:
    """Of whose account the address is; allauth does not always tell. Without one, the language of the page."""
    if isinstance(user, User):
        return user.language
    people = User.objects.filter(emailaddress__email=email).order_by("-emailaddress__verified", "pk")
    return people.values_list("language", flat=True).first() or language()


def _of_use_until(context: dict[str, Any], now: dt.datetime) -> dt.datetime | None:
    """When what the mail holds has expired; None: it holds nothing that does."""
    if context.get("code"):
        return now + CODE_LASTS
    if "password_reset_url" in context:
        return now + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Posts allauth's mails to the outbox, in our layout. Codes and links in them are secrets: erased once sent."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Called by allauth with one of its template prefixes, such as `account/email/login_code`.

        To an address that nobody has shown to be theirs, a few mails a day and no more; the page says the same.
        """
        now = clock.now()
        to_a_stranger = template_prefix not in COUNTED_BEFORE and not EmailAddress.objects.is_verified(email)
        if to_a_stranger and not may_write_to(email=email, now=now):
            return
        with transaction.atomic():
            self.post_notice(template_prefix, email, context, now=now)

    def post_notice(self, template_prefix: str, email: str, context: dict[str, Any], *, now: dt.datetime) -> None:
        """The mail as it stands in the outbox, however many this address has had."""
        user = context.get("user")
        address = Address(email, user.name if isinstance(user, User) else "")
        with writing(address, language=_language_of(email, user)) as post:
            mail: EmailMessage = self.render_mail(template_prefix, email, {"email": email, **context})
            post(
                "account_notice",
                key=f"account_notice:{uuid.uuid4()}",
                context={"title": mail.subject, "body": str(mail.body), "code": str(context.get("code") or "")},
                now=now,
                not_after=_of_use_until(context, now),
                priority=1,
                secret=True,
            )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Called by allauth when something of an account changed; the address may be one that is no longer theirs."""
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Called by allauth once somebody has shown an address to be theirs.

        Where they had no main address yet, it becomes theirs: what follows from that is done with it, or none of it.
        """
        person: User = email_address.user
        was = EmailAddress.objects.filter(user=person, email__iexact=person.email).first()
        confirmed = bool(super().confirm_email(request, email_address))
        if confirmed and was and was.email != person.email.lower():
            self._tell_of_another(request, person, was, email_address)
        return confirmed

    def _tell_of_another(self, request: HttpRequest, person: User, was: EmailAddress, becomes: EmailAddress) -> None:
        """As allauth does where somebody chooses another main address."""
        given = {"request": request, "user": person, "from_email_address": was, "to_email_address": becomes}
        email_changed.send(sender=EmailAddress, **given)
        told = {"from_email": was.email, "to_email": becomes.email}
        self.send_notification_mail("account/email/email_changed", person, told, email=was.email)

    def clean_email(self, email: str) -> str:
        """Whatever address somebody gives as theirs: one that we can write to."""
        validate_address(email)
        return str(super().clean_email(email))

    def format_email_subject(self, subject: str) -> str:
        """Allauth would put the name of the site in brackets first; our layout shows it already."""
        return subject

    def get_email_verification_redirect_url(self, _email_address: Any) -> str:
        """Once the address is verified, to the dashboard."""
        return (
            str(self.get_login_redirect_url(self.request)) if self.request.user.is_authenticated else settings.LOGIN_URL
        )
