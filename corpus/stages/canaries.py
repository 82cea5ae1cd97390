"""Known cases for the recipe's stages: files that they are tried on, and what should become of each."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from corpus.canaries.request import Tried
from corpus.contamination.suites import SuiteFile
from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.matches import MATCHES
from corpus.stages.ref import optional
from corpus.stages.stage import Located, Stage, Written
from filters.choice import Choice

if TYPE_CHECKING:
    from corpus.stages.request import Request

SOURCES = 8  # of a recipe whose thresholds are tried: each has files of its own

CASES = pa.schema(
    [  # a row a check, and one for each document without; by source, in order of the cases
        column("case", pa.string()),  # the locator of its document in the trial
        column("source", pa.string()),
        column("offset", pa.int64()),  # bytes into the file of its source
        column("planted", pa.bool_()),  # false for a document of the corpus that another is a copy of
        column("stage", pa.string()),  # that it is for; "" for a document without a check
        column("kind", pa.string()),
        column("wanted", pa.bool_()),  # whether the stage should catch it
        column("about", pa.string()),  # JSON: what the stage is judged by
    ]
)


@dataclass(frozen=True, kw_only=True)
class Making:
    """What canaries follow from."""

    tried: Tried
    files: tuple[Located[SuiteFile], ...]  # of evaluation suites


def _params(request: "Request") -> Making | None:
    recipe = request.recipe
    if recipe.canaries is None:
        return None
    found = request.params(MATCHES).files if recipe.contamination else ()
    names = tuple(source.name for source in recipe.sources)
    step = max(1, len(names) // SOURCES)
    tried = Tried(
        table=recipe.canaries,
        seed=recipe.seed,
        ngram=recipe.ngram,
        threshold=recipe.dedup.threshold,
        sources=names[::step][:SOURCES],
        rules={choice.name: _set(choice) for choice in recipe.judged},
        keep_labels=_keep_labels(recipe.judged),
        modelled=_modelled(recipe.judged),
        **_addresses(recipe.judged),
        suites=recipe.contamination.max_documents if recipe.contamination else 0,
        code=recipe.code.languages if recipe.code else None,
        lines=recipe.lines,
        passages=recipe.passages,
        pii=recipe.pii,
    )
    return Making(tried=tried, files=found)


def _set(choice: Choice) -> tuple[str, ...]:
    """Reasons of a filter whose threshold is set for some document."""
    overrides = [*choice.by_script.values(), *choice.by_language.values(), *choice.by_source.values()]
    every = [vars(choice.base), *overrides]
    return tuple(
        rule.reason for rule in choice.base.rules if any(one.get(rule.threshold) not in (None, ()) for one in every)
    )


def _keep_labels(judged: tuple[Choice, ...]) -> tuple[str, ...]:
    found = (getattr(choice.base, "keep_labels", ()) for choice in judged if choice.name == "language")
    return next(found, ()) or ()


def _modelled(judged: tuple[Choice, ...]) -> tuple[str, ...]:
    """Languages with a model; none where the tail of their texts stays and there is no limit."""
    base: Any = next((choice.base for choice in judged if choice.name == "perplexity"), None)
    goes = base and (base.max_perplexity is not None or (base.keep_buckets and "tail" not in base.keep_buckets))
    return tuple(sorted(base.models)) if goes else ()


def _addresses(judged: tuple[Choice, ...]) -> dict[str, tuple[str, ...]]:
    """What `url` blocks at once, of the lists that stand in the recipe itself."""
    base: Any = next((choice.base for choice in judged if choice.name == "url"), None)
    return {
        "domains": base.domains if base and base.max_blocked == 0 else (),
        "words": base.words if base and base.max_words == 0 else (),
    }


def _balance(ledger: Ledger) -> None:
    counts = ledger.own.counts
    written = ledger.own.rows("cases")
    ledger.equal("checks, documents that have none, and rows", counts["checks"] + counts["unchecked"], written)


CANARIES: Stage[Making] = Stage(
    name="canaries",
    version=2,
    writes={"cases": Written(schema=CASES), "sources": Written()},
    params=_params,
    reads=lambda _: (INGEST.documents, DECIDE.verdicts, DEDUP.clusters, optional(MATCHES.items)),
    libraries=("unicodedata",),
    balance=_balance,
)
