"""`about/views.json`: what a loader, a launcher and a verifier need to know of the views beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from corpus.errors import DataError
from corpus.shards.about import Prefix
from corpus.store import storage

FILE = "views.json"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A file of rows."""

    rows: int
    sha256: str
    split: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """A view, as read. `prefixes`: by what they hold, "text", or "inputs" and "targets"."""

    name: str
    objective: str
    kinds: tuple[str, ...]
    row: int  # tokens
    padding: int  # id
    arrow: Mapping[str, Rows]  # by file, relative to the folder of the views
    prefixes: Mapping[str, tuple[Prefix, ...]]


def read(folder: str) -> dict[str, Known]:
    """Of a stage `views`, by name. Raises DataError if it is missing or is not what this version writes."""
    address = storage.join(folder, "about", FILE)
    data = storage.read_bytes(address)
    advice = f"copy the release again, or delete {folder} and run the recipe again"
    if data is None:
        raise DataError(f"{address} is missing: {advice}")
    try:
        return {str(raw["name"]): _known(raw) for raw in orjson.loads(data)["views"]}
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{address} is damaged ({error}): {advice}") from error


def _known(raw: Mapping[str, Any]) -> Known:
    return Known(
        name=str(raw["name"]),
        objective=str(raw["objective"]),
        kinds=tuple(str(kind) for kind in raw["kinds"]),
        row=int(raw["sequence_length"]),
        padding=int(raw["padding_id"]),
        arrow={
            str(one["file"]): Rows(rows=int(one["rows"]), sha256=str(one["sha256"]), split=str(one["split"]))
            for one in raw["arrow"]
        },
        prefixes={
            str(side): tuple(
                Prefix(
                    prefix=str(one["prefix"]),
                    documents=int(one["examples"]),
                    tokens=int(one["tokens"]),
                    split=str(one["split"]),
                    sha256=(str(one["bin_sha256"]), str(one["idx_sha256"])),
                )
                for one in found
            )
            for side, found in raw["megatron"].items()
        },
    )
