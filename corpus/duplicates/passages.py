"""The [passages] table, and from words that a document shares to the characters that are cut out of it.

Lee et al. 2022 ("Deduplicating Training Data Makes Language Models Better", section 4.1) cut substrings of 50 tokens or
more wherever they begin and end; here only whole lines or whole sentences go, so that what is left can be read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from annotated_types import Interval

from corpus.duplicates.runs import Piece
from filters.kernels.boundaries import Bounds

RULE, GAP = "passages.repeated", "passages.gap"
_SHORTEST = 8  # words; under it the k-grams that are compared are everyday phrases, and nearly all text is a candidate


@dataclass(frozen=True, kw_only=True)
class Passages:
    """The [passages] table: passages of `min_tokens` words or more that another document holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    policy: Literal["cut", "drop"] = "cut"
    """What goes: the passage, or the document that has more than max_share of such."""
    min_tokens: Annotated[int, Interval(ge=_SHORTEST, le=1_000_000)] = 50
    """Fewest words of a passage (in scripts without spaces letters); Lee et al. 2022: 50."""
    max_share: Annotated[float, Interval(ge=0, le=1)] | None = None
    """For policy = "drop", which needs it: share of a document's words that may be in passages that another document
    keeps."""
    max_gap: Annotated[int, Interval(ge=0)] = 0
    """Words between two passages that are cut that may go with them, as OLMo 3 does: what is left of a template between
    its parts (a date, a name). They stand nowhere else, so they are told apart and counted; 0: none. Words that
    passages of other documents stand on stay."""
    sources: tuple[str, ...] = ("*",)
    """Names or patterns of the sources whose documents are compared."""
    scope: Literal["corpus", "source"] = "corpus"
    """Whether a document is compared with all that are compared, or with those of the same source."""

    def __post_init__(self) -> None:
        if (self.policy == "drop") != (self.max_share is not None):
            raise ValueError('max_share is for policy = "drop", which needs it: set both or neither')
        if self.policy == "drop" and self.max_gap:
            raise ValueError('max_gap is for policy = "cut": take it out')
        if not self.sources:
            raise ValueError("sources names none, so nothing would be compared: take the table out")

    @property
    def sizes(self) -> tuple[int, int]:
        """(k, w): hashes of k words, the least of w selected, k + w - 1 = min_tokens. A half each: a smaller k has
        fewer fingerprints (2 in w + 1 words) but more that are shared by chance, a smaller w the reverse."""
        k = self.min_tokens // 2
        return k, self.min_tokens - k + 1


class Cut(NamedTuple):
    """Code points start..end-1 of a text that go, and the piece that they are of."""

    start: int
    end: int
    piece: Piece


def cuts(
    text: str,
    bounds: Bounds,
    pieces: Sequence[Piece],
    least: int,
    gap: int = 0,
    stays: Sequence[tuple[int, int]] = (),
) -> list[Cut]:
    """What goes of a text, ascending, without overlap: of each piece the whole lines, or if they are fewer than `least`
    words the whole sentences, or if those are fewer nothing.

    A cut that begins inside a line leaves a line feed of those that it spans, so that no two lines become one, and
    takes the white space before it if the line ends there; what is cut up to the end takes the white space before it.
    Up to `gap` words between two cuts go too, as a piece of no document, if none is in `stays` (spans of words).
    """
    lines = _Opens(bounds.line_start, bounds.line_end)
    sentences = _Opens(bounds.sentence_start, bounds.sentence_end)
    found: list[tuple[Cut, int, int]] = []  # with the first word and the last
    for piece in pieces:
        span = lines.within(piece, least) or sentences.within(piece, least)
        if span:
            found.append((Cut(span.start, span.end, piece), span.first, span.last))
    every = [cut for cut, *_ in found]
    return list(_tidy(text, sorted([*every, *(_gaps(sorted(found), gap, stays) if gap else ())])))


def _gaps(found: Sequence[tuple[Cut, int, int]], most: int, stays: Sequence[tuple[int, int]]) -> Iterator[Cut]:
    end, last = 0, -1
    for number, (cut, first, final) in enumerate(found):
        held = any(start < first and stop > last + 1 for start, stop in stays)
        if number and last + 1 < first <= last + 1 + most and not held:
            yield Cut(end, cut.start, Piece(last + 1, first, "", 1))
        if final > last:
            end, last = cut.end, final


class _Whole(NamedTuple):
    """Whole lines or sentences: code points, half-open, and their first and last word."""

    start: int
    end: int
    first: int
    last: int


class _Opens:
    """Where lines or sentences open and close, by word."""

    def __init__(self, starts: np.ndarray, ends: np.ndarray) -> None:
        self.starts, self.ends = starts, ends
        self.first, self.last = np.flatnonzero(starts >= 0), np.flatnonzero(ends >= 0)

    def within(self, piece: Piece, least: int) -> _Whole | None:
        """The whole ones inside a piece, if they have `least` words."""
        first = int(np.searchsorted(self.first, piece.start))
        last = int(np.searchsorted(self.last, piece.stop)) - 1
        if first == len(self.first) or last < 0:
            return None
        start, stop = int(self.first[first]), int(self.last[last])
        if stop + 1 - start < least:
            return None
        return _Whole(int(self.starts[start]), int(self.ends[stop]), start, stop)


def _tidy(text: str, found: Sequence[Cut]) -> Iterator[Cut]:
    """Cuts by start, without overlap, with the white space that goes and the line feeds that stay."""
    stretches: list[list[Cut]] = []  # of cuts that touch
    for cut in found:
        behind = stretches[-1][-1].end if stretches else -1
        if cut.start > behind:
            stretches.append([cut])
        elif cut.end > behind:
            stretches[-1].append(cut._replace(start=behind))
    behind = 0
    for stretch in stretches:
        start, end = stretch[0].start, stretch[-1].end
        stays = -1
        if end == len(text) and text[-1] != "\n":
            start = max(behind, len(text[:start].rstrip()))
        elif start and text[start - 1] != "\n":
            stays = text.find("\n", start, end)
            if stays >= 0:
                start = max(behind, len(text[:start].rstrip()))
        for cut in (stretch[0]._replace(start=start), *stretch[1:]):
            if cut.start <= stays < cut.end:
                halves = (cut._replace(end=stays), cut._replace(start=stays + 1))
                yield from (half for half in halves if half.end > half.start)
            else:
                yield cut
        behind = end


def left(text: str, found: Sequence[Cut]) -> str:
    """The text without its cuts."""
    ends = [0, *(cut.end for cut in found)]
    return "".join(text[a:b] for a, b in zip(ends, [*(cut.start for cut in found), len(text)], strict=True))


def in_whole(found: Sequence[Cut], gone: Sequence[tuple[int, int]]) -> list[Cut]:
    """Cuts of a text that had spans (by start) taken out, told in the whole text; such a span inside a cut is in it."""
    if not gone:
        return list(found)
    start = np.array([a for a, _ in gone], np.int64)
    end = np.maximum.accumulate(np.array([b for _, b in gone], np.int64))
    sizes = end - np.maximum(start, np.concatenate([[0], end[:-1]])).clip(max=end)
    before = np.concatenate([[0], np.cumsum(sizes)])  # code points gone before each span, and in all
    places = np.maximum(start, np.concatenate([[0], end[:-1]])) - before[:-1]  # where it was, in what is left

    def whole(place: int) -> int:
        return place + int(before[np.searchsorted(places, place, "right")])

    return [cut._replace(start=whole(cut.start), end=whole(cut.end - 1) + 1) for cut in found]
