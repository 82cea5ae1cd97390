"""The declared normaliser of duplicates, for all scripts: NFKC, full case folding, NFKC again.

Vowel signs and every other mark stay: only what Unicode calls a compatibility variant (full-width and circled forms,
ligatures, presentation forms, superscripts) and case are evened out. Words are then taken as everywhere, by category.
The tables are committed, the same on every Python (`unicodedata` is the oracle of the tests).
"""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from filters import unicode

SPECIAL = 1  # its words change: it is no separator, and its folding is not its simple lower case
JOINS = 2  # it may compose or change places with what comes before it
UNSTABLE = 4  # its folding is another character

# Hangul syllables are composed by arithmetic (Unicode 18.0, section 3.12).
HANGUL, LEAD, VOWEL, TRAIL = 0xAC00, 0x1100, 0x1161, 0x11A7
LEADS, VOWELS, TRAILS = 19, 21, 28
SYLLABLES = LEADS * VOWELS * TRAILS

_Texts = dict[int, tuple[int, ...]]


class Tables(NamedTuple):
    """Two-stage tables by code point (`blocks[code >> 8] << 8 | code & 255`), and what they point into."""

    flag_blocks: np.ndarray  # uint16
    flags: np.ndarray  # uint8: SPECIAL, JOINS, UNSTABLE
    order_blocks: np.ndarray
    orders: np.ndarray  # uint8: canonical combining class
    place_blocks: np.ndarray
    places: np.ndarray  # int32[..., 2]: starts of NFKD and case folding in `texts`; 0 for the character itself
    texts: np.ndarray  # int32: code points, each text after its length
    pairs: np.ndarray  # int64, sorted: first << 21 | second, of those that compose
    composed: np.ndarray  # int32
    direct_blocks: np.ndarray
    direct: np.ndarray  # int32: start in `texts` of a character's whole folding where it stands alone; 0 if not simple


@cache
def tables() -> Tables:
    """Made once a process (80 ms)."""
    found: dict[str, _Texts] = {kind: {} for kind in "KCFO"}
    for line in _lines():
        kind, name, value = line.split("\t")
        found[kind][int(name, 16)] = tuple(int(part, 10 if kind == "O" else 16) for part in value.split(" "))
    plain, folded, pairs = found["K"], found["F"], {(pair[0], pair[1]): code for code, pair in found["C"].items()}
    orders = np.zeros(0x110000, np.uint8)
    for code, (own,) in found["O"].items():
        orders[code] = own
    flags = _flags(plain, folded, pairs, orders)
    texts, places = [0], np.zeros((0x110000, 2), np.int32)
    for column, replacements in enumerate((plain, folded)):
        for code, made in replacements.items():
            places[code, column] = len(texts)
            texts += [len(made), *made]
    direct = np.zeros(0x110000, np.int32)
    for code in plain.keys() | folded.keys():
        after = _composed(_folded(code, plain, folded), pairs)
        if len(after) == 1 or not any(orders[c] or (flags[c] & JOINS) for c in after):
            direct[code] = len(texts)
            texts += [len(after), *after]
    ordered = sorted((first << 21 | second, code) for (first, second), code in pairs.items())
    blocks, flat = unicode.two_stage(places.view(np.int64).reshape(-1))
    return Tables(
        *unicode.two_stage(flags),
        *unicode.two_stage(orders),
        blocks,
        flat.view(np.int32).reshape(-1, 2),
        np.array(texts, np.int32),
        np.array([key for key, _ in ordered], np.int64),
        np.array([code for _, code in ordered], np.int32),
        *unicode.two_stage(direct),
    )


def seconds() -> frozenset[int]:
    """Characters that compose with one before them; Hangul letters do too, by arithmetic."""
    return frozenset(int(line.rpartition(" ")[2], 16) for line in _lines() if line.startswith("C"))


def _lines() -> list[str]:
    return (files("filters.data") / f"normal-{unicode.VERSION}.tsv").read_text("ascii").splitlines()[1:]


def _flags(plain: _Texts, folded: _Texts, pairs: dict[tuple[int, int], int], orders: np.ndarray) -> np.ndarray:
    """uint8[0x110000]"""
    second = {pair[1] for pair in pairs} | {*range(VOWEL, VOWEL + VOWELS)} | {*range(TRAIL + 1, TRAIL + TRAILS)}
    flags = np.where(orders > 0, np.uint8(JOINS), np.uint8(0))
    flags[list(second)] |= JOINS
    for code in plain.keys() | folded.keys():
        before = plain.get(code, (code,))
        direct = _replaced(folded.get(code, (code,)), plain)
        after = _folded(code, plain, folded)
        if any(orders[text[0]] or text[0] in second for text in (before, direct, after)):
            flags[code] |= JOINS
        composed = _composed(after, pairs)
        if composed != (code,):
            flags[code] |= UNSTABLE
        apart = not any(_in_word(c) for c in (code, *after))
        if not apart and composed != (_lower(code),):
            flags[code] |= SPECIAL
    return flags


def _replaced(codes: tuple[int, ...], by: _Texts) -> tuple[int, ...]:
    return tuple(part for code in codes for part in by.get(code, (code,)))


def _folded(code: int, plain: _Texts, folded: _Texts) -> tuple[int, ...]:
    """Decomposed, folded, decomposed."""
    return _replaced(_replaced(plain.get(code, (code,)), folded), plain)


def _composed(codes: tuple[int, ...], pairs: dict[tuple[int, int], int]) -> tuple[int, ...]:
    """What a starter makes of the marks that follow it, if it takes all of them."""
    first = codes[0]
    for code in codes[1:]:
        if (first, code) not in pairs:
            return codes
        first = pairs[first, code]
    return (first,)


def _in_word(code: int) -> bool:
    known = unicode.tables()
    kind = known.classes[int(known.class_blocks[code >> 8]) << 8 | code & 255] & unicode.KIND
    return bool(kind in (unicode.LETTER, unicode.MARK, unicode.DIGIT))


def _lower(code: int) -> int:
    known = unicode.tables()
    return code + int(known.lower[int(known.lower_blocks[code >> 8]) << 8 | code & 255])
