"""All kinds over a batch: one compiled pass finds where something may stand, validators look there alone."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters.kernels import anchors
from filters.kernels.buffers import buffers
from filters.pii import (
    coin,
    device,
    handle,
    iban,
    ip,
    mail,
    national,
    password,
    payment_card,
    phone,
    profile,
    regions,
    secret,
    window,
)
from filters.pii import coordinates as place
from filters.pii.automaton import compiled
from filters.pii.spans import DEFAULT, Span, resolve
from filters.pii.window import Window

Find = Callable[[Window], Iterator[Span]]


@dataclass(frozen=True, kw_only=True)
class _Validator:
    """A validator of candidates of one shape.

    Calls of RE2 from Python cost a microsecond each, so what is `worth` a look is found by Arrow over all windows at
    once; in a window the candidate stands between \\x01 and \\x02.
    """

    kinds: tuple[str, ...]
    find: Find
    sizes: range = range(1, 1 << 16)  # bytes of the candidates worth a look
    worth: str | None = None
    digits: range = range(1 << 16)  # of a run of digits that is worth a look


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What may be in a shape that the compiled pass knows, and how many bytes around it are seen."""

    validators: tuple[_Validator, ...]
    before: int = window.BEFORE
    after: int = window.AFTER


@dataclass(frozen=True, kw_only=True)
class _Words:
    """Validators of what words lead to: rows that match `row`, in them every match of `match`."""

    kind: str
    row: str
    match: str
    find: Find
    before: int = window.BEFORE
    after: int = window.AFTER
    near: re.Pattern[bytes] | None = None  # what must stand in the window


_IP = ("IP_ADDRESS", "IP_RESERVED")
_SHAPES = {
    anchors.NUMBER: _Shape(
        validators=(
            _Validator(kinds=("PHONE",), find=phone.find, worth=phone.WORTH),
            _Validator(kinds=("CREDIT_CARD",), find=payment_card.find, digits=range(12, 97)),
            _Validator(kinds=("IMEI",), find=device.find_imei, digits=range(15, 97), worth=r"(?i)imei"),
            _Validator(
                kinds=("NATIONAL_ID",),
                find=national.find_closed,
                sizes=range(9, 22),
                digits=range(8, 19),
                worth=national.WORTH_NUMBER,
            ),
        )
    ),
    anchors.DOTTED: _Shape(validators=(_Validator(kinds=_IP, find=ip.find_dotted),), before=48, after=8),
    anchors.COLONS: _Shape(
        validators=(
            _Validator(kinds=_IP, find=ip.find_colons, sizes=range(7, 49)),
            _Validator(kinds=("MAC_ADDRESS",), find=device.find_mac, sizes=range(17, 19)),
        ),
        before=8,
        after=8,
    ),
    anchors.TOKEN: _Shape(
        validators=(
            _Validator(kinds=("KEY",), find=secret.find, sizes=range(16, 4097), worth=secret.WORTH),
            _Validator(kinds=("CRYPTO_ADDRESS",), find=coin.find, sizes=range(26, 160), worth=coin.WORTH),
            _Validator(kinds=("MAC_ADDRESS",), find=device.find_mac, sizes=range(14, 19), worth=device.WORTH),
            _Validator(kinds=("NATIONAL_ID",), find=national.find_closed, sizes=range(16, 20), worth=national.WORTH),
        ),
        before=secret.BEFORE,
        after=secret.AFTER,
    ),
    anchors.AT: _Shape(
        validators=(
            _Validator(kinds=("EMAIL",), find=mail.find, worth=mail.WORTH),
            _Validator(kinds=("HANDLE",), find=handle.find, worth=handle.WORTH),
            _Validator(kinds=("KEY",), find=secret.find_userinfo, worth=r"://[^\s/]*:[^\s/]*\x01"),
            _Validator(kinds=("PROFILE",), find=profile.find_at, worth=profile.WORTH_AT),
        ),
        before=mail.BEFORE,
        after=mail.AFTER,
    ),
    anchors.GROUPED: _Shape(
        validators=(_Validator(kinds=("IBAN",), find=iban.find),), before=iban.BEFORE, after=iban.AFTER
    ),
    anchors.ASSIGNED: _Shape(
        validators=(_Validator(kinds=("KEY",), find=password.find),), before=password.BEFORE, after=password.AFTER
    ),
    anchors.PROFILE: _Shape(
        validators=(_Validator(kinds=("PROFILE",), find=profile.find),), before=profile.BEFORE, after=profile.AFTER
    ),
    anchors.PEM: _Shape(
        validators=(_Validator(kinds=("KEY",), find=secret.find_pem),), before=8, after=secret.PEM_AFTER
    ),
}
_WORDS = (
    _Words(kind="EMAIL_OBFUSCATED", row=mail.SPELT_ROW, match=mail.SPELT, find=mail.find_spelt, before=8, after=8),
    _Words(
        kind="NATIONAL_ID",
        row=national.NAME,
        match=national.NAME,
        find=national.find_named,
        before=national.BEFORE,
        after=national.AFTER,
        near=national.NEAR,
    ),
    _Words(kind="COORDINATES", row=place.PAIR, match=place.PAIR, find=place.find),
)
_SLICE = 1 << 13  # candidates looked at together: their windows take 4 MB, that of a private key 130


