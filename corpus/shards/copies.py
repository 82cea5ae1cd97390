"""Which documents of a token part the shards have, how often, and where in the global order: a row a copy."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.shards import ipc
from corpus.shards.ipc import IpcFile, wanted
from corpus.store.manifest import FileEntry
from filters.arrow import schema

SCHEMA = schema(
    [
        pa.field("language", pa.string(), nullable=False),
        pa.field("order", pa.uint64(), nullable=False),
        pa.field("at", pa.int32(), nullable=False),  # row in the token part of the same number
        pa.field("copy", pa.int16(), nullable=False),  # 0, 1, ...
    ]
)


def write_copies(folder: str, label: str, copies: pa.RecordBatch) -> FileEntry:
    """Publish a part (columns of SCHEMA, in order of `at` and `copy`)."""
    return ipc.write(folder, "copies", label, SCHEMA, [copies])


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Copies in order of `at`."""

    at: np.ndarray
    order: np.ndarray
    copy: np.ndarray


@dataclass(frozen=True, kw_only=True)
class CopiesPart:
    """A part that is there."""

    folder: str
    entry: FileEntry

    def whole(self) -> pa.RecordBatch:
        """All copies. Raises DataError if it is not the file that the manifest names."""
        [stored] = IpcFile(folder=self.folder, table="copies", entry=self.entry).batches()
        return stored.whole()

    def ranges(self, language: str, first: int, last: int) -> Chosen:
        """Copies of a language ("" for all) whose order key is in first..last."""
        batch = self.whole()
        rows = np.flatnonzero(wanted(batch, language, first, last))
        at, order, copy = (batch.column(name).to_numpy()[rows] for name in ("at", "order", "copy"))
        return Chosen(at=at, order=order, copy=copy)
