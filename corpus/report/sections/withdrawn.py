"""Documents that were withdrawn from this release, and the counts that say how a stage measured while it had them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.losses.filtered import Judged
from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.stages.built import Built
from corpus.stages.code import CODE
from corpus.stages.decide import DECIDE
from corpus.stages.encode import ENCODE
from corpus.stages.fertility import FERTILITY
from corpus.stages.pairs import PAIRS
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import Ref, optional
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.stages.train import TRAIN
from corpus.stages.withdrawn import AS_BUILT

ALL = "*"  # of AS_BUILT


@dataclass(frozen=True, kw_only=True)
class AsBuilt:
    """A stage that a withdrawal patched, and those of its counts that were not taken again; all others were."""

    stage: str
    all: bool  # of its counts and tallies
    counts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """0 documents and no stage, where nothing was withdrawn."""

    documents: int
    as_built: Sequence[AsBuilt]


def reads(_: Audit) -> tuple[Ref, ...]:
    needed = (DECIDE, PAIRS, TRAIN, FERTILITY, ENCODE)
    return (*(counts(stage) for stage in needed), *(optional(counts(stage)) for stage in (CODE, PASSAGES)))


def facts(opened: Opened, _: None) -> Facts:
    gone = sum(row.documents for row in opened.tally(DECIDE, Judged) if row.outcome == "withdrawn")
    return Facts(documents=gone, as_built=list(_as_built(opened.stages)) if gone else [])


def _as_built(stages: Mapping[str, Built]) -> Iterator[AsBuilt]:
    for name, names in AS_BUILT.items():
        built = stages.get(name)
        identity: Any = built.manifest.identity if built else {}
        if built and "withdrawn" in identity:
            own = (
                dict(built.counts) if ALL in names else {one: built.counts[one] for one in names if one in built.counts}
            )
            yield AsBuilt(stage=name, all=ALL in names, counts=own)


SECTION: Section[None, Facts, None] = Section(
    name="withdrawn",
    key="withdrawn",
    links=(("withdrawn", "Withdrawn"),),
    reads=reads,
    facts=facts,
)
