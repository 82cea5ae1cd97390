"""Batches of the columns that a source asks for, checked before any value of them is made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.readers import cells
from corpus.sources.inventory import SourceFile
from corpus.sources.source import Source
from corpus.store import arrow_errors
from filters.arrow import Array

ROWS = 256  # made at a time: rows of 64 kB would make 16 MB
BYTES = 64 << 20  # that rows made at a time may take, if they are large
# What Arrow raises for what is damaged, which may also ask for more memory than there is.
BROKEN = (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowKeyError, pa.ArrowMemoryError, OSError)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Rows of the columns that are asked for; `first` is the number of the first in the file."""

    first: int
    columns: pa.RecordBatch

    def rows(self) -> Iterator[Mapping[str, object]]:
        names = self.columns.schema.names
        for row in zip(*map(cells.values, self.columns.columns), strict=True):
            yield dict(zip(names, row, strict=True))


def misnamed(file: SourceFile, error: Exception) -> RecipeError:
    return RecipeError(f"{file.uri} is not {file.format} ({first_line(error)}): mend it or take it out")


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:120]


def raise_system(error: Exception) -> None:
    """What the system says (no such file, no access) is no damage of the file."""
    if arrow_errors.of_system(error):
        raise error


def wanted(names: Sequence[str], file: SourceFile, source: Source) -> list[str]:
    """The columns that hold the fields that the recipe names, by themselves or in the parts of a struct."""
    s = source
    texts = (
        {"inputs_field": s.inputs_field, "targets_field": s.targets_field}
        if s.prompted
        else {"text_field": s.text_field}
    )
    fields = (*texts.values(), s.id_field, s.url_field, s.licence_field, s.date_field, s.language_field, *s.where)
    columns = {name if name in names else name.split(".")[0] for name in fields}
    for key, name in texts.items():
        if name not in names and name.split(".")[0] not in names:
            raise RecipeError(f"{file.uri} has no column {name!r}: set {key} to one of {', '.join(names)}")
    for name in s.where:
        if name not in names and name.split(".")[0] not in names:
            raise RecipeError(f"{file.uri} has no column {name!r}: let where name one of {', '.join(names)}")
    for name in columns:
        if names.count(name) > 1:
            raise RecipeError(f"{file.uri} has the column {name!r} {names.count(name)} times: write it once")
    return [name for name in names if name in columns]


def checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch, if its offsets and indices lie within its buffers. Raises ArrowInvalid.

    Strings are looked at as bytes: one that is not UTF-8 costs its row alone, and so does a time that is none.
    """
    for column in batch.columns:
        _check(column)
    return batch


def _check(column: Array) -> None:
    column.validate()
    if isinstance(column, pa.ExtensionArray):
        _check(column.storage)
    elif isinstance(column, pa.DictionaryArray):
        column.indices.validate(full=True)
        _check(column.dictionary)
        least, most = pc.min(column.indices).as_py(), pc.max(column.indices).as_py()
        if most is not None and (least < 0 or most >= len(column.dictionary)):
            raise pa.ArrowInvalid("an index is beyond its dictionary")
    elif isinstance(column, pa.StructArray):
        for number in range(column.type.num_fields):
            _check(column.field(number))
    elif cells.is_text(column.type):
        cells.as_binary(column).validate(full=True)
