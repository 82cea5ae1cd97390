"""Blocks of texts with their sorted suffixes, as they lie in files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.store import mapped
from corpus.store.entries import FileEntry
from corpus.store.table import Table
from filters.arrow import schema
from filters.kernels.suffixes import STEP, sorted_suffixes

TABLE = "blocks"
END = b"\xff"  # behind each text: a byte that UTF-8 has not, so nothing that is looked up goes over it
BLOCK = schema(
    [
        pa.field("row", pa.int64(), nullable=False),  # of the corpus part: that of the block's first document
        pa.field("text", pa.large_binary(), nullable=False),  # the texts, END behind each
        pa.field("starts", pa.large_list(pa.field("item", pa.int64(), nullable=False)), nullable=False),
        pa.field("suffixes", pa.large_list(pa.field("item", pa.int32(), nullable=False)), nullable=False),
    ]
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Texts of consecutive documents."""

    row: int  # of the first, in its part of the corpus
    text: np.ndarray  # uint8
    starts: np.ndarray  # int64[documents + 1]: where each text begins; its END is the byte before the next
    suffixes: np.ndarray  # int32: as `sorted_suffixes` gives them

    @property
    def documents(self) -> int:
        return len(self.starts) - 1

    @property
    def bytes(self) -> int:
        """Of the texts alone."""
        return len(self.text) - self.documents


def cut(texts: Iterable[list[bytes]], block_bytes: int) -> Iterator[Block]:
    """Blocks of about so many bytes, of texts that come some at a time; their suffixes are sorted here."""
    waiting: list[bytes] = []
    size = row = 0
    for some in texts:
        for text in some:
            if waiting and size + len(text) > block_bytes:
                yield _block(row, waiting)
                row += len(waiting)
                waiting, size = [], 0
            waiting.append(text)
            size += len(text) + len(END)
    if waiting:
        yield _block(row, waiting)


def _block(row: int, texts: list[bytes]) -> Block:
    text = np.frombuffer(END.join([*texts, b""]), np.uint8)
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(one) + len(END) for one in texts], out=starts[1:])
    return Block(row=row, text=text, starts=starts, suffixes=sorted_suffixes(text))


def write(folder: str, part: int, blocks: Iterable[Block]) -> FileEntry:
    """One part, a block at a time; its rows are documents."""
    return mapped.write(folder, TABLE, part, BLOCK, ((block.documents, vars(block)) for block in blocks))


def read(index: Table, part: int) -> Iterator[Block]:
    """The blocks of a part, in order. Raises DataError for a file that is not the one of the manifest."""
    for number, values in enumerate(mapped.read(index, part)):
        block = Block(**values)  # type: ignore[arg-type]
        if not _holds(block):
            raise mapped.damaged(index, part, f"block {number}")
        yield block


def _holds(block: Block) -> bool:
    """Whether its texts are within it, and there are as many suffixes as there should be."""
    starts, size = block.starts, len(block.text)
    whole = len(starts) > 1 and starts[0] == 0 and starts[-1] == size and bool((np.diff(starts) >= len(END)).all())
    return whole and len(block.suffixes) == -(-size // STEP)
