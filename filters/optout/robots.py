"""robots.txt: groups of crawlers and what they may fetch (RFC 9309), and what the file says of use.

`Content-Usage` (draft-ietf-aipref-attach) and `Content-Signal` are rules of a group, with a path or without; `License`
(RSL 1.0) speaks of the whole site.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from filters.optout import paths, preferences
from filters.optout.paths import PathRules
from filters.optout.statement import DISALLOW, RAW_CHARS, UNKNOWN, Preference, Statement

BYTES: Final = 500 << 10  # that RFC 9309 says a reader must read at least (2.5); what follows is not
ALL: Final = "*"
PRODUCT: Final = re.compile(r"[A-Za-z_-]+")  # of a User-agent line; Google's reader, too, ends it there
_MOST_AGENTS: Final = 5000  # of a file: one of 500 kB may name 40,000
_LICENCES: Final = 16
MORE: Final = "it has more rules than are read"
_ACCESS: Final = ("allow", "disallow")
_USES: Final = ("content-usage", "content-signal")


@dataclass(kw_only=True)
class Group:
    """Rules for some crawlers."""

    access: PathRules[tuple[bool, str]] = field(default_factory=PathRules)  # whether it allows, and the line
    uses: PathRules[tuple[str, str, str]] = field(default_factory=PathRules)  # name, preference, and the line


@dataclass(kw_only=True)
class Robots:
    """A file as it was read."""

    groups: dict[str, Group] = field(default_factory=dict)  # by product token in small letters
    licences: list[str] = field(default_factory=list)
    unread: str = ""  # why it may say more than is known here

    def group(self, agent: str) -> Group | None:
        """The rules for a crawler: its own, else those for all."""
        return self.groups.get(agent.lower(), self.groups.get(ALL))

    def may_fetch(self, agent: str, path: str) -> bool:
        """Whether a crawler may fetch a path, which begins with "/"."""
        group = self.group(agent)
        return group is None or _allows(group, paths.canonical(path)[0])[0]

    def statements(self, path: str, agents: Sequence[str], date: str) -> Iterator[Statement]:
        """What it says of training on a path: refusals of AI crawlers, preferences, licences. A path that a crawler may
        not fetch has no preference for it. No allowance to crawl is one to train."""
        plain = paths.canonical(path)[0]
        done: list[Group] = []
        for agent in (*agents, ALL):
            group = self.group(agent)
            if group is None or any(group is one for one in done):
                continue
            done.append(group)
            allowed, line = _allows(group, plain)
            if not allowed and agent != ALL:
                yield Statement(DISALLOW, "robots.txt", "robots", date, f"{agent}: {line}"[:RAW_CHARS])
            elif allowed:
                for name, value, line in group.uses.longest(plain):
                    yield Statement(_preference(name, value), name, "robots", date, line[:RAW_CHARS])
        for licence in self.licences:
            yield Statement(UNKNOWN, "rsl", "robots", date, licence[:RAW_CHARS], True)
        more = any(group.access.unread or group.uses.unread for group in done)
        if self.unread or more:
            yield Statement(UNKNOWN, "robots.txt", "robots", date, self.unread or MORE, True)


def _allows(group: Group, path: bytes) -> tuple[bool, str]:
    """Of rules of equal length one that allows counts; the line of the rule, "" of none."""
    found = group.access.longest(path)
    return next((one for one in found if one[0]), found[0] if found else (True, ""))


def _preference(name: str, value: str) -> Preference:
    return preferences.usage(value) if name == "content-usage" else preferences.signal(value)


def parse(text: str) -> Robots:
    """Any text gives a file; lines that are none are passed over. Memory and time are bounded by its length, of which
    the first 500 KiB are read."""
    found = Robots(unread=MORE if len(text) > BYTES else "")
    current: list[Group] = []
    naming = False  # whether the line before named a crawler, so that this one joins the group
    for name, value, line in _lines(text[:BYTES].removeprefix("\ufeff")):
        if name == "user-agent":
            current = current if naming else []
            naming = True
            group = _named(found, value)
            current += [group] if group and not any(group is one for one in current) else []
        elif name in _ACCESS or name in _USES:
            naming = False
            for group in current:
                _add(group, name, value, line)
        elif name == "license" and len(found.licences) < _LICENCES and line not in found.licences:
            found.licences.append(line)
    return found


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    """Name in small letters, value, and the line without its comment."""
    for whole in re.split(r"[\r\n]+", text):
        line = whole.partition("#")[0].strip(" \t")
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip(" \t").lower(), value.strip(" \t"), line


def _named(found: Robots, value: str) -> Group | None:
    """The group of a crawler; of several groups for one the rules are joined."""
    product = PRODUCT.match(value)
    token = ALL if value.startswith(ALL) else product[0].lower() if product else ""
    if token and token not in found.groups:
        if len(found.groups) >= _MOST_AGENTS:
            found.unread = MORE
            return None
        found.groups[token] = Group()
    return found.groups.get(token)


def _add(group: Group, name: str, value: str, line: str) -> None:
    if name in _ACCESS:
        if value:  # an empty path matches nothing
            group.access.add(value, (name == "allow", line))
        return
    path, said = "", value
    if value.startswith("/"):
        path, _, said = value.replace("\t", " ").partition(" ")
    group.uses.add(path, (name, said.strip(" \t"), line))
