"""How the lines of a text begin, end and read, in one pass: what C4, Gopher and FineWeb measure of them.

A line is what stands between line feeds and holds more than white space (as in `filters.kernels.text`). It is
*finished* if its last character but white space ends a sentence (Unicode's Sentence_Terminal) and *closed* if that or
a closing quotation mark stands there; C4 does not take one that ends in three dots or an ellipsis.

A *sentence* ends at sentence terminals, closing quotation marks after them included, that white space or the end of
the line follows; after a terminal that is not ASCII (the scripts that have their own need no space) anything may
follow. What is left at the end of a line is a sentence too. Three dots are an ellipsis with or without spaces between
them. In a line, *words* are parted by white space, and each letter of a script without spaces is one.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from filters import unicode
from filters.jit import at, int64, njit
from filters.kernels.text import ascii_classes, decode
from filters.unicode import KIND, LINE_END, SPACE, TERMINAL, UNSPACED

_DOT, _ELLIPSIS, _HASH, _BRACE = ord("."), ord("\u2026"), ord("#"), ord("{")
CLOSING = np.array(sorted(map(ord, "\"'\u00bb\u2019\u201d\u300d\u300f")), np.int64)
_BULLETS = np.array(sorted(map(ord, "-*\u2022\u2023\u2043\u25aa\u25cf\u25e6\u2013\u00b7")), np.int64)

_SHORT = 30  # code points; FineWeb's short lines (Penedo et al. 2024, section 3.5)

# C4's rules for lines (Raffel et al. 2020, section 2.2, and c4_utils.py of TensorFlow Datasets for the numbers).
_C4_WORDS = 3
_C4_WORD_CHARS = 1000
_C4_SKIP = (
    "javascript",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
)
_LOREM = "lorem ipsum"  # drops the page

COUNTS = (
    "lines",
    "feeds",  # line feeds
    "finished",
    "short",  # lines of up to 30 code points
    "bullets",  # lines that begin with a bullet or a dash
    "trailing",  # lines that end in three dots or an ellipsis
    "sentences",
    "hashes",  # characters #
    "ellipses",  # ... and U+2026
    "longest",  # code points of the longest line
    "c4_lines",  # lines that C4 retains
    "c4_sentences",  # in them
    "braces",  # lines that C4 retains but for a curly bracket, for which it drops the page
    "lorem",  # likewise, for the words "lorem ipsum"
)


class LineIndex(NamedTuple):
    """Counts by document, and where lines are."""

    counts: np.ndarray  # int32[rows, COUNTS]
    offsets: np.ndarray  # int64[rows + 1] into starts, kept
    starts: np.ndarray  # int32[lines]: first byte, in the batch's buffer
    kept: np.ndarray  # bool[lines]: C4 retains the line

    def of(self, name: str) -> np.ndarray:
        """int32[rows]: one of COUNTS."""
        return self.counts[:, COUNTS.index(name)]


def _phrases(phrases: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bytes end to end, offsets, and for each byte that a phrase begins with, in either case, what letters may follow
    it: a bit for each letter of the alphabet."""
    starts = np.zeros(128, np.uint32)
    for phrase in phrases:
        starts[[ord(phrase[0]), ord(phrase[0].upper())]] |= np.uint32(1 << (ord(phrase[1]) & 31))
    offsets = np.cumsum([0, *map(len, phrases)]).astype(np.int64)
    return np.frombuffer(bytearray("".join(phrases), "ascii"), np.uint8), offsets, starts


_PHRASE_BYTES, _PHRASE_OFFSETS, _PHRASE_STARTS = _phrases((_LOREM, *_C4_SKIP))


def index_lines(data: np.ndarray, offsets: np.ndarray) -> LineIndex:
    """Index valid UTF-8 `data` (uint8) cut into documents by `offsets` (int32[rows + 1])."""
    rows = len(offsets) - 1
    size = int(offsets[-1]) - int(offsets[0]) if rows > 0 else 0
    counts, line_offsets = np.zeros((max(rows, 0), len(COUNTS)), np.int32), np.zeros(rows + 1, np.int64)
    most = size // 2 + rows + 1  # a bound: memory that is not written is not taken
    starts, kept = np.empty(most, np.int32), np.empty(most, np.bool_)
    tables = unicode.tables()
    phrases = (_PHRASE_BYTES, _PHRASE_OFFSETS, _PHRASE_STARTS)
    _index(data, offsets, tables.class_blocks, tables.classes, *phrases, counts, line_offsets, starts, kept)
    lines = int(line_offsets[-1])
    return LineIndex(counts, line_offsets, starts[:lines], kept[:lines])


@njit(cache=True, nogil=True)
def _phrase_at(data: np.ndarray, place: int, end: int, text: np.ndarray, offsets: np.ndarray) -> int:
    """The number of the phrase (lower-case ASCII) that stands here in any case, -1 for none."""
    for number in range(len(offsets) - 1):
        size = offsets[number + 1] - offsets[number]
        if place + size > end:
            continue
        same = True
        for step in range(size):
            byte = data[place + step]
            if 65 <= byte <= 90:
                byte |= 32
            if byte != text[offsets[number] + step]:
                same = False
                break
        if same:
            return number
    return -1


