"""What the join of labels counts of each source."""

from dataclasses import dataclass
from typing import ClassVar

from corpus.store.tally import Row


@dataclass(frozen=True, kw_only=True)
class Matched(Row):
    """Documents, those of them that have a label, and those that have no address to join one by."""

    NAME: ClassVar[str] = "matched"
    source: str
    documents: int = 0
    labelled: int = 0
    keyless: int = 0
