"""What a part's documents say of whom, counted: by language, source, axis and group; and what became of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.report import taken
from corpus.report.counting import added_rows, cells
from corpus.report.documents import CLUSTERS, VERDICTS
from corpus.report.opened import Part
from corpus.report.taken import Took
from corpus.stages.stage import signals
from corpus.store.tally import Cells, Row
from filters.arrow import Array, array, equal, string_array, strings
from filters.people.lists import AXES

MENTIONS = signals("mentions")
FLAGGED = signals("flagged")
_TOGETHER = 4096  # documents whose groups and targets meet as matrices

Pairs = dict[str, dict[str, dict[str, int]]]  # by language, target and group: co-occurrences, as HELM counts them


@dataclass(frozen=True, kw_only=True)
class Documents(Row):
    """Documents of a language and source, and of these what is kept and what has a list."""

    NAME: ClassVar[str] = "documents"
    language: str
    source: str
    documents: int = 0
    kept: int = 0
    measured: int = 0


@dataclass(frozen=True, kw_only=True)
class Spoken(Row):
    """Documents that mention an axis, and their terms; of these the kept ones."""

    NAME: ClassVar[str] = "spoken"
    language: str
    source: str
    axis: str
    documents: int = 0
    terms: int = 0
    kept_documents: int = 0
    kept_terms: int = 0


@dataclass(frozen=True, kw_only=True)
class Named(Row):
    """The same of a group ("religion.sikh"), over all sources."""

    NAME: ClassVar[str] = "named"
    language: str
    group: str
    documents: int = 0
    terms: int = 0
    kept_documents: int = 0
    kept_terms: int = 0


@dataclass(frozen=True, kw_only=True)
class Beside(Row):
    """Documents that mention an axis and others, as far as flagged words are measured, and those with any."""

    NAME: ClassVar[str] = "beside"
    language: str
    axis: str
    documents: int = 0
    flagged: int = 0
    others: int = 0
    others_flagged: int = 0


class Tally(TypedDict):
    """All that is counted."""

    documents: list[Cells]
    spoken: list[Cells]
    named: list[Cells]
    beside: list[Cells]
    together: Pairs
    came: Took
    took: Took


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A part: a value a document."""

    language: pa.StringArray
    source: pa.StringArray
    kept: np.ndarray
    measured: np.ndarray
    mentions: pa.Table

    @staticmethod
    def of(part: Part) -> "Columns":
        verdicts = part.read(VERDICTS, ["language", "source"])
        outcome = part.read(CLUSTERS, ["outcome"]).column("outcome")
        mentions = part.read(MENTIONS, [*AXES, "groups", "targets", "lexicon"])
        return Columns(
            language=string_array(verdicts.column("language").combine_chunks()),
            source=string_array(verdicts.column("source").combine_chunks()),
            kept=equal(outcome, "kept"),
            measured=np.asarray(mentions.column("lexicon"), bool),
            mentions=mentions,
        )

    def axis(self, name: str) -> np.ndarray:
        """int32[rows]: its terms; -1 where it is not measured."""
        found: np.ndarray = self.mentions.column(name).to_numpy()
        return found

    def terms(self, kind: str) -> tuple[np.ndarray, pa.StringArray, np.ndarray]:
        """Of groups or targets: the row, the name and the count of each."""
        lists = self.mentions.column(kind).combine_chunks()
        rows = pc.list_parent_indices(lists).to_numpy()
        flat = pc.list_flatten(lists)
        return rows, pc.struct_field(flat, "name"), pc.struct_field(flat, "count").to_numpy()


def tally(part: Part, *, flagged: bool) -> Tally:
    """Of one part; without flagged words where the recipe does not measure them."""
    if not part.has(VERDICTS):
        return merge([])
    own = Columns.of(part)
    speaks = {axis: own.axis(axis) > 0 for axis in AXES}
    came, took = taken.of(part, own.language, {taken.ALL: own.measured, **speaks})
    return {
        "documents": cells(_documents(own)),
        "spoken": cells(row for axis in AXES for row in _spoken(own, axis)),
        "named": cells(_named(own)),
        "beside": cells(row for axis in AXES for row in _beside(part, own, axis)) if flagged else [],
        "together": _pairs(own),
        "came": came,
        "took": took,
    }


def merge(values: Sequence[Tally]) -> Tally:
    """Tallies added up."""
    pairs: Pairs = {}
    for value in values:
        for language, targets in value["together"].items():
            for target, groups in targets.items():
                sums = pairs.setdefault(language, {}).setdefault(target, {})
                for group, count in groups.items():
                    sums[group] = sums.get(group, 0) + count
    return {
        "documents": added_rows(value["documents"] for value in values),
        "spoken": added_rows(value["spoken"] for value in values),
        "named": added_rows(value["named"] for value in values),
        "beside": added_rows(value["beside"] for value in values),
        "together": _sorted(pairs),
        "came": taken.added([value["came"] for value in values]),
        "took": taken.added([value["took"] for value in values]),
    }


