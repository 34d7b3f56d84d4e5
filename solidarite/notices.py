"""The mails that allauth writes for us, all of one name in the outbox: told of a person, without acting for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.adapter import AccountAdapter
from accounts.models import User

# The name of their templates in the outbox.
NOTICE = "account_notice"

# What allauth calls them, by the name that each has on the page of all mails.
NOTICES = {
    f"{NOTICE}-{prefix.rpartition('/')[2]}": prefix
    for prefix in (
        "account/email/account_already_exists",
        "account/email/email_changed",
        "account/email/email_confirmation",
        "account/email/email_confirmation_signup",
        "account/email/email_deleted",
        "account/email/login_code",
        "account/email/password_changed",
        "account/email/password_reset",
        "account/email/password_reset_key",
        "account/email/password_set",
        "mfa/email/recovery_codes_generated",
        "mfa/email/totp_activated",
        "mfa/email/totp_deactivated",
        "mfa/email/webauthn_added",
        "mfa/email/webauthn_removed",
    )
}

# No code and no link that anybody was given, and a computer that nobody has (RFC 5737).
CODE, KEY, IP, BROWSER = "ABCD-EFGH", "apercu-apercu", "192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
WITH_CODE = ("email_confirmation", "email_confirmation_signup", "login_code")


def tell_notice(name: str, *, person: User, now: dt.datetime) -> None:
    """Have our adapter post this mail to the person, as allauth would; nothing is counted against their address."""
    facts = {"user": person, "timestamp": now, **_facts(name, person.email)}
    AccountAdapter().post_notice(NOTICES[name], person.email, facts, now=now)


def _facts(name: str, email: str) -> dict[str, Any]:
    """What allauth gives its templates."""
    kind = name.removeprefix(f"{NOTICE}-")
    page = reverse("account_reset_password")
    if kind == "password_reset_key":
        page = reverse("account_reset_password_from_key", kwargs={"uidb36": "0", "key": KEY})
    return {
        "code": CODE if kind in WITH_CODE else "",
        "password_reset_url": settings.SITE_URL + page,
        "from_email": email,
        "to_email": email,
        "deleted_email": email,
        "ip": IP,
        "user_agent": BROWSER,
    }
