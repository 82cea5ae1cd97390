"""When a record was fetched or published."""

from datetime import UTC, date, datetime

FIRST, LAST = -62_135_596_800, 253_402_300_799  # seconds since 1970 of the first and last of the years 1 to 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def seconds(value: object) -> int | None:
    """Seconds since 1970 UTC of ISO 8601 text or of a column's date or time; None for what is neither.

    A time without a zone is UTC. Numbers are refused, for nothing tells seconds from milliseconds.

    >>> seconds("2024-02-29T12:00:00Z"), seconds("2024-02-29"), seconds("yesterday"), seconds(1709208000)
    (1709208000, 1709164800, None, None)
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        return None
    zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
    found = int((zoned - _EPOCH).total_seconds() // 1)
    return found if FIRST <= found <= LAST else None  # zones reach beyond both ends
