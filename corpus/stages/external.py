"""Labels that another program made to signals: joined to documents by a key, aligned with them."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from corpus.external import files, labelled
from corpus.external.files import LabelFile
from corpus.external.recipe_table import External
from corpus.external.tallies import Matched
from corpus.stages.balance import Ledger
from corpus.stages.ingest import INGEST
from corpus.stages.stage import SIGNALS, Located, Stage, Written, signals

if TYPE_CHECKING:
    from corpus.stages.request import Request

JOB = "external"  # what builds every table's stage
RECORDED = signals(JOB).stage  # what its code is recorded under, whatever tables are called
VERSION = 2


@dataclass(frozen=True, kw_only=True)
class Joining:
    """What is joined, and how."""

    table: External  # but for where its files lie, and how many documents must have a label
    files: tuple[Located[LabelFile], ...]  # by name


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The gate: how many documents must have a label."""

    name: str
    least: float


def _params(table: External, request: "Request") -> Joining:
    found = files.files(table, request.recipe.base)
    return Joining(
        table=replace(table, path="-", coverage=0.0),
        files=tuple(Located(what=files.what(file), at=file) for file in found),
    )


def balance(ledger: Ledger) -> None:
    """The sums of any such stage."""
    counts = ledger.own.counts
    ledger.equal("documents and rows", counts["documents"], ledger.own.rows(SIGNALS))
    ledger.equal("documents with and without a label", counts["documents"], counts["labelled"] + counts["unlabelled"])
    ledger.summed(Matched, "sources", "documents", "labelled", "keyless")
    passed = counts["label_nulls"] + counts["label_duplicates"]
    ledger.equal("labels, and those that count and those passed over", counts["labels"], counts["label_keys"] + passed)
    used = counts["label_keys_used"] + counts["label_keys_unused"]
    ledger.equal("keys of labels with and without a document", counts["label_keys"], used)
    if ledger.has(INGEST):
        ledger.equal("documents that came and those joined", ledger.rows(INGEST.documents), counts["documents"])


def joining(table: External) -> Stage[Joining]:
    """The stage of a table of the recipe."""
    return Stage(
        name=signals(table.name).stage,
        version=VERSION,
        writes={SIGNALS: Written(schema=labelled.kind_of(table).signals, aligned=True)},
        tallies=(Matched,),
        params=lambda request: _params(table, request),
        reads=lambda _: (INGEST.documents,),
        libraries=("publicsuffixlist",) if table.key == "domain" else (),
        balance=balance,
        gate=lambda _: Coverage(name=table.name, least=table.coverage),
        job=JOB,
        recorded=RECORDED,
    )
