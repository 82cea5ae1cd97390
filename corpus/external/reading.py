"""Labels out of a file: keys and typed columns, batch by batch, in its order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import RecipeError
from corpus.external.files import LabelFile
from corpus.external.labelled import TYPES
from corpus.external.recipe_table import External, Type, fits, held
from corpus.packed.compression import COMPRESSIONS
from corpus.packed.stored import Damaged, Stored
from corpus.store.arrow_errors import DAMAGED, first_line, of_system
from filters.arrow import Array

KEY: Final = "key"
_ROWS: Final = 1 << 16
_LINE: Final = 16 << 20  # bytes of a line
Wanted: TypeAlias = Sequence[tuple[str, str, Type]]  # name here, field there, type


def schema(table: External) -> pa.Schema:
    """What `rows` gives."""
    fields = [pa.field(held(name), TYPES[kind]) for name, kind in table.columns.items()]
    return pa.schema([pa.field(KEY, pa.string()), *fields])


def rows(file: LabelFile, table: External) -> Iterator[pa.RecordBatch]:
    """Columns of `schema`, null where the file has null or, of a float, what is not finite. Raises RecipeError for a
    file without the fields, with others of another type, or that cannot be read."""
    wanted: Wanted = [
        (KEY, table.key_name, "string"),
        *((held(name), table.field_of(name), kind) for name, kind in table.columns.items()),
    ]
    where = f"[[signals]] {table.name}: {file.address}"
    try:
        if file.format == "jsonl":
            yield from _batches(_objects(file, where), wanted, where)
        else:
            for batch in (_parquet if file.format == "parquet" else _arrow)(file, wanted):
                columns = [_cast(_field(batch, there, where), there, kind, where) for _, there, kind in wanted]
                yield pa.RecordBatch.from_arrays(columns, schema=schema(table))
    except DAMAGED as error:
        if of_system(error):
            raise
        raise RecipeError(f"{where} cannot be read ({first_line(error)}): write it again") from error


def _parquet(file: LabelFile, wanted: Wanted) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(file.original.open()) as opened:
        names = set(opened.schema_arrow.names)
        roots = {there if there in names else there.partition(".")[0] for _, there, _ in wanted}
        yield from opened.iter_batches(_ROWS, columns=sorted(roots & names), use_threads=False)


def _arrow(file: LabelFile, _: Wanted) -> Iterator[pa.RecordBatch]:
    opened = file.original.open()
    head = opened.read(6)
    opened.seek(0)
    if head == b"ARROW1":
        with pa.ipc.open_file(opened) as whole:
            for number in range(whole.num_record_batches):
                yield whole.get_batch(number)
    else:
        with pa.ipc.open_stream(opened) as stream:
            yield from stream


def _field(batch: pa.RecordBatch, name: str, where: str) -> Array:
    """A column, or a field within one by dots."""
    if name in batch.schema.names:
        return batch.column(name)
    root, *steps = name.split(".")
    if root not in batch.schema.names:
        raise RecipeError(f"{where} has no field {name!r}; it has {', '.join(batch.schema.names[:12]) or 'none'}")
    column = batch.column(root)
    for step in steps:
        if not pa.types.is_struct(column.type) or column.type.get_field_index(step) < 0:
            raise RecipeError(f"{where} has no field {name!r}: there is no {step!r} in {root!r}")
        column = pc.struct_field(column, step)
    return column


_TAKEN: Final[Mapping[Type, Callable[[pa.DataType], bool]]] = {
    "string": lambda one: pa.types.is_string(one) or pa.types.is_large_string(one) or pa.types.is_string_view(one),
    "float": lambda one: pa.types.is_floating(one) or pa.types.is_integer(one),
    "int": pa.types.is_integer,
    "bool": pa.types.is_boolean,
}


def _cast(column: Array, name: str, kind: Type, where: str) -> Array:
    own = column.type.value_type if isinstance(column, pa.DictionaryArray) else column.type
    if not _TAKEN[kind](own):
        if pa.types.is_null(own):
            return pa.array([None] * len(column), TYPES[kind])
        raise RecipeError(f"{where}: field {name!r} is {own}, and the recipe says {kind}: mend one of them")
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    found = column.cast(TYPES[kind])
    if kind == "float":
        found = pc.if_else(pc.is_finite(found), found, pa.scalar(None, pa.float64()))
    return found


def _objects(file: LabelFile, where: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Number of the line, from 1, and what it holds; empty lines hold nothing."""
    for number, line in enumerate(_lines(file, where), 1):
        if not line.strip():
            continue
        try:
            found = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise RecipeError(f"{where}: line {number:,} is no JSON ({error}): write it again") from error
        if not isinstance(found, dict):
            raise RecipeError(f"{where}: line {number:,} is no JSON object: write it again")
        yield number, found


def _lines(file: LabelFile, where: str) -> Iterator[bytes]:
    rest = b""
    for piece in _pieces(file, where):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > _LINE:
            raise RecipeError(f"{where} has a line of more than {_LINE:,} bytes: labels are short, so mend path")
    yield rest


def _pieces(file: LabelFile, where: str) -> Iterator[bytes]:
    stored = Stored(file.original)
    try:
        if not file.compression:
            yield from iter(stored.read, b"")
            return
        try:
            for _, piece in COMPRESSIONS[file.compression].pieces(stored, b""):
                yield piece
        except Damaged as error:
            raise RecipeError(f"{where} cannot be unpacked: {error.detail}") from error
    finally:
        stored.close()


def _batches(objects: Iterable[tuple[int, Mapping[str, Any]]], wanted: Wanted, where: str) -> Iterator[pa.RecordBatch]:
    names = [name for name, _, _ in wanted]
    kinds = [TYPES[kind] for _, _, kind in wanted]
    held: list[list[Any]] = [[] for _ in wanted]

    def batch() -> pa.RecordBatch:
        arrays = [pa.array(values, kind) for values, kind in zip(held, kinds, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, names=names)

    for number, found in objects:
        for values, (_, there, kind) in zip(held, wanted, strict=True):
            values.append(_value(found, there, kind, f"{where}: line {number:,}"))
        if len(held[0]) == _ROWS:
            yield batch()
            held = [[] for _ in wanted]
    if held[0]:
        yield batch()


def _value(found: Mapping[str, Any], name: str, kind: Type, where: str) -> Any:
    value: Any = found
    if name in found:
        value = found[name]
    else:
        for step in name.split("."):
            if not isinstance(value, dict) or step not in value:
                raise RecipeError(f"{where} has no field {name!r}")
            value = value[step]
    if value is not None and not fits(value, kind):
        raise RecipeError(f"{where}: field {name!r} is {str(value)[:40]!r}, and the recipe says {kind}")
    return float(value) if kind == "float" and value is not None else value
