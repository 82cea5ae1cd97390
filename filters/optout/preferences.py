"""Preferences as they are written: Content-Usage (draft-ietf-aipref-vocab) and Content-Signal.

Content-Usage is a dictionary of RFC 9651. If it cannot be parsed as one, nothing is said; of a key that stands twice
the last counts; a value that is neither the token `y` nor `n` says nothing. Matching is linear: nothing backtracks.
"""

import re
from typing import Final

from filters.optout.statement import ALLOW, DISALLOW, UNKNOWN, Preference

_KEY: Final = r"[a-z*][a-z0-9_\-.*]*+"
_BARE: Final = (
    r"(?:"
    r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*+"  # a token
    r'|"(?:[ !#-\[\]-~]|\\["\\])*+"'  # a string
    r"|-?[0-9]{1,15}+(?:\.[0-9]{1,3}+)?+"
    r"|:[A-Za-z0-9+/=]*+:"  # bytes
    r"|\?[01]"
    r"|@-?[0-9]{1,15}+"  # a date
    r'|%"(?:[ !#$&-~]|%[0-9a-f]{2})*+"'  # a string of Unicode
    r")"
)
_PARAMETERS: Final = rf"(?:;[ ]*+{_KEY}(?:={_BARE})?+)*+"
_LIST: Final = rf"\([ ]*+(?:{_BARE}{_PARAMETERS}(?:[ ]++(?=[^ )]){_BARE}{_PARAMETERS})*+)?+[ ]*+\)"
_MEMBER: Final = re.compile(rf"({_KEY})(?:=(?:({_BARE})|{_LIST}))?+{_PARAMETERS}")
_NEXT: Final = re.compile(r"[ \t]*+,[ \t]*+")
_CHARS: Final = 4096  # of a value: a statement has some 20

_SIGNAL: Final = re.compile(r"ai-train[ \t]*+=[ \t]*+([a-z]*+)", re.IGNORECASE)
_WORDS: Final[dict[str, Preference]] = {"y": ALLOW, "n": DISALLOW, "yes": ALLOW, "no": DISALLOW}


def usage(value: str) -> Preference:
    """What a value of Content-Usage says of `train-ai`.

    >>> usage("train-ai=n"), usage("train-ai;allow=n, train-ai=y"), usage("search=n"), usage("Train-AI=n")
    ('disallow', 'allow', 'unknown', 'unknown')
    """
    found = _dictionary(value.strip(" "))
    said = found.get("train-ai") if found else None
    return _WORDS.get(said, UNKNOWN) if said in ("y", "n") else UNKNOWN


def signal(value: str) -> Preference:
    """What a value of Content-Signal says of `ai-train`; of several the one that disallows.

    >>> signal("search=yes, ai-train=no"), signal("ai-train=YES"), signal("search=yes")
    ('disallow', 'allow', 'unknown')
    """
    said = {_WORDS.get(word.lower(), UNKNOWN) for word in _SIGNAL.findall(value[:_CHARS]) if len(word) > 1}
    return DISALLOW if DISALLOW in said else ALLOW if ALLOW in said else UNKNOWN


def _dictionary(value: str) -> dict[str, str] | None:
    """Tokens, and other values as they stand, by key; "?1" for a key alone, "" for a list; None for no dictionary."""
    found: dict[str, str] = {}
    place, last = 0, len(value)
    if last > _CHARS or not value.isascii():
        return None
    while place < last:
        member = _MEMBER.match(value, place)
        if member is None:
            return None
        alone = "=" not in member[0]
        found[member[1]] = "?1" if alone else (member[2] or "")
        place = member.end()
        if place == last:
            return found
        between = _NEXT.match(value, place)
        if between is None or between.end() == last:
            return None  # what follows is no member, or a comma is last
        place = between.end()
    return found
