"""What is said of training on documents, and what was removed for it, by protocol and by language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from corpus.report.counting import added_rows, cells
from corpus.report.documents import LENGTHS, VERDICTS
from corpus.report.opened import Opened, Part
from corpus.report.reasons import Reasons
from corpus.report.section import Section
from corpus.shards.tallies import Pair
from corpus.stages.encode import ENCODE
from corpus.stages.ref import Ref
from corpus.stages.release import RELEASE, Released, bytes_by_language
from corpus.stages.report import Audit
from corpus.stages.stage import counts, signals
from corpus.store.tally import Cells, Row, read, total
from filters.arrow import integers, strings

RIGHTS = signals("rights")
RULE = "rights.training_not_allowed"

Tally = list[Cells]  # rows of Cell


@dataclass(frozen=True, kw_only=True)
class Cell(Row):
    """Documents by the statement that holds and by language, and of these what the rule removed."""

    NAME: ClassVar[str] = "rights"
    train_ai: str
    protocol: str
    place: str
    language: str
    documents: int = 0
    bytes: int = 0  # of text, as all sizes here
    removed: int = 0  # documents that the rule drops
    removed_bytes: int = 0
    alone: int = 0  # of them, those that no other rule drops
    alone_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What a statement, or a language, has and what was removed of it."""

    documents: int
    bytes: int
    removed: int
    removed_bytes: int
    removed_tokens: int  # estimated: bytes by the tokens that a byte of the language has in the corpus
    alone: int
    alone_tokens: int  # the same of what no other rule drops


@dataclass(frozen=True, kw_only=True)
class Said(Removed):
    """By the statement that holds."""

    train_ai: str
    protocol: str
    place: str


@dataclass(frozen=True, kw_only=True)
class Language(Removed):
    """By language."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list of domains."""

    name: str
    date: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Policy and what followed from it."""

    keeps: Sequence[str] | None  # labels that stay; None: all
    agents: Sequence[str]
    retroactive: bool
    lists: Sequence[Listed]
    said: Sequence[Said]  # most removed first
    languages: Sequence[Language]


def reads(_: Audit) -> tuple[Ref, ...]:
    return RIGHTS, VERDICTS, LENGTHS, counts(ENCODE), counts(RELEASE)


def tally(part: Part) -> Tally:
    if not part.has(VERDICTS):
        return []
    reasons = Reasons.of(part)
    sizes = part.read(LENGTHS, ["bytes"]).column("bytes")
    dropped = set(reasons.rows[reasons.rules == RULE].tolist())
    rows, times = np.unique(reasons.rows, return_counts=True)
    single = dropped & set(rows[times == 1].tolist())
    said = part.read(RIGHTS, ["train_ai", "protocol", "place"]).to_pylist()
    languages = part.read(VERDICTS, ["language"]).column("language")
    return cells(
        Cell(
            **one,
            language=language,
            documents=1,
            bytes=size,
            removed=int(row in dropped),
            removed_bytes=size * (row in dropped),
            alone=int(row in single),
            alone_bytes=size * (row in single),
        )
        for row, (one, language, size) in enumerate(zip(said, strings(languages), integers(sizes), strict=True))
    )


def merge(_: Audit, values: Sequence[Tally]) -> Tally:
    return added_rows(values)


def facts(opened: Opened, found: Tally) -> Facts:
    judging = opened.recipe.judging.get("rights")
    base: Any = judging.choice.base if judging else None
    rows = read(Cell, found)
    density = _density(opened)
    by_statement: dict[tuple[str, str, str], list[Cell]] = {}
    by_language: dict[str, list[Cell]] = {}
    for row in rows:
        by_statement.setdefault((row.train_ai, row.protocol, row.place), []).append(row)
        by_language.setdefault(row.language, []).append(row)
    said = [
        Said(train_ai=key[0], protocol=key[1], place=key[2], **_sums(own, density)) for key, own in by_statement.items()
    ]
    languages = [Language(name=name, **_sums(own, density)) for name, own in by_language.items()]
    return Facts(
        keeps=base.keep_train_ai if base else None,
        agents=base.agents if base else (),
        retroactive=bool(base and base.retroactive),
        lists=[Listed(name=n, date=one.date, sha256=one.sha256) for n, one in sorted(base.lists.items())]
        if base
        else [],
        said=sorted(said, key=lambda row: (-row.removed, -row.documents, row.train_ai, row.protocol, row.place)),
        languages=sorted(languages, key=lambda row: (-row.removed, -row.documents, row.name)),
    )


def _density(opened: Opened) -> Mapping[str, float]:
    """Tokens a byte by language, and by "" over all; 0.0 of a corpus without text."""
    tokens = total(opened.tally(ENCODE, Pair), lambda row: row.language, lambda row: row.tokens)
    sizes = bytes_by_language(opened.tally(RELEASE, Released))
    found = {name: tokens.get(name, 0) / size for name, size in sizes.items() if size}
    return {**found, "": sum(tokens.values()) / max(sum(sizes.values()), 1)}


def _sums(rows: Sequence[Cell], density: Mapping[str, float]) -> dict[str, int]:
    names = ("documents", "bytes", "removed", "removed_bytes", "alone")
    sums = {name: sum(getattr(row, name) for row in rows) for name in names}
    for name in ("removed", "alone"):
        sizes = total(rows, lambda row: row.language, lambda row, name=name: getattr(row, f"{name}_bytes"))  # type: ignore[misc]
        sums[f"{name}_tokens"] = round(sum(size * density.get(one, density[""]) for one, size in sizes.items()))
    return sums


SECTION: Section[Tally, Facts, None] = Section(
    name="rights",
    key="rights",
    links=(("rights", "Rights"),),
    reads=reads,
    over=(VERDICTS,),
    tally=tally,
    merge=merge,
    facts=facts,
)
