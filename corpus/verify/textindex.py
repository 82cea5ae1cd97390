"""An index against the corpus that it is of: every text by its digest, and the order of suffixes in one block a part.

That order is a function of the text, and its files have the digests with which they were written; to go through all of
it takes as long as making it.
"""

from dataclasses import dataclass
from hashlib import blake2b

from corpus.errors import DataError
from corpus.store.table import Table
from corpus.textindex import blocks
from corpus.textindex.blocks import Block
from filters.arrow import binaries
from filters.kernels import suffix_lookup
from filters.kernels.suffixes import STEP


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was seen of a part."""

    documents: int
    suffixes: int
    failures: tuple[str, ...]


def look(index: Table, corpus: Table, part: int) -> Looked:
    """Read a part of the index whole."""
    try:
        contents = binaries(corpus.read(part, ["content"]).column("content"))
        documents = suffixes = 0
        failures: list[str] = []
        for block in blocks.read(index, part):
            wanted = contents[documents : documents + block.documents]
            if block.row != documents or _contents(block) != wanted:
                failures.append(f"part {part} of the index: the block at row {documents} has not the corpus's texts")
            if not documents:
                suffixes = len(block.suffixes)
                if suffix_lookup.disorder(block.text, block.suffixes, STEP) >= 0:
                    failures.append(f"part {part} of the index: suffixes of its first block are not in order")
            documents += block.documents
    except DataError as error:
        return Looked(documents=0, suffixes=0, failures=(str(error),))
    if documents != len(contents):
        failures.append(f"part {part} of the index has {documents:,} documents, the corpus {len(contents):,}")
    return Looked(documents=documents, suffixes=suffixes, failures=tuple(failures))


def _contents(block: Block) -> list[bytes]:
    """blake2b-128 of each text."""
    bounds = zip(block.starts[:-1].tolist(), block.starts[1:].tolist(), strict=True)
    return [blake2b(block.text[first : last - 1].tobytes(), digest_size=16).digest() for first, last in bounds]
