"""Copies that stay where a request says so: which stand up, and what a tombstone may not name for their sake."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from corpus.stages.built import Finished
from corpus.stages.ingest import INGEST
from corpus.tombstones.secret import Keyed
from corpus.withdrawal.copies import Place
from filters.arrow import equal


@dataclass(frozen=True, kw_only=True)
class Elected:
    """Who stays once documents are gone, beside who stayed with them."""

    up: tuple[Place, ...] = ()  # stay now
    down: tuple[Place, ...] = ()  # stayed, and go for one that stands up
    untold: str = ""  # why it is not certain before the next run

    def __bool__(self) -> bool:
        return bool(self.up or self.down or self.untold)


def addresses(release: Finished, keyed: Keyed, wanted: Collection[bytes], gone: Collection[Place]) -> frozenset[bytes]:
    """Which of these keyed addresses a document has that stays. Reads all addresses."""
    documents = release[INGEST].table("documents")
    found: set[bytes] = set()
    for part, columns in enumerate(documents.each(["url", "file"])):
        there = np.flatnonzero(~equal(columns.column("file"), "")).tolist()
        urls = {row: url for row, url in enumerate(columns.column("url").to_pylist()) if url}
        found |= {keyed.address(urls[row]) for row in there if row in urls and (part, row) not in gone} & {*wanted}
    return frozenset(found)
