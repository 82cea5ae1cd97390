"""The index of texts, patched: the blocks of the parts of the corpus that changed."""

from collections.abc import Iterator
from typing import Any

from corpus.stages.built import Built
from corpus.stages.release import RELEASE
from corpus.store.manifest import FileEntry
from corpus.store.table import Table
from corpus.textindex import blocks
from corpus.textindex.blocks import Block
from corpus.withdrawal.folder import Patch, Restated, linked
from filters.arrow import binaries


def patched(patch: Patch, was: Built, now: Built, sums: Restated) -> list[FileEntry]:
    """Files of the index by part; `was` and `now`: `release` before and after."""
    identity: Any = patch.old.manifest.identity
    size = identity["params"]["block_bytes"]
    old, new, index = was.table(RELEASE.corpus.table), now.table(RELEASE.corpus.table), patch.old.table(blocks.TABLE)
    found = []
    for part, entry in enumerate(index.files):
        if old.files[part].sha256 == new.files[part].sha256:
            found.append(linked(patch, blocks.TABLE, entry))
            continue
        for block in blocks.read(index, part):
            sums.less(documents=block.documents, bytes=block.bytes, blocks=1)
        found.append(blocks.write(patch.folder, part, _counted(new, part, size, sums)))
    return found


def _counted(corpus: Table, part: int, block_bytes: int, sums: Restated) -> Iterator[Block]:
    texts = (binaries(batch.column("text").cast("binary")) for batch in corpus.batches(part, ["text"]))
    for block in blocks.cut(texts, block_bytes):
        sums.less(documents=-block.documents, bytes=-block.bytes, blocks=-1)
        yield block
