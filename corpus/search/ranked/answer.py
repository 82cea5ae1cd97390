"""Ranked passages as lines: for people, and as JSON for programs. The query is not repeated: it may be anybody's."""

from collections.abc import Iterable, Iterator, Sequence

from corpus.search.answer import line
from corpus.search.ranked.hits import PassageHit, Span
from corpus.search.ranked.ranking import Sums
from corpus.texts.terminal import plain


def as_text(hits: Iterable[PassageHit], sums: Sums, unsearched: Sequence[str]) -> Iterator[str]:
    """Two lines a passage, then the sums."""
    shown = 0
    for hit in hits:
        shown += 1
        known = [hit.source, hit.language, hit.licence, hit.url]
        where = "  ".join(plain(one) for one in known if one)
        yield f"{hit.score:7.3f}  {hit.id}  {where}  byte {hit.bytes[0]:,}"
        yield f"         {''.join(_marked(*hit.excerpt))}"
    yield (
        f"{sums.fitting:,} of {sums.passages:,} passages searched ({sums.documents:,} documents of the corpus) have a "
        f"word of the query; {shown:,} shown"
    )
    if absent := sum(not count for count in sums.having):
        yield f"{absent:,} of the {len(sums.having):,} different words of the query stand nowhere in the corpus"
    yield from (f"not searched: {plain(one)}" for one in unsearched)


def _marked(text: str, marks: Sequence[Span]) -> Iterator[str]:
    last = 0
    for start, end in marks:
        yield f"{plain(text[last:start])}[[{plain(text[start:end])}]]"
        last = end
    yield plain(text[last:])


def as_json(hits: Iterable[PassageHit], sums: Sums, unsearched: Sequence[str]) -> Iterator[str]:
    """An object a line: passages (`kind` "passage"), then the sums (`kind` "total")."""
    for hit in hits:
        own = {**vars(hit), "bytes": list(hit.bytes), "marks": [list(one) for one in hit.marks]}
        yield line({"kind": "passage", **own, "licence": hit.licence or None, "url": hit.url or None})
    yield line({"kind": "total", **vars(sums), "unsearched": unsearched})
