"""Where words and lines are, and what characters there are: one decoding pass over UTF-8.

A *word* is a maximal run of letters, marks and digits. In scripts that put no spaces between words (Han, kana, Thai,
Lao, Khmer, Myanmar, Tibetan) every letter, with the marks that follow it, is a word of its own, so that no rule sees a
whole sentence as one word. A *line* is what stands between line feeds and holds more than white space.
"""

from typing import NamedTuple

import numpy as np

from filters import unicode
from filters.jit import at, int64, njit
from filters.kernels.hashing import SEED, add, mix
from filters.unicode import FLAGS, JOINER, KIND, LETTER, LINE_END, SPACE, UNSPACED, UPPER

_MARK, _DIGIT = unicode.MARK, unicode.DIGIT
_KINDS = 8
_COUNTS = 11  # the kinds, then upper-case letters, then characters inside words, then words with a letter


class TextIndex(NamedTuple):
    """Arrays over the documents of a batch. Hashes are of lower-cased code points and never change."""

    kinds: np.ndarray  # int32[rows, 8]: code points of each kind of filters.unicode
    upper: np.ndarray  # int32[rows]: upper-case letters
    in_words: np.ndarray  # int32[rows]: code points that belong to words
    word_offsets: np.ndarray  # int64[rows + 1] into word_hash
    word_hash: np.ndarray  # uint64[words]
    word_chars: np.ndarray  # int32[words]: code points
    lettered: np.ndarray  # int32[rows]: words that have a letter
    line_offsets: np.ndarray  # int64[rows + 1] into line_hash, line_chars, opens
    line_hash: np.ndarray  # uint64[lines]: case kept; white space stripped at the ends and collapsed within
    line_chars: np.ndarray  # int32[lines]: code points but white space
    opens: np.ndarray  # bool[lines]: the line is the first of a paragraph; blank lines part paragraphs

    @property
    def chars(self) -> np.ndarray:
        """int32[rows]: code points."""
        sums: np.ndarray = self.kinds.sum(axis=1, dtype=np.int32)
        return sums

    @property
    def shouted(self) -> np.ndarray:
        """bool[rows]: more capitals than other letters."""
        found: np.ndarray = 2 * self.upper > self.kinds[:, LETTER]
        return found

    @property
    def words(self) -> np.ndarray:
        """int32[rows]"""
        return np.diff(self.word_offsets).astype(np.int32)

    @property
    def lines(self) -> np.ndarray:
        """int32[rows]: lines that are not blank."""
        return np.diff(self.line_offsets).astype(np.int32)


def index_text(data: np.ndarray, offsets: np.ndarray) -> TextIndex:
    """Index valid UTF-8 `data` (uint8) cut into documents by `offsets` (int32[rows + 1])."""
    rows = len(offsets) - 1
    size = int(offsets[-1]) - int(offsets[0]) if rows > 0 else 0
    counts = np.zeros((max(rows, 0), _COUNTS), np.int32)
    word_offsets, line_offsets = np.zeros(rows + 1, np.int64), np.zeros(rows + 1, np.int64)
    # Bounds, not sizes: a word takes two bytes with its separator or three of an unspaced script, and memory that is
    # not written is not taken.
    most = size // 2 + rows + 1
    word_hash, word_chars = np.empty(most, np.uint64), np.empty(most, np.int32)
    line_hash, line_chars, opens = np.empty(most, np.uint64), np.empty(most, np.int32), np.empty(most, np.bool_)
    _index(
        data,
        offsets,
        *unicode.tables(),
        counts,
        word_offsets,
        word_hash,
        word_chars,
        line_offsets,
        line_hash,
        line_chars,
        opens,
    )
    words, lines = int(word_offsets[-1]), int(line_offsets[-1])
    return TextIndex(
        kinds=counts[:, :_KINDS],
        upper=counts[:, 8],
        in_words=counts[:, 9],
        word_offsets=word_offsets,
        word_hash=word_hash[:words],
        word_chars=word_chars[:words],
        lettered=counts[:, 10],
        line_offsets=line_offsets,
        line_hash=line_hash[:lines],
        line_chars=line_chars[:lines],
        opens=opens[:lines],
    )


@njit(cache=True, nogil=True, inline="always")
def decode(data: np.ndarray, place: int) -> tuple[int, int]:
    """The code point of valid UTF-8 whose lead byte, 0x80 or above, stands at `place`, and how many bytes it takes."""
    byte = int64(data[at(place)])
    if byte < 0xE0:
        return (byte & 0x1F) << 6 | (int64(data[at(place + 1)]) & 0x3F), 2
    if byte < 0xF0:
        high = (byte & 0x0F) << 12 | (int64(data[at(place + 1)]) & 0x3F) << 6
        return high | (int64(data[at(place + 2)]) & 0x3F), 3
    high = (byte & 0x07) << 18 | (int64(data[at(place + 1)]) & 0x3F) << 12 | (int64(data[at(place + 2)]) & 0x3F) << 6
    return high | (int64(data[at(place + 3)]) & 0x3F), 4


