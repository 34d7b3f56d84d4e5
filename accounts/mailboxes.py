"""Mail domains: which ones say that somebody belongs to an organisation, and which anybody may have."""

# Domains of free or access-provider mailboxes used in France: an address there says nothing of an employer.
PUBLIC_DOMAINS = frozenset(
    {
        "aliceadsl.fr", "aol.com", "bbox.fr", "club-internet.fr", "free.fr", "gmail.com", "gmx.com", "gmx.de",
        "gmx.fr", "googlemail.com", "hey.com", "hotmail.be", "hotmail.co.uk", "hotmail.com", "hotmail.fr",
        "icloud.com", "laposte.net", "libertysurf.fr", "live.be", "live.com", "live.fr", "mac.com", "mail.com",
        "mail.ru", "mailinator.com", "mailo.com", "me.com", "msn.com", "neuf.fr", "numericable.fr", "orange.fr",
        "outlook.be", "outlook.com", "outlook.fr", "pm.me", "proton.me", "protonmail.com", "sfr.fr", "skynet.be",
        "tutanota.com", "wanadoo.fr", "yahoo.co.uk", "yahoo.com", "yahoo.fr", "yandex.com", "yandex.ru", "ymail.com",
        "yopmail.com", "zoho.com",
    }
)  # fmt: skip


def domain_of(address: str) -> str:
    """`example.org` of `Jeanne@Example.org`."""
    return address.rpartition("@")[2].lower()
