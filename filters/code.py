"""Winnowed fingerprints of source code (Schleimer, Wilkerson & Aiken 2003: MOSS): measured once, compared by stage."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Interval

from filters import language_keys
from filters.arrow import buffer, string_array
from filters.batch import Batch
from filters.kernels.buffers import buffers
from filters.kernels.code_tokens import DIVIDES, MEASURES
from filters.kernels.code_winnow import bare, fingerprints
from filters.rules import Rule

_READS = {"code_Python": DIVIDES, "code_Lua": DIVIDES | MEASURES}
# What a comment at the head of a file says if it is a licence's: SPDX' own tag, or a notice in words.
_LICENCE = r"(?i)SPDX-License-Identifier|\blicen[cs]e|copyright|\(c\) [12][0-9]{3}|©|all rights reserved"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Fingerprints over tokens without comments and names (`filters.kernels.code_tokens`, `code_winnow`).

    A document is code if its declared language fits a pattern of `languages` or its source one of `sources`; any other
    has no tokens and an empty list.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 2
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = pa.schema(
        [
            pa.field(
                "fingerprints", pa.list_(pa.field("item", pa.int64(), nullable=False)), nullable=False
            ),  # sorted, distinct
            pa.field("tokens", pa.int32(), nullable=False),
            pa.field("key", pa.binary(16), nullable=False),  # digest of the tokens; 16 zero bytes below kgram tokens
            pa.field("licence", pa.int32(), nullable=False),  # bytes of a comment at the head that speaks of a licence
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = ()

    languages: tuple[str, ...] = ("code_*",)
    """Patterns of declared languages whose documents are code; a recipe says so in [code]."""
    sources: tuple[str, ...] = ()
    """Names or patterns of sources whose documents are code; a recipe says so in [code]."""
    kgram: Annotated[int, Interval(ge=1, le=10_000)] = 23
    """Tokens of a k-gram: Dolos' default for source code (Maertens et al. 2022)."""
    window: Annotated[int, Interval(ge=1, le=10_000)] = 17
    """k-grams of a window: Dolos' default too; so any shared run of 39 tokens is found, 5 to 8 lines."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "languages", language_keys.listed(self.languages))

    def measure(self, batch: Batch) -> pa.RecordBatch:
        data, offsets = batch.buffers
        found = fingerprints(data, offsets, self._code(batch), _reads(batch.documents), self.kgram, self.window)
        places = pa.array(found.offsets, pa.int32())
        lists = pa.ListArray.from_arrays(places, pa.array(found.values), type=self.signals.field(0).type)
        digests = pa.py_buffer(found.keys.astype(">u8").tobytes())
        keys = pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), batch.rows, [None, digests])
        licences = pa.array(_licences(data, offsets, found.heads))
        return pa.RecordBatch.from_arrays([lists, pa.array(found.tokens), keys, licences], schema=self.signals)

    def _code(self, batch: Batch) -> np.ndarray:
        """Which documents are code (bool[rows])."""
        found = _fits(string_array(batch.documents.column("language")), self.languages)
        if self.sources:
            found |= _fits(string_array(batch.documents.column("source")), self.sources)
        return found


def without_comments(documents: pa.RecordBatch) -> pa.StringArray:
    """The texts of documents of code, their tokens as they are written: what is the same in two files that differ in
    comments and layout."""
    texts = string_array(documents.column("text"))
    data, ends = bare(*buffers(texts), _reads(documents))
    return pa.StringArray.from_buffers(len(texts), buffer(ends), buffer(data))


def _reads(documents: pa.RecordBatch) -> np.ndarray:
    """uint8[rows]: bits of the lexer for the languages that read a comment's signs otherwise."""
    known = string_array(documents.column("language")).dictionary_encode()
    bits = np.array([*(_READS.get(name or "", 0) for name in known.dictionary.to_pylist()), 0], np.uint8)
    found: np.ndarray = bits[known.indices.fill_null(len(bits) - 1).to_numpy(zero_copy_only=False)]
    return found


def _licences(data: np.ndarray, offsets: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """int32[rows]: `heads` of those that speak of a licence, else 0."""
    rows = np.flatnonzero(heads)
    texts = [data[offsets[row] : offsets[row] + heads[row]].tobytes() for row in rows.tolist()]
    speaks = np.asarray(pc.match_substring_regex(pa.array(texts, pa.binary()).cast(pa.string()), _LICENCE), bool)
    found = np.zeros(len(heads), np.int32)
    found[rows[speaks]] = heads[rows[speaks]]
    return found


def _fits(names: pa.StringArray, patterns: tuple[str, ...]) -> np.ndarray:
    known = names.dictionary_encode()
    fits = [name is not None and any(fnmatchcase(name, p) for p in patterns) for name in known.dictionary.to_pylist()]
    places = known.indices.fill_null(len(fits)).to_numpy(zero_copy_only=False)
    found: np.ndarray = np.array([*fits, False], bool)[places]
    return found
