"""What stage mix counts of each group."""

from dataclasses import dataclass
from typing import ClassVar

from corpus.store.tally import Row


@dataclass(frozen=True, kw_only=True)
class Given(Row):
    """What was written of the documents that a key of the mixture names."""

    NAME: ClassVar[str] = "given"
    group: str
    copies: int = 0
    tokens: int = 0  # with an end of document each


@dataclass(frozen=True, kw_only=True)
class Owed(Row):
    """What was solved: the tokens that a group's copies are to have, with their ends."""

    NAME: ClassVar[str] = "owed"
    group: str
    tokens: int = 0
