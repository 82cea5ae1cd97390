"""The one form of text that everything after ingest sees: Unicode NFC, line feeds, no control characters, nothing that
hides in words.

C1 controls are what windows-1252 has in their places, for that is what they were. Soft hyphens, word joiners and byte
order marks go, wherever they stand. Nothing else is changed: not case, not spaces, not punctuation, not ZWJ and ZWNJ.
Arrow's utf8proc does the NFC, so its Unicode version is pinned with pyarrow, where Python's `unicodedata` differs from
Python to Python.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters import normal, unicode
from filters.arrow import Array, array, strings, with_others
from filters.kernels.buffers import buffers
from filters.kernels.normal_form import HAS_UNCLEAN, MAY_COMPOSE, UNCLEAN, UNSURE, look

# Newline functions of the Unicode Standard, 5.8: CR LF, CR, NEL, LS, PS, VT, FF.
_LINE_ENDS = "\r\n|[\r\x0b\x0c\x85\u2028\u2029]"
_CONTROLS = "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
_C1 = "[\x80-\x84\x86-\x8c\x8e\x91-\x9c\x9e\x9f]"  # those that windows-1252 fills; NEL by itself ends a line
_FROM_C1 = {code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_HIDDEN = "[\u00ad\u2060\ufeff]"
# White space, what formats, and letters that have no form: the fillers of Hangul and the blank of Braille.
_SEEN = (
    r"[^\s\p{Z}\p{Cc}\p{Cf}\x{34f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{2800}\x{3164}"
    r"\x{fe00}-\x{fe0f}\x{ffa0}]"
)
C1, HIDDEN = "C1 controls to windows-1252", "soft hyphens, word joiners, byte order marks out"
# Hangul letters, which NFC joins to syllables though they are no marks (Unicode Standard, 3.12).
_JAMO = frozenset((*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800)))
_MARKS = ("Mn", "Mc", "Me")
_CONTROLLING = ("Cc", "Cf", "Zl", "Zp")  # categories of all that is not of the one form


@cache
def _values() -> tuple[np.ndarray, np.ndarray]:
    """What `filters.kernels.normal_form` takes, in two stages. What Python's Unicode does not know is UNSURE, so that
    the outcome does not depend on its version; so are marks that the committed tables do not know. Beyond the first
    plane only the blocks of emoji are looked at. Made once a process (35 ms)."""
    found = np.full(0x110000, UNSURE, np.uint8)
    kinds = unicode.tables()
    seconds = _JAMO | normal.seconds()
    unclean = re.compile(f"{_LINE_ENDS}|{_CONTROLS}|{_HIDDEN}")
    for code in (*range(0xD800), *range(0xE000, 0x10000), *range(0x1F000, 0x1FB00)):
        character = chr(code)
        category = unicodedata.category(character)
        if category in _CONTROLLING and unclean.match(character):
            found[code] = UNCLEAN
        elif category != "Cn" and code not in seconds and unicodedata.normalize("NFC", character) == character:
            if category not in _MARKS:
                found[code] = 0
            elif kinds.classes[int(kinds.class_blocks[code >> 8]) << 8 | code & 255] & unicode.KIND == unicode.MARK:
                found[code] = unicodedata.combining(character)  # never changes for what is assigned
    return unicode.two_stage(found)


def normalise_array(texts: pa.StringArray, repairs: Counter[str] | None = None) -> pa.StringArray:
    """Texts in the one form; idempotent. Only rows that may need it are rewritten: looking is several times faster.

    `repairs` takes how many texts had what is not merely another form of the same: C1 and HIDDEN.
    """
    found: Counter[str] = Counter() if repairs is None else repairs
    looks = look(*buffers(texts), *_values())
    texts = _changed(texts, array((looks & HAS_UNCLEAN) != 0), lambda rows: _clean(rows, found))
    return _changed(texts, array((looks & MAY_COMPOSE) != 0), _nfc)


def seen(texts: pa.StringArray) -> np.ndarray:
    """bool[rows]: whether a text holds anything that shows."""
    return np.array(pc.match_substring_regex(texts, _SEEN), bool)


def _nfc(rows: pa.StringArray) -> pa.StringArray:
    normal: pa.StringArray = pc.utf8_normalize(rows, "NFC")  # type: ignore[attr-defined]  # the stubs lack it
    return normal


def _clean(rows: pa.StringArray, repairs: Counter[str]) -> pa.StringArray:
    rows = _counted(rows, _C1, repairs, C1, _windows)
    rows = _counted(rows, _HIDDEN, repairs, HIDDEN, lambda some: pc.replace_substring_regex(some, _HIDDEN, ""))
    return pc.replace_substring_regex(pc.replace_substring_regex(rows, _LINE_ENDS, "\n"), _CONTROLS, "")


def _windows(rows: pa.StringArray) -> pa.StringArray:
    return pa.array([text.translate(_FROM_C1) for text in strings(rows)], pa.string())


def _counted(
    texts: pa.StringArray,
    pattern: str,
    repairs: Counter[str],
    name: str,
    change: Callable[[pa.StringArray], pa.StringArray],
) -> pa.StringArray:
    def counting(rows: pa.StringArray) -> pa.StringArray:
        repairs[name] += len(rows)
        return change(rows)

    return _where(texts, pattern, counting)


def _where(texts: pa.StringArray, pattern: str, change: Callable[[pa.StringArray], pa.StringArray]) -> pa.StringArray:
    return _changed(texts, pc.match_substring_regex(texts, pattern), change)


def _changed(texts: pa.StringArray, rows: Array, change: Callable[[pa.StringArray], pa.StringArray]) -> pa.StringArray:
    if not pc.any(rows).as_py():
        return texts
    if pc.all(rows).as_py():
        return change(texts)
    return with_others(texts, rows, change(texts.filter(rows)))
