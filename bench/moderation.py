"""The moderators' queue with ten thousand files against the same with a hundred, in one run."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from rich.progress import track

from bench.database import copy_to, count_rows, empty_database, use
from bench.host import signature_of
from solidarite.embedded.addresses import DATABASE_NAME

Measure = dict[str, Any]

FEW, MANY, QUICK_MANY = 100, 10_000, 2_000
FEW_DATABASE, MANY_DATABASE = "few", DATABASE_NAME
ROUNDS, QUICK_ROUNDS, OPENINGS = 5, 3, 20


def measure(*, quick: bool) -> Iterator[Measure]:
    """Time to open the page with many files ÷ with few, for a moderator of everywhere and for one of a territory."""
    with empty_database():
        yield from _measure(quick=quick)


def _measure(*, quick: bool) -> Iterator[Measure]:
    many = QUICK_MANY if quick else MANY
    client = _moderator()
    _fill(FEW, "few")
    copy_to(FEW_DATABASE)
    _fill(many - FEW, "many")
    rounds = QUICK_ROUNDS if quick else ROUNDS
    yield _told("moderation.queue", many, *_take_turns(client, rounds))
    _limit_to_their_territory()
    yield _told("moderation.queue_of_a_territory", many, *_take_turns(client, rounds))


def _told(name: str, many: int, few: list[float], more: list[float]) -> Measure:
    return {
        "name": name,
        "value": round(median(more), 2),
        "unit": "ms",
        "reference": {"name": f"{FEW} files", "value": round(median(few), 2)},
        "ratio": round(median(long / short for short, long in zip(few, more, strict=True)), 2),
        "n": len(more),
        "notes": f"{many} files, in turns; asked: ratio at most 1.5",
    }


def _take_turns(client: Any, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds of an opening with few files and with many, the median of each round, turn and turn about."""
    times: dict[str, list[float]] = {FEW_DATABASE: [], MANY_DATABASE: []}
    for name in times:
        use(name)
        count_rows()
    for _ in track(range(rounds), description="queue"):
        for name, medians in times.items():
            use(name)
            client.get("/moderation/")
            medians.append(median(_opening(client) for _ in range(OPENINGS)))
    return times[FEW_DATABASE], times[MANY_DATABASE]


def _limit_to_their_territory() -> None:
    """The moderator sees one département: the one where all files are, which is the dearest."""
    from accounts.models import User  # noqa: PLC0415
    from territories.models import Departement  # noqa: PLC0415

    for database in (FEW_DATABASE, MANY_DATABASE):
        use(database)
        User.objects.get(is_moderator=True).moderated_departements.set(Departement.objects.filter(pk="59"))


def _opening(client: Any) -> float:
    began = time.perf_counter()
    response = client.get("/moderation/")
    assert response.status_code == 200, response.status_code  # noqa: PLR2004
    return (time.perf_counter() - began) * 1000


def _moderator() -> Any:
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    user = User.objects.create_user("moderation@example.org", name="Odile", is_moderator=True)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _fill(files: int, mark: str) -> None:
    """Half signatures, half associations, a minute apart."""
    from django.db import transaction  # noqa: PLC0415

    from accounts.models import Role, User  # noqa: PLC0415
    from associations.models import Association  # noqa: PLC0415
    from associations.models import Membership as InAssociation  # noqa: PLC0415
    from charter.models import CharterVersion, Signature  # noqa: PLC0415
    from companies.models import Company  # noqa: PLC0415
    from companies.models import Membership as InCompany  # noqa: PLC0415

    now = dt.datetime.now(tz=dt.UTC)
    owner = User.objects.create_user(f"owner-{mark}@example.org")
    version = CharterVersion.objects.newest() or CharterVersion.objects.create(
        number=1, text="# Charte", effective_from_date=now.date(), created_at=now, published_at=now
    )
    since = [now - dt.timedelta(minutes=number) for number in range(files)]
    identity = {"legal_form": "company", "commune_id": "59350", "members_confirmed_at": now}
    with transaction.atomic():
        companies = Company.objects.bulk_create(
            Company(name=f"Entreprise {mark} {n}", slug=f"e-{mark}-{n}", created_at=at, **identity)
            for n, at in enumerate(since[::2])
        )
        InCompany.objects.bulk_create(
            InCompany(company=one, user=owner, role=Role.OWNER, joined_at=now) for one in companies
        )
        Signature.objects.bulk_create(signature_of(one, version, state=Signature.State.SUBMITTED) for one in companies)
        associations = Association.objects.bulk_create(
            Association(
                name=f"Association {mark} {n}", slug=f"a-{mark}-{n}", created_at=at, submitted_at=at, **identity
            )
            for n, at in enumerate(since[1::2])
        )
        InAssociation.objects.bulk_create(
            InAssociation(association=one, user=owner, role=Role.OWNER, joined_at=now) for one in associations
        )
