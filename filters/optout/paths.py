"""Rules of a robots.txt for paths: the longest pattern that matches counts (RFC 9309, 2.2.2).

`*` stands for any characters, `$` at the end for the end of the path. Patterns are matched piece by piece from the
left, which is right for patterns with nothing but `*`, and never goes back: no file can make it slow.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

MOST_WILD: Final = 1000  # patterns with a star that are tried one by one; files in use have some dozens
_STARS: Final = re.compile(r"\*+")
_ESCAPE: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_KEPT: Final = frozenset(b"/?#%")  # that mean another thing escaped than plain; of a query `/` and `?` do not


def canonical(text: str, *, query: bool = False) -> tuple[bytes, bool]:
    """A path, or a piece of one, in the one form for comparison, and whether a query has begun: what is no ASCII is
    escaped, what need not be escaped is not.

    >>> canonical("/foo/bar/\u30c4")[0], canonical("/foo/bar/%62%61%7A")[0], canonical("/a?b=http%3A%2F%2Fc")[0]
    (b'/foo/bar/%E3%83%84', b'/foo/bar/baz', b'/a?b=http://c')
    """
    data = text.encode("utf-8", "surrogatepass")
    head, mark, tail = (b"", b"", data) if query else data.partition(b"?")
    found = _plain(head, _KEPT) + mark + _plain(tail, frozenset(b"#%"))
    return b"".join(bytes((c,)) if 32 < c < 127 else b"%%%02X" % c for c in found), query or bool(mark)


def _plain(data: bytes, kept: frozenset[int]) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        code = int(found[1], 16)
        return bytes((code,)) if 32 < code < 127 and code not in kept else b"%%%02X" % code

    return _ESCAPE.sub(one, data)


@dataclass(kw_only=True)
class PathRules(Generic[Value]):
    """Values by patterns."""

    plain: dict[bytes, list[Value]] = field(default_factory=dict)
    wild: list[tuple[int, tuple[bytes, ...], bool, Value]] = field(default_factory=list)
    unread: bool = False  # whether there were more than are kept
    _lengths: list[int] = field(default_factory=list)  # of the plain ones, the longest first; made when first asked

    def add(self, pattern: str, value: Value) -> None:
        """A pattern without stars matches what begins with it; "" matches all."""
        ends = pattern.endswith("$")
        pieces, query = [], False
        for piece in _STARS.split(pattern[:-1] if ends else pattern):
            made, query = canonical(piece, query=query)
            pieces.append(made)
        if len(pieces) == 1 and not ends:
            self.plain.setdefault(pieces[0], []).append(value)
        elif len(self.wild) < MOST_WILD:
            length = sum(map(len, pieces)) + pattern.count("*") + ends
            self.wild.append((length, tuple(pieces), ends, value))
        else:
            self.unread = True

    def longest(self, path: bytes) -> list[Value]:
        """Values of the longest pattern, or patterns, that match a path in its canonical form."""
        if not self._lengths:
            self._lengths = sorted({len(one) for one in self.plain}, reverse=True) or [0]
            self.wild.sort(key=lambda one: -one[0])
        size = next((n for n in self._lengths if n <= len(path) and path[:n] in self.plain), -1)
        found = list(self.plain[path[:size]]) if size >= 0 else []
        for length, pieces, ends, value in self.wild:
            if length < size:
                break
            if _matches(path, pieces, ends):
                found = [value] if length > size else [*found, value]
                size = length
        return found


def _matches(path: bytes, pieces: tuple[bytes, ...], ends: bool) -> bool:
    if not path.startswith(pieces[0]):
        return False
    place = len(pieces[0])
    if len(pieces) == 1:
        return not ends or place == len(path)
    for piece in pieces[1:-1]:
        place = path.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    last = pieces[-1]
    if ends:
        return len(path) - len(last) >= place and path.endswith(last)
    return path.find(last, place) >= 0
