"""Blocks of texts with their sorted suffixes: how they lie in files, and how they are read without being loaded.

A part of the corpus is an Arrow file of as many record batches as blocks, of one row each. On a local disk its columns
are views of the mapped file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.errors import DataError
from corpus.store import storage
from corpus.store.arrow_errors import DAMAGED, first_line, of_system
from corpus.store.entries import FileEntry
from corpus.store.table import Table
from filters.arrow import Array, any_list, array, buffer, large_lists, schema
from filters.kernels.buffers import buffers
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
    rows = 0
    with (
        storage.publish(storage.join(folder, TABLE), f"part-{part:05d}-{{digest}}.arrow") as sink,
        pa.ipc.new_file(storage.arrow_file(sink), BLOCK) as writer,
    ):
        for block in blocks:
            writer.write_batch(_batch(block))
            rows += block.documents
    return FileEntry(name=sink.name, rows=rows, bytes=sink.bytes, sha256=sink.sha256)


def _batch(block: Block) -> pa.RecordBatch:
    bounds = np.array([0, len(block.text)], np.int64)
    text = pa.Array.from_buffers(pa.large_binary(), 1, [None, buffer(bounds), buffer(block.text)])
    columns: list[Array] = [
        pa.array([block.row], pa.int64()),
        text,
        large_lists(np.array([0, len(block.starts)], np.int64), array(block.starts), BLOCK.field("starts").type),
        large_lists(np.array([0, len(block.suffixes)], np.int64), array(block.suffixes), BLOCK.field("suffixes").type),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=BLOCK)


def read(index: Table, part: int) -> Iterator[Block]:
    """The blocks of a part, in order. Raises DataError for a file that is not the one of the manifest."""
    entry = index.files[part]
    address = storage.join(index.folder, TABLE, entry.name)
    filesystem, path = storage.resolve(address)
    try:
        source = pa.memory_map(path) if storage.is_local(address) else filesystem.open_input_file(path)
        with source:
            if source.size() != entry.bytes:
                raise DataError(f"{address} has another size than its manifest says: delete {index.folder}, run again")
            reader = pa.ipc.open_file(source)
            for number in range(reader.num_record_batches):
                block = _of(reader.get_batch(number))
                if not _holds(block):
                    raise DataError(f"{address} is damaged (block {number}): delete {index.folder} and run again")
                yield block
    except DAMAGED as error:
        if isinstance(error, FileNotFoundError) or not of_system(error):
            raise DataError(
                f"{address} is damaged ({first_line(error)}): delete {index.folder} and run again"
            ) from error
        raise


def _holds(block: Block) -> bool:
    """Whether its texts are within it, and there are as many suffixes as there should be."""
    starts, size = block.starts, len(block.text)
    whole = len(starts) > 1 and starts[0] == 0 and starts[-1] == size and bool((np.diff(starts) >= len(END)).all())
    return whole and len(block.suffixes) == -(-size // STEP)


def _of(batch: pa.RecordBatch) -> Block:
    data, offsets = buffers(batch.column("text"))
    return Block(
        row=int(batch.column("row")[0].as_py()),
        text=data[offsets[0] : offsets[1]],
        starts=any_list(batch.column("starts")).flatten().to_numpy(),
        suffixes=any_list(batch.column("suffixes")).flatten().to_numpy(),
    )
