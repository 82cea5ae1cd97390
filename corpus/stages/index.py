"""The corpus to an index: keys by which a later release is deduplicated against this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.duplicates import earlier
from corpus.stages.balance import Ledger
from corpus.stages.ingest import INGEST
from corpus.stages.pairs import KEYS, measured
from corpus.stages.release import RELEASE
from corpus.stages.stage import Stage, Written, signals
from corpus.store.manifest import Json

if TYPE_CHECKING:
    from corpus.stages.request import Request


@dataclass(frozen=True, kw_only=True)
class Keys:
    """How the keys were measured: by filter, version and parameters, as JSON gives them back."""

    measured: Mapping[str, Json]
    ngram: int  # words of a shingle
    url_without_query: tuple[str, ...] = ()  # sources

    def identity(self) -> object:
        found: dict[str, Json] = {**self.measured, "ngram": self.ngram}
        if self.url_without_query:
            found["url_without_query"] = list(self.url_without_query)
        return found


def _params(request: "Request") -> Keys | None:
    if not request.recipe.dedup.index:
        return None
    return Keys(
        measured=measured(request), ngram=request.recipe.ngram, url_without_query=request.recipe.dedup.url_without_query
    )


def _balance(ledger: Ledger) -> None:
    ledger.equal("documents counted and written", ledger.own.counts["documents"], ledger.own.rows(earlier.TABLE))
    if ledger.has(RELEASE):
        released = ledger.counts(RELEASE)["documents"]
        ledger.equal("documents in the index and in the corpus", ledger.own.rows(earlier.TABLE), released)


INDEX: Stage[Keys] = Stage(
    name="index",
    version=2,
    writes={earlier.TABLE: Written(schema=earlier.INDEX)},
    params=_params,
    reads=lambda _: (INGEST.documents, RELEASE.corpus, *(signals(name) for name in KEYS)),
    balance=_balance,
)
