"""Terms in RSL 1.0 (rslstandard.org/rsl): what a file of licences says of training on a page.

`<content url>` is a path as in robots.txt, or a whole address; the longest that matches holds. Of the licences in it
one is enough (3.4). In one, what is prohibited is; where uses are permitted, no others are (3.5); nothing said of uses
restricts none. A licence that must be had first, from a server or for a payment, is a refusal until one has it. One
that holds for some users or places, or against attribution, is unknown: it hangs on who trains.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

from filters.optout import paths, sites
from filters.optout.paths import PathRules
from filters.optout.statement import ALLOW, DISALLOW, RAW_CHARS, UNKNOWN, Preference, Statement

PROTOCOL: Final = "rsl"
NAMESPACE: Final = "https://rslstandard.org/rsl"
UNREADABLE: Final = "its terms cannot be read"
# ai-train, ai-all and all: 3.4.1.1; the others are of the drafts of 2025.
_TRAINING: Final = frozenset(("ai-train", "ai-all", "all", "train-ai", "train-genai"))
_DEEP: Final = 64  # elements within each other: a licence is some five deep
_MOST: Final = 1_000  # of contents, and of licences in one; a page is held against each


@dataclass(kw_only=True)
class Licence:
    """Words of `permits` and `prohibits` by type, and what is to be paid."""

    permits: dict[str, set[str]] = field(default_factory=dict)
    prohibits: dict[str, set[str]] = field(default_factory=dict)
    payments: list[str] = field(default_factory=list)  # types; "?" for one that is priced and says none

    def says(self) -> tuple[Preference, bool, str]:
        """Of training: preference, whether it hangs on terms that only who trains can meet, and the words for it."""
        uses, not_uses = self.permits.get("usage"), self.prohibits.get("usage", set())
        if barred := sorted(not_uses & _TRAINING):
            return DISALLOW, False, f"prohibits {' '.join(barred)}"
        if uses is not None and not uses & _TRAINING:
            return DISALLOW, False, f"permits {' '.join(sorted(uses)) or 'nothing'} alone"
        priced = sorted({*self.payments} - {"free", "attribution"})
        if priced:
            return DISALLOW, False, f"permits for payment ({' '.join(priced)})"
        limits = [f"{kind} {' '.join(sorted(words))}" for kind, words in self._limits()]
        if "attribution" in self.payments:
            limits.append("attribution")
        return (
            (UNKNOWN, True, f"permits with conditions ({', '.join(limits)})") if limits else (ALLOW, False, "permits")
        )

    def _limits(self) -> Iterator[tuple[str, set[str]]]:
        for kind, words in (*self.permits.items(), *self.prohibits.items()):
            if kind != "usage":
                yield kind, words


@dataclass(kw_only=True)
class Content:
    """An asset, by its address or path."""

    host: str  # its site; "" for a path
    pattern: PathRules[bool]
    length: int
    server: bool  # whether a licence must be had from one
    licences: list[Licence] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A file as it was read."""

    contents: tuple[Content, ...] = ()
    unread: str = ""

    def statement(self, host: str, path: str, place: str, date: str, raw: str) -> Statement:
        """What it says of a page of a site; `place` and `raw` are of the link that leads to it."""
        said, unread, words = self._says(sites.site(host), paths.canonical(path)[0])
        return Statement(said, PROTOCOL, place, date, f"{raw} | {words}"[:RAW_CHARS], unread)

    def _says(self, site: str, path: bytes) -> tuple[Preference, bool, str]:
        if self.unread:
            return UNKNOWN, True, self.unread
        fitting = [one for one in self.contents if one.host in ("", site) and one.pattern.longest(path)]
        longest = max((one.length for one in fitting), default=0)
        held = [one for one in fitting if one.length == longest]
        if not held:
            return UNKNOWN, False, "nothing of this page"
        if any(one.server for one in held):
            return DISALLOW, False, "a licence must be had from a server"
        said = [licence.says() for one in held for licence in one.licences]
        if not said:
            return UNKNOWN, True, "no licence"
        return min(said, key=lambda one: (ALLOW, UNKNOWN, DISALLOW).index(one[0]))  # one of several is enough


class _Unread(Exception):
    """A file that is not read on."""


def parse(text: str) -> Terms:
    """Any text gives terms, in memory and time bounded by its length. No entity is ever resolved.

    >>> made = parse('<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
    ...     '<prohibits type="usage">ai-train</prohibits></license></content></rsl>')
    >>> made.statement("a.test", "/b", "robots", "", "License: x").train_ai
    'disallow'
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.words
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except (expat.ExpatError, _Unread):
        return Terms(unread=UNREADABLE)
    return Terms(contents=tuple(reader.contents), unread="" if reader.known else UNREADABLE)


def _refuse(*_: object) -> NoReturn:
    raise _Unread


@dataclass(kw_only=True)
class _Reader:
    """What stands in the elements that have begun."""

    contents: list[Content] = field(default_factory=list)
    known: bool = False  # whether an element of the namespace was met
    licence: Licence | None = None
    words_: list[str] | None = None  # of a `permits` or `prohibits`
    kind: str = ""
    deep: int = 0
    paid: bool = False  # within a payment

    def start(self, name: str, given: dict[str, str]) -> None:
        self.deep += 1
        space, _, plain = name.rpartition(" ")
        if self.deep > _DEEP or len(self.contents) > _MOST:
            raise _Unread
        if space.rstrip("/") not in ("", NAMESPACE):
            return
        self.known |= plain == "rsl" or space != ""
        if plain == "content" and "url" in given:
            self.contents.append(_content(given))
        elif plain == "license" and self.contents:
            self.licence = Licence()
            self.contents[-1].licences.append(self.licence)
            if len(self.contents[-1].licences) > _MOST:
                raise _Unread
        elif plain in ("permits", "prohibits") and self.licence is not None:
            self.words_, self.kind = [], given.get("type", "usage").strip().lower()
        elif plain == "payment" and self.licence is not None:
            self.paid = True
            self.licence.payments.append(given.get("type", "").strip().lower())
        elif plain in ("standard", "custom", "amount") and self.paid and self.licence and not self.licence.payments[-1]:
            self.licence.payments[-1] = "?"

    def words(self, data: str) -> None:
        if self.words_ is not None:
            self.words_.append(data)

    def end(self, name: str) -> None:
        self.deep -= 1
        plain = name.rpartition(" ")[2]
        if plain in ("permits", "prohibits") and self.words_ is not None and self.licence is not None:
            found = {word for word in "".join(self.words_).lower().replace(",", " ").split() if word}
            own = self.licence.permits if plain == "permits" else self.licence.prohibits
            own.setdefault(self.kind, set()).update(found)
            self.words_ = None
        elif plain == "payment" and self.licence is not None:
            self.paid = False
            self.licence.payments[-1] = self.licence.payments[-1] or "free"
        elif plain == "license":
            self.licence = None


def _content(given: dict[str, str]) -> Content:
    url = given["url"].strip()
    host, path = sites.parted(url)
    pattern: PathRules[bool] = PathRules()
    own = path if host else url
    pattern.add(own, True)
    return Content(host=sites.site(host), pattern=pattern, length=len(own), server="server" in given)
