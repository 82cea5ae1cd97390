"""What the recipe's stages did to the canaries: they run once more over these alone, beside the corpus."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

import pyarrow as pa

from corpus.canaries.judged import FILTERS
from corpus.canaries.recipe_table import Canaries
from corpus.stages.balance import Ledger
from corpus.stages.canaries import CANARIES
from corpus.stages.code import CODE
from corpus.stages.columns import column
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE, LANGUAGE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import Ref, optional
from corpus.stages.release import RELEASE
from corpus.stages.stage import Stage, Written, counts
from corpus.store.tally import Row

if TYPE_CHECKING:
    from corpus.stages.request import Request

T = TypeVar("T")

_APART = "canaries."  # before the names of stages that ran over canaries

OUTCOMES = pa.schema(
    [  # a row a check, in the order of `canaries.cases`
        column("case", pa.string()),
        column("stage", pa.string()),
        column("kind", pa.string()),
        column("wanted", pa.bool_()),
        column("reached", pa.bool_()),  # whether the document came to the stage: false where one before took it
        column("caught", pa.bool_()),  # whether the stage did what it is there for
    ]
)
PLANTED = pa.schema(
    [  # canaries that became documents of the trial
        column("id", pa.string()),
        column("case", pa.string()),
        column("text", pa.binary(16)),  # blake2b-128 of the text as it was read
        column("content", pa.binary(16), nullable=True),  # as in corpus, where `release` let it through
    ]
)


@dataclass(frozen=True, kw_only=True)
class Caught(Row):
    """Checks of a kind: those that came to the stage, and of these those that it caught."""

    NAME: ClassVar[str] = "kinds"
    stage: str
    kind: str
    wanted: str  # "yes" where it should catch them
    checks: int = 0
    reached: int = 0
    caught: int = 0


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Which rules of the recipe no canary tries."""

    untried: tuple[str, ...]


def apart(ref: Ref) -> Ref:
    """A table of a stage, of its run over canaries."""
    return replace(ref, stage=_APART + ref.stage, needed=False)


def renamed(stages: Mapping[str, T]) -> dict[str, T]:
    """Stages of the trial by the names under which `apart` looks for them."""
    return {_APART + name: one for name, one in stages.items()}


APART: tuple[Ref, ...] = tuple(
    apart(ref)
    for ref in (
        INGEST.documents,
        INGEST.rejects,
        LANGUAGE,
        DECIDE.verdicts,
        DEDUP.clusters,
        CONTAMINATION.contaminated,
        CONTAMINATION.proofs,
        LINES.cuts,
        LINES.emptied,
        PASSAGES.passages,
        RELEASE.corpus,
        RELEASE.redactions,
    )
)


def _params(request: "Request") -> Judged | None:
    if request.recipe.canaries is None:
        return None
    names = sorted({choice.name for choice in request.recipe.judged})
    tried = request.params(CANARIES).tried
    own = {"perplexity": tried.modelled, "url": tried.domains + tried.words}
    return Judged(untried=tuple(name for name in names if name not in FILTERS and not own.get(name)))


def _reads(_: "Request") -> tuple[Ref, ...]:
    """What the trial's stages are: the corpus's own are made of the same parameters, versions and code."""
    return (
        CANARIES.cases,
        counts(INGEST),
        counts(DECIDE),
        counts(DEDUP),
        optional(counts(CODE)),
        optional(counts(CONTAMINATION)),
        optional(counts(LINES)),
        optional(counts(PASSAGES)),
        RELEASE.corpus,
    )


def _balance(ledger: Ledger) -> None:
    own = ledger.own
    ledger.equal("outcomes counted and written", own.counts["checks"], own.rows("outcomes"))
    ledger.equal("canaries counted and written", own.counts["planted"], own.rows("planted"))
    ledger.summed(Caught, "kinds", "checks", "reached", "caught")
    ledger.equal("canaries in the corpus, by their ids or texts, and none", own.counts["in_corpus"], 0)
    if ledger.has(CANARIES):
        ledger.equal("outcomes and checks", own.counts["checks"], ledger.counts(CANARIES)["checks"])


TRIAL: Stage[Judged] = Stage(
    name="trial",
    version=1,
    writes={"outcomes": Written(schema=OUTCOMES), "planted": Written(schema=PLANTED)},
    tallies=(Caught,),
    params=_params,
    reads=_reads,
    balance=_balance,
    gate=lambda request: request.recipe.canaries or Canaries(),
)
