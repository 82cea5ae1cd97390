"""Where tokens lie, on both sides: in a file that a trainer reads, and in the table that a document comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """Tokens first..last-1 of a row are the document at `row` of part `part` of `documents`, its end included."""

    file: str  # below the release: "arrow/data-00000-of-00002.arrow", or a prefix "megatron/deu_Latn-..."
    number: int  # row of the Arrow shard, or document number of the prefix
    first: int
    last: int
    part: int
    row: int

    def __str__(self) -> str:
        what = "row" if self.file.endswith(".arrow") else "document"
        return f"{self.file} {what} {self.number}, tokens {self.first} to {self.last - 1}"
