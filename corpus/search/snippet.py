"""A place in a text as people may see it: personal data replaced as the recipe says before anything is cut out.

What is found is found in the whole text, so that no end of a snippet and no end of an occurrence takes an address
apart: a find that reaches into either is replaced whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from corpus.texts.pii_policy import FLAG, KEEP, Policy
from corpus.texts.redaction import redact, rewrite
from filters.pii.spans import Span

AROUND = 80  # code points on either side: a line of a terminal with both


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """The occurrence and what stands around it; `redacted`: some of it is replaced."""

    start: int  # code points into the text, half-open
    end: int
    before: str
    match: str
    after: str
    redacted: bool


def snippets(
    text: str, language: str, url: str | None, places: Sequence[tuple[int, int]], policy: Policy, around: int = AROUND
) -> list[Snippet]:
    """For each place (bytes of the text as UTF-8, half-open, between characters), in order."""
    data = text.encode()
    spans = redact(pa.array([text], pa.string()), [language], policy, [url], shown=True).spans
    every = zip(spans.start.tolist(), spans.end.tolist(), spans.kind, spans.action, strict=True)
    finds = [
        Span(start=start, end=end, kind=kind, detector="")
        for start, end, kind, action in every
        if action not in (KEEP, FLAG)
    ]
    found = []
    at = points = 0
    for first, last in places:
        points += len(data[at:first].decode()) if first >= at else -len(data[first:at].decode())
        at = first
        end = points + len(data[first:last].decode())
        found.append(_snippet(text, points, end, finds, policy, around))
    return [_settled(one, language, url, policy) for one in found]


def _snippet(text: str, start: int, end: int, finds: Sequence[Span], policy: Policy, around: int) -> Snippet:
    first, last = _grown(start, end, finds)
    left = _grown(max(first - around, 0), first, finds)[0]
    right = _grown(last, min(last + around, len(text)), finds)[1]
    bounds = ((left, first), (first, last), (last, right))
    pieces = [_replaced(text, *bound, finds, policy) for bound in bounds]
    redacted = any(find.start < right and find.end > left for find in finds)
    return Snippet(start=start, end=end, before=pieces[0], match=pieces[1], after=pieces[2], redacted=redacted)


def _grown(start: int, end: int, finds: Sequence[Span]) -> tuple[int, int]:
    """To the whole of the finds that reach into it; of one that ends or begins there, nothing is in it."""
    own = [find for find in finds if find.start < end and find.end > start]
    return min([start, *(find.start for find in own)]), max([end, *(find.end for find in own)])


def _replaced(text: str, start: int, end: int, finds: Sequence[Span], policy: Policy) -> str:
    own = [find for find in finds if find.start >= start and find.end <= end]
    moved = [Span(start=one.start - start, end=one.end - start, kind=one.kind, detector="") for one in own]
    return rewrite(text[start:end], moved, [policy.placeholder_for(one.kind) for one in own])


def _settled(one: Snippet, language: str, url: str | None, policy: Policy) -> Snippet:
    """What comes to light only where a text is cut is replaced too; then nothing marks the occurrence within it."""
    joined = pa.array([one.before + one.match + one.after], pa.string())
    again = redact(joined, [language], policy, [url], shown=True)
    if not again.replaced[0]:
        return one
    text = str(again.texts[0].as_py())
    return Snippet(start=one.start, end=one.end, before="", match=text, after="", redacted=True)
