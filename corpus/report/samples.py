"""The few texts that a report shows: cut short, and redacted as a release would be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from corpus import find
from corpus.policy import Policy
from corpus.redaction import Spans, redact, rewrite
from corpus.table import Table
from filters.pii.spans import Span


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A document as shown."""

    id: str
    source: str
    language: str
    url: str
    text: str
    cut: bool  # whether more text follows
    reasons: Sequence[dict[str, object]]  # rule, value, threshold, text


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Fetches samples from the tables."""

    documents: Table
    verdicts: Table
    policy: Policy
    chars: int

    def sample(self, part: int, row: int) -> Sample:
        """The beginning of a document."""
        return self._cut(self._whole(part, row), 0)

    def span(self, part: int, row: int, start: int, end: int) -> Sample:
        """The code points start..end-1 of a document."""
        return self._cut(self._whole(part, row, (start, end)), 0)

    def _cut(self, whole: Sample, start: int) -> Sample:
        text = ("… " if start else "") + whole.text[start : start + self.chars]
        return replace(whole, text=text, cut=len(whole.text) > start + self.chars)

    def _within(self, text: str, spans: Spans, wanted: tuple[int, int]) -> str:
        """A piece of a text, grown to the whole of the finds that reach into it, each with its placeholder."""
        finds = [
            Span(start=start, end=end, kind=kind, detector="")
            for row, start, end, kind in zip(
                spans.row.tolist(), spans.start.tolist(), spans.end.tolist(), spans.kind, strict=True
            )
            if row == 0 and start < wanted[1] and end > wanted[0]
        ]
        first = min([wanted[0], *(find.start for find in finds)])
        last = max([wanted[1], *(find.end for find in finds)])
        moved = [replace(find, start=find.start - first, end=find.end - first) for find in finds]
        return rewrite(text[first:last], moved, [self.policy.placeholder_for(find.kind) for find in finds])

    def _whole(self, part: int, row: int, span: tuple[int, int] | None = None) -> Sample:
        document = next(self.documents.take(part, [row], ["id", "source", "url", "text"])).to_pylist()[0]
        verdict = next(self.verdicts.take(part, [row], ["language", "reasons"])).to_pylist()[0]
        urls = [document["url"], None]
        shown = pa.array([document["text"], document["url"] or ""], pa.string())
        done = redact(shown, [verdict["language"], ""], self.policy, urls, shown=True)
        text, url = done.texts.to_pylist()
        if span:
            text = self._within(document["text"], done.spans, span)
        return Sample(
            id=document["id"],
            source=document["source"],
            language=verdict["language"],
            url=url,
            text=text,
            cut=False,
            reasons=verdict["reasons"],
        )

    def dropped(self, rows: Sequence[Sequence[int]]) -> list[Sample]:
        """For [key, part, row] of a tally."""
        return [self.sample(part, row) for _, part, row in rows]

    def pairs(self, near: Sequence[Sequence[Any]]) -> list[tuple[Sample, Sample, float]]:
        """(dropped, kept, similarity) for [key, part, row, kept id, similarity] of a tally, from where they differ."""
        places = find.places(self.documents, [str(row[3]) for row in near])
        found = []
        for _, part, row, kept, similar in near:
            one, other = self._whole(int(str(part)), int(str(row))), self._whole(*places[str(kept)])
            alike = next((i for i, (a, b) in enumerate(zip(one.text, other.text, strict=False)) if a != b), 0)
            start = max(0, alike - self.chars // 3)
            found.append((self._cut(one, start), self._cut(other, start), float(str(similar))))
        return found
