"""Canaries: of known cases that went through the recipe's stages, how many each of them caught."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.canaries.case import IN_PART, named
from corpus.canaries.names import ORDER
from corpus.report.judging import wilson
from corpus.report.opened import Opened
from corpus.report.section import Section
from corpus.report.warned import Warned
from corpus.stages.ref import Ref
from corpus.stages.report import Audit
from corpus.stages.stage import counts
from corpus.stages.trial import TRIAL, Caught

_LEAST = 0.9  # recall of a stage below which it is warned of


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Cases of a kind. Of those that should be caught `share` is the recall, of others what was caught wrongly; with
    its 95 % interval (Wilson), (0, 1) where none came so far."""

    stage: str
    kind: str
    wanted: bool
    checks: int
    reached: int
    caught: int
    share: float
    low: float
    high: float
    in_part: bool  # found only in part by design: told, and no gate


@dataclass(frozen=True, kw_only=True)
class Stage:
    """All kinds of a stage: recall of what it should catch, precision of what it caught; each with its interval."""

    stage: str
    reached: int
    caught: int
    recall: float
    recall_low: float
    recall_high: float
    wrong: int
    precision: float
    precision_low: float
    precision_high: float


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Stages and kinds in the order in which documents meet them."""

    stages: Sequence[Stage]
    kinds: Sequence[Kind]
    planted: int
    in_corpus: int


def reads(_: Audit) -> tuple[Ref, ...]:
    return (counts(TRIAL),)


def facts(opened: Opened, _: None) -> Facts:
    found = sorted(opened.tally(TRIAL, Caught), key=lambda row: (ORDER.index(row.stage), row.wanted != "yes", row.kind))
    own = opened.counts(TRIAL)
    return Facts(stages=_stages(found), kinds=_kinds(found), planted=own["planted"], in_corpus=own["in_corpus"])


def _kinds(found: Iterable[Caught]) -> list[Kind]:
    rows = []
    for row in found:
        low, high = wilson(row.caught, row.reached)
        rows.append(
            Kind(
                stage=row.stage,
                kind=row.kind,
                wanted=row.wanted == "yes",
                checks=row.checks,
                reached=row.reached,
                caught=row.caught,
                share=_share(row.caught, row.reached),
                low=low,
                high=high,
                in_part=named(row.stage, row.kind) in IN_PART,
            )
        )
    return rows


def _stages(found: Sequence[Caught]) -> list[Stage]:
    rows = []
    by_stage: Mapping[str, list[Caught]] = {row.stage: [] for row in found}
    for row in found:
        by_stage[row.stage].append(row)
    for stage, own in by_stage.items():
        wanted = [row for row in own if row.wanted == "yes"]
        reached, caught = (sum(getattr(row, name) for row in wanted) for name in ("reached", "caught"))
        wrong = sum(row.caught for row in own if row.wanted != "yes")
        recall, precision = wilson(caught, reached), wilson(caught, caught + wrong)
        rows.append(
            Stage(
                stage=stage,
                reached=reached,
                caught=caught,
                recall=_share(caught, reached),
                recall_low=recall[0],
                recall_high=recall[1],
                wrong=wrong,
                precision=_share(caught, caught + wrong),
                precision_low=precision[0],
                precision_high=precision[1],
            )
        )
    return rows


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def warnings(_: Opened, known: Facts) -> Iterator[Warned]:
    """Stages that missed known cases, or caught what they should leave."""
    for row in known.stages:
        missed = row.reached - row.caught
        if row.reached and row.caught < _LEAST * row.reached:
            yield Warned(
                kind="gate",
                words=f"Of {row.reached:,} known cases that {row.stage} should catch it missed {missed:,}.",
                at="canaries",
                weight=missed / row.reached,
            )
        if row.wrong:
            yield Warned(
                kind="note",
                words=f"{row.stage} caught {row.wrong:,} known cases that it should leave.",
                at="canaries",
                weight=row.wrong,
            )


SECTION: Section[None, Facts, None] = Section(
    name="canaries",
    key="canaries",
    links=(("canaries", "Known cases"),),
    reads=reads,
    facts=facts,
    warnings=warnings,
)
