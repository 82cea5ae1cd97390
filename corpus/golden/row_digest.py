"""What tables hold, as a digest that is the same however Arrow or Parquet lays it out.

Chunks, row groups, compression, dictionaries, views, 32 or 64 bits of offsets and what lies under nulls do not count;
names, order and types of columns, the order of rows and every value do, to the bit (-0.0 is not 0.0).
"""

import hashlib
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.store.manifest import canonical
from filters.arrow import Array, typed, view

DIGITS = 32  # 128 bits: against accidents


class Content:
    """Rows digested as they pass; memory does not grow with them."""

    def __init__(self, schema: pa.Schema) -> None:
        """Raises TypeError for a type without a canonical form (unions)."""
        self.rows = 0
        self._types = types(schema)
        self._columns = [_column(field.type) for field in schema]

    def add(self, batch: pa.RecordBatch) -> None:
        """The next rows. Raises ValueError for other columns than those of the schema."""
        if not self.takes(batch.schema):
            raise ValueError(f"rows of {types(batch.schema)} after rows of {self._types}; digest them apart")
        for column, values in zip(self._columns, batch.columns, strict=True):
            column.add(values)
        self.rows += batch.num_rows

    def takes(self, schema: pa.Schema) -> bool:
        """Whether rows of this schema can be added."""
        return types(schema) == self._types

    def hexdigest(self) -> str:
        """32 hex digits of what was added so far."""
        return digest_of([self.rows, self._types, [list(column.digests()) for column in self._columns]])


def digest(table: pa.Table | pa.RecordBatch | pa.RecordBatchReader) -> str:
    """32 hex digits of all rows."""
    content = Content(table.schema)
    for batch in _batches(table):
        content.add(batch)
    return content.hexdigest()


def _batches(table: pa.Table | pa.RecordBatch | pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    if isinstance(table, pa.RecordBatch):
        return iter([table])
    if isinstance(table, pa.Table):
        return iter(table.to_batches())
    return iter(table)


def types(schema: pa.Schema) -> list[tuple[str, str]]:
    """Names and logical types of the columns."""
    return [(field.name, type_name(field.type)) for field in schema]


def type_name(kind: pa.DataType) -> str:
    """A logical type: "string" for all three layouts of text, likewise "binary", "list<...>"; extensions as stored.

    Names of the items of lists do not count, which Parquet and Arrow spell in two ways; those of struct fields do.
    """
    kind = _stored(kind)
    if _is_text(kind):
        return "string"
    if _is_bytes(kind):
        return "binary"
    return _nested_name(kind) if pa.types.is_nested(kind) else str(kind)


def _nested_name(kind: pa.DataType) -> str:
    if pa.types.is_struct(kind):
        return f"struct<{', '.join(f'{field.name!r}: {type_name(field.type)}' for field in kind)}>"
    if pa.types.is_map(kind):
        return f"map<{type_name(kind.key_type)}, {type_name(kind.item_type)}>"
    if pa.types.is_fixed_size_list(kind):
        return f"list<{type_name(kind.value_type)}>[{kind.list_size}]"
    return f"list<{type_name(_item(kind))}>"


def _stored(kind: pa.DataType) -> pa.DataType:
    """The type of the values, whatever they are wrapped in or encoded by."""
    while True:
        if isinstance(kind, pa.BaseExtensionType):
            kind = kind.storage_type
        elif pa.types.is_dictionary(kind) or pa.types.is_run_end_encoded(kind):
            kind = kind.value_type
        else:
            return kind


def _plain(values: Array) -> Array:
    """The values themselves, as `_stored` says; text and bytes with offsets of 64 bits."""
    while True:
        if isinstance(values, pa.ExtensionArray):
            values = values.storage
        elif pa.types.is_dictionary(values.type):
            values = typed(values, pa.DictionaryArray).dictionary_decode()
        elif pa.types.is_run_end_encoded(values.type):
            values = pc.run_end_decode(values)  # type: ignore[attr-defined]  # the stubs lack it
        elif _is_text(values.type):
            return values.cast(pa.large_string())
        elif _is_bytes(values.type):
            return values.cast(pa.large_binary())
        else:
            return values


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _item(kind: pa.DataType) -> pa.DataType:
    """What a list of any layout holds."""
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_list_view, pa.types.is_large_list_view)
    if not any(of_kind(kind) for of_kind in lists):
        raise TypeError(f"values of type {kind} have no canonical form; write another type")
    listed: Any = kind
    item: pa.DataType = listed.value_type
    return item


