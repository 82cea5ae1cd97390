"""Answers as lines: for people, and as JSON for programs. The text searched for is not repeated: it may be anybody's.

Both are safe on a terminal: what could move its cursor or colour it is written as an escape, of JSON within its rules.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from corpus.search.hits import Hit
from corpus.search.scan import PartFound
from corpus.texts.terminal import plain


@dataclass(frozen=True, kw_only=True)
class Total:
    """What was found in all, in how much, and what is not in that."""

    table: str
    overlapping: bool  # whether occurrences that overlap all count
    documents: int  # that were searched
    bytes: int
    occurrences: int
    holding: int  # documents that have any
    passed_over: int  # documents of the table that --lang and --source leave out
    empty_parts: int
    unsearched: Sequence[str]  # what the table has not, a line each


def total(table: str, rows: int, found: Sequence[PartFound], *, overlapping: bool, unsearched: Sequence[str]) -> Total:
    """`rows`: documents of the table."""
    documents = sum(one.documents for one in found)
    return Total(
        table=table,
        overlapping=overlapping,
        documents=documents,
        bytes=sum(one.bytes for one in found),
        occurrences=sum(one.occurrences for one in found),
        holding=sum(one.holding for one in found),
        passed_over=rows - documents,
        empty_parts=len({one.part for one in found} - {one.part for one in found if one.documents}),
        unsearched=unsearched,
    )


def as_text(hits: Iterable[Hit], total: Total) -> Iterator[str]:
    """Two lines an occurrence, then the sums."""
    shown = 0
    for hit in hits:
        shown += 1
        known = [hit.source, hit.language, hit.licence, hit.url]
        yield f"{hit.id}  {'  '.join(plain(one) for one in known if one)}  byte {hit.bytes[0]:,}"
        one = hit.snippet
        yield f"    {plain(one.before)}[[{plain(one.match)}]]{plain(one.after)}"
    what = "occurrences, overlapping ones included," if total.overlapping else "matches, none overlapping,"
    yield (
        f"{total.occurrences:,} {what} in {total.holding:,} of {total.documents:,} documents searched "
        f"({total.table}, {total.bytes:,} bytes of text); {shown:,} shown"
    )
    if total.passed_over:
        yield f"not searched: {total.passed_over:,} documents that --lang and --source leave out"
    if total.empty_parts:
        yield f"not searched: {total.empty_parts:,} parts without such documents"
    yield from (f"not searched: {plain(line)}" for line in total.unsearched)


def as_json(hits: Iterable[Hit], total: Total) -> Iterator[str]:
    """An object a line: occurrences (`kind` "hit"), then the sums (`kind` "total")."""
    for hit in hits:
        one = hit.snippet
        yield line(
            {
                "kind": "hit",
                "id": hit.id,
                "part": hit.part,
                "row": hit.row,
                "source": hit.source,
                "language": hit.language,
                "licence": hit.licence or None,
                "url": hit.url or None,
                "bytes": list(hit.bytes),
                "chars": [one.start, one.end],
                "before": one.before,
                "match": one.match,
                "after": one.after,
                "redacted": one.redacted,
            }
        )
    yield line({"kind": "total", **vars(total)})


def line(value: object) -> str:
    """JSON on one line; what a terminal does not print is escaped. Raises TypeError for what JSON has not."""
    text = orjson.dumps(value).decode()
    return text if text.isprintable() else "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    """As JSON has it: by UTF-16."""
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[first : first + 4]}" for first in range(0, len(units), 4))
