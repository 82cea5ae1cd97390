"""Text of documents for a terminal."""


def plain(value: object, *, keep_lines: bool = False) -> str:
    """What could move a terminal's cursor or colour it is shown as an escape."""
    allowed = "\n\t" if keep_lines else ""
    return "".join(c if c.isprintable() or c in allowed else c.encode("unicode_escape").decode() for c in str(value))
