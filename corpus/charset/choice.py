"""In which encoding a page or a text is: what its bytes prove, then what is declared, then what a detector finds.

Servers and editors declare what their authors do not know of, so a declaration is checked against the bytes. UTF-8 is
proved by its own form: no text in another encoding of more than a few words is valid UTF-8.
"""

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import chardetng_py

from corpus.charset import decoders, prescan, tables

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
_DEFAULT = "windows-1252"  # also what iso-8859-1 and us-ascii mean: a server's default, which says little
_BAD_UTF8 = 1000  # sequences of UTF-8 for each that may be bad: a byte lost in transport, a name from another page
_BAD_SHARE = 0.01  # of all characters
_BAD_BEYOND = 0.02  # of those beyond ASCII: another encoding of several bytes leaves 5 % and more
_PYTHON_NAMES = {"cp874": "windows-874"}  # of the detector's answers those that are no labels of the standard
_COMPARED = 1 << 16  # characters of two readings that are compared
_NUL_SHARE = 0.001  # of the characters of a text: more are no text
_NULS = 0.005  # of the bytes of UTF-16 without a mark, at least: its spaces and line feeds
_NO_CONTROLS = bytes([0, 9, 10, 12, 13, *range(32, 256)])
_NULS_BESIDE_ASCII = 0.2  # where nothing else is beyond ASCII: its letters
_SPACES = (0x20, 0x0A, 0x0D)  # units of UTF-16 that every text has


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A text, and how it was found."""

    text: str
    encoding: str  # its name in the Encoding standard, in small letters
    how: str  # what said so: "mark", "bytes", "declared", "page", "detected", or "guessed" by a detector that is unsure
    replaced: int = 0  # sequences of bytes that mean nothing in it: each is U+FFFD in the text


def decode(data: bytes, declared: str | None, *, html: bool, tld: str | None = None) -> Decoded | None:
    """The text, or None if no encoding fits.

    `declared` is the label that came with the bytes, `html` whether the bytes may name an encoding of their own, `tld`
    the last part of the host's name, by which the detector weighs languages.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _read(data[len(mark) :], name, "mark")
    found = _utf8(data) or _utf16(data, declared)
    if found is None:
        found = _legacy(data, tables.named(declared or ""), prescan.of_page(data) if html else None, tld)
    return found if found and found.text.count("\0") <= _NUL_SHARE * len(found.text) else None


def _read(data: bytes, name: str, how: str) -> Decoded | None:
    found = decoders.decoded(data, name)
    return Decoded(text=found[0], encoding=name, how=how, replaced=found[1]) if found else None