def _sorted(pairs: Pairs) -> Pairs:
    return {
        language: {target: dict(sorted(groups.items())) for target, groups in sorted(targets.items())}
        for language, targets in sorted(pairs.items())
    }


def _sums(columns: Mapping[str, Array], by: Sequence[str], summed: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Rows of sums, and how many there were of each as `documents`."""
    table = pa.table(dict(columns))
    found = table.group_by(list(by)).aggregate([([], "count_all"), *((name, "sum") for name in summed)])
    for row in found.to_pylist():
        yield {
            **{name: row[name] for name in by},
            "documents": row["count_all"],
            **{name: int(row[f"{name}_sum"]) for name in summed},
        }


def _documents(own: Columns) -> Iterator[Documents]:
    columns: dict[str, Array] = {"language": own.language, "source": own.source}
    flags = {"kept": array(own.kept.astype(np.int64)), "measured": array(own.measured.astype(np.int64))}
    for row in _sums({**columns, **flags}, ("language", "source"), ("kept", "measured")):
        yield Documents(**row)


def _spoken(own: Columns, axis: str) -> Iterator[Spoken]:
    terms = own.axis(axis).astype(np.int64)
    rows = np.flatnonzero(terms > 0)
    places = array(rows)
    columns = {"language": own.language.take(places), "source": own.source.take(places)}
    for row in _sums({**columns, **_kept(own, rows, terms[rows])}, ("language", "source"), _SUMMED):
        yield Spoken(axis=axis, **row)


_SUMMED = ("terms", "kept_documents", "kept_terms")


def _kept(own: Columns, rows: np.ndarray, terms: np.ndarray) -> dict[str, Array]:
    kept = own.kept[rows].astype(np.int64)
    return {"terms": array(terms), "kept_documents": array(kept), "kept_terms": array(terms * kept)}


def _named(own: Columns) -> Iterator[Named]:
    rows, names, counts = own.terms("groups")
    columns = {"language": own.language.take(array(rows)), "group": names}
    for row in _sums({**columns, **_kept(own, rows, counts.astype(np.int64))}, ("language", "group"), _SUMMED):
        yield Named(**row)


def _beside(part: Part, own: Columns, axis: str) -> Iterator[Beside]:
    words = part.read(FLAGGED, ["entries", "lexicon"])
    both = (own.axis(axis) >= 0) & np.asarray(words.column("lexicon"), bool)
    speaks, flagged = own.axis(axis) > 0, words.column("entries").to_numpy() > 0
    rows = np.flatnonzero(both)
    columns = {"language": own.language.take(array(rows))}
    kinds = {
        "flagged": speaks & flagged,
        "others": ~speaks,
        "others_flagged": ~speaks & flagged,
    }
    sums = {name: array(values[rows].astype(np.int64)) for name, values in kinds.items()}
    for row in _sums({**columns, **sums}, ("language",), tuple(sums)):
        yield Beside(axis=axis, **{**row, "documents": row["documents"] - row["others"]})


def _pairs(own: Columns) -> Pairs:
    """Of kept documents, by language: terms of a group times those of a target, added up over documents."""
    found: Pairs = {}
    groups, targets = own.terms("groups"), own.terms("targets")
    coded = own.language.dictionary_encode()
    which = coded.indices.to_numpy(zero_copy_only=False)
    for number, language in enumerate(strings(coded.dictionary)):
        rows = np.flatnonzero((which == number) & own.kept & own.measured)
        for first in range(0, len(rows), _TOGETHER):
            some = rows[first : first + _TOGETHER]
            one, group_names = _matrix(some, *groups)
            other, target_names = _matrix(some, *targets)
            sums = one.T @ other
            for i, j in zip(*np.nonzero(sums), strict=True):
                counts = found.setdefault(language, {}).setdefault(target_names[j], {})
                counts[group_names[i]] = counts.get(group_names[i], 0) + int(sums[i, j])
    return _sorted(found)


def _matrix(
    rows: np.ndarray, of: np.ndarray, names: pa.StringArray, counts: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """Counts by row and name (whole numbers as float64, which multiplies fast and is exact below 2^53)."""
    here = np.flatnonzero(np.isin(of, rows))
    coded = names.take(array(here)).dictionary_encode()
    found = np.zeros((len(rows), len(coded.dictionary)))
    columns = coded.indices.to_numpy(zero_copy_only=False)
    np.add.at(found, (np.searchsorted(rows, of[here]), columns), counts[here])
    return found, strings(coded.dictionary)
