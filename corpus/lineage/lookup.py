"""Places of a release: by row of an Arrow shard, by document of a prefix, and back from a document to all of them.

Back is a scan of 8 bytes a document of either kind of shard; no index is kept for what is asked now and then.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from corpus.errors import RecipeError
from corpus.lineage.opened_release import Release
from corpus.lineage.place import Place
from corpus.shards.read import is_packed, lengths_of, read_batches, tokens_of
from filters.arrow import Array, any_list

_COLUMNS = ("part", "row", "copy")
_INPUTS, _TARGETS = "_inputs_document", "_targets_document"  # pairs: as many, in one order
_LISTS = ("parts", "rows", "copies")  # of packed rows, an entry for each document in them


def in_shard(release: Release, file: str, row: int) -> list[Place]:
    """The documents of a row of an Arrow shard, in order. Raises RecipeError for a row beyond the end."""
    return list(_places(release, _row(release, file, row), file, row))


def row_at(release: Release, file: str, token: int) -> tuple[int, int]:
    """Row, and token in it, of a token that counts through all rows. Raises RecipeError beyond the end."""
    row = begin = 0
    for batch in read_batches(release.address(file)):
        offsets = tokens_of(batch)[1]
        if token < begin + offsets[-1] - offsets[0]:
            within = int(np.searchsorted(offsets - offsets[0], token - begin, side="right")) - 1
            return row + within, token - begin - int(offsets[within] - offsets[0])
        row += batch.num_rows
        begin += int(offsets[-1] - offsets[0])
    raise RecipeError(f"{file} has {begin:,} tokens: there is no token {token}")


def in_prefix(release: Release, prefix: str, document: int) -> list[Place]:
    """The document of this number, as a list of one. Raises RecipeError for a number beyond the end."""
    lengths = release.tokens(prefix).lengths
    if document >= len(lengths):
        raise RecipeError(f"{prefix} has documents 0 to {len(lengths) - 1}: there is no document {document}")
    line = release.lineage(prefix).slice(document, 1).to_pylist()[0]
    if view := release.view_of.get(prefix, ""):
        return [Place(file=prefix, number=document, first=0, last=int(lengths[document]), view=view, **line)]
    inputs = prefix.removesuffix(_TARGETS) + _INPUTS if prefix.endswith(_TARGETS) else ""
    offset = int(release.tokens(inputs).lengths[document]) if inputs else 0
    return [Place(file=prefix, number=document, first=0, last=int(lengths[document]), offset=offset, **line)]


def of_document(release: Release, part: int, row: int) -> Iterator[Place]:
    """Every place of a document: Arrow shards first, then prefixes."""
    for file in release.shards:
        first = 0
        for batch in read_batches(release.address(file)):
            for within in _rows_of(batch, part, row):
                for place in _places(release, batch.slice(within, 1), file, first + within):
                    if (place.part, place.row) == (part, row):
                        yield place
            first += batch.num_rows
    for prefix in release.prefixes:
        lines = release.read_lineage(prefix)
        own = (lines.column("part").to_numpy() == part) & (lines.column("row").to_numpy() == row)
        for document in np.flatnonzero(own).tolist():
            yield from in_prefix(release, prefix, document)


def tokens(release: Release, place: Place, first: int, last: int) -> np.ndarray:
    """Tokens first..last-1 of the row or document at a place."""
    if not place.file.endswith(".arrow"):
        return release.tokens(place.file).tokens(place.number, first, last)
    values, offsets = tokens_of(_row(release, place.file, place.number))
    return values[offsets[0] + first : offsets[0] + last]


def _row(release: Release, file: str, row: int) -> pa.RecordBatch:
    """A batch of this row alone."""
    first = 0
    for batch in read_batches(release.address(file)):
        if row < first + batch.num_rows:
            return batch.slice(row - first, 1)
        first += batch.num_rows
    raise RecipeError(f"{file} has rows 0 to {first - 1}: there is no row {row}")


def _places(release: Release, rows: pa.RecordBatch, file: str, number: int) -> Iterator[Place]:
    """Documents, pieces or examples of them, in a batch of one row."""
    lengths, bounds = lengths_of(rows)
    lengths = lengths[bounds[0] : bounds[1]]
    packed = is_packed(rows)
    keys = [_flat(rows.column(name)).tolist() for name in (_LISTS if packed else _COLUMNS)]
    offsets = _flat(rows.column("offsets")).tolist() if packed else [0]
    ends = np.cumsum(lengths)
    view = release.view_of.get(file, "")
    taken = _flat(rows.column("taken")).tolist() if view else [0] * len(lengths)
    for part, row, copy, offset, end, length, size in zip(*keys, offsets, ends, lengths, taken, strict=True):
        yield Place(
            file=file,
            number=number,
            first=int(end - length),
            last=int(end),
            part=part,
            row=row,
            copy=copy,
            offset=offset,
            view=view,
            taken=size,
        )


def _flat(column: Array) -> np.ndarray:
    """Values of rows: one each, or, where documents are packed, one for each of them."""
    return np.asarray(column if pa.types.is_integer(column.type) else any_list(column).flatten())


def _rows_of(batch: pa.RecordBatch, part: int, row: int) -> list[int]:
    """Rows of a batch that hold the document, ascending."""
    names = _LISTS if is_packed(batch) else _COLUMNS
    parts, numbers = (_flat(batch.column(name)) for name in names[:2])
    _, bounds = lengths_of(batch)
    owners = np.repeat(np.arange(batch.num_rows), np.diff(bounds))
    return list(np.unique(owners[(parts == part) & (numbers == row)]).tolist())
