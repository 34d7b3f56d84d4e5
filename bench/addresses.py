"""Addresses of a file, each held against its verdict: a JSON object a line, with `adresse` and `categorie`.

Categories are those of the isemail tests and of two lists of examples. Some valid forms are refused on purpose:
programs make different addresses of them (`mail.addresses`).
"""

from __future__ import annotations

import email
import email.policy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

Measure = dict[str, Any]

VALID = ("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "VALID_PAR_LISTE")
# Allowed, with a warning: quotes, domains given as numbers, comments, spaces, what is obsolete.
DOUBTFUL = ("ISEMAIL_RFC5321", "ISEMAIL_CFWS", "ISEMAIL_DEPREC")
# Of RFC 5322 alone: in a header at most, and refused by SMTP.
INVALID = ("ISEMAIL_ERR", "ISEMAIL_RFC5322", "INVALIDE_PAR_LISTE")


def measure(*, file: Path) -> Iterator[Measure]:
    """What is taken wrongly, what is valid or doubtful and refused (each listed), and headers read back otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solidarite.settings")
    django.setup()
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    taken = {row["adresse"]: _is_taken(row["adresse"]) for row in rows}
    wrongly = [row["adresse"] for row in rows if row["categorie"] in INVALID and taken[row["adresse"]]]
    refused = [row["adresse"] for row in rows if row["categorie"] in VALID and not taken[row["adresse"]]]
    doubtful = [row["adresse"] for row in rows if row["categorie"] in DOUBTFUL and not taken[row["adresse"]]]
    otherwise = [address for address, is_taken in taken.items() if is_taken and not _is_read_back(address)]
    measures = {
        "wrongly_taken": wrongly,
        "valid_refused": refused,
        "doubtful_refused": doubtful,
        "read_otherwise": otherwise,
    }
    for name, found in measures.items():
        yield {
            "name": f"addresses.{name}",
            "value": len(found),
            "unit": "addresses",
            "n": len(rows),
            "notes": "; ".join(map(repr, found)),
            **({} if name.endswith("_refused") else {"asked": "= 0"}),
        }


def _is_taken(address: str) -> bool:
    from mail.outbox import check_address  # noqa: PLC0415  # once Django is set up

    try:
        check_address(address)
    except ValueError:
        return False
    return True


def _is_read_back(address: str) -> bool:
    """Whether Python's parser finds in our header the address that was meant; its domain in ASCII."""
    import datetime as dt  # noqa: PLC0415  # idem

    from mail.models import Message  # noqa: PLC0415
    from mail.rendering import Rendered, build_email  # noqa: PLC0415

    message = Message(to_email=address, to_name='Élise "É" <x>, Zoé', message_id="<1@example.org>", template="x")
    mail = build_email(message, Rendered("s", "t", "<p>h</p>"), sent_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    read = email.message_from_bytes(mail.message(policy=email.policy.SMTP).as_bytes(), policy=email.policy.default)
    local, _, domain = address.rpartition("@")
    return [one.addr_spec for one in read["To"].addresses] == [f"{local}@{domain.encode('idna').decode()}"]
