"""`about/shards.json`: what a launcher, a loader and a verifier need to know of the shards beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from corpus.catalogue.catalogued import Catalogued
from corpus.errors import DataError
from corpus.store import storage

Epochs = Mapping[str, float]  # how often the tokens of each come; the mixture repeats them
_SPLIT = "train"  # of a prefix that does not say: nothing was held out


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """A Megatron dataset: `<prefix>.bin` and `<prefix>.idx`, relative to the folder of the shards."""

    prefix: str
    documents: int
    tokens: int  # with the ends of documents
    split: str  # "train", "valid" or "test"
    sha256: tuple[str, str]  # of the `.bin` and the `.idx`

    @property
    def name(self) -> str:
        return self.prefix.removeprefix("megatron/")

    @property
    def stem(self) -> str:
        """What it holds, without the shard's number: `fra_Latn` of `megatron/fra_Latn-00000-of-00002_text_document`."""
        return self.name.rsplit("-of-", 1)[0].rsplit("-", 1)[0]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """An Arrow shard: documents, or sequences where they are packed."""

    rows: int
    sha256: str
    split: str


@dataclass(frozen=True, kw_only=True)
class Packed:
    """How rows of the Arrow shards are filled."""

    sequence_length: int  # tokens
    padding: int  # id


@dataclass(frozen=True, kw_only=True)
class About:
    """The facts, as read."""

    dtype: str
    vocab_size: int
    end_of_document: int
    tokenizer_sha256: str
    prefixes: tuple[Prefix, ...]
    prompted: dict[str, tuple[Prefix, ...]]  # "inputs", "targets", "label"; empty where no source is prompted
    arrow: dict[str, Rows]  # by file, relative to the folder of the shards
    packed: Packed | None  # None: a row is a document
    sources: tuple[Catalogued, ...] = ()  # those that have an entry in the catalogue
    epochs: Epochs  # of languages
    source_epochs: Epochs

    @property
    def item_bytes(self) -> int:
        return int(np.dtype(self.dtype).itemsize)


def read(folder: str) -> About:
    """Of a stage `shard`. Raises DataError if it is missing or is not what this version writes."""
    address = storage.join(folder, "about", "shards.json")
    data = storage.read_bytes(address)
    if data is None:
        raise DataError(f"{address} is missing: copy the release again, or delete {folder} and run the recipe again")
    try:
        raw = orjson.loads(data)
        return About(
            dtype=str(np.dtype(raw["dtype"])),
            vocab_size=int(raw["vocab_size"]),
            end_of_document=int(raw["end_of_document"]),
            tokenizer_sha256=str(raw["tokenizer_sha256"]),
            prefixes=_prefixes(raw["megatron"]),
            prompted={str(name): _prefixes(entries) for name, entries in raw.get("prompted", {}).items()},
            arrow={str(entry["file"]): _rows(entry) for entry in raw["arrow"]},
            packed=_packed(raw["packed"]) if "packed" in raw else None,
            sources=tuple(Catalogued(**{str(k): str(v) for k, v in row.items()}) for row in raw.get("sources", ())),
            epochs=_epochs(raw["epochs"]["language"]),
            source_epochs=_epochs(raw["epochs"]["source"]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"{address} is damaged ({error}): copy the release again, or delete {folder} and run the recipe again"
        ) from error


def _prefixes(entries: Sequence[Mapping[str, Any]]) -> tuple[Prefix, ...]:
    return tuple(
        Prefix(
            prefix=str(entry["prefix"]),
            documents=int(entry["documents"]),
            tokens=int(entry["tokens"]),
            split=str(entry.get("split", _SPLIT)),
            sha256=(str(entry["bin_sha256"]), str(entry["idx_sha256"])),
        )
        for entry in entries
    )


def _rows(entry: Mapping[str, Any]) -> Rows:
    rows = int(entry["sequences"] if "sequences" in entry else entry["documents"])
    return Rows(rows=rows, sha256=str(entry["sha256"]), split=str(entry.get("split", _SPLIT)))


def _epochs(raw: Mapping[str, Any]) -> Epochs:
    return {str(name): float(count) for name, count in raw.items()}


def _packed(raw: Mapping[str, Any]) -> Packed:
    return Packed(sequence_length=int(raw["sequence_length"]), padding=int(raw["padding_id"]))
