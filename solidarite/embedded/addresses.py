"""Where the embedded services live: data inside the clone, sockets in a short private folder.

A Unix socket's path ends at about 107 bytes, so sockets cannot stand inside a clone whose own path may be
long. The folder's name is made from the clone's path: two clones never meet.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATABASE_NAME = "solidarite"


def data_directory() -> Path:
    """The folder that survives a restart."""
    return Path(os.environ.get("SOLIDARITE_DATA", BASE_DIR / ".data"))


def run_directory(data: Path | None = None) -> Path:
    """The folder of sockets and process ids of this data folder, or of this clone's own, not yet made."""
    mark = hashlib.sha256(str(data or data_directory()).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"solidarite-{os.getuid()}-{mark}"


def valkey_socket() -> Path:
    return run_directory() / "valkey.sock"


def database_url(data: Path | None = None) -> str:
    return f"postgres://solidarite@{quote(str(run_directory(data)), safe='')}/{DATABASE_NAME}"


def redis_url() -> str:
    """Address for redis-py."""
    return f"unix://{valkey_socket()}"
