"""Mail domains: which ones say that somebody belongs to an organisation, and which anybody may have."""

# Domains of free or access-provider mailboxes used in France: an address there says nothing of an employer.
PUBLIC_DOMAINS = frozenset(
    {
        "aliceadsl.fr", "aol.com", "bbox.fr", "club-internet.fr", "free.fr", "gmail.com", "gmx.fr", "googlemail.com",
        "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libertysurf.fr", "live.com", "live.fr", "mac.com",
        "mailo.com", "me.com", "msn.com", "neuf.fr", "numericable.fr", "orange.fr", "outlook.com", "outlook.fr",
        "proton.me", "protonmail.com", "sfr.fr", "tutanota.com", "wanadoo.fr", "yahoo.com", "yahoo.fr", "ymail.com",
    }
)  # fmt: skip


def domain_of(address: str) -> str:
    """`example.org` of `Jeanne@Example.org`."""
    return address.rpartition("@")[2].lower()
