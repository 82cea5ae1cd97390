"""`about/shards.json`: what a launcher, a loader and a verifier need to know of the shards beside it."""

from dataclasses import dataclass

import numpy as np
import orjson

from corpus import storage
from corpus.errors import DataError

_SPLIT = "train"  # of a prefix that does not say: nothing was held out


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """A Megatron dataset: `<prefix>.bin` and `<prefix>.idx`, relative to the folder of the shards."""

    prefix: str
    documents: int
    tokens: int  # with the ends of documents
    split: str  # "train", "valid" or "test"

    @property
    def name(self) -> str:
        return self.prefix.removeprefix("megatron/")

    @property
    def stem(self) -> str:
        """What it holds, without the shard's number: `fra_Latn` of `megatron/fra_Latn-00000-of-00002_text_document`."""
        return self.name.rsplit("-of-", 1)[0].rsplit("-", 1)[0]


@dataclass(frozen=True, kw_only=True)
class About:
    """The facts, as read."""

    dtype: str
    vocab_size: int
    end_of_document: int
    tokenizer_sha256: str
    prefixes: tuple[Prefix, ...]
    arrow: dict[str, int]  # documents by file, relative to the folder of the shards

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
            prefixes=tuple(
                Prefix(
                    prefix=str(entry["prefix"]),
                    documents=int(entry["documents"]),
                    tokens=int(entry["tokens"]),
                    split=str(entry.get("split", _SPLIT)),
                )
                for entry in raw["megatron"]
            ),
            arrow={str(entry["file"]): int(entry["documents"]) for entry in raw["arrow"]},
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(
            f"{address} is damaged ({error}): copy the release again, or delete {folder} and run the recipe again"
        ) from error
