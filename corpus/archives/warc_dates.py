"""Dates as crawlers wrote them."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from corpus.sources import dates

_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?\d{0,3}Z?")
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d\d)-(\d{2,3})(T.*)")


def seconds(value: str) -> int | None:
    """Seconds since 1970 UTC; None for no date.

    ISO 8601; 14 digits, or 12, as in ARC; HTTP's form; and ClueWeb09's, whose crawler wrote the day of the year for the
    day of the month.

    >>> seconds("2009-03-65T08:43:19-0800") == seconds("2009-03-06T16:43:19Z") == seconds("20090306164319")
    True
    """
    value = value.strip()
    digits = _DIGITS.fullmatch(value)
    if digits:
        year, month, day, hour, minute, second = (int(part or 0) for part in digits.groups())
        value = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    found = dates.seconds(value)
    if found is None:
        found = _by_day_of_year(value)
    return _of_http(value) if found is None else found


def _by_day_of_year(value: str) -> int | None:
    """The month must agree, so that nothing else is taken for it."""
    parts = _DAY_OF_YEAR.fullmatch(value)
    if parts is None or not int(parts[1]) >= 1 or not 31 < int(parts[3]) <= 366:
        return None
    day = datetime(int(parts[1]), 1, 1, tzinfo=UTC) + timedelta(days=int(parts[3]) - 1)
    return dates.seconds(f"{day:%Y-%m-%d}{parts[4]}") if day.month == int(parts[2]) else None


def _of_http(value: str) -> int | None:
    try:
        return dates.seconds(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
