"""What one check is."""

from typing import NamedTuple


class Check(NamedTuple):
    """A promise of `docs/operations.md`, and the statement that finds what breaks it.

    The first column names the offending rows: numbers of `table`, or names of the catalogue. `%(now)s` is the instant
    that is asked about; the catalogue's checks are given what the models declare.
    """

    name: str
    promise: str
    table: str
    sql: str
