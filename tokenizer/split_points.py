"""Places where a text may be cut so that its parts encode to what the whole does, end to end.

A byte-pair model encodes each pre-token by itself, so a cut is safe where the pre-tokenizer's pattern always begins a
match and where neither side's matches depend on the other. For each pattern of PROVEN that is so

* before a space that stands after a letter, mark or digit. A space is the first character of a match, or it stands in
  white space, or in the unmatched run that BLOOM's pattern leaves between two words and that is one piece; what comes
  before it there is white space or one of BLOOM's stops;
* before a line feed or an ideographic stop (U+3001, U+3002, U+FF0C) that stands after a letter: what takes these along
  is punctuation, which in GPT-4's pattern includes marks.

Nothing looks behind and nothing is anchored, so to the right matches begin as they would begin a text. The only
look-ahead, `\\s+(?!\\S)`, is tried in white space and sees one character beyond it, which is not beyond the place. No
attempt that fails for what lies right of the place would succeed at the end of a text, for no alternative has these
characters after those. Letters are ranges that every version of Unicode since 3.0 calls letters, so engines of any age
agree. The tests enumerate every short string over the classes of characters that the patterns tell apart.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from tokenizer.presets import PRESETS

PIECE_BYTES = 1 << 20  # after so much text the next safe place is a cut: far over what a kernel's start costs

_CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_UPPER, _LOWER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}", r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
_SUFFIX = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"  # ByteLevel's own
PROVEN = frozenset(
    {
        *(preset.pattern for preset in PRESETS.values()),
        GPT2,
        _CL100K % "",  # Qwen 2
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]*[{_LOWER}]+{_SUFFIX}|[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]+[{_LOWER}]*{_SUFFIX}"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",  # o200k
        r" ?[^(\s|[.,!?…。，、।۔،])]+",  # BLOOM as published: the class swallows "|", "(" and "["
    }
)

_LETTER = (  # by line: Latin, Cyrillic and Hebrew; Arabic, Devanagari and Thai; kana; Han and Hangul
    rb"(?:[A-Za-z]|\xc3[\x80-\x96\x98-\xb6\xb8-\xbf]|\xd0[\x90-\xbf]|\xd1[\x80-\x8f]|\xd7[\x90-\xaa]"
    rb"|\xd8[\xa7-\xba]|\xd9[\x81-\x8a]|\xe0\xa4[\x85-\xb9]|\xe0\xb8[\x81-\xae]"
    rb"|\xe3\x81[\x81-\xbf]|\xe3\x82[\xa1-\xbf]"
    rb"|\xe4[\xb8-\xbf][\x80-\xbf]|[\xe5-\xe8][\x80-\xbf]{2}|[\xeb\xec][\x80-\xbf]{2})"
)
# All but ASCII punctuation, what any engine takes for white space, and BLOOM's stops: left out are U+0080 to U+00BF,
# U+0600 to U+063F but what is listed, U+06D4, U+0960 to U+097F, U+1680, U+180E with their neighbours, U+2000 to U+303F
# and U+F000 to U+FFFF.
_INNER = (
    rb"(?:[A-Za-z0-9]|[\xc3-\xd7\xd9\xda\xdc-\xdf][\x80-\xbf]|\xd8[\xa7-\xbf]|\xdb[\x80-\x93\x95-\xbf]"
    rb"|\xe0[\xa0-\xa4\xa6-\xbf][\x80-\xbf]|\xe0\xa5[\x80-\x9f]|\xe1[\x80-\x99\x9b-\x9f\xa1-\xbf][\x80-\xbf]"
    rb"|\xe3[\x81-\xbf][\x80-\xbf]|[\xe4-\xee][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
)
_SAFE = re.compile(_INNER + rb"(?= )|" + _LETTER + rb"(?=\n|\xe3\x80[\x81\x82]|\xef\xbc\x8c)")


def pattern_of(tokenizer: Mapping[str, Any]) -> str | None:
    """The pattern that alone decides where a tokenizer.json cuts text, or None if something else takes part.

    A normaliser, a prefixed space or an added token that text may spell would look over a cut.
    """
    if tokenizer.get("normalizer") or any(not token.get("special") for token in tokenizer.get("added_tokens") or ()):
        return None
    steps = tokenizer.get("pre_tokenizer") or {}
    match steps.get("pretokenizers", [steps]):
        case [{"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}]:
            return GPT2
        case [
            {"type": "Split", "pattern": {"Regex": str(pattern)}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False},
        ]:
            return pattern
    return None


def cuts(data: np.ndarray, offsets: np.ndarray, size: int = PIECE_BYTES) -> np.ndarray:
    """Safe places (int64, ascending) within the documents longer than `size`, so that their pieces are about so long.

    `data` uint8 (UTF-8), `offsets` int64[documents + 1]. A piece is longer than `size` by what is left to the next safe
    place, which in text is a word or a clause; where there is none the rest is one piece.
    """
    found: list[int] = []
    view = memoryview(data.data)
    for row in np.flatnonzero(np.diff(offsets) > size):
        at, end = int(offsets[row]), int(offsets[row + 1])
        while end - at > size and (place := _SAFE.search(view, at + size, end)):
            at = place.end()
            found.append(at)
    return np.array(found, np.int64)
