"""What a view has of the documents, and what it leaves out."""

from dataclasses import dataclass
from typing import ClassVar

from corpus.store.tally import Row


@dataclass(frozen=True, kw_only=True)
class Viewed(Row):
    """Documents are copies where a mixture repeats them; tokens are without ends of documents."""

    NAME: ClassVar[str] = "views"
    view: str
    documents: int = 0  # that are in examples
    other: int = 0  # of another language or source than the view's
    prompted: int = 0  # that have inputs and targets of their own
    short: int = 0  # too short for an example
    examples: int = 0
    tokens: int = 0  # of documents, in examples
    left: int = 0  # of documents, in none
    plain: int = 0  # pieces that are not rearranged, of fim
    psm: int = 0
    spm: int = 0
    unfit: int = 0  # of the plain ones: they were to be, and would not have fitted or come back

    @property
    def out(self) -> int:
        """Documents that are in no example."""
        return self.other + self.prompted + self.short
