"""Lines that repeat within a source, to cuts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa

from corpus.stages.balance import Ledger
from corpus.stages.columns import CUTS, column
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.ref import optional
from corpus.stages.stage import Stage, Written
from corpus.store.tally import Row
from corpus.texts.repeated_lines import LineRule

if TYPE_CHECKING:
    from corpus.stages.request import Request

EMPTIED = pa.schema(
    [  # documents that stage `lines` drops: every line of theirs goes
        column("id", pa.string()),
        column("row", pa.int32()),
        column("rule", pa.string()),  # of the first line
        column("lines", pa.int32()),
        column("count", pa.int64()),  # the fewest documents that any of its lines is in
    ]
)


@dataclass(frozen=True, kw_only=True)
class Taken(Row):
    """What a rule cut out of the documents of a source that stay."""

    NAME: ClassVar[str] = "rules"
    rule: str
    source: str
    lines: int = 0
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Emptied(Row):
    """Documents of a source of which no line was left."""

    NAME: ClassVar[str] = "emptied"
    source: str
    documents: int = 0


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """What cuts of lines follow from."""

    rules: tuple[LineRule, ...]
    sources: tuple[str, ...]  # in the recipe's order: lines are counted within one


def _params(request: "Request") -> Repeats | None:
    recipe = request.recipe
    if not recipe.lines:
        return None
    return Repeats(rules=recipe.lines, sources=tuple(source.name for source in recipe.sources))


def _balance(ledger: Ledger) -> None:
    for table in ("cuts", "emptied"):
        ledger.equal(f"{table} counted and written", ledger.own.counts.get(table, 0), ledger.own.rows(table))
    counts, taken = ledger.own.counts, ledger.own.tally(Taken)
    ledger.equal("lines cut and their sum over sources", counts["cuts"], sum(row.lines for row in taken))
    ledger.equal("bytes cut and their sum over sources", counts["bytes"], sum(row.bytes for row in taken))
    emptied = sum(row.documents for row in ledger.own.tally(Emptied))
    ledger.equal("documents emptied and their sum over sources", counts["emptied"], emptied)


LINES: Stage[Repeats] = Stage(
    name="lines",
    version=2,
    writes={"cuts": Written(schema=CUTS), "emptied": Written(schema=EMPTIED)},
    tallies=(Taken, Emptied),
    params=_params,
    reads=lambda _: (INGEST.documents, DEDUP.clusters, optional(CONTAMINATION.contaminated)),
    libraries=("unicodedata",),
    balance=_balance,
)
