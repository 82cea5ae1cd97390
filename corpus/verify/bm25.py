"""An index of passages against the corpus that it is of: its blocks are those that the texts give, made once more."""

from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import Any

import numpy as np

from corpus.bm25 import blocks
from corpus.bm25.blocks import Block
from corpus.errors import DataError
from corpus.store.table import Table
from filters.arrow import string_array


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What was seen of a part."""

    documents: int
    passages: int
    failures: tuple[str, ...]


def look(index: Table, corpus: Table, part: int, block_bytes: int) -> Looked:
    """Make a part of the index again, and compare."""
    documents = passages = 0
    failures: list[str] = []
    texts = (string_array(batch.column("text")) for batch in corpus.batches(part, ["text"]))
    try:
        for made, there in zip_longest(blocks.cut(texts, block_bytes), blocks.read(index, part)):
            if made is None or there is None or not _same(made, there):
                row = (made or there).row
                failures.append(f"part {part} of the index: the block at row {row} is not that of the corpus's texts")
                break
            documents += made.documents
            passages += made.passages
    except DataError as error:
        failures.append(str(error))
    return Looked(documents=documents, passages=passages, failures=tuple(failures))


def block_bytes(identity: Any) -> int:
    """Of the stage, as its manifest says."""
    return int(identity["params"]["block_bytes"])


def _same(one: Block, other: Block) -> bool:
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(Block))
