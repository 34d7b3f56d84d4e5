#!/usr/bin/env python
"""Django's command line. `uv run manage.py demo` starts the whole portal."""

import contextlib
import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line
from environs import Env

from solidarite.breakdowns import KNOWN, in_words
from solidarite.embedded import cluster

# These start the services themselves, or need none.
WITHOUT_SERVICES = {"demo", "draw_states", "makemessages", "compilemessages", "collectstatic", "help", "version"}


def main() -> None:
    Env().read_env(str(Path(__file__).with_name(".env")), recurse=False)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "solidarite.settings")
    if sys.argv[1:2] == ["demo"]:
        # Also on services that are given to it.
        os.environ.setdefault("DEBUG", "true")
        os.environ.setdefault("SECRET_KEY", "demonstration-only")
    if sys.argv[1:2] == ["demo"] and "--check" in sys.argv:
        # A check sets the clock forward and adds accounts: it has data of its own.
        os.environ.setdefault("SOLIDARITE_DATA", str(Path(__file__).with_name(".data") / "check"))
    command = (sys.argv[1:] or ["help"])[0]
    services = (
        contextlib.nullcontext() if command in WITHOUT_SERVICES or command.startswith("-") else cluster.available()
    )
    try:
        with services:
            execute_from_command_line(sys.argv)
    except KNOWN as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(in_words(error))


if __name__ == "__main__":
    main()
