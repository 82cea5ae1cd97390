"""Identifiers that states give to people, with the check digits that `python-stdnum` knows for each country.

A word that names the identifier leads to it, for most are short numbers of one check digit: one number in ten passes.
The few whose form is closed (letters, a date and check digits, or its own punctuation) are found without a word.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from itertools import pairwise
from typing import Any

import re2

from filters.pii import context_words, regions
from filters.pii.spans import NAMED, PROVED, Span
from filters.pii.window import Window, joins_left, joins_right, plain

# Forms that stand for themselves; the module says whether a number of the form is one.
_CLOSED = tuple(
    (module, re.compile(form + r"\Z"))
    for module, form in (
        ("cn.ric", r"[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9X]"),
        ("it.codicefiscale", r"[A-Z]{6}[0-9L-V]{2}[A-EHLMPRST][0-9L-V]{2}[A-Z][0-9L-V]{3}[A-Z]"),
        ("mx.curp", r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]"),
        ("kr.rrn", r"[0-9]{6}-[1-8][0-9]{6}"),
        ("br.cpf", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"),
        ("ch.ssn", r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}"),
        ("fr.nir", r"[12] [0-9]{2} [0-9]{2} [0-9AB]{2} [0-9]{3} [0-9]{3} [0-9]{2}"),
        ("be.nn", r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}"),
        ("fi.hetu", r"[0-3][0-9][01][0-9]{3}[\-+A-F][0-9]{3}[0-9A-FHJ-NPR-Y]"),
        ("cl.rut", r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9K]"),
    )
)
_UNCHECKED = frozenset({"ar.dni", "us.ssn", "us.itin", "de.stnr", "nl.identiteitskaartnummer", "in_.pan", "mx.rfc"})
_DIGIT = re.compile(r"[0-9]")
_TOKEN = re.compile(r"[0-9A-Za-z]+")
_JOINT = re.compile(r"(?:[ ./\-]{1,2}|\s-\s)\Z")
_DIGITS = 4  # an Indian PAN has no more
_COMPACT = range(6, 21)  # characters without joints, of all modules named here
_NOBODY = "000"  # no identifier of a person begins so in any country named here; pseudonyms do
_TOKENS = 8  # groups of the longest way to write one (France: 1 84 12 76 451 089 46)
_AWAY = 40  # code points between a name and its number: "number of Mr. X is:"
_NEAR = 3  # the same where the name stands behind: "123-45-6789 (SSN)"
_SHORT = 3  # letters of acronyms that are words of other languages in lower case: nie, sin, run
BEFORE, AFTER = 32, 128  # bytes


def _bordered(names: str) -> str:
    letter = r"\p{Latin}\p{Cyrillic}\p{Greek}0-9_"
    return rf"(?:\A|[^{letter}])(?:{names})(?:[^{letter}]|\z|n[or]\b|-?nummer|-?number)"


# A row of the column is looked at if a name is in it.
NAME = rf"(?i){_bordered('|'.join(context_words.NATIONAL.values()))}|(?:{context_words.NATIONAL_GENERAL})"
_NAMED = tuple((module, re2.compile(rf"(?i){_bordered(names)}")) for module, names in context_words.NATIONAL.items())
_OF_COUNTRY = {
    country: tuple(m for m in context_words.NATIONAL if m.startswith(country.lower()) and m not in _UNCHECKED)
    for country in {module[:2].upper() for module in context_words.NATIONAL}
}


@cache
def _module(name: str) -> Any:
    return import_module(f"stdnum.{name}")


@lru_cache(4096)
def _modules(name: str, countries: tuple[str, ...]) -> tuple[str, ...]:
    """Those that the name names, of the text's countries first; for a general name, those of the countries alone."""
    own = [module for module, pattern in _NAMED if pattern.search(name)]
    own.sort(key=lambda m: countries.index(m[:2].upper()) if m[:2].upper() in countries else len(countries))
    general = [module for country in countries for module in _OF_COUNTRY.get(country, ()) if module not in own]
    return (*own, *general)


def find_named(window: Window) -> Iterator[Span]:
    """The number that a name points at: behind it, else right before it."""
    name = window.candidate
    text = plain(window.text)
    digit = _DIGIT.search(text, window.end - 1)
    behind_near = digit is not None and digit.start() - window.end <= _AWAY
    before_near = window.start > 0 and any(c.isalnum() for c in text[max(window.start - _NEAR, 0) : window.start + 1])
    if not behind_near and not before_near:
        return
    letters = "".join(c for c in name if c.isalpha())
    if len(letters) <= _SHORT and letters.isascii() and letters.islower() and text[window.end - 1 : window.end] != ":":
        return
    modules = _modules(name.lower(), regions.of(window.language, window.country))
    behind = [] if not behind_near else [t.span() for t in _TOKEN.finditer(text, max(window.end - 1, window.start))]
    first = next((i for i, (start, end) in enumerate(behind) if any(c.isdigit() for c in text[start:end])), None)
    if first is not None and behind[first][0] - window.end <= _AWAY:
        for i in range(max(first - 1, 0), first + 1):
            for j in range(min(i + _TOKENS, len(behind)) - 1, first - 1, -1):
                found = _identifier(text, behind[i : j + 1], modules)
                if found:
                    yield found
                    return
    before = [] if not before_near else [t.span() for t in _TOKEN.finditer(text[: window.start])][-_TOKENS:]
    if before and window.start - before[-1][1] <= _NEAR:
        for i in range(len(before)):
            found = _identifier(text, before[i:], modules)
            if found:
                yield found
                return


def _identifier(text: str, tokens: list[tuple[int, int]], modules: tuple[str, ...]) -> Span | None:
    start, end = tokens[0][0], tokens[-1][1]
    compact = "".join(text[a:b] for a, b in tokens)
    if len(compact) not in _COMPACT or sum(c.isdigit() for c in compact) < _DIGITS or not compact.isascii():
        return None
    if "".join(c for c in compact if c.isdigit()).startswith(_NOBODY):
        return None
    if any(not _JOINT.match(text[a[1] : b[0]]) for a, b in pairwise(tokens)):
        return None
    if joins_left(text, start, "_.") or joins_right(text, end) or len(set(compact)) < 3:
        return None
    for module in modules:
        if _module(module).is_valid(text[start:end]):
            return _span(module, start, end, NAMED)
    return None


def find_closed(window: Window) -> Iterator[Span]:
    """Numbers whose form is enough, around a run of digits or a token."""
    text = plain(window.text)
    first, last = window.start, window.end
    while first and text[first - 1].isascii() and text[first - 1].isalnum():
        first -= 1
    while last < len(text) and text[last].isascii() and text[last].isalnum():
        last += 1
    candidate = text[first:last]
    if len(candidate) not in range(11, 22) or "".join(c for c in candidate if c.isdigit()).startswith(_NOBODY):
        return
    for module, form in _CLOSED:
        if form.match(candidate):
            if _module(module).is_valid(candidate) and not joins_left(text, first) and not joins_right(text, last):
                yield _span(module, first, last, PROVED)
            return


def _span(module: str, start: int, end: int, confidence: float) -> Span:
    return Span(
        start=start,
        end=end,
        kind="NATIONAL_ID",
        detector=f"national.{module}",
        confidence=confidence,
        country=module[:2].upper(),
    )
