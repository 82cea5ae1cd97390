"""Signals to verdicts: every threshold against its measurement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from corpus.losses.alarm import Limits
from corpus.losses.filtered import Fired, Judged
from corpus.mixture.recipe_table import Mixture
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.stage import Stage, Written, signals
from corpus.store import tally
from filters import Filter, is_threshold
from filters.choice import Choice

if TYPE_CHECKING:
    from corpus.stages.request import Request

LANGUAGE = signals("language")  # whose label says whose thresholds judge

REASON = pa.struct(
    [
        column("rule", pa.string()),  # "<filter>.<reason>"
        column("value", pa.float64()),  # the measurement; NaN never occurs; 0 where `text` holds it
        column("threshold", pa.float64()),
        column("text", pa.string()),  # a label that was judged ("" for numbers)
    ]
)

VERDICTS = pa.schema(
    [
        column("id", pa.string()),
        column("source", pa.string()),
        column("language", pa.string()),  # the label; its thresholds were used, or und's below [decide] known_from
        column("kept", pa.bool_()),
        column("reasons", pa.list_(pa.field("item", REASON, nullable=False))),  # every rule that fired; empty if kept
    ]
)


@dataclass(frozen=True, kw_only=True)
class Judging:
    """A filter that judges. Its identity is its rules and thresholds: what it measures is that of its signals."""

    choice: Choice

    def identity(self) -> object:
        choice = self.choice
        return {
            "rules": [vars(rule) for rule in choice.base.rules],
            "base": _thresholds(choice.base),
            "by_script": choice.by_script,
            "by_language": choice.by_language,
            "by_source": choice.by_source,
        }


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What must be left for a run to go on."""

    limits: Limits
    mixture: Mixture | None  # whose keys must have documents, as far as is known here


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What verdicts follow from."""

    judging: tuple[Judging, ...]
    known_from: float

    def identity(self) -> object:
        return {"filters": by_name(self.judging), "known_from": self.known_from}


def by_name(judging: Iterable[Judging]) -> Mapping[str, Judging]:
    """By filter, so that a plan can say which of them changed."""
    return {one.choice.name: one for one in judging}


def _thresholds(instance: Filter) -> Mapping[str, object]:
    return {name: value for name, value in vars(instance).items() if is_threshold(name)}


def _reads(request: "Request") -> tuple[Ref, ...]:
    names = dict.fromkeys(choice.name for choice in request.recipe.judged)
    return (INGEST.documents, *dict.fromkeys([LANGUAGE, *(signals(name) for name in names)]))


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    kept = counts.get("kept", 0) + counts.get("dropped", 0)
    ledger.equal("documents and kept + dropped", ledger.own.rows("verdicts"), kept)
    by_outcome = tally.total(ledger.own.tally(Judged), lambda row: row.outcome, lambda row: row.documents)
    what = "{} documents and their sum over sources and languages"
    ledger.equal(what.format("kept"), counts.get("kept", 0), by_outcome.pop("kept", 0))
    ledger.equal(what.format("dropped"), counts.get("dropped", 0), sum(by_outcome.values()))
    fired = sum(row.documents for row in ledger.own.tally(Fired))
    ledger.equal("rules that fired and their sum over sources and languages", counts.get("fired", 0), fired)
    if ledger.has(INGEST):
        ledger.equal("documents that came and kept + dropped", ledger.rows(INGEST.documents), kept)


DECIDE: Stage[Rules] = Stage(
    name="decide",
    version=3,
    writes={"verdicts": Written(schema=VERDICTS, aligned=True)},
    tallies=(Judged, Fired),
    params=lambda request: Rules(
        judging=tuple(Judging(choice=choice) for choice in request.recipe.judged),
        known_from=request.recipe.decide.known_from,
    ),
    reads=_reads,
    balance=_balance,
    gate=lambda request: Gate(
        limits=Limits(max_share=request.recipe.decide.max_loss_share, allow_vanish=request.recipe.decide.allow_vanish),
        mixture=request.recipe.mixture,
    ),
)
