"""Columns of the documents of a part, from the tables that they stand in."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import DataError
from corpus.query import outcomes
from corpus.query.opened import Opened, Origin
from corpus.shards.splits import SPLITS as HELD_OUT
from corpus.shards.splits import TRAIN
from corpus.stages.decide import DECIDE
from corpus.stages.release import RELEASE
from corpus.stages.splits import SPLITS
from filters.arrow import Array, ChunkedArray, Column, array, lists, string_array


def read(opened: Opened, part: int, names: Iterable[str]) -> pa.Table:
    """These columns of all documents of a part, in order; narrow ones, so a part of them is held at once. Raises
    DataError where tables of one release have not as many rows."""
    wanted = dict.fromkeys(names)
    rows = int(opened.documents.files[part].rows)
    found: dict[str, Column] = {}
    by_table: dict[Origin, list[str]] = {}
    for name in wanted:
        if name in opened.origins:
            origin = opened.origins[name]
            by_table.setdefault(Origin(origin.table, "", "list", origin.by_row), []).append(name)
    for where, own in by_table.items():
        columns = {name: opened.origins[name].name for name in own}
        found |= _by_row(opened, part, where, columns, rows) if where.by_row else _aligned(opened, part, where, columns)
    if {"outcome", "kept"} & set(wanted):
        became = outcomes.of(opened, part)
        found["outcome"] = pa.array(became, pa.string())
        found["kept"] = array(became == outcomes.KEPT)
    if "rules" in wanted:
        found["rules"] = _rules(opened, part)
    if "split" in wanted:
        found["split"] = _splits(opened, part, rows)
    for name in wanted:
        if len(found[name]) != rows:
            raise DataError(
                f"part {part} has {rows} documents and {len(found[name])} values of {name}: "
                f"`gristmill verify {opened.release}` says what is damaged"
            )
    return pa.table({name: found[name] for name in wanted})


def _aligned(opened: Opened, part: int, where: Origin, columns: dict[str, str]) -> dict[str, ChunkedArray]:
    table = opened.table(where.table).read(part, sorted(set(columns.values())))
    return {name: table.column(own) for name, own in columns.items()}


def _by_row(opened: Opened, part: int, where: Origin, columns: dict[str, str], rows: int) -> dict[str, Array]:
    """Null for documents without a row."""
    table = opened.table(where.table).read(part, ["row", *sorted(set(columns.values()))])
    places = np.full(rows, -1)
    places[np.asarray(table.column("row"), np.int64)] = np.arange(table.num_rows)
    taken = pa.array(places, mask=places < 0)
    return {name: table.column(own).combine_chunks().take(taken) for name, own in columns.items()}


def _rules(opened: Opened, part: int) -> Array:
    """list<string>: the rules that fired on each document."""
    reasons = opened.table(DECIDE.verdicts).read(part, ["reasons"]).column("reasons").combine_chunks()
    rules = string_array(pc.struct_field(pc.list_flatten(reasons), "rule"))
    lengths = np.asarray(pc.list_value_length(reasons), np.int64)
    return lists(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32), rules)


def _splits(opened: Opened, part: int, rows: int) -> Array:
    """What a document is used for; null for one that is not in the corpus."""
    found = np.full(rows, None, object)
    corpus = opened.table(RELEASE.corpus).read(part, ["row"])
    found[np.asarray(corpus.column("row"), np.int64)] = TRAIN
    held = opened.table(SPLITS.held).read(part, ["row", "split"])
    found[np.asarray(held.column("row"), np.int64)] = np.array(HELD_OUT, object)[np.asarray(held.column("split"))]
    return pa.array(found, pa.string())