def detect(
    texts: pa.StringArray,
    languages: Sequence[str | None],
    kinds: Sequence[str] = DEFAULT,
    urls: Sequence[str | None] | None = None,
) -> dict[int, list[Span]]:
    """Spans of the wanted kinds by row, in order, none overlapping; rows without any are left out.

    `languages` (ids, one a text) and `urls` tell which countries' numbers to expect.
    """
    if not len(texts):
        return {}
    wanted = frozenset(kinds)
    data, offsets = buffers(texts)
    views = _Views(texts=texts, data=data.tobytes(), offsets=offsets.tolist(), languages=languages, urls=urls)
    found: dict[int, list[Span]] = {}
    table = anchors.anchors(data, offsets)
    for shape, of_shape in _SHAPES.items():
        validators = [v for v in of_shape.validators if not wanted.isdisjoint(v.kinds)]
        if validators:
            candidates = _Candidates.of(table[table[:, 1] == shape], data, offsets, of_shape)
            _by_shape(candidates, views, validators, found, wanted)
    for words in _WORDS:
        if words.kind in wanted:
            _by_words(views, words, found, wanted)
    return {row: resolve(spans) for row, spans in sorted(found.items()) if spans}


@dataclass(frozen=True, kw_only=True)
class _Candidates:
    """int64[candidates, 7]: row, first byte of the window, of the candidate, end of it, of the window, code points, digits."""

    table: np.ndarray

    @classmethod
    def of(cls, found: np.ndarray, data: np.ndarray, offsets: np.ndarray, shape: _Shape) -> "_Candidates":
        row, start, end = found[:, 0], found[:, 2], found[:, 3]
        first = np.maximum(start - shape.before, offsets[row])
        last = np.minimum(end + shape.after, offsets[row + 1])
        for _ in range(3):  # not in the middle of a code point, which has at most three bytes after its first
            first += (first < start) & (data[np.minimum(first, len(data) - 1)] & 0xC0 == 0x80)
            inside = last < offsets[row + 1]
            last += inside & (data[np.minimum(last, len(data) - 1)] & 0xC0 == 0x80)
        return cls(table=np.stack([row, first, start, end, last, found[:, 4], found[:, 5]], axis=1))


def _by_shape(
    candidates: _Candidates,
    views: "_Views",
    validators: Sequence[_Validator],
    found: dict[int, list[Span]],
    wanted: frozenset[str],
) -> None:
    table = candidates.table
    sizes = table[:, 3] - table[:, 2]
    smallest, largest = min(v.sizes.start for v in validators), max(v.sizes.stop for v in validators)
    table = table[(sizes >= smallest) & (sizes < largest)]
    for first in range(0, len(table), _SLICE):
        _look(table[first : first + _SLICE], views, validators, found, wanted)


