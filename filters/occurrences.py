"""How often expressions, and entries of lexicons, of one's own occur in a text."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

from filters.arrow import array, lists, schema
from filters.batch import Batch
from filters.files import FileName
from filters.kernels.lexicon import Lexicons, compile_lexicons, count_known
from filters.models import verified
from filters.rules import Rule
from filters.strict import STRICT

_EXPRESSION_BYTES = 64 << 20  # of RE2's automaton; beyond it RE2 is slower and never wrong


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What is counted: an expression, or a lexicon."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    expression: str = ""
    """Of RE2 (github.com/google/re2/wiki/Syntax); its matches count, none overlapping."""
    lexicon: Annotated[str, FileName(("",))] = ""
    """A text file, absolute or from the recipe's folder: a word or phrase a line, in any case; empty lines and those
    that begin with # say nothing. In scripts without spaces an entry is found as its letters."""
    sha256: str = ""
    """Digest of the lexicon's file, hexadecimal."""

    def __post_init__(self) -> None:
        if bool(self.expression) == bool(self.lexicon):
            raise ValueError("one of expression and lexicon says what is sought")
        if self.expression:
            _without_empty(self.expression)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Counts of what is sought, in the order of `of`. Filter `agreed` has them measured for labelling functions."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    version: ClassVar[int] = 1
    libraries: ClassVar[tuple[str, ...]] = ("google-re2",)
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [pa.field("counts", pa.list_(pa.field("item", pa.int32(), nullable=False)), nullable=False)]  # one for each
    )
    rules: ClassVar[tuple[Rule, ...]] = ()

    of: tuple[Sought, ...] = ()
    """What is counted."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        counts = np.zeros((batch.rows, len(self.of)), np.int32)
        for place, sought in enumerate(self.of):
            if sought.expression:
                counts[:, place] = _matches(sought.expression, batch.text)
            else:
                counts[:, place] = _entries(sought, batch)
        offsets = np.arange(batch.rows + 1, dtype=np.int32) * np.int32(len(self.of))
        column = lists(offsets, array(counts.reshape(-1)), self.signals.field("counts").type)
        return pa.RecordBatch.from_arrays([column], schema=self.signals)


@cache
def _compiled(expression: str) -> Any:
    """Raises ValueError for what RE2 does not take."""
    options = re2.Options()
    options.max_mem = _EXPRESSION_BYTES
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except (re2.error, UnicodeEncodeError) as error:
        why = error.args[0] if error.args else "unknown"
        said = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise ValueError(f"no expression of RE2: {said} (github.com/google/re2/wiki/Syntax)") from error


def _without_empty(expression: str) -> None:
    if _compiled(expression).search(b""):
        raise ValueError(f"expression {expression!r} matches where nothing is: it would be found in every text")


def _matches(expression: str, texts: pa.StringArray) -> np.ndarray:
    """int32[rows]. Arrow's RE2 says which texts have any; it counts ^ anew behind every match, so the other counts."""
    counts = np.zeros(len(texts), np.int32)
    compiled = _compiled(expression)
    for row in np.flatnonzero(np.asarray(pc.match_substring_regex(texts, expression), bool)).tolist():
        counts[row] = sum(1 for _ in compiled.finditer(texts[row].as_buffer().to_pybytes()))
    return counts


def _entries(sought: Sought, batch: Batch) -> np.ndarray:
    """int32[rows]: entries of the lexicon in each text."""
    lexicon, index = _lexicon(sought.lexicon, sought.sha256), batch.index
    rows = np.zeros(batch.rows, np.int64)
    known = count_known(index.word_hash, index.word_offsets, rows, lexicon.offsets, lexicon.table, lexicon.kinds)
    return np.asarray(known[:, 1].astype(np.int32))


@cache
def _lexicon(path: str, sha256: str) -> Lexicons:
    """Raises ValueError, one line, for a missing or changed file and for one without an entry."""
    with open(verified(path, sha256, "lexicon"), encoding="utf-8", errors="replace") as file:
        entries = [*_listed(file)]
    if not entries:
        raise ValueError(f"lexicon {path} has no entry: write a word or phrase a line")
    return compile_lexicons({"": entries})


def _listed(lines: Any) -> Iterator[str]:
    for line in lines:
        entry = line.strip()
        if entry and not entry.startswith("#"):
            yield entry