@njit(cache=True, nogil=True)
def ascii_classes(class_blocks: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Flags (uint8) of the 128 characters of ASCII, which most bytes are: one table to look into instead of two."""
    found = np.empty(128, np.uint8)
    for code in range(128):
        found[code] = classes[(int64(class_blocks[0]) << 8) | code]
    return found


@njit(cache=True, nogil=True)
def _index(
    data: np.ndarray,
    offsets: np.ndarray,
    class_blocks: np.ndarray,
    classes: np.ndarray,
    lower_blocks: np.ndarray,
    lower: np.ndarray,
    counts: np.ndarray,
    word_offsets: np.ndarray,
    word_hash: np.ndarray,
    word_chars: np.ndarray,
    line_offsets: np.ndarray,
    line_hash: np.ndarray,
    line_chars: np.ndarray,
    opens: np.ndarray,
) -> None:
    ascii_class = ascii_classes(class_blocks, classes)
    ascii_word = np.zeros(256, np.uint8)  # lower case of ASCII's letters and digits; 0 for every other byte
    for code in range(128):
        kind = ascii_class[code] & KIND
        if kind == LETTER or kind == _DIGIT:
            ascii_word[code] = code + lower[(int64(lower_blocks[0]) << 8) | code]
    tally = np.zeros(FLAGS, np.int32)
    words = 0
    lines = 0
    for row in range(len(offsets) - 1):
        place = int64(offsets[row])
        end = int64(offsets[row + 1])
        tally[:] = 0
        in_words = 0
        lettered = 0
        before = 0  # characters in words that came before this one
        letter = False  # the word has one
        in_word = False
        alone = False  # the word is a letter of an unspaced script
        word = SEED
        line = SEED
        content = 0
        gap = False
        blank = True
        while place < end:
            byte = int64(data[at(place)])
            run = ascii_word[at(byte)]
            if run:  # as below, for all of a run
                if in_word and alone:
                    word_hash[at(words)] = mix(word)
                    word_chars[at(words)] = in_words - before
                    before = in_words
                    lettered += letter
                    letter = False
                    words += 1
                    in_word = False
                if not in_word:
                    in_word = True
                    alone = False
                    word = SEED
                if gap:
                    line = add(line, np.uint64(0x20))
                    gap = False
                start = place
                capitals, digits = 0, 0
                while run:
                    word = add(word, np.uint64(run))
                    line = add(line, np.uint64(byte))
                    capitals += byte != run
                    digits += run < 0x40
                    place += 1
                    if place >= end:
                        break
                    byte = int64(data[at(place)])
                    run = ascii_word[at(byte)]
                size = place - start
                tally[LETTER] += size - capitals - digits
                tally[LETTER | UPPER] += capitals
                tally[_DIGIT] += digits
                letter |= size > digits
                in_words += size
                content += size
                continue
            if byte < 0x80:
                code = byte
                place += 1
                flags = ascii_class[at(code)]
                small = code
            else:
                code, step = decode(data, place)
                place += step
                flags = classes[at((int64(class_blocks[at(code >> 8)]) << 8) | (code & 0xFF))]
                small = code + lower[at((int64(lower_blocks[at(code >> 8)]) << 8) | (code & 0xFF))]
            tally[at(flags)] += 1
            kind = flags & KIND
            if kind == LETTER or kind == _DIGIT or kind == _MARK:
                if kind != _MARK and in_word and (alone or flags & UNSPACED):
                    word_hash[at(words)] = mix(word)
                    word_chars[at(words)] = in_words - before
                    before = in_words
                    lettered += letter
                    letter = False
                    words += 1
                    in_word = False
                if not in_word:
                    in_word = True
                    alone = (flags & UNSPACED) != 0
                    word = SEED
                word = add(word, np.uint64(small))
                letter |= kind == LETTER
                in_words += 1
            elif in_word and not flags & JOINER:
                word_hash[at(words)] = mix(word)
                word_chars[at(words)] = in_words - before
                before = in_words
                lettered += letter
                letter = False
                words += 1
                in_word = False
            if kind == LINE_END:
                if content:
                    line_hash[at(lines)] = mix(line)
                    line_chars[at(lines)] = content
                    opens[at(lines)] = blank
                    lines += 1
                blank = content == 0
                line = SEED
                content = 0
                gap = False
            elif kind == SPACE:
                gap = content > 0
            else:
                if gap:
                    line = add(line, np.uint64(0x20))
                    gap = False
                line = add(line, np.uint64(code))
                content += 1
        if in_word:
            word_hash[at(words)] = mix(word)
            word_chars[at(words)] = in_words - before
            lettered += letter
            words += 1
        if content:
            line_hash[at(lines)] = mix(line)
            line_chars[at(lines)] = content
            opens[at(lines)] = blank
            lines += 1
        for flags in range(FLAGS):
            counts[row, flags & KIND] += tally[at(flags)]
            if flags & UPPER:
                counts[row, 8] += tally[at(flags)]
        counts[row, 9] = in_words
        counts[row, 10] = lettered
        word_offsets[row + 1] = words
        line_offsets[row + 1] = lines


@njit(cache=True, nogil=True)
def word_lengths(word_chars: np.ndarray, word_offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int32[rows]: the longest word, float64[rows]: the standard deviation of lengths (of all words, not a sample)."""
    rows = len(word_offsets) - 1
    longest, deviation = np.zeros(rows, np.int32), np.zeros(rows, np.float64)
    for row in range(rows):
        total, squares = int64(0), int64(0)
        for place in range(word_offsets[row], word_offsets[row + 1]):
            size = int64(word_chars[place])
            total += size
            squares += size * size
            longest[row] = max(longest[row], word_chars[place])
        words = word_offsets[row + 1] - word_offsets[row]
        if words:
            mean = total / words
            deviation[row] = np.sqrt(max(squares / words - mean * mean, 0.0))
    return longest, deviation
