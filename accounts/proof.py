"""Proof of work: some seconds of a browser's time, asked before we write to an unknown address. Nobody else is asked.

The challenge is signed and holds until when it may be answered; its number is good for one sign-up. Format: PoW v2
of the `altcha` package, with PBKDF2, which every browser derives off its main thread.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets

from altcha import create_challenge, verify_solution
from altcha.v2 import Payload
from django.utils.crypto import salted_hmac

ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 5_000
TRIES_AT_LEAST, TRIES_AT_MOST = 100, 400
LASTS = dt.timedelta(hours=2)


class BadProof(ValueError):
    """The text is no answer to a challenge of ours, or comes too late."""


def new_challenge(now: dt.datetime) -> str:
    """A challenge as JSON, for the page; between 100 and 400 derivations answer it."""
    challenge = create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=TRIES_AT_LEAST + secrets.randbelow(TRIES_AT_MOST - TRIES_AT_LEAST + 1),
        expires_at=now + LASTS,
        hmac_secret=_key(),
    )
    return json.dumps(challenge.to_dict())


def number_of(answer: str) -> str:
    """The challenge's number (32 hexadecimal digits), when `answer` (base64 of JSON) is right.

    Raises:
        BadProof: forged, wrong or late.
    """
    result = verify_solution(answer, _key())
    if not result.verified:
        raise BadProof(result.error or ("late answer" if result.expired else "wrong answer"))
    return Payload.from_base64(answer).challenge.parameters.nonce


def _key() -> str:
    return salted_hmac("accounts.proof", "challenge", algorithm="sha256").hexdigest()