def _look(
    table: np.ndarray,
    views: "_Views",
    validators: Sequence[_Validator],
    found: dict[int, list[Span]],
    wanted: frozenset[str],
) -> None:
    data = views.data
    sizes = table[:, 3] - table[:, 2]
    places = table.tolist()
    marked = pa.array(
        [b"%b\x01%b\x02%b" % (data[a:b], data[b:c], data[c:d]) for _, a, b, c, d, *_ in places], pa.binary()
    ).cast(pa.string())
    windows: dict[int, Window] = {}
    for one in validators:
        worth = (sizes >= one.sizes.start) & (sizes < one.sizes.stop)
        worth &= (table[:, 6] >= one.digits.start) & (table[:, 6] < one.digits.stop)
        if one.worth is not None:
            worth &= pc.match_substring_regex(marked, one.worth).to_numpy(zero_copy_only=False)
        for i in np.flatnonzero(worth).tolist():
            seen = windows.get(i) or views.window(*places[i][:6])
            windows[i] = seen
            _keep(found, places[i][0], seen, one.find, wanted)


def _keep(found: dict[int, list[Span]], row: int, seen: Window, find: Find, wanted: frozenset[str]) -> None:
    for span in find(seen):
        if span.kind in wanted:
            moved = replace(span, start=span.start + seen.at, end=span.end + seen.at)
            found.setdefault(row, []).append(moved)


@cache
def _compiled(pattern: str) -> Any:
    return compiled(pattern.encode())


def _by_words(views: "_Views", words: _Words, found: dict[int, list[Span]], wanted: frozenset[str]) -> None:
    pattern = _compiled(words.match)
    for row in views.rows(_compiled(words.row)):
        first = views.offsets[row]
        body = views.data[first : views.offsets[row + 1]]
        place = points = 0
        for match in pattern.finditer(body):
            start, end = match.span()
            if words.near is not None and not words.near.search(body, max(start - words.before, 0), end + words.after):
                continue
            points += len(body[place:start].decode())
            place = start
            left, right = max(start - words.before, 0), min(end + words.after, len(body))
            while left < start and body[left] & 0xC0 == 0x80:
                left += 1
            while right < len(body) and body[right] & 0xC0 == 0x80:
                right += 1
            seen = views.window(row, first + left, first + start, first + end, first + right, points)
            _keep(found, row, seen, words.find, wanted)


@dataclass(frozen=True, kw_only=True)
class _Views:
    """Windows onto the column's bytes."""

    texts: pa.StringArray
    data: bytes
    offsets: list[int]
    languages: Sequence[str | None]
    urls: Sequence[str | None] | None

    def rows(self, pattern: Any) -> Iterator[int]:
        """Rows that match, in order. Of all texts at once, with line feeds between: a pattern of Arrow's is compiled,
        and its automaton built anew, for each batch."""
        joined = self.joined
        place = 0
        while match := pattern.search(joined, max(place - 1, 0)):
            # Behind each of the rows before stands one line feed; a match may begin with that.
            row = bisect_right(self.starts, match.end() - 1) - 1
            yield row
            place = self.starts[row + 1] if row + 1 < len(self.starts) else len(joined)
            if place >= len(joined):
                return

    @cached_property
    def joined(self) -> bytes:
        """The texts with line feeds between."""
        pieces = pa.ListArray.from_arrays(pa.array([0, len(self.texts)], pa.int32()), self.texts)
        return pc.binary_join(pieces, "\n")[0].as_buffer().to_pybytes()

    @cached_property
    def starts(self) -> list[int]:
        """Of each text, where texts stand with line feeds between."""
        return [offset - self.offsets[0] + row for row, offset in enumerate(self.offsets[:-1])]

    def window(self, row: int, first: int, start: int, end: int, last: int, points: int) -> Window:
        """Bytes start..end of `data`, before which `points` code points of the document stand, within first..last."""
        data = self.data
        lead, core, tail = data[first:start].decode(), data[start:end].decode(), data[end:last].decode()
        url = self.urls[row] if self.urls is not None else None
        return Window(
            text=lead + core + tail,
            start=len(lead),
            end=len(lead) + len(core),
            at=points - len(lead),
            language=self.languages[row] or "",
            country=regions.country(url) if url else "",
        )
