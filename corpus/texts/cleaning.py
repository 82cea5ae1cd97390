"""What is cut out of texts that stay, words and lines, by the recipe's [[clean]] tables; personal data comes after.

ROOTS cleaned before it measured (Laurencon et al. 2022; roots' filtering.py and clean.py), and C4 drops lines (Raffel
et al. 2020, section 2.2). Here measuring comes first and cleaning at release, so that moving either repeats neither.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Ge, Le

from filters import language_keys, unicode
from filters.arrow import array, buffer, either, equal, with_others
from filters.kernels.buffers import buffers
from filters.kernels.lines import CLOSING, index_lines, keep_lines

# Scripts that put no spaces between words: what stands between their spaces is a sentence, not a long word.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
_WORD = r"[^ \t\n]"
_LONGEST = 999  # RE2 repeats at most 1000 times


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """A [[clean]] table: words and lines that are cut out of texts that stay, before personal data is replaced."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    sources: tuple[str, ...] = ("*",)
    """Names or patterns of the sources whose documents it is for."""
    drop_words_with: tuple[str, ...] = ()
    """Words (between white space) that hold one of these are cut out; ROOTS: "http", "www" ..."""
    max_word_chars: Mapping[str, Annotated[int, Ge(1), Le(_LONGEST)]] = field(default_factory=dict, hash=False)
    """Code points of the longest word that stays, by language id or pattern (the longest that fits). Scripts without
    spaces between words are left alone; RE2 repeats at most 1000 times."""
    drop_lines_with: tuple[str, ...] = ()
    """Lines that hold one of these are cut out; ROOTS' lines with code: "{", "}", "<script" ..."""
    cut_from_lines: tuple[str, ...] = ()
    """Headings: such a line and all after it go; ROOTS: references of wiki pages."""
    c4_lines: bool = False
    """Whether to keep only the lines that C4 retains."""
    sentences: bool = False
    """Whether each sentence gets a line of its own, as ROOTS' splitters made them: a line ends behind what ends a
    sentence and closes quotes or brackets, if a blank and no small letter follow, or if it is the full stop of a script
    without blanks. Abbreviations before capitals (Mr. Smith) are parted too."""
    join_lines: bool = False
    """Whether line feeds become blanks: ROOTS' replace_newline_with_space."""
    min_bytes: Mapping[str, Annotated[int, Ge(1)]] = field(default_factory=dict, hash=False)
    """Bytes of UTF-8 that a text must have after all tables, or its document is dropped, by language id or pattern (the
    longest that fits): ROOTS' small documents, which it counted after cleaning. `length` counts before it."""

    def __post_init__(self) -> None:
        for name in ("max_word_chars", "min_bytes"):
            object.__setattr__(self, name, language_keys.keyed(getattr(self, name), f"{name}:"))
        if self.sentences and self.join_lines:
            raise ValueError("sentences puts line feeds in and join_lines takes them out: set one of them")
        for text in (*self.drop_words_with, *self.drop_lines_with, *self.cut_from_lines):
            if not text or "\n" in text:
                raise ValueError(f"{text!r} stands in no line: take it out")
        for text in self.drop_words_with:
            if " " in text or "\t" in text:
                raise ValueError(f"{text!r} stands in no word, for words have no white space: use drop_lines_with")

    def longest(self, language: str) -> int | None:
        """The limit of the longest pattern of `max_word_chars` that fits the language; None for no limit."""
        return _of_language(self.max_word_chars, language)

    def fewest(self, language: str) -> int:
        """The bytes that a text of the language must have; 0 for no limit."""
        return _of_language(self.min_bytes, language) or 0


def _of_language(limits: Mapping[str, int], language: str) -> int | None:
    fitting = [pattern for pattern in limits if fnmatchcase(language, pattern)]
    return limits[max(fitting, key=lambda p: (len(p), p))] if fitting else None


def clean(
    texts: pa.StringArray, languages: Sequence[str], sources: Sequence[str], tables: Sequence[Cleaning]
) -> tuple[pa.StringArray, np.ndarray]:
    """Texts after all tables, and whether each changed (bool). A text that would be left without a character but white
    space stays as it was: dropping documents is what filters are for."""
    found = texts
    for table in tables:
        mine = np.array([any(fnmatchcase(source, p) for p in table.sources) for source in sources], bool)
        for change, rows in _changes(table, languages, mine):
            found = _where(found, rows, change)
    blank = equal(pc.utf8_length(pc.utf8_trim_whitespace(found)), 0)
    found = either(array(blank), texts, found)
    return found, np.asarray(pc.not_equal(found, texts), bool)


