"""A few documents of each kind of change, as people may see them: what each release says of them, and their text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from corpus.comparison.changes import Kind, Place, Seen
from corpus.comparison.sides import Side
from corpus.query import outcomes, shown
from corpus.query.opened import Opened
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.release import RELEASE

_USUAL = ("source", "language", "outcome", "url")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a release says: kept or what took the document, and by which evidence; a line each."""

    outcome: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`text` is its beginning, personal data replaced; where the released texts differ, `text_a` and `text_b` are
    these, else "". A side without the document has no verdict."""

    id: str
    source: str
    language: str
    url: str
    a: Verdict | None
    b: Verdict | None
    text: str
    text_a: str = ""
    text_b: str = ""


def fetched(a: Side, b: Side, kind: Kind, seen: Iterable[Seen], chars: int) -> Iterator[Sample]:
    """In their order."""
    for one in seen:
        side, place = (b, one.b) if one.b is not None else (a, one.a)
        if place is None:
            continue
        (found,) = shown.documents(side.opened, [place], _USUAL, chars)
        texts = kind.what == "text" and one.a is not None and one.b is not None
        yield Sample(
            id=one.id,
            source=str(found["source"]),
            language=str(found["language"]),
            url=str(found["url"] or ""),
            a=None if one.a is None else _verdict(a.opened, one.a),
            b=None if one.b is None else _verdict(b.opened, one.b),
            text=str(found["text"]),
            text_a=_released(a.opened, one.a) if texts else "",
            text_b=_released(b.opened, one.b) if texts else "",
        )


def _verdict(opened: Opened, place: Place) -> Verdict:
    part, row = place
    outcome = str(outcomes.of(opened, part)[row])
    verdict = next(opened.table(DECIDE.verdicts).take(part, [row], ["reasons"])).to_pylist()[0]
    said = [
        f"{one['rule']} {one['text'] or format(one['value'], '.6g')}"
        + ("" if one["text"] else f" against {one['threshold']:.6g}")
        for one in verdict["reasons"]
    ]
    clusters = opened.stages.table(DEDUP.clusters)
    if clusters is not None and outcome != outcomes.KEPT:
        cluster = next(clusters.take(part, [row], ["kept_id", "jaccard"])).to_pylist()[0]
        if cluster["kept_id"]:
            alike = "" if cluster["jaccard"] is None else f", Jaccard {cluster['jaccard']:.4f}"
            said.append(f"{outcome} duplicate of {cluster['kept_id']}{alike}")
    return Verdict(outcome=outcome, evidence=tuple(said))


def _released(opened: Opened, place: Place | None) -> str:
    """The text in the corpus; "" where there is none."""
    if place is None:
        return ""
    part, row = place
    corpus = opened.table(RELEASE.corpus)
    at = np.flatnonzero(np.asarray(corpus.read(part, ["row"]).column("row"), np.int64) == row)
    if not len(at):
        return ""
    return str(next(corpus.take(part, [int(at[0])], ["text"])).column("text")[0].as_py())
