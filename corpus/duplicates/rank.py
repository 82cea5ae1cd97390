"""The order of election: the recipe's `prefer` as bytes that sort as the documents rank, best first.

Each key gives a byte that says whether it is missing (null, NaN, no model or lexicon for the language: these sort last)
and eight that hold its value. What is mostly in capitals comes after what is not, whatever the recipe says: of exact
copies the one that is not shouted stays. The document's id ends the rank, so no two documents tie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import filters
from corpus.external.recipe_table import LABELLED
from filters.arrow import Array, ChunkedArray, buffer, filled, strings

ALIASES = {"words": "content.words", "length": "length.chars"}
_PLACES = ("source", "licence")  # ranked by the lists prefer_sources and prefer_licences
# Columns that say whether a filter knew the language, or a document has a label; without, values mean 0.
AWARE = ("modelled", "lexicon", LABELLED)


@dataclass(frozen=True, kw_only=True)
class Key:
    """One entry of `prefer`: a column of a filter, "date", "source" or "licence"."""

    name: str  # "<filter>.<column>", or one of those
    more: bool  # the greater, or the later, is better

    @property
    def filter(self) -> str:
        """The filter that is measured for it; "" for none."""
        return self.name.rpartition(".")[0]  # which may have dots itself


def parse(text: str) -> Key:
    """ "+words", "-perplexity", "symbols.letter_ratio", "date", "source". Raises ValueError saying what there is."""
    name = text.lstrip("+-")
    if text[: -len(name) or None] not in ("", "+", "-"):
        raise ValueError(f"{text!r}: one sign, + for more or - for less, then a name")
    if name in _PLACES:
        if name != text:
            raise ValueError(f"{text!r}: {name} is ordered by prefer_{name}s and takes no sign")
        return Key(name=name, more=False)
    more = not text.startswith("-")
    if name == "date":
        return Key(name=name, more=more)
    name = ALIASES.get(name, name)
    filter_, _, column = name.rpartition(".")
    return Key(name=f"{filter_ or column}.{column}", more=more)


def check(prefer: Sequence[str], outside: Mapping[str, pa.Schema]) -> None:
    """Raises ValueError for a key that is no number that a filter measures, or that a label has: `outside` are the
    columns of labels by their names."""
    for text in prefer:
        key = parse(text)
        if "." in key.name:
            schema = outside[key.filter] if key.filter in outside else filters.load(key.filter).signals
            numbers = [f.name for f in schema if pa.types.is_integer(f.type) or pa.types.is_floating(f.type)]
            if key.name.rpartition(".")[2] not in numbers:
                known = ", ".join(f"{key.filter}.{n}" for n in numbers) or "no number"
                raise ValueError(f"{text!r}: {key.filter} has {known}")


def measured(prefer: Sequence[str]) -> list[str]:
    """The filters whose signals these keys need."""
    return list(dict.fromkeys(name for text in prefer if (name := parse(text).filter)))


def ranks(
    keys: Sequence[Key],
    columns: Mapping[str, pa.Table],
    lists: Mapping[str, Sequence[str]],
    outranked: np.ndarray,
) -> Array:
    """Ranks (binary) of the rows of aligned tables; smaller bytes are better.

    `columns`: "document" with id, source and what the keys need of licence and date; "content" with capitals; and a
    table for each filter that a key needs.
    `lists`: by "source" and "licence", the order that the recipe prefers; what is not named comes after.
    `outranked` (bool): rows that come after all others, whatever their keys.
    """
    document = columns["document"]
    parts = [_bytes(*_values(key, columns, lists), more=key.more) for key in keys]
    ids = np.frombuffer(bytes.fromhex("".join(strings(document.column("id")))), np.uint8)
    loud = np.asarray(columns["content"].column("capitals"), bool)
    first, last = (flags.astype(np.uint8)[:, None] for flags in (outranked, loud))
    together = np.ascontiguousarray(np.hstack([first, *parts, last, ids.reshape(-1, 16)]))
    width = together.shape[1]
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(together), [None, buffer(together)])
    return fixed.cast(pa.binary())


def _values(
    key: Key, columns: Mapping[str, pa.Table], lists: Mapping[str, Sequence[str]]
) -> tuple[np.ndarray, np.ndarray]:
    """float64 values, and which of them are missing."""
    if key.name in _PLACES:
        wanted = lists[key.name]
        places = pc.index_in(columns["document"].column(key.name), pa.array(list(wanted), pa.string()))
        found = filled(places, len(wanted)).to_numpy().astype(np.float64)
        return found, np.zeros(len(found), bool)
    if not key.filter:
        column = columns["document"].column(key.name).cast(pa.int64())
        return _numbers(column), np.asarray(pc.is_null(column), bool)
    table = columns[key.filter]
    values = _numbers(table.column(key.name.rpartition(".")[2]))
    missing = np.isnan(values)
    for name in AWARE:
        if name in table.column_names:
            missing |= ~np.asarray(table.column(name), bool)
    return values, missing


def _numbers(column: ChunkedArray) -> np.ndarray:
    return np.asarray(filled(column, 0).to_numpy(), np.float64)


def _bytes(values: np.ndarray, missing: np.ndarray, *, more: bool) -> np.ndarray:
    """uint8[rows, 9] that sort as the values do: IEEE 754 bits, negative numbers complemented (totalOrder, 5.10)."""
    bits = (values + 0.0).view(np.uint64)  # + 0.0: minus zero is zero
    top = np.uint64(1 << 63)
    ordered = np.where(bits & top, ~bits, bits | top)
    ordered = np.where(missing, np.uint64(0), ~ordered if more else ordered)
    data = ordered.astype(">u8").view(np.uint8).reshape(-1, 8)
    return np.hstack([missing.astype(np.uint8)[:, None], data])
