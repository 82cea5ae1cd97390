"""Personal data out of texts: by span, never by value, so an equal string in another word stays as it is.

A text is let go only when detection finds nothing in it that the policy would change: what a replacement brings to
light (a number that now stands right behind a word) is replaced as well, so a second run changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from corpus.texts.pii_policy import DROP, FLAG, KEEP, PLACEHOLDER, PSEUDONYM, Policy
from filters.arrow import array, strings, with_others
from filters.pii.detect import detect
from filters.pii.spans import Span, resolve

_IN_URLS = ("KEY", "EMAIL")
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
    places: np.ndarray  # int64, where the places that were given are now


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
    places: np.ndarray | None = None,
    shown: bool = False,
) -> Redacted:
    """Do what the policy says with what is found. What stands outside the spans is untouched to the byte.

    `places` (int64, a code point of each text; -1 for none) move with the text; one in a span that is replaced comes to
    stand behind the replacement.

    `shown` is for texts that people look at (`gristmill show`, the report): nothing is dropped, and what would be
    dropped has a placeholder.
    """
    policy = policy.for_show() if shown else policy
    found = detect(texts, languages, policy.kinds, urls)
    counts, replaced = np.zeros(len(texts), np.int32), np.zeros(len(texts), bool)
    dropped = np.zeros(len(texts), bool)
    moved = np.full(len(texts), -1) if places is None else places.copy()
    rows = list(found)
    befores = texts.take(pa.array(rows, pa.int64()))
    documents = [
        _Document(row=row, before=before, language=languages[row] or "", policy=policy, spans=found[row])
        for row, before in zip(rows, strings(befores), strict=True)
    ]
    _settle(documents, urls)
    for document in documents:
        row = document.row
        counts[row], replaced[row] = len(document.done), document.after != document.before
        dropped[row] = document.dropped
        moved[row] = document.moved(int(moved[row]))
    flat = [(one.row, done, one.before[done.span.start : done.span.end]) for one in documents for done in one.done]
    return Redacted(
        texts=_with(texts, [one for one in documents if replaced[one.row]], replaced),
        spans=_columns(flat, policy),
        counts=counts,
        replaced=replaced,
        dropped=dropped,
        places=moved,
    )


def redact_urls(urls: Sequence[str | None], policy: Policy) -> list[str | None]:
    """Addresses of pages without the addresses of people and the keys that some carry (`?email=`, `?token=`), where the
    policy looks for them; what would be dropped has a placeholder. Numbers in addresses stay: they are articles'."""
    kinds = tuple(kind for kind in _IN_URLS if kind in policy.kinds)
    if not kinds:
        return list(urls)
    column = pa.array([url or "" for url in urls], pa.string())
    texts = redact(column, [""] * len(urls), replace(policy, kinds=kinds), shown=True).texts
    return [None if url is None else text for url, text in zip(urls, strings(texts), strict=True)]


def _with(texts: pa.StringArray, documents: Sequence["_Document"], replaced: np.ndarray) -> pa.StringArray:
    """The texts with those of the documents (in order of row) instead."""
    if not documents:
        return texts
    return with_others(texts, array(replaced), pa.array([one.after for one in documents], pa.string()))


def _settle(documents: Sequence["_Document"], urls: Sequence[str | None] | None) -> None:
    """Rewrite until detection, of all that changed at once, finds nothing that the policy would change."""
    open_ = list(documents)
    for turn in range(_ROUNDS):
        for document in open_:
            document.rewrite(plain=turn == _ROUNDS - 1)
        changed = [one for one in open_ if one.after != one.before and not one.dropped]
        if not changed:
            return
        again = detect(
            pa.array([one.after for one in changed], pa.string()),
            [one.language for one in changed],
            changed[0].policy.kinds,
            [urls[one.row] for one in changed] if urls is not None else None,
        )
        open_ = [one for i, one in enumerate(changed) if one.grow(again.get(i, []))]


def pieces(text: str, language: str, url: str | None, places: Sequence[tuple[int, int]], policy: Policy) -> list[str]:
    """Parts start..end-1 of a text as people may see them: each grown to the whole of the finds that reach into it,
    and placeholders for those."""
    spans = redact(pa.array([text], pa.string()), [language], policy, [url], shown=True).spans
    every = zip(spans.start.tolist(), spans.end.tolist(), spans.kind, spans.action, strict=True)
    changed = [(start, end, kind) for start, end, kind, action in every if action not in (KEEP, FLAG)]
    shown = []
    for start, end in places:
        own = [find for find in changed if find[0] < end and find[1] > start]
        first, last = min([start, *(find[0] for find in own)]), max([end, *(find[1] for find in own)])
        moved = [Span(start=a - first, end=b - first, kind=kind, detector="") for a, b, kind in own]
        shown.append(rewrite(text[first:last], moved, [policy.placeholder_for(span.kind) for span in moved]))
    return shown


def rewrite(text: str, spans: Sequence[Span], texts: Sequence[str]) -> str:
    """The text with each span (in order, none overlapping) replaced by its text."""
    pieces = []
    last = 0
    for span, instead in zip(spans, texts, strict=True):
        pieces += [text[last : span.start], instead]
        last = span.end
    return "".join([*pieces, text[last:]])


@dataclass(kw_only=True)
class _Document:
    """A text on its way: the spans of it as it was, what is done with them, and what comes out."""

    row: int
    before: str
    language: str
    policy: Policy
    spans: Sequence[Span]
    plain: bool = False  # placeholders instead of pseudonyms
    after: str = ""
    done: list[_Done] = field(default_factory=list)

    @property
    def dropped(self) -> bool:
        return any(one.action == DROP for one in self.done)

    def rewrite(self, *, plain: bool) -> None:
        """Do what the policy says with the spans."""
        self.plain = self.plain or plain
        self.done = [self._done(span, plain=self.plain) for span in self.spans]
        changing = self._changing()
        self.after = rewrite(self.before, [d.span for d in changing], [d.text for d in changing])

    def moved(self, place: int) -> int:
        """Where a place of the text stands in what came out."""
        for one in reversed(self._changing()):
            if place > one.span.start:
                place = max(place, one.span.end) + len(one.text) - (one.span.end - one.span.start)
        return place

    def grow(self, found: Sequence[Span]) -> bool:
        """Take in what is found in the text that came out; whether there was something the policy would change."""
        again = self._again(found)
        if not again:
            return False
        grown = _joined(self.spans, again)
        self.plain = self.plain or grown == list(self.spans)  # a pseudonym that is itself found: a placeholder never is
        self.spans = grown
        return True

    def _changing(self) -> list[_Done]:
        return [d for d in self.done if d.text != self.before[d.span.start : d.span.end]]

    def _done(self, span: Span, *, plain: bool) -> _Done:
        action = self.policy.action_for(span, self.language)
        value = self.before[span.start : span.end]
        if action in (KEEP, FLAG, DROP):
            return _Done(span=span, action=action, text=value)
        if action == PSEUDONYM and not plain:
            return _Done(span=span, action=action, text=self.policy.pseudonym_for(span.kind, value))
        return _Done(span=span, action=PLACEHOLDER, text=self.policy.placeholder_for(span.kind))

    def _again(self, found: Sequence[Span]) -> list[Span]:
        """Finds of the new text as spans of the old one; a find in a replacement takes all of it."""
        changed = self._changing()
        again = []
        for span in found:
            if self.policy.action_for(span, self.language) in (PLACEHOLDER, PSEUDONYM, DROP):
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
