"""What the stages from encode to shard count of each source, language and split."""

from dataclasses import dataclass
from typing import ClassVar

from corpus.store.tally import Row


@dataclass(frozen=True, kw_only=True)
class Pair(Row):
    """Documents that were encoded, or their copies in a mixture; tokens without ends of documents."""

    NAME: ClassVar[str] = "pairs"
    source: str
    language: str
    documents: int = 0
    tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Encoder(Row):
    """Documents by the library that encoded them."""

    NAME: ClassVar[str] = "encoders"
    library: str
    documents: int = 0


@dataclass(frozen=True, kw_only=True)
class Judged(Row):
    """Texts that were to be encoded by a second library, and those that it encoded to the same ids: the others are
    longer than it takes. Of a prompt inputs and targets are a text each."""

    NAME: ClassVar[str] = "judged"
    source: str
    language: str
    chosen: int = 0
    judged: int = 0


@dataclass(frozen=True, kw_only=True)
class Held(Row):
    """Documents that a split holds out; tokens without ends of documents."""

    NAME: ClassVar[str] = "held"
    split: str
    source: str
    language: str
    documents: int = 0
    tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Chosen(Row):
    """Documents that were asked for a split, and those that were chosen for it before any was written."""

    NAME: ClassVar[str] = "splits"
    split: str
    wanted: int = 0
    taken: int = 0


@dataclass(frozen=True, kw_only=True)
class Packed(Row):
    """What sequences hold of a source."""

    NAME: ClassVar[str] = "packed"
    source: str
    documents: int = 0
    cut: int = 0  # documents in more than one sequence
    sequences: int = 0  # that hold a piece of it
    company: int = 0  # pieces of documents in these, of whatever source
