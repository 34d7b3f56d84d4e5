"""Numbers of rows in what people, and programs, type."""

# PostgreSQL's bigint.
MOST = 2**63 - 1
MOST_DIGITS = len(str(MOST))


def key_in(text: str) -> int | None:
    """The number of a row that this text can be; None for anything else, however long."""
    if len(text) > MOST_DIGITS or not (text.isascii() and text.isdecimal()):
        return None
    number = int(text)
    return number if number <= MOST else None
