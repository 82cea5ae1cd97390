"""Of whom a text speaks: terms of gender, religion, origin and the like (Talat et al. 2022; HELM, Liang et al. 2022).

It judges nothing: who drops what speaks of a group drops the group (docs/whom.md). What it measures is what the report
counts: how often each group is spoken of, with which words, and what the other filters took of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from filters.arrow import Array, array, filled, lists, schema
from filters.batch import Batch
from filters.kernels.labelled import Counted, Labelled, count_labels
from filters.people.compiled import compiled
from filters.people.lists import AXES, NOT_MEASURED, TARGETS, files_of
from filters.people.term_file import TermFile
from filters.rules import Rule

TERM = pa.struct([pa.field("name", pa.string(), nullable=False), pa.field("count", pa.int32(), nullable=False)])
_TERMS = pa.list_(pa.field("item", TERM, nullable=False))


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Mentions by axis, group and target word, by the list of the document's language. A language without a list, and
    an axis that its list lacks, is not measured: -1, never 0."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ("language",)
    signals: ClassVar[pa.Schema] = schema(
        [
            *(pa.field(axis, pa.int32(), nullable=False) for axis in AXES),  # mentions; -1: not measured
            pa.field("groups", _TERMS, nullable=False),  # "axis.group" and its mentions, in order of name; none of 0
            pa.field("targets", _TERMS, nullable=False),  # "profession.nurse", "adjective.lazy": the same
            pa.field("lexicon", pa.bool_(), nullable=False),
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = ()

    lexicons: Mapping[str, TermFile] = field(default_factory=dict, hash=False)
    """Files of terms by a name, for languages that have none here, or in place of ours. docs/whom.md says what a file
    holds, and which languages have one."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        known = compiled(files_of(self.lexicons))
        labels = pc.index_in(batch.signals["language"].column("label"), value_set=pa.array(list(known.languages)))
        language = np.asarray(filled(labels, -1)).astype(np.int64)
        found = count_labels(batch.index.word_hash, batch.index.word_offsets, language, known)
        rows = np.repeat(np.arange(batch.rows), np.diff(found.ends))
        of_target = np.array([name.startswith(_TARGETED) for name in known.names], bool)[found.labels]
        return pa.RecordBatch.from_arrays(
            [
                *(array(counts) for counts in _by_axis(found, rows, language, known)),
                _named(found, rows[~of_target], ~of_target, batch.rows, known),
                _named(found, rows[of_target], of_target, batch.rows, known),
                pa.array(language >= 0),
            ],
            schema=self.signals,
        )


_TARGETED = tuple(f"{kind}." for kind in TARGETS)


def _by_axis(found: Counted, rows: np.ndarray, language: np.ndarray, known: Labelled) -> list[np.ndarray]:
    """int32[rows] of each axis."""
    columns = []
    for axis in AXES:
        mine = np.array([name.startswith(f"{axis}.") for name in known.names], bool)[found.labels]
        sums = np.zeros(len(language), np.int32)
        np.add.at(sums, rows[mine], found.counts[mine])
        columns.append(np.where(_has(axis, known)[language], sums, np.int32(NOT_MEASURED)))
    return columns


def _has(axis: str, known: Labelled) -> np.ndarray:
    """bool[languages + 1]: whether the list of each language has the axis; the last is of no language."""
    here = [axis in known.own_axes[language] for language in known.languages]
    return np.array([*here, False], bool)


def _named(found: Counted, rows: np.ndarray, mine: np.ndarray, count: int, known: Labelled) -> Array:
    """A list of names and counts for each of `count` rows."""
    names = pa.array(known.names, pa.string()).take(array(found.labels[mine]))
    terms = pa.StructArray.from_arrays([names, array(found.counts[mine])], fields=list(TERM))
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(rows, minlength=count))]).astype(np.int32)
    return lists(ends, terms, _TERMS)
