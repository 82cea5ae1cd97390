"""Signals of all filters to votes, votes to what they agree on: the measurement of filter `agreed`.

It is no pass over texts, since a document's probability depends on the votes on all others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa

from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.decide import LANGUAGE, Judging, by_name
from corpus.stages.ingest import INGEST
from corpus.stages.ref import Ref
from corpus.stages.stage import SIGNALS, Stage, Written, signals
from corpus.store.manifest import PARTS
from corpus.store.tally import Row
from filters.agreed import Filter, Function

if TYPE_CHECKING:
    from corpus.stages.request import Request

NAME = "agreed"  # the filter
OCCURRENCES = "occurrences"  # the filter that measures functions on texts
FIT = "fit"  # the step
MOST_RARE = 0.01  # share of documents of patterns that the model is not fitted to, above which it is warned of

VOTERS = pa.schema(
    [  # in the order of votes in a pattern
        column("voter", pa.string()),  # "<filter>.<reason>", "function.<name>"
        column("identified", pa.bool_()),
        column("why", pa.string()),  # it is not identified; "" if it is
        column("error", pa.float64(), nullable=True),  # largest standard error of its chances; null without any
        # Null where it is not identified:
        column("accuracy", pa.float64(), nullable=True),  # share of its votes that are right
        column("keep_right", pa.float64(), nullable=True),  # of its votes to keep; null without any
        column("drop_right", pa.float64(), nullable=True),  # of its votes to drop; the same
        column("keep_if_good", pa.float64(), nullable=True),  # share of good documents that it votes to keep, of
        column("drop_if_good", pa.float64(), nullable=True),  # those that it can measure
        column("keep_if_bad", pa.float64(), nullable=True),
        column("drop_if_bad", pa.float64(), nullable=True),
    ]
)

PATTERNS = pa.schema(
    [  # combinations of votes that the model is fitted to, the most frequent first
        column("votes", pa.string()),  # a letter a voter: k keep, d drop, 0 neither, . cannot measure
        column("documents", pa.int64()),
        column("probability", pa.float64(), nullable=True),  # of being good; null where it is not known
    ]
)

ALIKE = pa.schema(
    [  # two voters that drop the same documents, more than the model explains or nearly all; the most surprising first
        column("first", pa.string()),
        column("second", pa.string()),
        column("both", pa.int64()),  # documents of fitted patterns that both vote to drop
        column("either", pa.int64()),  # that one of them does at least
        column("expected", pa.float64(), nullable=True),  # by the model; null where one is not identified
    ]
)


@dataclass(frozen=True, kw_only=True)
class Cast(Row):
    """What a voter did with the documents, those of all patterns: each is in one of the first four."""

    NAME: ClassVar[str] = "votes"
    voter: str
    keep: int = 0
    drop: int = 0
    neither: int = 0
    unmeasured: int = 0
    overlaps: int = 0  # of its votes, those on documents that another votes on too
    conflicts: int = 0  # of these, those against which another votes


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A labelling function: where its number stands, and what it votes by it."""

    function: Function
    filter: str
    signal: str
    place: int  # in a list of numbers; -1 where the signal is one

    @property
    def name(self) -> str:
        return f"function.{self.function.name}"

    def identity(self) -> object:
        """Without where a lexicon lies: what was counted by it is in the signals."""
        own = self.function
        ranges = {"keep": own.keep, "drop": own.drop}
        said = {key: [one.min, one.max] if one else None for key, one in ranges.items()}
        place = {"filter": self.filter, "signal": self.signal, "place": self.place}
        return {"name": own.name, **place, **said, "languages": own.languages}


@dataclass(frozen=True, kw_only=True)
class Agreeing:
    """What the probabilities follow from."""

    judging: tuple[Judging, ...]  # those whose rules vote
    functions: tuple[Asked, ...]
    leave_out: tuple[str, ...]
    known_from: float
    good_share: float | None
    fitted_patterns: int

    def identity(self) -> object:
        return {**vars(self), "judging": by_name(self.judging)}


def asked(functions: tuple[Function, ...]) -> tuple[Asked, ...]:
    """Those on texts stand in the list of counts in their order."""
    found, texts = [], 0
    for one in functions:
        filter_, _, signal = one.signal.rpartition(".")
        if one.signal:
            found.append(Asked(function=one, filter=filter_, signal=signal, place=-1))
        else:
            found.append(Asked(function=one, filter=OCCURRENCES, signal="counts", place=texts))
            texts += 1
    return tuple(found)


def _params(request: "Request") -> Agreeing | None:
    own: Any = next((choice.base for choice in request.recipe.choices if choice.name == NAME), None)
    if own is None:
        return None
    return Agreeing(
        judging=tuple(Judging(choice=choice) for choice in request.recipe.judged if choice.name != NAME),
        functions=asked(own.functions),
        leave_out=own.leave_out,
        known_from=request.recipe.decide.known_from,
        good_share=own.good_share,
        fitted_patterns=own.fitted_patterns,
    )


def _reads(request: "Request") -> tuple[Ref, ...]:
    params = request.params(AGREED)
    names = [one.choice.name for one in params.judging]
    return (
        INGEST.documents,
        *dict.fromkeys([LANGUAGE, *map(signals, names), *(signals(one.filter) for one in params.functions)]),
    )


def _balance(ledger: Ledger) -> None:
    counts: Mapping[str, int] = ledger.own.counts
    known = counts["known"] + counts["unknown"]
    ledger.equal("documents with and without a known probability and rows", known, ledger.own.rows(SIGNALS))
    if ledger.has(INGEST):
        ledger.equal("documents that came and those with a row", ledger.rows(INGEST.documents), known)
    for row in ledger.own.tally(Cast):
        voted = row.keep + row.drop + row.neither + row.unmeasured
        ledger.equal(f"documents that {row.voter} was asked of and those counted", voted, counts["counted"])
    ledger.summed(Cast, "voters", "overlaps", "conflicts")
    of_patterns = counts["fitted"] + counts["rare"]
    ledger.equal("documents of fitted patterns and of others, and those counted", of_patterns, counts["counted"])
    for table in ("voters", "patterns", "alike"):
        ledger.equal(f"{table} counted and written", counts[table], ledger.own.rows(table))


AGREED: Stage[Agreeing] = Stage(
    name=signals(NAME).stage,
    version=Filter.version,
    writes={
        SIGNALS: Written(schema=Filter.signals, aligned=True),
        "voters": Written(schema=VOTERS),
        "patterns": Written(schema=PATTERNS),
        "alike": Written(schema=ALIKE),
    },
    tallies=(Cast,),
    params=_params,
    reads=_reads,
    libraries=Filter.libraries,
    balance=_balance,
    steps=(FIT, PARTS),
    job=NAME,
)
