"""Where tokens lie, on both sides: in a file that a trainer reads, and in the table that a document comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """Tokens first..last-1 of a row are the document at `row` of part `part` of `documents`, its end included; or,
    where it goes on in other rows, its tokens from `offset` on."""

    file: str  # below the release: "arrow/data-00000-of-00002.arrow", or a prefix "megatron/deu_Latn-..."
    number: int  # row of the Arrow shard, or document number of the prefix
    first: int
    last: int
    part: int
    row: int
    copy: int = 0  # others where the mixture repeats the document
    offset: int = 0  # token of the document with which the place begins
    view: str = ""  # of a view, its name: the tokens are another arrangement of those of the document from `offset` on
    taken: int = 0  # of a view, how many tokens of the document these are

    def __str__(self) -> str:
        what = "row" if self.file.endswith(".arrow") else "document"
        found = f"{self.file} {what} {self.number}, tokens {self.first} to {self.last - 1}"
        if self.view:
            found += f", view {self.view} of tokens {self.offset} to {self.offset + self.taken - 1} of the document"
        elif self.offset:
            found += f", from token {self.offset} of the document on"
        return f"{found}, copy {self.copy}" if self.copy else found
