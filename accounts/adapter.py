"""How allauth speaks through our outbox."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sends allauth's mails through the outbox, so that they are retried and seen like any other."""
