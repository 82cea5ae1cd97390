"""Winnowed fingerprints of source code (Schleimer, Wilkerson & Aiken 2003: MOSS): measured once, compared by stage."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
from annotated_types import Interval

from filters import language_keys
from filters.arrow import string_array
from filters.batch import Batch
from filters.kernels.code_winnow import fingerprints
from filters.rules import Rule


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Fingerprints over tokens without comments and names (`filters.kernels.code_tokens`, `code_winnow`).

    A document is code if its declared language fits a pattern of `languages` or its source one of `sources`; any other
    has no tokens and an empty list.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = pa.schema(
        [
            pa.field(
                "fingerprints", pa.list_(pa.field("item", pa.int64(), nullable=False)), nullable=False
            ),  # sorted, distinct
            pa.field("tokens", pa.int32(), nullable=False),
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
        tokens, places, values = fingerprints(data, offsets, self._code(batch), self.kgram, self.window)
        lists = pa.ListArray.from_arrays(
            pa.array(places, pa.int32()), pa.array(values), type=self.signals.field(0).type
        )
        return pa.RecordBatch.from_arrays([lists, pa.array(tokens)], schema=self.signals)

    def _code(self, batch: Batch) -> np.ndarray:
        """Which documents are code (bool[rows])."""
        found = _fits(string_array(batch.documents.column("language")), self.languages)
        if self.sources:
            found |= _fits(string_array(batch.documents.column("source")), self.sources)
        return found


def _fits(names: pa.StringArray, patterns: tuple[str, ...]) -> np.ndarray:
    known = names.dictionary_encode()
    fits = [name is not None and any(fnmatchcase(name, p) for p in patterns) for name in known.dictionary.to_pylist()]
    places = known.indices.fill_null(len(fits)).to_numpy(zero_copy_only=False)
    found: np.ndarray = np.array([*fits, False], bool)[places]
    return found
