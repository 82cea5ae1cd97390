"""Passages that were found as they may be shown: personal data replaced, the words of the query marked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from corpus.bm25 import terms
from corpus.lineage import document
from corpus.search.ranked.ranking import Query, Ranked
from corpus.search.snippet import Snippet, snippets
from corpus.search.texts import Texts
from corpus.texts.pii_policy import Policy
from filters.batch import Batch
from filters.kernels.boundaries import places

_EXCERPT = 240  # code points: three lines of a terminal
_LEAD = 40  # of these before the first word that is marked

Span = tuple[int, int]  # code points, half-open


@dataclass(frozen=True, kw_only=True)
class PassageHit:
    """A passage."""

    score: float
    id: str
    part: int
    row: int  # of `documents`, in that part
    source: str
    language: str
    url: str
    licence: str
    bytes: Span  # of the document's text
    text: str  # as it may be shown
    marks: Sequence[Span]  # words of the query in it
    redacted: bool

    @property
    def excerpt(self) -> tuple[str, list[Span]]:
        """Of a few lines, with its marks: those that hold the most different words of the query."""
        first = max(0, self._best() - _LEAD)
        last = min(len(self.text), first + _EXCERPT)
        first = max(0, last - _EXCERPT)
        own = [(start - first, end - first) for start, end in self.marks if start >= first and end <= last]
        return self.text[first:last], own

    def _best(self) -> int:
        """Where the words begin that are to be seen."""
        best = most = last = 0
        inside: Counter[str] = Counter()
        for number, (start, _) in enumerate(self.marks):
            while last < len(self.marks) and self.marks[last][1] <= start + _EXCERPT - _LEAD:
                inside[self._word(last)] += 1
                last += 1
            different = sum(count > 0 for count in inside.values())
            if different > most:
                best, most = start, different
            inside[self._word(number)] -= 1
        return best

    def _word(self, number: int) -> str:
        start, end = self.marks[number]
        return self.text[start:end].casefold()


def hits(texts: Texts, ranked: Sequence[Ranked], query: Query, policy: Policy) -> Iterator[PassageHit]:
    """In the order of `ranked`; the texts are read again."""
    by_part: dict[int, dict[int, list[Ranked]]] = {}
    for one in ranked:
        by_part.setdefault(one.part, {}).setdefault(one.row, []).append(one)
    found: dict[Ranked, PassageHit] = {}
    for part, by_row in by_part.items():
        rows = sorted(by_row)
        for row, known in zip(rows, texts.take(part, rows), strict=True):
            own = by_row[row]
            bounds = [(one.first, one.last) for one in own]
            shown = snippets(known["text"], known["language"], known["url"], bounds, policy, 0)
            for one, snippet in zip(own, shown, strict=True):
                found[one] = _hit(one, known, snippet, query, policy)
    return (found[one] for one in ranked)


def _hit(one: Ranked, known: dict[str, str], snippet: Snippet, query: Query, policy: Policy) -> PassageHit:
    text = snippet.before + snippet.match + snippet.after
    url, licence = known["url"], known["licence"]
    return PassageHit(
        score=one.score,
        id=known["id"],
        part=one.part,
        row=int(known["row"]),
        source=known["source"],
        language=known["language"],
        url=document.shown(url, policy) if url else "",
        licence=document.shown(licence, policy) if licence else "",
        bytes=(one.first, one.last),
        text=text,
        marks=marks(text, query),
        redacted=snippet.redacted,
    )


def marks(text: str, query: Query) -> list[Span]:
    """Words of the text that the query has, as folded, in order."""
    batch = Batch(documents=pa.RecordBatch.from_arrays([pa.array([text], pa.string())], names=["text"]))
    data, offsets = batch.buffers
    spans = places(data, int(offsets[0]), int(offsets[1]), int(batch.index.words[0])).T.tolist()
    if not spans:
        return []
    words = terms.hashes(pa.array([text[start:end] for start, end in spans], pa.string()))
    hit = np.isin(words.word_hash, np.array(query.words, np.uint64))
    before = np.append(0, np.cumsum(hit))[words.word_offsets]
    return [(start, end) for (start, end), own in zip(spans, np.diff(before), strict=True) if own]
