"""Kept documents and evaluation suites to the places where items stand in documents."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import pyarrow as pa

from corpus.contamination import suites
from corpus.contamination.suites import SuiteFile
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.stage import Located, Stage, Written
from corpus.store.manifest import PARTS
from corpus.store.tally import Row

if TYPE_CHECKING:
    from corpus.stages.request import Request

MATCHES_SCHEMA = pa.schema(
    [  # by row and start; never a word of an item
        column("id", pa.string()),  # of the document
        column("row", pa.int32()),  # row in the documents part of the same number
        column("chars", pa.int32()),  # code points of the document's text
        column("suite", pa.string()),
        column("task", pa.string()),
        column("item", pa.string()),  # id in its suite; "" of a canary
        column("kind", pa.string()),  # question, passage, answer or canary
        column("start", pa.int32()),  # code points into the document's text, half-open
        column("end", pa.int32()),
        column("share", pa.float64()),  # of the field that stands there, by what its words say
        column("run", pa.int32()),  # words in a row
        column("gram", pa.int64()),  # hash of as many words of the run as are proof; 0 if it has fewer
        column("whole", pa.bool_()),  # proof whatever its runs of words are
    ]
)

ITEMS = pa.schema(
    [  # what was looked for, in the order of the suites
        column("suite", pa.string()),
        column("task", pa.string()),
        column("item", pa.string()),
        column("checked", pa.bool_()),  # false: too short to be told
    ]
)


@dataclass(frozen=True, kw_only=True)
class Suited(Row):
    """Items of a task that were looked for, and those in which nothing can be: too short without their answer."""

    NAME: ClassVar[str] = "suites"
    suite: str
    task: str
    items: int = 0
    unchecked: int = 0


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What is looked for, and when it is found."""

    files: tuple[Located[SuiteFile], ...]
    ngram: int
    min_share: float


def _params(request: "Request") -> Searched | None:
    table = request.recipe.contamination
    if table is None:
        return None
    found = suites.files(table, request.recipe.base)
    return Searched(
        files=tuple(Located(what=_what(file), at=file) for file in found),
        ngram=table.ngram,
        min_share=table.min_share,
    )


def _what(file: SuiteFile) -> dict[str, str]:
    """All of a file but where it lies and what is done with what is found."""
    fields = {key: value for key, value in asdict(file.suite).items() if key not in ("path", "policy")}
    return {"sha256": file.sha256, "file": suites.name_of(file.address), **fields}


def _balance(ledger: Ledger) -> None:
    ledger.equal("matches counted and written", ledger.own.counts["matches"], ledger.own.rows("matches"))
    listed = ledger.own.tally(Suited)
    ledger.equal("items counted and written", ledger.own.counts["items"], ledger.own.rows("items"))
    for name in ("items", "unchecked"):
        ledger.equal(
            f"{name} and their sum over tasks", ledger.own.counts[name], sum(vars(row)[name] for row in listed)
        )
    if ledger.has(DEDUP):
        ledger.equal("documents searched and kept", ledger.own.counts["searched"], ledger.counts(DEDUP)["kept"])


MATCHES: Stage[Searched] = Stage(
    name="matches",
    version=2,
    writes={"matches": Written(schema=MATCHES_SCHEMA), "items": Written(schema=ITEMS)},
    tallies=(Suited,),
    params=_params,
    reads=lambda _: (INGEST.documents, DEDUP.clusters),
    libraries=("unicodedata",),
    balance=_balance,
    steps=(PARTS, "items"),
)
