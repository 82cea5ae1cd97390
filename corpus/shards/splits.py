"""The [splits] table, and which clusters of near copies it holds out: documents that no trainer may see.

A cluster goes whole, by a keyed digest of its smallest id, so no near copy of a held-out document is left to train on
(Lee et al. 2022, section 6.2: copies that straddle make a validation loss too good). For each language the clusters
with the smallest digests are taken until their documents are as many as asked for.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from annotated_types import Ge, Interval

from corpus.shards.order import order_keys
from filters import language_keys

TRAIN = "train"
SPLITS = ("valid", "test")  # in the order in which they are filled
BUCKET_BITS = (
    12  # of digests that are counted together: 4,096 sums a language come to the driver, then one bucket whole
)
_LEAST_OF = 4  # min_documents takes at most every fourth document: a small language is there to be trained on
_STRICT: dict[str, Any] = {"extra": "forbid", "strict": True}
_Share = Annotated[float, Interval(ge=0, lt=1)]


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What a table of `by_language` says for languages of a pattern; what it does not say stays as in [splits]."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    valid: _Share | None = None
    """The share that goes to validation."""
    test: _Share | None = None
    """The share that goes to the test split."""
    min_documents: Annotated[int, Ge(0)] | None = None
    """Fewest documents in each split that has a share."""
    max_documents: Annotated[int, Ge(1)] | None = None
    """Most documents in each split."""


@dataclass(frozen=True, kw_only=True)
class Splits:
    """The [splits] table: without it everything is trained on. Shares are of the documents of a language."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    valid: _Share = 0.005
    """Share of a language's documents that is held out for validation: what NeoX-20B and many after it took
    ("995,4,1")."""
    test: _Share = 0.0
    """Share of a language's documents that is held out for testing."""
    min_documents: Annotated[int, Ge(0)] = 0
    """Fewest documents of a language in each split that has a share; at most every fourth of its documents is taken for
    it."""
    max_documents: Annotated[int, Ge(1)] = 50_000
    """Most documents of a language in each split: 50 million tokens at 1,000 each give a loss to four digits."""
    similarity: Annotated[float, Interval(ge=0, le=1)] = 0.5
    """Least Jaccard similarity of near copies, which go together: at 0.5 two in three shingles are shared. Of such
    pairs the bands of 0.8 propose 28 %, of more alike ones more, of less alike few."""
    max_cluster: Annotated[int, Ge(1)] = 100
    """Documents of the largest cluster that may be held out; a larger one is trained on: held out, one template would
    be the loss."""
    by_language: Mapping[str, Quota] = field(default_factory=dict, hash=False)
    """Other values for languages, by id or pattern (an exact id, else the longest that fits)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_language", language_keys.keyed(self.by_language, "by_language:"))
        for quota in (self, *(self.of(pattern) for pattern in self.by_language)):
            if quota.valid + quota.test >= 1:
                raise ValueError(
                    f"valid and test together take {quota.valid + quota.test:g}: leave something to train on"
                )
            if quota.min_documents > quota.max_documents:
                raise ValueError(f"min_documents {quota.min_documents} is over max_documents {quota.max_documents}")

    def of(self, language: str) -> "Splits":
        """The table as it stands for a language: values of the longest pattern that fits stand over the others."""
        fitting = [p for p in self.by_language if p == language or fnmatchcase(language, p)]
        if not fitting:
            return self
        quota = self.by_language[max(fitting, key=lambda p: (p == language, len(p), p))]
        said = {name: value for name, value in vars(quota).items() if value is not None}
        base = {name: value for name, value in vars(self).items() if name != "by_language"}
        return Splits(**{**base, **said})

    def wanted(self, language: str, split: str, documents: int) -> int:
        """How many documents of so many of a language a split is to have."""
        mine = self.of(language)
        share: float = getattr(mine, split)
        if not share:
            return 0
        least = min(mine.min_documents, documents // _LEAST_OF)
        return min(max(round(share * documents), least), mine.max_documents)


def digests(clusters: pa.StringArray, seed: int) -> np.ndarray:
    """uint64 for the smallest id of each cluster. The key is another than that of the global order, or the documents
    that come first in it would be the ones held out."""
    key = hashlib.blake2b(f"splits {seed}".encode(), digest_size=16).digest()
    return order_keys(clusters, int.from_bytes(key, "little"))


class Crossing(NamedTuple):
    """Where a language's split ends: in this bucket of digests, before which `before` documents are taken."""

    bucket: int
    before: int
    limit: int  # documents, `before` included


def crossing(histogram: np.ndarray, limit: int) -> Crossing | None:
    """The first bucket (int64[2 ** BUCKET_BITS] of documents) that does not fit under the limit; None if all do."""
    sums = np.cumsum(histogram)
    bucket = int(np.searchsorted(sums, limit, side="right"))
    return None if bucket == len(sums) else Crossing(bucket, int(sums[bucket] - histogram[bucket]), limit)


def threshold(found: Crossing, keys: np.ndarray, sizes: np.ndarray) -> tuple[int, int]:
    """The first digest that is not taken, and documents taken; `keys` (uint64) and `sizes` are of its clusters."""
    order = np.argsort(keys, kind="stable")
    sums = found.before + np.cumsum(sizes[order])
    last = keys[order[np.searchsorted(sums, found.limit, side="right")]]
    taken = int(np.searchsorted(keys[order], last, side="left"))  # texts without words may share an id: none or all
    return int(last), int(sums[taken - 1]) if taken else found.before


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Of each language the digests at which its splits end, in order of SPLITS."""

    ends: Mapping[str, Sequence[int]]

    def place(self, languages: Iterable[str], keys: np.ndarray) -> np.ndarray:
        """int8: the number of each cluster's split, len(SPLITS) for what is trained on."""
        found = np.full(len(keys), len(SPLITS), np.int8)
        for row, (language, key) in enumerate(zip(languages, keys.tolist(), strict=True)):
            for number, end in enumerate(self.ends.get(language, ())):
                if key < end:
                    found[row] = number
                    break
        return found