@njit(cache=True, nogil=True, inline="always")
def among(code: int, codes: np.ndarray) -> bool:
    for other in codes:
        if code == other:
            return True
    return False


@njit(cache=True, nogil=True)
def _index(
    data: np.ndarray,
    offsets: np.ndarray,
    class_blocks: np.ndarray,
    classes: np.ndarray,
    phrase_bytes: np.ndarray,
    phrase_offsets: np.ndarray,
    phrase_starts: np.ndarray,
    counts: np.ndarray,
    line_offsets: np.ndarray,
    starts: np.ndarray,
    kept: np.ndarray,
) -> None:
    ascii_class = ascii_classes(class_blocks, classes)
    lines = 0
    for row in range(len(offsets) - 1):
        place, end = int64(offsets[row]), int64(offsets[row + 1])
        own, feeds, finished_lines, short, bullets, trailing, all_sentences = 0, 0, 0, 0, 0, 0, 0
        hashes, ellipses, longest = 0, 0, 0
        c4_lines, c4_sentences, braces, lorem = 0, 0, 0, 0
        ended = place >= end
        while not ended:
            # One line.
            start = place
            chars, visible, first, last, last_flags = 0, 0, 0, 0, 0
            dots, words, word_chars, longest_word, sentences = 0, 0, 0, 0, 0
            open_sentence, ending = False, 0  # ending: 1 after an ASCII terminal, 2 after another
            brace, skip, dummy = False, False, False
            while True:
                if place >= end:
                    ended = True
                    break
                byte = data[at(place)]
                if byte < 0x80:
                    code, flags = int64(byte), ascii_class[at(byte)]
                    follows = phrase_starts[at(byte)]
                    if follows and place + 1 < end and follows >> (data[at(place + 1)] & 31) & 1:
                        phrase = _phrase_at(data, place, end, phrase_bytes, phrase_offsets)
                        dummy |= phrase == 0
                        skip |= phrase > 0
                    place += 1
                else:
                    code, step = decode(data, place)
                    flags = classes[at((int64(class_blocks[at(code >> 8)]) << 8) | (code & 0xFF))]
                    place += step
                kind = flags & KIND
                if kind == LINE_END:
                    feeds += 1
                    break
                chars += 1
                if kind == SPACE:
                    word_chars = 0
                    if ending:
                        sentences += 1
                        ending, open_sentence = 0, False
                    continue
                if visible == 0:
                    first = code
                visible += 1
                if word_chars == 0 or flags & UNSPACED:
                    words += 1
                word_chars += 1
                longest_word = max(longest_word, word_chars)
                last, last_flags = code, flags
                if flags & TERMINAL:
                    ending = max(ending, 1 if code < 0x80 else 2)
                    open_sentence = True
                elif ending and not among(code, CLOSING):
                    sentences += ending == 2
                    open_sentence = True
                    ending = 0
                elif not ending:
                    open_sentence = True
                if code == _DOT:
                    dots += 1
                    ellipses += dots % 3 == 0
                else:
                    dots = 0
                    hashes += code == _HASH
                    ellipses += code == _ELLIPSIS
                    brace |= code == _BRACE
            if visible == 0:
                continue
            sentences += open_sentence
            trails = last == _ELLIPSIS or (last == _DOT and dots >= 3)
            closed = (last_flags & TERMINAL) != 0 or among(last, CLOSING)
            starts[lines], kept[lines] = start, False
            own += 1
            finished_lines += (last_flags & TERMINAL) != 0
            short += chars <= _SHORT
            bullets += among(first, _BULLETS)
            trailing += trails
            all_sentences += sentences
            longest = max(longest, chars)
            if closed and not trails and words >= _C4_WORDS and longest_word <= _C4_WORD_CHARS:
                if dummy:
                    lorem += 1
                elif not skip:
                    if brace:
                        braces += 1
                    else:
                        c4_lines += 1
                        c4_sentences += sentences
                        kept[lines] = True
            lines += 1
        line_offsets[row + 1] = lines
        counts[row, 0], counts[row, 1], counts[row, 2], counts[row, 3] = own, feeds, finished_lines, short
        counts[row, 4], counts[row, 5], counts[row, 6], counts[row, 7] = bullets, trailing, all_sentences, hashes
        counts[row, 8], counts[row, 9], counts[row, 10], counts[row, 11] = ellipses, longest, c4_lines, c4_sentences
        counts[row, 12], counts[row, 13] = braces, lorem


@njit(cache=True, nogil=True)
def keep_lines(
    data: np.ndarray, offsets: np.ndarray, line_offsets: np.ndarray, starts: np.ndarray, kept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The texts with only the lines that are `kept`, line feeds between them: bytes, and offsets (int32[rows + 1])."""
    rows = len(offsets) - 1
    out = np.empty(offsets[rows] - offsets[0], np.uint8)
    ends = np.zeros(rows + 1, np.int32)
    size = 0
    for row in range(rows):
        begun = size
        for line in range(line_offsets[row], line_offsets[row + 1]):
            if not kept[line]:
                continue
            if size > begun:
                out[size] = 10
                size += 1
            place = starts[line]
            while place < offsets[row + 1] and data[place] != 10:
                out[size] = data[place]
                size += 1
                place += 1
        ends[row + 1] = size
    return out[:size], ends
