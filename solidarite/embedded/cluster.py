"""The embedded services together: what DATABASE_URL and REDIS_URL leave out is started here."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from solidarite.embedded import addresses
from solidarite.embedded.postgres import Postgres
from solidarite.embedded.processes import NotStarted
from solidarite.embedded.valkey import Valkey


class AlreadyRunning(NotStarted):
    """Another program of this clone has the services up."""


@contextlib.contextmanager
def running(environment: Mapping[str, str] = os.environ, *, durable: bool = True) -> Iterator[None]:
    """Start the services that the environment does not give, and stop them at the end.

    Raises:
        AlreadyRunning: this clone's services are up already.
        NotStarted: one of them does not start; those started before are stopped.
    """
    if environment.get("DATABASE_URL") and environment.get("REDIS_URL"):
        yield
        return
    run, data = private_directory(addresses.run_directory()), addresses.data_directory()
    logs = data / "logs"
    _make_room(data, logs)
    services: list[Postgres | Valkey] = []
    if not environment.get("DATABASE_URL"):
        services.append(Postgres(data=data / "postgres", run=run, logs=logs, durable=durable))
    if not environment.get("REDIS_URL"):
        services.append(Valkey(data=data / "valkey", socket=addresses.valkey_socket(), logs=logs))
    with _lock(run / "lock"), contextlib.ExitStack() as stack:
        for service in services:
            stack.callback(service.stop)
            service.start()
        yield


@contextlib.contextmanager
def available() -> Iterator[None]:
    """The services, whether they are up already or for the time of the block only."""
    with contextlib.ExitStack() as stack:
        # Up already, by a demonstration in another window: use those.
        with contextlib.suppress(AlreadyRunning):
            stack.enter_context(running())
        yield


# A new cluster with the demonstration's data, and something to write on.
ROOM_TO_START, ROOM_TO_GO_ON = 250_000_000, 50_000_000


def _make_room(data: Path, logs: Path) -> None:
    """The folders of data and logs, on a disk with room for them."""
    try:
        for folder in (data, logs):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotStarted(
            f"Le dossier {error.filename} ne peut pas être créé ({error.strerror})\u00a0: déplacez ce qui est à sa "
            "place, ou donnez un autre dossier par SOLIDARITE_DATA."
        ) from error
    needed = ROOM_TO_GO_ON if (data / "postgres").exists() else ROOM_TO_START
    free = shutil.disk_usage(data).free
    if free < needed:
        raise NotStarted(
            f"Il reste {free // 1_000_000} Mo sur le disque de {data}, il en faut {needed // 1_000_000}\u00a0: "
            "libérez de la place, ou donnez un autre dossier par SOLIDARITE_DATA."
        )


def reset() -> None:
    """Forget all embedded data."""
    with _lock(private_directory(addresses.run_directory()) / "lock"):
        shutil.rmtree(addresses.data_directory(), ignore_errors=True)


def private_directory(path: Path) -> Path:
    """A folder that only this user enters.

    Raises:
        NotStarted: something of somebody else's has that name.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise NotStarted(f"Le dossier {path} n’est pas à vous seul\u00a0: supprimez-le, puis relancez.")
    return path


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                "Le portail de ce dossier tourne déjà\u00a0: arrêtez-le d’abord (Ctrl-C dans sa fenêtre)."
            ) from error
        yield
