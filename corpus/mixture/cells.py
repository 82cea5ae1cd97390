"""What stage buckets counts: documents and tokens of each bucket, and the filters' losses by size of cluster."""

from dataclasses import dataclass
from typing import ClassVar

from corpus.store.tally import Row


@dataclass(frozen=True, kw_only=True)
class Celled(Row):
    """Documents that are trained on, of a source, a language and a bucket; tokens with an end of document each."""

    NAME: ClassVar[str] = "cells"
    source: str
    language: str
    values: str  # of `by`, in its order, as a JSON list
    documents: int = 0
    tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Clustered(Row):
    """Documents of a language in clusters of a size (exact copies and verified pairs joined, whatever filters said),
    and those of them that the filters dropped."""

    NAME: ClassVar[str] = "clustered"
    language: str
    size: str  # a whole number
    documents: int = 0
    dropped: int = 0
