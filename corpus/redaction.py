"""Personal data out of texts: by span, never by value, so an equal string in another word stays as it is.

A text is let go only when detection finds nothing in it that the policy would change: what a replacement brings to
light (a number that now stands right behind a word) is replaced as well, so a second run changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from corpus.policy import DROP, FLAG, KEEP, PLACEHOLDER, PSEUDONYM, Policy
from filters.pii.detect import detect
from filters.pii.spans import Span, resolve

_ROUNDS = 8  # each joins or adds spans, or falls back to placeholders; two have been the most that was seen


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Spans of a batch as columns, in order of row and start."""

    row: np.ndarray
    start: np.ndarray
    end: np.ndarray
    kind: list[str]
    detector: list[str]
    version: np.ndarray
    confidence: np.ndarray
    country: list[str]
    action: list[str]
    digest: list[str | None]  # of the value, keyed; null without a key


@dataclass(frozen=True, kw_only=True)
class Redacted:
    """Texts with replacements; spans are of the text before."""

    texts: pa.StringArray
    spans: Spans
    counts: np.ndarray  # int32, spans of each text, whatever was done with them
    replaced: np.ndarray  # bool, whether the text is another than before
    dropped: np.ndarray  # bool, whether the policy wants the document gone


@dataclass(frozen=True, kw_only=True)
class _Done:
    """A span, what is done with it, and what stands there afterwards."""

    span: Span
    action: str
    text: str


def redact(
    texts: pa.StringArray,
    languages: Sequence[str | None],
    policy: Policy,
    urls: Sequence[str | None] | None = None,
    *,
    shown: bool = False,
) -> Redacted:
    """Do what the policy says with what is found. What stands outside the spans is untouched to the byte.

    `shown` is for texts that people look at (`gristmill show`, the report): nothing is dropped, and what would be
    dropped has a placeholder.
    """
    policy = policy.for_show() if shown else policy
    found = detect(texts, languages, policy.kinds, urls)
    counts, replaced = np.zeros(len(texts), np.int32), np.zeros(len(texts), bool)
    dropped = np.zeros(len(texts), bool)
    flat: list[tuple[int, _Done, str]] = []
    changed = texts
    if found:
        values = texts.to_pylist()
        for row, spans in found.items():
            url = urls[row] if urls is not None else None
            one = _Document(text=values[row], language=languages[row] or "", url=url, policy=policy)
            text, done = one.redact(spans)
            counts[row], replaced[row] = len(done), text != values[row]
            dropped[row] = any(d.action == DROP for d in done)
            flat += [(row, d, one.text[d.span.start : d.span.end]) for d in done]
            values[row] = text
        changed = pa.array(values, pa.string())
    return Redacted(texts=changed, spans=_columns(flat, policy), counts=counts, replaced=replaced, dropped=dropped)


def rewrite(text: str, spans: Sequence[Span], texts: Sequence[str]) -> str:
    """The text with each span (in order, none overlapping) replaced by its text."""
    pieces = []
    last = 0
    for span, instead in zip(spans, texts, strict=True):
        pieces += [text[last : span.start], instead]
        last = span.end
    return "".join([*pieces, text[last:]])


@dataclass(frozen=True, kw_only=True)
class _Document:
    text: str
    language: str
    url: str | None
    policy: Policy

    def redact(self, spans: Sequence[Span]) -> tuple[str, list[_Done]]:
        """The final text, and what was done with each span of the text as it was."""
        plain = False
        text = self.text
        done: list[_Done] = []
        for turn in range(_ROUNDS):
            plain = plain or turn == _ROUNDS - 1
            done = [self._done(span, plain=plain) for span in spans]
            changing = [d for d in done if d.text != self.text[d.span.start : d.span.end]]
            text = rewrite(self.text, [d.span for d in changing], [d.text for d in changing])
            if not changing or any(d.action == DROP for d in done):
                return text, done
            again = self._again(text, changing)
            if not again:
                return text, done
            grown = _joined(spans, again)
            plain = plain or grown == list(spans)  # a pseudonym that is itself found: a placeholder never is
            spans = grown
        return text, done

    def _done(self, span: Span, *, plain: bool) -> _Done:
        action = self.policy.action_for(span, self.language)
        value = self.text[span.start : span.end]
        if action in (KEEP, FLAG, DROP):
            return _Done(span=span, action=action, text=value)
        if action == PSEUDONYM and not plain:
            return _Done(span=span, action=action, text=self.policy.pseudonym_for(span.kind, value))
        return _Done(span=span, action=PLACEHOLDER, text=self.policy.placeholder_for(span.kind))

    def _again(self, text: str, changed: Sequence[_Done]) -> list[Span]:
        """What would be changed in the new text, as spans of the old one; a find in a replacement takes all of it."""
        found = detect(pa.array([text], pa.string()), [self.language], self.policy.kinds, [self.url]).get(0, [])
        again = []
        for span in found:
            if self._done(span, plain=False).action in (PLACEHOLDER, PSEUDONYM, DROP):
                start = _before(span.start, changed, end=False)
                end = _before(span.end, changed, end=True)
                if end > start:
                    again.append(replace(span, start=start, end=end))
        return again


def _before(place: int, changed: Sequence[_Done], *, end: bool) -> int:
    """Where a place of the new text stood in the old; within a replacement, the start or end of what it replaced."""
    moved = 0  # code points that the replacements before it have taken away
    for one in changed:
        start = one.span.start - moved
        stop = start + len(one.text)
        if place < start or (place == start and end):
            break
        if place < stop or (place == stop and end):
            return one.span.end if end else one.span.start
        moved += (one.span.end - one.span.start) - len(one.text)
    return place + moved


def _joined(spans: Sequence[Span], again: Sequence[Span]) -> list[Span]:
    """Both, those that overlap made one (of the kind of the longest)."""
    ordered = sorted([*spans, *again], key=lambda s: (s.start, -s.end))
    joined: list[Span] = []
    for span in ordered:
        if joined and span.start < joined[-1].end:
            last = joined[-1]
            longer = last if last.end - last.start >= span.end - span.start else span
            joined[-1] = replace(longer, start=last.start, end=max(last.end, span.end))
        else:
            joined.append(span)
    return resolve(joined)


def _columns(flat: Sequence[tuple[int, _Done, str]], policy: Policy) -> Spans:
    spans = [done.span for _, done, _ in flat]
    return Spans(
        row=np.array([row for row, _, _ in flat], np.int64),
        start=np.array([s.start for s in spans], np.int32),
        end=np.array([s.end for s in spans], np.int32),
        kind=[s.kind for s in spans],
        detector=[s.detector for s in spans],
        version=np.array([s.version for s in spans], np.int16),
        confidence=np.array([s.confidence for s in spans], np.float32),
        country=[s.country for s in spans],
        action=[done.action for _, done, _ in flat],
        digest=[policy.digest(done.span.kind, value) for _, done, value in flat],
    )
