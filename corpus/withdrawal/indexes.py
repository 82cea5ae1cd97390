"""Indexes of texts, patched: the blocks of the parts of the corpus that changed are made anew of what is left.

Whatever else an index has of a text (hashes of its words, where its passages begin) goes with the block.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.bm25 import blocks as ranking
from corpus.stages.bm25 import BM25
from corpus.stages.built import Built
from corpus.stages.release import RELEASE
from corpus.stages.textindex import TEXTINDEX
from corpus.store.manifest import FileEntry
from corpus.store.table import Table
from corpus.textindex import blocks as suffixes
from corpus.withdrawal.folder import Patch, Restated, linked
from filters.arrow import binaries, string_array


@dataclass(frozen=True, kw_only=True)
class _Index:
    """How the blocks of a stage are read, made of a part of the corpus, written and counted."""

    table: str
    read: Callable[[Table, int], Iterator[Any]]
    made: Callable[[Table, int, int], Iterator[Any]]
    write: Callable[[str, int, Iterable[Any]], FileEntry]
    counts: tuple[str, ...]  # attributes of a block; each block is one of `blocks` too


def _suffixes(corpus: Table, part: int, block_bytes: int) -> Iterator[suffixes.Block]:
    texts = (binaries(batch.column("text").cast("binary")) for batch in corpus.batches(part, ["text"]))
    return suffixes.cut(texts, block_bytes)


def _ranking(corpus: Table, part: int, block_bytes: int) -> Iterator[ranking.Block]:
    return ranking.cut((string_array(batch.column("text")) for batch in corpus.batches(part, ["text"])), block_bytes)


INDEXES: Mapping[str, _Index] = {
    TEXTINDEX.name: _Index(
        table=suffixes.TABLE,
        read=suffixes.read,
        made=_suffixes,
        write=suffixes.write,
        counts=("documents", "bytes"),
    ),
    BM25.name: _Index(
        table=ranking.TABLE,
        read=ranking.read,
        made=_ranking,
        write=ranking.write,
        counts=("documents", "bytes", "passages"),
    ),
}


def patched(patch: Patch, was: Built, now: Built, sums: Restated) -> dict[str, list[FileEntry]]:
    """The table of the index by name; `was` and `now`: `release` before and after."""
    own = INDEXES[patch.old.name]
    identity: Any = patch.old.manifest.identity
    size = identity["params"]["block_bytes"]
    old, new, index = was.table(RELEASE.corpus.table), now.table(RELEASE.corpus.table), patch.old.table(own.table)
    found = []
    for part, entry in enumerate(index.files):
        if old.files[part].sha256 == new.files[part].sha256:
            found.append(linked(patch, own.table, entry))
            continue
        for block in own.read(index, part):
            _count(own, block, sums, 1)
        found.append(own.write(patch.folder, part, _counted(own, own.made(new, part, size), sums)))
    return {own.table: found}


def _counted(own: _Index, blocks: Iterable[Any], sums: Restated) -> Iterator[Any]:
    for block in blocks:
        _count(own, block, sums, -1)
        yield block


def _count(own: _Index, block: Any, sums: Restated, sign: int) -> None:
    sums.less(blocks=sign, **{name: sign * getattr(block, name) for name in own.counts})
