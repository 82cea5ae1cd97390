"""What is searched for: a phrase, letter for letter, or an expression of RE2."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import re2

from corpus.charset import normalise
from corpus.errors import RecipeError
from filters.kernels.buffers import buffers
from filters.kernels.substring import counted, occurrences

_FEW = 1 << 16  # places that a scan is given room for before their number is known
_SAMPLE = 1 << 16  # bytes of a batch by which rare bytes are told: a page is enough, and wrong costs time alone
_BYTE = re.compile(r"(?<!\\)(?:\\\\)*\\C")
_EXPRESSION_BYTES = 64 << 20  # of RE2's automaton; beyond it RE2 is slower and never wrong


@dataclass(frozen=True, kw_only=True)
class Places:
    """Occurrences by text, and the first of them: row, first byte and end within the text, in order."""

    counts: np.ndarray  # int64[rows]
    first: np.ndarray  # int64[k, 3]


class Pattern(Protocol):
    """What can be found in texts."""

    def find(self, texts: pa.StringArray, chosen: np.ndarray, room: int) -> Places:
        """In the texts that are `chosen` (bool[rows]); the first `room` occurrences with their places."""


@dataclass(frozen=True)
class Phrase:
    """Occurrences that overlap all count. Raises RecipeError for an empty one, and for what no text can hold."""

    text: str

    def __post_init__(self) -> None:
        if not self.text:
            raise RecipeError("the phrase is empty: give at least one character")
        try:
            self.text.encode()
        except UnicodeEncodeError as error:
            raise RecipeError("the phrase is not UTF-8: no text of a corpus can hold it") from error

    @cached_property
    def needle(self) -> np.ndarray:
        return np.frombuffer(self.text.encode(), np.uint8)

    @property
    def strange(self) -> bool:
        """Whether no text holds it: all are in one form (NFC, line feeds, no control characters)."""
        return bool(normalise.normalise_array(pa.array([self.text], pa.string()))[0].as_py() != self.text)

    def find(self, texts: pa.StringArray, chosen: np.ndarray, room: int) -> Places:
        data, offsets = buffers(texts)
        counts, places = self.scan(data, offsets, chosen, room)
        row, start = places[:, 0], places[:, 1] - offsets[places[:, 0]]
        return Places(counts=counts, first=np.stack([row, start, start + len(self.needle)], axis=1))

    def scan(
        self, data: np.ndarray, offsets: np.ndarray, chosen: np.ndarray, room: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Occurrences by text (int64[rows]), and row and byte of `data` of the first `room` (int64[k, 2])."""
        if len(self.needle) == 1:
            counts = counted(data, offsets, chosen, self.needle[0])
            reached = np.arange(len(counts)) <= np.searchsorted(np.cumsum(counts), room)
            return counts, self._scan(data, offsets, chosen & reached, min(room, int(counts.sum())))[1]
        counts, places = self._scan(data, offsets, chosen, min(room, _FEW))
        if len(places) == _FEW < room:  # now it is known how many there are
            return self._scan(data, offsets, chosen, min(room, int(counts.sum())))
        return counts, places

    def _scan(
        self, data: np.ndarray, offsets: np.ndarray, chosen: np.ndarray, room: int
    ) -> tuple[np.ndarray, np.ndarray]:
        counts = np.zeros(len(offsets) - 1, np.int64)
        places = np.empty((room, 2), np.int64)
        written = occurrences(data, offsets, chosen, self.needle, self.rarest(data), counts, places)
        return counts, places[:written]

    def rarest(self, data: np.ndarray) -> tuple[int, int]:
        """Places of the two bytes of the needle that are rarest in the middle of some text; one twice if it has one."""
        middle = max(len(data) - _SAMPLE, 0) // 2
        seen = np.bincount(data[middle : middle + _SAMPLE], minlength=256)[self.needle]
        order = np.argsort(seen, kind="stable")
        return int(order[0]), int(order[min(1, len(order) - 1)])


@dataclass(frozen=True)
class Expression:
    """Matches as RE2 finds them, from the left, none overlapping, within one text; time is linear in the text.

    Raises RecipeError for what RE2 does not take.
    """

    source: str

    def __post_init__(self) -> None:
        if not self.source:
            raise RecipeError("the expression is empty: give at least one character")
        if _BYTE.search(self.source):
            raise RecipeError(r"the expression has \C, a byte that may be none of a character: write . in its place")
        self._compiled  # noqa: B018  (raises)

    @cached_property
    def _compiled(self) -> Any:
        options = re2.Options()
        options.max_mem = _EXPRESSION_BYTES
        options.log_errors = False
        try:
            return re2.compile(self.source, options)
        except (re2.error, UnicodeEncodeError) as error:
            why = error.args[0] if error.args else "unknown"
            said = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
            raise RecipeError(f"no expression of RE2: {said} (github.com/google/re2/wiki/Syntax)") from error

    def find(self, texts: pa.StringArray, chosen: np.ndarray, room: int) -> Places:
        data, offsets = buffers(texts)
        counts = np.zeros(len(texts), np.int64)
        first: list[tuple[int, int, int]] = []
        for row in np.flatnonzero(chosen).tolist():
            text = data[offsets[row] : offsets[row + 1]].tobytes()
            for match in self._compiled.finditer(text):
                start, end = match.span()
                if start == end:
                    raise RecipeError("the expression matches no character at some place: ask for one at least")
                counts[row] += 1
                if len(first) < room:
                    first.append((row, start, end))
        return Places(counts=counts, first=np.array(first, np.int64).reshape(-1, 3))


def of(asked: str, *, regex: bool) -> Phrase | Expression:
    """What was asked for. Raises RecipeError."""
    return Expression(asked) if regex else Phrase(asked)