def _utf8(data: bytes) -> Decoded | None:
    """UTF-8 if at least one sequence of several bytes is there, and all are valid but a few or one that the end cuts.

    ASCII is UTF-8 too, but with the escapes of ISO-2022-JP or the NULs of UTF-16 it may be something else.
    """
    if data.isascii():
        return None if b"\x1b" in data or b"\0" in data else Decoded(text=data.decode(), encoding="utf-8", how="bytes")
    text, bad = decoders.decoded(data, "utf-8") or ("", 0)
    if bad:
        valid = len(text) - bad - len(text.encode("ascii", "ignore"))
        cut = 1 if _cut_by_end(data) else 0
        if bad - cut > max(1, valid // _BAD_UTF8) or valid <= bad - cut:
            return None
    return Decoded(text=text, encoding="utf-8", how="bytes", replaced=bad)


def _cut_by_end(data: bytes) -> bool:
    """Whether the last bytes begin a sequence that is not ended."""
    try:
        codecs.utf_8_decode(data[-4:], "replace", False)
    except UnicodeDecodeError:
        return False
    return codecs.utf_8_decode(data[-4:], "replace", False)[1] < len(data[-4:])


def _utf16(data: bytes, declared: str | None) -> Decoded | None:
    """UTF-16 without a mark: where it is declared, or where NULs show it, with the spaces that every text has."""
    said = tables.named(declared or "")
    if said in ("utf-16le", "utf-16be") and _may_be_utf16(data, said):
        stated = _read(data, said, "declared")
        if stated and not stated.replaced:
            return stated
    controls = len(data.translate(None, _NO_CONTROLS))
    plain = data.translate(None, b"\0").isascii() and controls <= len(data) // 20
    least = _NULS_BESIDE_ASCII if plain else _NULS
    if len(data) % 2 or data.count(0) < least * len(data):
        return None
    best = None
    for name in ("utf-16le", "utf-16be"):
        found = decoders.decoded(data, name)
        if found and not found[1] and "\0" not in found[0]:
            spaces = sum(found[0].count(chr(code)) for code in _SPACES)
            if spaces and (best is None or spaces > best[0]):
                best = spaces, found[0], name
    if best is None:
        return None
    return Decoded(text=best[1], encoding=best[2], how="declared" if said == best[2] else "detected")


def _may_be_utf16(data: bytes, name: str) -> bool:
    """Whether bytes that are declared so may be UTF-16: their higher halves are few, and hardly ever the space of a
    text in single bytes."""
    high = data[1::2] if name == "utf-16le" else data[::2]
    common = Counter(high).most_common(3)
    return len(data) % 2 == 0 and high.count(0x20) <= len(high) // 20 and sum(n for _, n in common) > len(high) // 4


def _legacy(data: bytes, server: str | None, page: str | None, tld: str | None) -> Decoded | None:
    """An encoding that is no Unicode: the first of these that fits the bytes, the closest of all if none does."""
    detected, sure = _detected(data, tld)
    readings = list(_readings(data, server, page, detected, sure))
    for one in readings:
        if _fits(one):
            return one
    near = [one for one in readings if one.replaced <= _BAD_SHARE * len(one.text)]
    return min(near, key=lambda one: one.replaced, default=None)


def _readings(data: bytes, server: str | None, page: str | None, detected: str, sure: bool) -> Iterator[Decoded]:
    """What the bytes are in each encoding that something speaks for, the one that is to be believed first."""
    said = [("declared", server), ("page", page)]
    if server and page and server != page and (server == _DEFAULT or _closer(data, detected, page, server)):
        said.reverse()
    guess = ("detected" if sure else "guessed", detected)
    if sure and page is None and server == _DEFAULT:
        said.insert(0, guess)
    for how, name in (*said, guess):
        if name and name not in ("utf-8", "utf-16le", "utf-16be"):
            found = _read(data, name, how)
            if found:
                yield found


def _detected(data: bytes, tld: str | None) -> tuple[str, bool]:
    """What chardetng takes the bytes for, and whether it is sure (Sivonen 2020, as in Firefox)."""
    detector = chardetng_py.EncodingDetector()
    detector.feed(data, last=True)
    name, sure = detector.guess_assess(tld=tld.encode("ascii", "ignore") if tld else None, allow_utf8=False)
    return tables.named(_PYTHON_NAMES.get(name, name)) or _DEFAULT, sure


def _closer(data: bytes, detected: str, one: str, other: str) -> bool:
    """Whether a first encoding reads the bytes more like the detector's than another does; so too if both do alike."""
    head = data[:_COMPARED]
    texts = [decoders.decoded(head, name) for name in (detected, one, other)]
    if texts[0] is None or texts[2] is None:
        return True
    if texts[1] is None:
        return False
    wanted = Counter(texts[0][0])
    return (Counter(texts[1][0]) & wanted).total() >= (Counter(texts[2][0]) & wanted).total()


def _fits(found: Decoded) -> bool:
    """Whether hardly a byte means nothing. C1 controls count as such: no text of the web holds any."""
    bad = found.replaced + sum(found.text.count(chr(code)) for code in range(0x80, 0xA0))
    beyond = len(found.text) - len(found.text.encode("ascii", "ignore"))
    return bad <= _BAD_SHARE * len(found.text) and bad <= _BAD_BEYOND * beyond
