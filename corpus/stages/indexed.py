"""What an index of a corpus's texts adds up to."""

from corpus.stages.balance import Ledger
from corpus.stages.release import RELEASE


def balance(ledger: Ledger, table: str) -> None:
    """Every document of the corpus and all of its bytes are in the index. Raises LedgerError."""
    own = ledger.own
    ledger.equal("documents counted and written", own.counts["documents"], own.rows(table))
    if ledger.has(RELEASE):
        for name in ("documents", "bytes"):
            ledger.equal(f"{name} in the index and in the corpus", own.counts[name], ledger.counts(RELEASE)[name])
