"""Checks of the indexes of a release: they are of its corpus."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from corpus.stages.bm25 import BM25
from corpus.stages.built import Finished
from corpus.stages.release import RELEASE
from corpus.stages.stage import Stage
from corpus.stages.textindex import TEXTINDEX
from corpus.verify import bm25, textindex
from corpus.verify.check import Check
from corpus.verify.files import Examined


def checks(release: Finished, examined: Sequence[Examined], unread: str, pool: ThreadPoolExecutor) -> Iterator[Check]:
    """One for each index that is there. `unread`: why nothing can be held against the corpus."""
    for stage in (TEXTINDEX, BM25):
        if stage in release:
            damaged = any(one.damage for one in examined if one.file.of(stage))
            why = unread or ("a file of it is missing or damaged" if damaged else "")
            if why:
                yield Check(name=stage.name, looked="", unchecked=why)
            else:
                yield _suffixes(release, pool) if stage is TEXTINDEX else ranking(release, pool)


def _suffixes(release: Finished, pool: ThreadPoolExecutor) -> Check:
    """The index has the corpus's texts, and their suffixes in order."""
    index, corpus = release[TEXTINDEX].table(TEXTINDEX.blocks.table), release[RELEASE].table(RELEASE.corpus.table)
    found = list(pool.map(lambda part: textindex.look(index, corpus, part), range(index.parts)))
    documents, suffixes = (sum(getattr(one, name) for one in found) for name in ("documents", "suffixes"))
    return _check(TEXTINDEX, f"{documents:,} texts, order of {suffixes:,} suffixes", [one.failures for one in found])


def ranking(release: Finished, pool: ThreadPoolExecutor) -> Check:
    """The index is what the corpus's texts give."""
    built, corpus = release[BM25], release[RELEASE].table(RELEASE.corpus.table)
    index, size = built.table(BM25.blocks.table), bm25.block_bytes(built.manifest.identity)
    found = list(pool.map(lambda part: bm25.look(index, corpus, part, size), range(index.parts)))
    documents, passages = (sum(getattr(one, name) for one in found) for name in ("documents", "passages"))
    return _check(BM25, f"{passages:,} passages of {documents:,} texts, made again", [one.failures for one in found])


def _check(stage: Stage[Any], looked: str, failures: Sequence[tuple[str, ...]]) -> Check:
    return Check(
        name=stage.name,
        looked=looked,
        failures=tuple(line for lines in failures for line in lines),
        remedy=f"delete the folder of stage {stage.name} and run the recipe again; if it stays, report it",
    )
