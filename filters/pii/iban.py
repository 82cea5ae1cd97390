"""International bank account numbers (ISO 13616): the country's length and form, and two check digits (mod 97)."""

import re
from collections.abc import Iterator

from stdnum import iban

from filters.pii.spans import PROVED, Span
from filters.pii.window import Window, joins_left, plain

BEFORE, AFTER = 8, 60  # bytes: 34 characters in groups of four
_RUN = re.compile(r"[A-Z]{2}[0-9]{2}(?:[ \-]?[A-Z0-9]){11,30}")


def find(window: Window) -> Iterator[Span]:
    """The account number whose head the candidate is, cut where its country's form ends."""
    text = plain(window.text)
    match = _RUN.match(text, window.start)
    if not match or joins_left(text, window.start):
        return
    places = [i for i, c in enumerate(match.group()) if c not in " -"]
    compact = "".join(match.group()[i] for i in places)
    for size in range(len(compact), 14, -1):
        end = window.start + places[size - 1] + 1
        follows = text[end : end + 1]
        if follows.isascii() and (follows.isalnum() or follows == "_"):
            continue
        # Not the check of the country's own digits: bank codes change, and documents keep what they say.
        if iban.is_valid(compact[:size], check_country=False):
            yield Span(
                start=window.start,
                end=end,
                kind="IBAN",
                detector="iban.mod97",
                confidence=PROVED,
                country=compact[:2],
            )
            return