class _Column(Protocol):
    def add(self, values: Array) -> None:
        """The next values."""

    def digests(self) -> Iterator[str]:
        """Of each stream of bytes that the values make: first which of them are null."""


def _column(kind: pa.DataType) -> _Column:
    kind = _stored(kind)
    if pa.types.is_struct(kind):
        return _Struct(kind)
    if pa.types.is_map(kind):
        return _Lists(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))
    if pa.types.is_nested(kind):
        return _Lists(kind.value_type if pa.types.is_fixed_size_list(kind) else _item(kind))
    return _Texts() if _is_text(kind) or _is_bytes(kind) else _Numbers()


class _Nulls:
    """A byte a value: 1 for a value, 0 for null. What the other streams hold is of the values alone."""

    def __init__(self) -> None:
        self._valid = hashlib.sha256()

    def of(self, values: Array) -> None:
        valid = values.is_valid().cast(pa.uint8())
        self._valid.update(valid.to_numpy(zero_copy_only=False).tobytes())

    def digests(self) -> Iterator[str]:
        yield self._valid.hexdigest()


class _Numbers(_Nulls):
    """Values of a fixed width, booleans as bytes."""

    def __init__(self) -> None:
        super().__init__()
        self._values = hashlib.sha256()

    def add(self, values: Array) -> None:
        values = _plain(values)
        self.of(values)
        if pa.types.is_null(values.type):
            return
        values = values.drop_null()
        if pa.types.is_boolean(values.type):
            values = values.cast(pa.uint8())
        width = values.type.byte_width
        data = values.buffers()[1]
        if data is not None:
            self._values.update(data.slice(values.offset * width, len(values) * width))

    def digests(self) -> Iterator[str]:
        yield from super().digests()
        yield self._values.hexdigest()


class _Texts(_Nulls):
    """Lengths in bytes, and the bytes end to end."""

    def __init__(self) -> None:
        super().__init__()
        self._lengths = hashlib.sha256()
        self._bytes = hashlib.sha256()

    def add(self, values: Array) -> None:
        values = _plain(values)
        self.of(values)
        values = values.drop_null()
        _, offsets, data = values.buffers()
        if not len(values) or offsets is None:
            return
        bounds = view(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
        self._lengths.update(np.diff(bounds).astype("<i8").tobytes())
        if data is not None:
            self._bytes.update(data.slice(int(bounds[0]), int(bounds[-1] - bounds[0])))

    def digests(self) -> Iterator[str]:
        yield from super().digests()
        yield self._lengths.hexdigest()
        yield self._bytes.hexdigest()


class _Lists(_Nulls):
    """Lengths in items, and the items of all lists end to end."""

    def __init__(self, item: pa.DataType) -> None:
        super().__init__()
        self._lengths = hashlib.sha256()
        self._items = _column(item)

    def add(self, values: Array) -> None:
        values = _plain(values)
        self.of(values)
        if pa.types.is_map(values.type):
            fields = [("key", values.type.key_type), ("value", values.type.item_type)]
            values = values.cast(pa.list_(pa.struct(fields)))
        lists: Any = values  # of whatever layout
        lengths = pc.list_value_length(lists).drop_null()
        self._lengths.update(lengths.to_numpy().astype("<i8").tobytes())
        self._items.add(lists.flatten())  # which leaves out what lies under nulls

    def digests(self) -> Iterator[str]:
        yield from super().digests()
        yield self._lengths.hexdigest()
        yield from self._items.digests()


class _Struct(_Nulls):
    """Field by field; where the struct is null its fields are."""

    def __init__(self, kind: pa.StructType) -> None:
        super().__init__()
        self._fields = [_column(field.type) for field in kind]

    def add(self, values: Array) -> None:
        own = typed(_plain(values), pa.StructArray)
        self.of(own)
        inner = [_plain(own.field(i)) for i in range(len(self._fields))]
        nulls = pc.invert(own.is_valid())
        whole = pa.StructArray.from_arrays(inner, [str(i) for i in range(len(inner))], mask=nulls) if inner else own
        for column, field in zip(self._fields, whole.flatten(), strict=True):
            column.add(field)

    def digests(self) -> Iterator[str]:
        yield from super().digests()
        for column in self._fields:
            yield from column.digests()


def digest_of(value: object) -> str:
    """32 hex digits of a value that is plain JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()[:DIGITS]
