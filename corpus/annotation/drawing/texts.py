"""Texts of chosen documents as people may see them: of kept ones as released, of dropped ones as they were read, of cut
ones what was cut out. Personal data is replaced, as `gristmill show` does it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from corpus.annotation.drawing.chosen import CUTS
from corpus.annotation.strata import CUT, KEPT
from corpus.errors import DataError
from corpus.query.opened import Opened
from corpus.stages.release import RELEASE
from corpus.texts.redaction import pieces, redact
from filters.arrow import integers, string_array, strings

_ROWS = 1000  # documents of which texts are held at once

Languages = Mapping[int, str]  # by row


def of(opened: Opened, part: int, kind: str, languages: Languages) -> Iterator[tuple[int, str]]:
    """The text of each of these rows of a part, ascending. Whole texts are looked through: what is cut in two may no
    longer be known for personal data. Raises DataError for a kept document that is not in the corpus."""
    asked = sorted(languages)
    for first in range(0, len(asked), _ROWS):
        own = asked[first : first + _ROWS]
        if kind == CUT:
            yield from _cut(opened, part, own, languages)
        else:
            yield from _whole(opened, part, kind, own, languages)


def _whole(opened: Opened, part: int, kind: str, own: Sequence[int], languages: Languages) -> Iterator[tuple[int, str]]:
    corpus = opened.stages.table(RELEASE.corpus) if kind == KEPT else None
    table, places = opened.documents, list(own)
    if corpus is not None:
        table, places = corpus, _places(opened, np.asarray(corpus.read(part, ["row"]).column("row"), np.int64), own)
    rows = iter(own)
    for batch in table.take(part, places, ["text", "url"]):
        here = [next(rows) for _ in range(batch.num_rows)]
        known = [languages[row] for row in here]
        urls = batch.column("url").to_pylist()
        done = redact(string_array(batch.column("text")), known, opened.policy, urls, shown=True)
        yield from zip(here, strings(done.texts), strict=True)


def _places(opened: Opened, rows: np.ndarray, own: Sequence[int]) -> list[int]:
    """Of documents in the corpus table, whose rows ascend."""
    places = np.searchsorted(rows, own)
    if (places >= len(rows)).any() or (rows[places] != own).any():
        raise DataError(f"a kept document is not in the corpus: `gristmill verify {opened.release}` says why")
    return [int(place) for place in places]


def _cut(opened: Opened, part: int, own: Sequence[int], languages: Languages) -> Iterator[tuple[int, str]]:
    """What was cut out of each, in order, a line feed between two cuts."""
    spans = _spans(opened, part, set(own))
    rows = iter(own)
    for batch in opened.documents.take(part, own, ["text", "url"]):
        for text, url in zip(strings(batch.column("text")), batch.column("url").to_pylist(), strict=True):
            row = next(rows)
            yield (
                row,
                "\n".join(one.strip("\n") for one in pieces(text, languages[row], url, spans[row], opened.policy)),
            )


def _spans(opened: Opened, part: int, own: set[int]) -> Mapping[int, list[tuple[int, int]]]:
    """Of all stages that cut, those that touch joined, in order."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for ref in CUTS:
        table = opened.stages.table(ref)
        if table is None:
            continue
        cuts = table.read(part, ["row", "start", "end"])
        cuts = cuts.filter(pa.array([row in own for row in integers(cuts.column("row"))], pa.bool_()))
        columns = (integers(cuts.column(name)) for name in ("row", "start", "end"))
        for row, start, end in zip(*columns, strict=True):
            found[row].append((start, end))
    return {row: joined(spans) for row, spans in found.items()}


def joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, with those that overlap as one.

    >>> joined([(5, 9), (0, 2), (8, 12)])
    [(0, 2), (5, 12)]
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