def small(
    texts: pa.StringArray, languages: Sequence[str], sources: Sequence[str], tables: Sequence[Cleaning]
) -> np.ndarray:
    """Which cleaned texts (bool) have fewer bytes than a table of theirs asks for."""
    found = np.zeros(len(texts), bool)
    sizes = np.diff(buffers(texts)[1])
    for table in tables:
        if table.min_bytes:
            known = {language: table.fewest(language) for language in set(languages)}
            least = np.array([known[language] for language in languages], np.int64)
            mine = np.array([any(fnmatchcase(source, p) for p in table.sources) for source in sources], bool)
            found |= mine & (sizes < least)
    return found


Change = Callable[[pa.StringArray], pa.StringArray]


def _changes(table: Cleaning, languages: Sequence[str], mine: np.ndarray) -> list[tuple[Change, np.ndarray]]:
    """Each change of a table with the rows (bool) that it is for, in order."""
    found: list[tuple[Change, np.ndarray]] = []
    if table.cut_from_lines:
        heading = rf"[ \t=#*]*(?:{_any(table.cut_from_lines)})[ \t=#*:]*"  # the marks of wiki and Markdown headings
        found.append((_dropper(rf"(?s)(?:^|\n){heading}(?:\n.*)?$"), mine))
    if table.drop_lines_with:
        found.append((_dropper(rf"[^\n]*(?:{_any(table.drop_lines_with)})[^\n]*(?:\n|$)"), mine))
    if table.c4_lines:
        found.append((_c4, mine))
    if table.drop_words_with:
        found.append((_dropper(rf"{_WORD}*(?:{_any(table.drop_words_with)}){_WORD}*[ \t]?"), mine))
    limits = {language: table.longest(language) for language in set(languages)}
    for limit in sorted({limit for limit in limits.values() if limit is not None}):
        rows = mine & np.array([limits[language] == limit for language in languages], bool)
        found.append((_dropper(rf"[^ \t\n{_UNSPACED}]{{{limit + 1}}}[^ \t\n{_UNSPACED}]*[ \t]?"), rows))
    if table.sentences:
        found.append((_sentences, mine))
    if table.join_lines:
        found.append((lambda texts: pc.replace_substring_regex(texts, r"[ \t]*\n[ \t\n]*", " "), mine))
    return found


def _sentences(texts: pa.StringArray) -> pa.StringArray:
    ends, full_stops = unicode.sentence_ends()
    closing = re.escape("".join(map(chr, sorted(CLOSING))))
    spaced = rf"([{ends}][{ends}{closing}]*)[ \t]+([^\p{{Ll}} \t\n])"
    unspaced = rf"([{full_stops}][{ends}{closing}]*)[ \t]*([^{ends}{closing} \t\n])"
    for pattern in (spaced, unspaced):
        texts = pc.replace_substring_regex(texts, pattern, "\\1\n\\2")
    return texts


def _any(parts: Sequence[str]) -> str:
    return "|".join(re.escape(part) for part in parts)


def _dropper(pattern: str) -> Change:
    def change(texts: pa.StringArray) -> pa.StringArray:
        dropped = pc.replace_substring_regex(texts, pattern, "")
        tidy = pc.replace_substring_regex(dropped, r"[ \t]+(\n|$)", r"\1")  # what stood before the last word of a line
        return either(pc.equal(dropped, texts), texts, tidy)

    return change


def _c4(texts: pa.StringArray) -> pa.StringArray:
    data, offsets = buffers(texts)
    index = index_lines(data, offsets)
    kept, ends = keep_lines(data, offsets, index.offsets, index.starts, index.kept)
    return pa.StringArray.from_buffers(len(texts), buffer(ends), buffer(kept))


def _where(texts: pa.StringArray, rows: np.ndarray, change: Change) -> pa.StringArray:
    if not rows.any():
        return texts
    if rows.all():
        return change(texts)
    mask = array(rows)
    return with_others(texts, mask, change(texts.filter(mask)))
