"""The one form of text that everything after ingest sees: Unicode NFC, line feeds, no control characters.

Nothing else is changed: not case, not spaces, not punctuation. Arrow's utf8proc does the NFC, so its Unicode version is
pinned with pyarrow, where Python's `unicodedata` differs from Python to Python.
"""

import unicodedata
from collections.abc import Callable
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from filters.arrow import with_others

# Newline functions of the Unicode Standard, 5.8: CR LF, CR, NEL, LS, PS, VT, FF.
_LINE_ENDS = "\r\n|[\r\x0b\x0c\x85\u2028\u2029]"
_CONTROLS = "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
_BOM = "^\ufeff+"
# Hangul letters, which NFC joins to syllables though they are no marks (Unicode Standard, 3.12).
_JAMO = frozenset((*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800)))


def _inert(code: int) -> bool:
    """Whether NFC leaves the character as it is, whatever stands beside it (UAX #15, section 9): assigned, no mark,
    no Hangul letter, and its own normal form. Beyond the first plane only the blocks of emoji are looked at."""
    character = chr(code)
    if code in _JAMO or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cn", "Cs"):
        return False
    return unicodedata.normalize("NFC", character) == character


@cache
def _not_inert() -> str:
    """A class of all characters that NFC may change. What Python's Unicode does not know is among them, so that the
    outcome does not depend on its version."""
    codes = [code for code in (*range(0x10000), *range(0x1F000, 0x1FB00)) if _inert(code)]
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "[^" + "".join(f"\\x{{{first:x}}}-\\x{{{last:x}}}" for first, last in ranges) + "]"


def normalise_array(texts: pa.StringArray) -> pa.StringArray:
    """Texts in the one form; idempotent. Only rows that may need it are rewritten: looking is several times faster."""
    texts = _where(texts, _BOM, lambda rows: pc.replace_substring_regex(rows, _BOM, ""))
    texts = _where(texts, f"{_LINE_ENDS}|{_CONTROLS}", _clean)
    return _where(texts, _not_inert(), _nfc)


def _nfc(rows: pa.StringArray) -> pa.StringArray:
    normal: pa.StringArray = pc.utf8_normalize(rows, "NFC")  # type: ignore[attr-defined]  # the stubs lack it
    return normal


def _clean(rows: pa.StringArray) -> pa.StringArray:
    return pc.replace_substring_regex(pc.replace_substring_regex(rows, _LINE_ENDS, "\n"), _CONTROLS, "")


def _where(texts: pa.StringArray, pattern: str, change: Callable[[pa.StringArray], pa.StringArray]) -> pa.StringArray:
    rows = pc.match_substring_regex(texts, pattern)
    if not pc.any(rows).as_py():
        return texts
    if pc.all(rows).as_py():
        return change(texts)
    return with_others(texts, rows, change(texts.filter(rows)))
