"""`/.well-known/tdmrep.json` of a site: rules of what is reserved, by path.

TDMRep, W3C community group, 2024, "TDM File on the Origin Server".

An array of objects with `location`, `tdm-reservation` and optionally `tdm-policy`. The first that matches a path
holds, so order is the site's; patterns are those of robots.txt. A policy says how a licence is had: what is reserved
stays so until somebody has one, so it is named and not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from filters.optout import paths
from filters.optout.paths import PathRules
from filters.optout.statement import ALLOW, DISALLOW, RAW_CHARS, UNKNOWN, Preference, Statement

PATH: Final = "/.well-known/tdmrep.json"
PROTOCOL: Final = "tdmrep"
UNREADABLE: Final = "it is no array of rules"
_MOST: Final = 1_000  # rules that are read; a path is held against each until one fits
_RESERVED, _FREE = "1", "0"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One of the file."""

    pattern: PathRules[bool]
    preference: Preference
    raw: str


@dataclass(frozen=True, kw_only=True)
class TdmFile:
    """A file as it was read."""

    rules: tuple[Rule, ...] = ()
    unread: str = ""  # why it may say more than is known here
    everywhere: tuple[str, ...] = field(default=())  # reservations that name no place

    def statements(self, path: str, date: str) -> Iterator[Statement]:
        """What it says of a path, which begins with "/"."""
        for raw in self.everywhere:
            yield Statement(DISALLOW, PROTOCOL, "site", date, raw[:RAW_CHARS])
        plain = paths.canonical(path)[0]
        first = next((rule for rule in self.rules if rule.pattern.longest(plain)), None)
        if first is not None:
            yield Statement(first.preference, PROTOCOL, "site", date, first.raw[:RAW_CHARS])
        if self.unread:
            yield Statement(UNKNOWN, PROTOCOL, "site", date, self.unread, True)


def parse(text: str) -> TdmFile:
    """Any text gives a file. A refusal is believed where it names no place, leave is not.

    >>> made = parse('[{"location": "/a/", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0}]')
    >>> [one.train_ai for path in ("/a/b", "/c") for one in made.statements(path, "")]
    ['disallow', 'allow']
    """
    try:
        found: Any = orjson.loads(text.removeprefix("\ufeff"))
    except orjson.JSONDecodeError:
        return TdmFile(unread=UNREADABLE)
    listed = [found] if isinstance(found, dict) else found
    if not isinstance(listed, list):
        return TdmFile(unread=UNREADABLE)
    rules: list[Rule] = []
    everywhere: list[str] = []
    unread = "it has more rules than are read" if len(listed) > _MOST else ""
    for one in listed[:_MOST]:
        location, preference = _said(one)
        raw = orjson.dumps(one).decode()
        if location:
            pattern: PathRules[bool] = PathRules()
            pattern.add(location, True)
            rules.append(Rule(pattern=pattern, preference=preference, raw=raw))
        elif preference == DISALLOW:
            everywhere.append(raw)
        else:
            unread = UNREADABLE
    return TdmFile(rules=tuple(rules), unread=unread, everywhere=tuple(everywhere))


def _said(one: Any) -> tuple[str, Preference]:
    """Location, "" where it names none, and what is said of it."""
    if not isinstance(one, dict):
        return "", UNKNOWN
    location, value = one.get("location"), one.get("tdm-reservation")
    said = str(int(value)) if isinstance(value, bool | int) else value.strip() if isinstance(value, str) else ""
    preference: Preference = DISALLOW if said == _RESERVED else ALLOW if said == _FREE else UNKNOWN
    return (location if isinstance(location, str) and location[:1] in ("/", "*") else ""), preference
