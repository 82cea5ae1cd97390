"""Precision and recall of the detectors on labelled documents, by kind and language."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import pyarrow as pa

from filters.pii.detect import detect
from filters.pii.spans import KINDS, Span

SET = Path(__file__).parents[2] / "data" / "pii" / "labelled.jsonl"
SLACK = 2  # code points more than the label that a find may take: a bracket, a sign


@dataclass(frozen=True, kw_only=True)
class Document:
    """A text with its labels (start, end, kind); `negative` names what only looks like personal data in it."""

    id: str
    language: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    negative: str | None


@dataclass(frozen=True, kw_only=True)
class Score:
    """Labels, labels found, and finds that are no label."""

    labelled: int = 0
    found: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.labelled if self.labelled else 1.0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    def plus(self, other: "Score") -> "Score":
        return Score(
            labelled=self.labelled + other.labelled, found=self.found + other.found, wrong=self.wrong + other.wrong
        )


def load(path: Path = SET) -> list[Document]:
    """The labelled set."""
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    return [
        Document(
            id=row["id"],
            language=row["language"],
            text=row["text"],
            spans=tuple((start, end, kind) for start, end, kind in row["spans"]),
            negative=row["negative"],
        )
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A document with the labels that no find covers and the finds that fit no label."""

    document: Document
    missed: tuple[tuple[int, int, str], ...]
    wrong: tuple[Span, ...]


def judge(documents: Sequence[Document]) -> list[Judged]:
    """All kinds at once, optional ones too. A find fits a label of its kind if it covers it, and at most SLACK more."""
    found = detect(pa.array([d.text for d in documents], pa.string()), [d.language for d in documents], KINDS)
    judged = []
    for row, document in enumerate(documents):
        finds = found.get(row, [])
        fitting = {
            (find.start, find.end): label
            for find in finds
            for label in document.spans
            if find.kind == label[2]
            and find.start <= label[0]
            and label[1] <= find.end
            and find.end - find.start - (label[1] - label[0]) <= SLACK
        }
        wrong = tuple(find for find in finds if (find.start, find.end) not in fitting)
        missed = tuple(label for label in document.spans if label not in fitting.values())
        judged.append(Judged(document=document, missed=missed, wrong=wrong))
    return judged


def scores(judged: Iterable[Judged]) -> dict[tuple[str, str], Score]:
    """By kind and language; every kind of KINDS that is labelled or found."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for one in judged:
        language = one.document.language
        for label in one.document.spans:
            counted[label[2], language, "labelled"] += 1
            counted[label[2], language, "found"] += label not in one.missed
        for find in one.wrong:
            counted[find.kind, language, "wrong"] += 1
    keys = sorted({(kind, language) for kind, language, _ in counted})
    return {
        (kind, language): Score(
            labelled=counted[kind, language, "labelled"],
            found=counted[kind, language, "found"],
            wrong=counted[kind, language, "wrong"],
        )
        for kind, language in keys
    }


def of_kinds(by: dict[tuple[str, str], Score]) -> dict[str, Score]:
    """Over all languages, in the order of KINDS."""
    totals: dict[str, Score] = {}
    for kind in KINDS:
        for (other, _), score in by.items():
            if other == kind:
                totals[kind] = totals.get(kind, Score()).plus(score)
    return totals
