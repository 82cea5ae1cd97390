"""Documents of a token part and the bucket of each, from aligned signals; no token is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa

from corpus.mixture import quantiles
from corpus.mixture.dimension import DUPLICATES, LANGUAGE, SOURCE, UNKNOWN, Dimension
from corpus.shards.tokens import TokenPart
from corpus.store.table import Table
from filters.arrow import any_list, array, strings

Ends = Mapping[str, Mapping[str, np.ndarray]]
"""Last keys of buckets (`quantiles.ends`), by the entry of `by` and the language."""


@dataclass(frozen=True, kw_only=True)
class Signals:
    """What buckets are made of, beside the token parts."""

    by: tuple[Dimension, ...]
    tables: Mapping[str, Table]  # by signal
    sizes: Table | None  # documents that are not alone in their cluster, by part


def trained(part: TokenPart) -> pa.Table:
    """Documents that no split holds out, by row: row, source, language, tokens (int64, with an end of document)."""
    found = []
    for stored in part.batches():
        batch = stored.narrow()
        lengths = np.diff(any_list(batch.column("tokens")).offsets.to_numpy()).astype(np.int64) + 1
        columns = {name: batch.column(name) for name in ("row", "source", "language")}
        found.append(pa.table({**columns, "tokens": array(lengths)}))
    if not found:
        kinds = {"row": pa.int32(), "source": pa.string(), "language": pa.string(), "tokens": pa.int64()}
        return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
    whole = pa.concat_tables(found).combine_chunks()
    own = np.flatnonzero(~np.isin(whole.column("row").to_numpy(), part.held_rows()))
    return whole.take(array(own)).sort_by("row")


def keyed(part: int, documents: pa.Table, signals: Signals, one: Dimension) -> tuple[np.ndarray, np.ndarray]:
    """Of an entry with quantiles: the ordered key of each document (`quantiles.ordered`), and whether it has one."""
    table = _of(part, documents, signals, one)
    return quantiles.ordered(table.column(one.column).to_numpy()), _known(table, one)


def values(part: int, documents: pa.Table, signals: Signals, ends: Ends) -> list[str]:
    """The bucket of each document (`trained`): its values by `by`, as a JSON list."""
    columns = [_values(part, documents, signals, one, ends) for one in signals.by]
    known: dict[tuple[str, ...], str] = {}
    found = []
    for row in zip(*columns, strict=True):
        if row not in known:
            known[row] = orjson.dumps(row).decode()
        found.append(known[row])
    return found


def _values(part: int, documents: pa.Table, signals: Signals, one: Dimension, ends: Ends) -> Sequence[str]:
    if one.name in (SOURCE, LANGUAGE):
        return strings(documents.column(one.name))
    if one.name == DUPLICATES:
        return [str(size) for size in _sizes(part, documents, signals).tolist()]
    if not one.quantiles:
        table = _of(part, documents, signals, one)
        written = [str(value).lower() if isinstance(value, bool) else str(value) for value in _list(table, one.column)]
        return [value if has else UNKNOWN for value, has in zip(written, _known(table, one).tolist(), strict=True)]
    keys, known = keyed(part, documents, signals, one)
    languages = np.array(strings(documents.column("language")), object)
    found = np.full(len(keys), UNKNOWN, object)
    for language, last in ends.get(one.name, {}).items():
        rows = np.flatnonzero(known & (languages == language))
        found[rows] = [str(place + 1) for place in quantiles.places(keys[rows], last).tolist()]
    own: list[str] = found.tolist()
    return own


def _of(part: int, documents: pa.Table, signals: Signals, one: Dimension) -> pa.Table:
    table = signals.tables[one.signal].read(part, [one.column, *one.aware])
    return table.take(documents.column("row").combine_chunks())


def _list(table: pa.Table, name: str) -> list[object]:
    found: list[object] = table.column(name).to_pylist()
    return found


def _known(table: pa.Table, one: Dimension) -> np.ndarray:
    known = np.ones(table.num_rows, bool)
    for name in one.aware:
        known &= np.asarray(table.column(name), bool)
    return known


def _sizes(part: int, documents: pa.Table, signals: Signals) -> np.ndarray:
    rows = documents.column("row").to_numpy()
    found = np.ones(len(rows), np.int64)
    if signals.sizes is not None:
        known = signals.sizes.read(part)
        places = np.searchsorted(known.column("row").to_numpy(), rows)
        padded = np.append(known.column("row").to_numpy(), -1)
        mine = padded[places] == rows
        found[mine] = known.column("size").to_numpy()[places[mine]]
    return found
