"""Documents of a new crawl that were withdrawn before: by content they are known for sure, near copies by an estimate.

No text of what was withdrawn is kept, so no similarity to it can be taken exactly. The share of MinHash values that
agree estimates it with a standard error of 0.036 at 0.8 and 126 values; from the threshold on a document is stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from corpus.errors import RecipeError
from corpus.tombstones import ledger, stones
from corpus.tombstones.bands import alike
from corpus.tombstones.ledger import Entry
from corpus.tombstones.secret import Keyed, keyed, values_of
from filters.arrow import binaries
from filters.batch import Batch
from filters.content import Filter as Content
from filters.minhash import Filter as MinHash

SAME, NEAR, PLACE = "the same content", "a near copy", "the same address"


@dataclass(frozen=True, kw_only=True)
class Stops:
    """Ledgers that a stage reads sources under: `heads` say what is in them, the rest where they lie."""

    folders: tuple[str, ...]
    heads: tuple[str, ...]
    key: str

    def identity(self) -> object:
        return list(self.heads)

    def stopper(self) -> "Stopper":
        """Raises RecipeError without the key, or with another one; DataError."""
        if not self.key:
            raise RecipeError(
                f"{self.folders[0]} has withdrawals, and sources are to be read: say [withdrawals] key, the one that "
                "`gristmill withdraw` was given"
            )
        return _opened(self)


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Tombstones of entries whose signatures were made in one way."""

    filter: MinHash
    threshold: float
    signatures: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Stopper:
    """Looks at batches of texts."""

    keyed: Keyed
    ids: frozenset[str]
    contents: frozenset[bytes]
    addresses: frozenset[bytes]
    groups: tuple[_Group, ...]

    def stopped(self, ids: Sequence[str], texts: pa.StringArray, urls: Sequence[str | None]) -> list[str]:
        """Of each document why it is stopped, without a word of what it says; "" for one that is not."""
        documents = pa.RecordBatch.from_arrays([texts], names=["text"])
        batch = Batch(documents=documents)
        keys = binaries(Content().measure(batch).column("key"))
        found = [self._known(*one) for one in zip(ids, keys, urls, strict=True)]
        for group in self.groups:
            signatures = binaries(group.filter.measure(batch).column("signature"))
            rows = [row for row, one in enumerate(signatures) if one and not found[row]]
            if not rows:
                continue
            values = self.keyed.signatures(values_of((signatures[row] for row in rows), group.filter.permutations))
            best, share = alike(group.signatures, values, group.threshold)
            for row, one, much in zip(rows, best.tolist(), share.tolist(), strict=True):
                if one >= 0:
                    found[row] = f"{NEAR}, similarity about {much:.2f}"
        return found

    def _known(self, id_: str, key: bytes, url: str | None) -> str:
        """What is certain of a document."""
        if self.keyed.stand_in(id_) in self.ids or self.keyed.content(key) in self.contents:
            return SAME
        return PLACE if url and self.addresses and self.keyed.address(url) in self.addresses else ""


@lru_cache(maxsize=4)
def _opened(stops: Stops) -> Stopper:
    own = keyed(stops.key)
    ids: set[str] = set()
    contents: set[bytes] = set()
    places: set[bytes] = set()
    by_way: dict[tuple[int, int, int, float], list[np.ndarray]] = {}
    for folder in stops.folders:
        for entry in _entries(folder, own, stops.heads):
            found = stones.read(folder, entry)
            ids |= found.ids
            contents |= found.contents
            places |= found.addresses
            way = (entry.minhash["permutations"], entry.minhash["ngram"], entry.minhash["seed"], entry.threshold)
            by_way.setdefault(way, []).append(found.signatures(way[0]))
    groups = tuple(
        _Group(
            filter=MinHash(permutations=permutations, ngram=ngram, seed=seed),
            threshold=threshold,
            signatures=np.concatenate(values),
        )
        for (permutations, ngram, seed, threshold), values in sorted(by_way.items())
    )
    return Stopper(
        keyed=own, ids=frozenset(ids), contents=frozenset(contents), addresses=frozenset(places), groups=groups
    )


def _entries(folder: str, own: Keyed, heads: Sequence[str]) -> Sequence[Entry]:
    """Of a ledger as it was when the stage was planned. Raises RecipeError for another key."""
    found = ledger.read(folder)
    known = [number for number, head in enumerate(found.heads, 1) if head in heads]
    entries = found.entries[: max(known, default=0)]
    if any(entry.mark != own.mark for entry in entries):
        raise RecipeError(f"[withdrawals] key is not the one that the ledger in {folder} was written with")
    return entries
