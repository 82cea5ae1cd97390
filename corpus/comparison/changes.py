"""What became of each document in one release and in the other: counts, and a few of each kind of change."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.comparison.pieces import PIECE_ROWS, Piece, matched
from corpus.query import outcomes
from corpus.query.opened import Opened
from corpus.shards.order import order_keys
from filters.arrow import Column, array, equal, filled, string_array, strings

_SALT = " diff"
Place = tuple[int, int]  # part, row


@dataclass(frozen=True, order=True)
class Seen:
    """A document of a kind of change, in order of a keyed digest of its id. A side without it has no place."""

    key: int
    id: str
    a: Place | None
    b: Place | None


@dataclass(frozen=True)
class Kind:
    """`what` is "dropped", "kept", "text", "only A" or "only B"; `by` a rule, or the outcome that is no rule's."""

    what: str
    by: str


@dataclass
class Changes:
    """Documents by what happened to them. One that several rules dropped counts under each in `kinds`."""

    common: int = 0
    kept: int = 0  # in both
    dropped: int = 0  # in both
    other_reason: int = 0  # dropped in both, not for the same
    other_language: int = 0
    repeats_a: int = 0
    repeats_b: int = 0
    totals: Counter[str] = field(default_factory=Counter)  # by `what` of a kind: each document once
    kinds: Counter[Kind] = field(default_factory=Counter)
    sources: dict[str, Counter[str]] = field(default_factory=dict)  # by source, of the documents of `totals`
    languages: dict[str, Counter[str]] = field(default_factory=dict)  # by language, in B where B has it
    samples: dict[Kind, list[Seen]] = field(default_factory=dict)


def between(
    a: Opened,
    b: Opened,
    samples: int,
    seed: int,
    done: Callable[[int], None] = lambda _: None,
    piece_rows: int = PIECE_ROWS,
) -> Changes:
    """Over all documents of both; `samples` of each kind, the same ones every time. `done` is told how many documents
    of A are behind."""
    behind = 0
    found = Changes()
    for piece in matched(a, b, piece_rows):
        _count(found, piece)
        for kind, rows, one, other in _kinds(piece):
            found.kinds[kind] += len(rows)
            _sample(found, kind, rows, one, other, samples, seed)
        behind += piece.a.num_rows + piece.only_a.num_rows + piece.repeats_a
        done(behind)
    return found


def _count(found: Changes, piece: Piece) -> None:
    a, b = piece.a, piece.b
    kept_a, kept_b = _kept(a), _kept(b)
    found.common += a.num_rows
    found.kept += int((kept_a & kept_b).sum())
    neither = ~kept_a & ~kept_b
    found.dropped += int(neither.sum())
    found.other_reason += int((neither & (_differ(a, b, "outcome") | _rules_differ(a, b))).sum())
    found.other_language += int(_differ(a, b, "language").sum())
    found.repeats_a += piece.repeats_a
    found.repeats_b += piece.repeats_b
    for what, table, rows in _totals(piece):
        found.totals[what] += len(rows)
        own = table.take(array(rows))
        for places, column in ((found.sources, "source"), (found.languages, "language")):
            for name, count in Counter(strings(own.column(column))).items():
                places.setdefault(name, Counter())[what] += count


def _totals(piece: Piece) -> Iterator[tuple[str, pa.Table, np.ndarray]]:
    """What happened, the table that says it, and its rows."""
    a, b = piece.a, piece.b
    kept_a, kept_b = _kept(a), _kept(b)
    yield "dropped", b, np.flatnonzero(kept_a & ~kept_b)
    yield "kept", b, np.flatnonzero(~kept_a & kept_b)
    yield "text", b, np.flatnonzero(kept_a & kept_b & _differ(a, b, "content"))
    yield "only A", piece.only_a, np.arange(piece.only_a.num_rows)
    yield "only B", piece.only_b, np.arange(piece.only_b.num_rows)


def _kinds(piece: Piece) -> Iterator[tuple[Kind, np.ndarray, pa.Table | None, pa.Table | None]]:
    """The kind, rows, and the tables of both sides that these are of."""
    for what, table, rows in _totals(piece):
        if what == "only A":
            yield Kind(what, ""), rows, table, None
        elif what == "only B":
            yield Kind(what, ""), rows, None, table
        elif what == "text":
            yield Kind(what, ""), rows, piece.a, piece.b
        else:
            says = piece.b if what == "dropped" else piece.a
            for by, own in _by(says, rows):
                yield Kind(what, by), own, piece.a, piece.b


def _by(table: pa.Table, rows: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Rows that are dropped by what dropped them, each rule by itself."""
    own = table.take(array(rows))
    filtered = equal(own.column("outcome"), outcomes.FILTERED)
    lists = own.column("rules").combine_chunks()
    parents, rules = np.asarray(pc.list_parent_indices(lists)), np.array(strings(pc.list_flatten(lists)), object)
    of_filters = filtered[parents]
    for rule in sorted(set(rules[of_filters])):
        yield rule, rows[np.unique(parents[of_filters & (rules == rule)])]
    others = np.array(strings(own.column("outcome")), object)
    for outcome in sorted(set(others[~filtered])):
        yield outcome, rows[others == outcome]


def _sample(
    found: Changes,
    kind: Kind,
    rows: np.ndarray,
    a: pa.Table | None,
    b: pa.Table | None,
    count: int,
    seed: int,
) -> None:
    table = a if a is not None else b
    if table is None or not len(rows) or not count:
        return
    ids = string_array(table.column("id").take(array(rows)).combine_chunks())
    keys = order_keys(ids, seed, _SALT)
    least = np.argsort(keys, kind="stable")[:count]
    places = [_places(side, rows[least]) for side in (a, b)]
    seen = [Seen(int(keys[i]), ids[int(i)].as_py(), one, other) for i, one, other in zip(least, *places, strict=True)]
    found.samples[kind] = sorted([*found.samples.get(kind, ()), *seen], key=lambda one: (one.key, one.id))[:count]


def _places(table: pa.Table | None, rows: np.ndarray) -> Sequence[Place | None]:
    if table is None:
        return [None] * len(rows)
    own = table.select(["part", "row"]).take(array(rows)).to_pylist()
    return [(one["part"], one["row"]) for one in own]


def _kept(table: pa.Table) -> np.ndarray:
    return equal(table.column("outcome"), outcomes.KEPT)


def _differ(a: pa.Table, b: pa.Table, column: str) -> np.ndarray:
    """Where both have a value, and not the same."""
    unequal: Column = pc.not_equal(a.column(column), b.column(column))
    return np.asarray(filled(unequal, False), bool)


def _rules_differ(a: pa.Table, b: pa.Table) -> np.ndarray:
    one, other = (pc.binary_join(table.column("rules"), " ") for table in (a, b))
    return np.asarray(pc.not_equal(one, other), bool)
