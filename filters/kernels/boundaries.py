"""Where the lines and sentences of a text begin and end, told by word: where a text may be cut and still read well.

Words, lines and sentences are those of `filters.kernels.text` and `filters.kernels.lines`. A boundary never parts a
base character from a mark that follows it.
"""

from typing import NamedTuple

import numpy as np

from filters import unicode
from filters.jit import int64, njit
from filters.kernels.lines import CLOSING, among
from filters.kernels.text import decode
from filters.unicode import DIGIT, JOINER, KIND, LETTER, LINE_END, MARK, SPACE, TERMINAL, UNSPACED


class Bounds(NamedTuple):
    """For each word of one text: code points (int32), or -1 where the word is not the first or last of its kind."""

    line_start: np.ndarray  # of its line, for the first word of one
    line_end: np.ndarray  # behind the line feed of its line, for the last word of one
    sentence_start: np.ndarray  # the first sentence of a line starts where the line does
    sentence_end: np.ndarray  # behind its white space, and where the line ends behind the line feed


def bounds(data: np.ndarray, start: int, end: int, words: int) -> Bounds:
    """Boundaries in valid UTF-8 `data[start:end]` (uint8), which has `words` words."""
    return Bounds(*_found(data, start, end, words)[:4])


def places(data: np.ndarray, start: int, end: int, words: int) -> np.ndarray:
    """int32[2, words]: code points at which each word of the same begins and behind which its last character ends."""
    return _found(data, start, end, words)[4:]


def _found(data: np.ndarray, start: int, end: int, words: int) -> np.ndarray:
    """int32[6, words]: rows of `Bounds`, then those of `places`."""
    out = np.full((6, words), -1, np.int32)
    tables = unicode.tables()
    _bounds(data, start, end, tables.class_blocks, tables.classes, out)
    return out


@njit(cache=True, nogil=True)
def _bounds(
    data: np.ndarray, start: int, end: int, class_blocks: np.ndarray, classes: np.ndarray, out: np.ndarray
) -> None:
    place = int64(start)
    chars, words = 0, 0
    line, sentence = 0, 0  # code points where they begin
    line_words, sentence_words = 0, 0  # words before them
    in_word, alone = False, False
    ending = 0  # 1 after an ASCII terminal, 2 after another, 3 after white space behind either
    while place < end:
        byte = data[place]
        if byte < 0x80:
            code, step = int64(byte), 1
        else:
            code, step = decode(data, place)
        place += step
        flags = classes[(int64(class_blocks[code >> 8]) << 8) | (code & 0xFF)]
        kind = flags & KIND
        if kind == LINE_END:
            if words > sentence_words:
                out[2, sentence_words], out[3, words - 1] = sentence, chars + 1
            if words > line_words:
                out[0, line_words], out[1, words - 1] = line, chars + 1
            line, sentence, line_words, sentence_words = chars + 1, chars + 1, words, words
            in_word, ending = False, 0
        elif kind == SPACE:
            in_word = False
            ending = 3 if ending else 0
        else:
            closing = among(code, CLOSING)
            fresh = ending == 3 or (ending == 2 and not closing and not flags & TERMINAL)
            if fresh and kind != MARK and words > sentence_words:
                out[2, sentence_words], out[3, words - 1] = sentence, chars
                sentence, sentence_words = chars, words
            if flags & TERMINAL:
                ending = max(0 if fresh else ending, 1 if code < 0x80 else 2)
            elif fresh or not closing:
                ending = 0
            if kind == LETTER or kind == DIGIT or kind == MARK:
                if kind != MARK and in_word and (alone or flags & UNSPACED):
                    in_word = False
                if not in_word:
                    in_word = True
                    alone = (flags & UNSPACED) != 0
                    out[4, words] = chars
                    words += 1
                out[5, words - 1] = chars + 1
            elif not flags & JOINER:
                in_word = False
        chars += 1
    if words > sentence_words:
        out[2, sentence_words], out[3, words - 1] = sentence, chars
    if words > line_words:
        out[0, line_words], out[1, words - 1] = line, chars
