"""Kept documents to the corpus: repeats cut, texts cleaned, personal data replaced."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from corpus.stages.balance import Ledger
from corpus.stages.columns import column
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.passages import PASSAGES
from corpus.stages.ref import optional
from corpus.stages.stage import Stage, Written
from corpus.store import tally
from corpus.store.tally import Row
from corpus.texts.cleaning import Cleaning
from corpus.texts.pii_policy import Policy

CORPUS = pa.schema(
    [
        column("id", pa.string()),
        column("row", pa.int32()),  # row in the documents part of the same number
        column("source", pa.string()),
        column("url", pa.string(), nullable=True),  # e-mail addresses and keys in it replaced
        column("licence", pa.string(), nullable=True),
        column("language", pa.string()),
        column("text", pa.string()),  # personal data replaced by typed placeholders
        column("targets_at", pa.int32(), nullable=True),  # as in documents, of the text as it stands here
        column("restricted", pa.bool_()),  # as in clusters
        column("cleaned", pa.bool_()),  # cuts or [[clean]] took something out of it
        column("redactions", pa.int32()),  # spans found in it, whatever was done with them
        column("redacted", pa.bool_()),  # whether that changed the text
        column("content", pa.binary(16)),  # blake2b-128 of the text as it stands here
    ]
)

REDACTIONS = pa.schema(
    [  # where something was found and what was done; never what it was
        column("id", pa.string()),
        column("kind", pa.string()),  # one of filters.pii.spans.KINDS
        column("start", pa.int32()),  # code points into the document's text after [[clean]], half-open
        column("end", pa.int32()),
        column("detector", pa.string()),
        column("version", pa.int16()),  # of the detector
        column("confidence", pa.float32()),  # a grade of evidence: filters.pii.spans
        column("country", pa.string()),  # ISO 3166-1 alpha-2 where the find tells it, else ""
        column("action", pa.string()),  # one of corpus.texts.pii_policy.ACTIONS
        column("digest", pa.string(), nullable=True),  # keyed, of the value; null if the recipe gives no key
    ]
)


@dataclass(frozen=True, kw_only=True)
class Released(Row):
    """What the corpus has of a language."""

    NAME: ClassVar[str] = "languages"
    language: str
    documents: int = 0
    bytes: int = 0


def bytes_by_language(released: Iterable[Released]) -> dict[str, int]:
    """Of the corpus."""
    return tally.total(released, lambda row: row.language, lambda row: row.bytes)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What is done to the text of a document that stays."""

    pii: Policy
    clean: tuple[Cleaning, ...]


def _balance(ledger: Ledger) -> None:
    own = ledger.own
    counts = own.counts
    ledger.equal("documents counted and written", counts["documents"], own.rows("corpus"))
    ledger.equal("spans in the ledger and in the documents", counts["spans"], own.rows("redactions"))
    ledger.summed(Released, "languages", "documents", "bytes")
    if not ledger.has(DEDUP) or not ledger.shipped(CONTAMINATION, LINES, PASSAGES):
        return
    passages = ledger.counts(PASSAGES)
    contaminated = ledger.counts(CONTAMINATION).get("dropped", 0)
    kept = ledger.counts(DEDUP)["kept"] - contaminated - ledger.rows(LINES.emptied) - passages.get("dropped", 0)
    came = counts["documents"] + counts["pii_dropped"] + counts.get("small_dropped", 0)
    ledger.equal("documents in the corpus + dropped by [pii] or as too small and documents kept", came, kept)
    cuts = sum(ledger.rows(one) for one in (CONTAMINATION.cuts, LINES.cuts, PASSAGES.cuts))
    cuts -= counts["cuts_dropped"] if ledger.has(CONTAMINATION) else passages.get("dropped_cuts", 0)
    made = counts.get("cuts", 0) + counts.get("cuts_withheld", 0)
    ledger.equal("cuts made or withheld and cuts written by stages before", made, cuts)


RELEASE: Stage[Texts] = Stage(
    name="release",
    version=8,
    writes={"corpus": Written(schema=CORPUS), "redactions": Written(schema=REDACTIONS)},
    tallies=(Released,),
    params=lambda request: Texts(pii=request.recipe.pii, clean=request.recipe.clean),
    reads=lambda _: (
        INGEST.documents,
        DECIDE.verdicts,
        DEDUP.clusters,
        optional(CONTAMINATION.contaminated),
        optional(CONTAMINATION.cuts),
        optional(LINES.cuts),
        optional(LINES.emptied),
        optional(PASSAGES.cuts),
        optional(PASSAGES.passages),
    ),
    libraries=("google-re2", "phonenumberslite", "publicsuffixlist", "python-stdnum", "unicodedata"),
    balance=_balance,
)
