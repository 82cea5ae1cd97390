"""What earlier releases kept, as keys: a new crawl is deduplicated against them, and none of their text is read again.

An index holds for each document of a release its content key, the key of its address, its MinHash signature and its
shingle set. Shingle sets cost 8 bytes a distinct shingle, about as much as the text: they are what proves a similarity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from corpus.errors import RecipeError
from corpus.store import manifest, storage, table
from corpus.store.manifest import Json
from corpus.store.table import Table
from filters.arrow import schema

TABLE = "index"  # and the stage that writes it
INDEX = schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("restricted", pa.bool_(), nullable=False),
        pa.field("key", pa.binary(16), nullable=False),  # as signals.content has it
        pa.field("words", pa.int32(), nullable=False),
        pa.field("url", pa.binary(16)),  # key of the canonical address (corpus.duplicates.addresses)
        pa.field("signature", pa.binary(), nullable=False),  # as signals.minhash has it
        pa.field("shingles", pa.list_(pa.int64()), nullable=False),  # hashes, ascending and distinct
    ]
)


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The indexes that a recipe names, part after part."""

    tables: tuple[Table, ...] = ()
    marks: tuple[str, ...] = ()  # fingerprints of the stages that wrote them

    @property
    def parts(self) -> int:
        return sum(one.parts for one in self.tables)

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables)

    def identity(self) -> object:
        return list(self.marks)

    def locate(self, part: int) -> tuple[Table, int]:
        """The table that holds a part of all of them, and which of its own parts it is."""
        for one in self.tables:
            if part < one.parts:
                return one, part
            part -= one.parts
        raise IndexError(part)


def load(folders: Sequence[str], wanted: Mapping[str, Json]) -> Earlier:
    """The indexes in these folders. `wanted`: version and parameters of what was measured, by filter.

    Raises RecipeError if one is not there, is damaged, lacks a part or was measured in another way. Nothing is written.
    """
    tables, marks = [], []
    for folder in folders:
        found = manifest.load(folder)
        identity = found.identity if found is not None and isinstance(found.identity, dict) else {}
        params = identity.get("params")
        if found is None or found.stage != TABLE or not isinstance(params, dict):
            raise RecipeError(
                f"[dedup] against: no finished index at {folder}: "
                "set [dedup] index = true in that release's recipe and run it"
            )
        _same(folder, params, wanted)
        one = table.of(folder, TABLE, found)
        sizes = storage.list_names(storage.join(folder, TABLE))
        for entry in one.files:
            if sizes.get(entry.name) != entry.bytes:
                raise RecipeError(
                    f"[dedup] against: {storage.join(folder, TABLE, entry.name)} is missing or not whole: "
                    f"delete {folder} and run that release's recipe again"
                )
        tables.append(one)
        marks.append(found.fingerprint)
    if len(set(marks)) < len(marks):
        raise RecipeError("[dedup] against names one index twice: name each release once")
    return Earlier(tables=tuple(tables), marks=tuple(marks))


def _same(folder: str, found: Mapping[str, Json], wanted: Mapping[str, Json]) -> None:
    for name, value in wanted.items():
        if found.get(name) != value:
            raise RecipeError(
                f"[dedup] against: {folder} was measured with another {name} ({found.get(name)}; here {value}): "
                "run that release again as this one is measured, or measure as it was"
            )
