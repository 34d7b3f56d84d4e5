"""Numbers of rows in what people, and programs, type."""

# PostgreSQL's bigint ends below 10^19.
MOST_DIGITS = 18


def key_in(text: str) -> int | None:
    """The number of a row that this text can be; None for anything else, however long."""
    return int(text) if len(text) <= MOST_DIGITS and text.isascii() and text.isdecimal() else None
