"""International bank account numbers (ISO 13616): the country's length and form, and two check digits (mod 97)."""

import re
from collections.abc import Iterator

from stdnum import iban
from stdnum.iso7064 import mod_97_10

from filters.pii.spans import PROVED, Span
from filters.pii.window import Window, joins_left, plain

BEFORE, AFTER = 8, 60  # bytes: 34 characters in groups of four
_RUN = re.compile(r"[A-Z]{2}[0-9]{2}(?:[ \-]?[A-Z0-9]){11,30}|[a-z]{2}[0-9]{2}(?:[ \-]?[a-z0-9]){11,30}")
# Countries that use such numbers and are not in SWIFT's registry, whose forms python-stdnum has: characters behind the
# check digits, by their central banks (Iran's is the Sheba).
_UNREGISTERED = {
    **dict.fromkeys(("AO",), r"[0-9]{21}"),
    **dict.fromkeys(("CV", "GW", "MZ"), r"[0-9]{21}"),
    **dict.fromkeys(("DZ", "IR"), r"[0-9]{22}"),
    **dict.fromkeys(("CM", "CF", "TD", "KM", "CG", "GA", "GQ", "MG"), r"[0-9]{23}"),
    **dict.fromkeys(("MA", "HN", "NI"), r"[A-Z0-9]{4}[0-9]{20}"),
    **dict.fromkeys(("BJ", "BF", "CI", "ML", "NE", "SN", "TG"), r"[A-Z]{2}[0-9]{22}"),
}
_FORMS = {country: re.compile(rf"{country}[0-9]{{2}}{form}\Z") for country, form in _UNREGISTERED.items()}


def find(window: Window) -> Iterator[Span]:
    """The account number whose head the candidate is, cut where its country's form ends."""
    text = plain(window.text)
    match = _RUN.match(text, window.start)
    if not match or joins_left(text, window.start):
        return
    places = [i for i, c in enumerate(match.group()) if c not in " -"]
    compact = "".join(match.group()[i] for i in places).upper()
    for size in range(len(compact), 14, -1):
        end = window.start + places[size - 1] + 1
        follows = text[end : end + 1]
        if follows.isascii() and (follows.isalnum() or follows == "_"):
            continue
        if _valid(compact[:size]):
            yield Span(
                start=window.start,
                end=end,
                kind="IBAN",
                detector="iban.mod97",
                confidence=PROVED,
                country=compact[:2],
                version=2,
            )
            return


def _valid(number: str) -> bool:
    """Not by the check of the country's own digits: bank codes change, and documents keep what they say."""
    form = _FORMS.get(number[:2])
    if form is not None:
        return form.match(number) is not None and mod_97_10.is_valid(number[4:] + number[:4])
    return iban.is_valid(number, check_country=False)
