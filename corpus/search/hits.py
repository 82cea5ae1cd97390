"""Occurrences with the documents that they stand in, as they may be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus.lineage import document
from corpus.search.scan import PartFound
from corpus.search.snippet import Snippet, snippets
from corpus.search.texts import Texts
from corpus.texts.pii_policy import Policy


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An occurrence."""

    id: str
    part: int
    row: int  # of `documents`, in that part
    source: str
    language: str
    url: str
    licence: str
    bytes: tuple[int, int]  # into the text, half-open
    snippet: Snippet


def hits(texts: Texts, found: Sequence[PartFound], count: int, policy: Policy) -> Iterator[Hit]:
    """The first `count` in order of part, row and place; their texts are read again."""
    left = count
    for one in found:
        places = one.first[:left].tolist()
        left -= len(places)
        by_row = [(row, [(a, b) for _, a, b in own]) for row, own in groupby(places, key=lambda place: place[0])]
        taken = texts.take(one.part, [row for row, _ in by_row]) if by_row else iter(())
        for known, (_, own) in zip(taken, by_row, strict=True):
            url = known["url"]
            shown = snippets(known["text"], known["language"], url, own, policy)
            for place, snippet in zip(own, shown, strict=True):
                yield Hit(
                    id=known["id"],
                    part=one.part,
                    row=int(known["row"]),
                    source=known["source"],
                    language=known["language"],
                    url=document.shown(url, policy) if url else "",
                    licence=document.shown(known["licence"], policy) if known["licence"] else "",
                    bytes=place,
                    snippet=snippet,
                )
