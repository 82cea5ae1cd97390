"""All stages that have a name of their own, in the order in which a reader meets them."""

from collections.abc import Callable
from typing import Any

from corpus.external.tallies import Matched
from corpus.stages import external
from corpus.stages.agreed import AGREED
from corpus.stages.balance import Ledger
from corpus.stages.bm25 import BM25
from corpus.stages.buckets import BUCKETS
from corpus.stages.built import Built
from corpus.stages.canaries import CANARIES
from corpus.stages.code import CODE
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.decide import DECIDE
from corpus.stages.dedup import DEDUP
from corpus.stages.encode import ENCODE
from corpus.stages.fertility import FERTILITY
from corpus.stages.index import INDEX
from corpus.stages.ingest import INGEST
from corpus.stages.lines import LINES
from corpus.stages.matches import MATCHES
from corpus.stages.mix import MIX
from corpus.stages.pairs import PAIRS
from corpus.stages.passages import PASSAGES
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.stages.robots import ROBOTS
from corpus.stages.shard import SHARD
from corpus.stages.splits import SPLITS
from corpus.stages.stage import Stage
from corpus.stages.textindex import TEXTINDEX
from corpus.stages.train import TRAIN
from corpus.stages.trial import TRIAL
from corpus.stages.views import VIEWS

ALL: tuple[Stage[Any], ...] = (
    INGEST,
    ROBOTS,
    AGREED,
    DECIDE,
    PAIRS,
    CODE,
    DEDUP,
    MATCHES,
    CONTAMINATION,
    LINES,
    PASSAGES,
    RELEASE,
    CANARIES,
    TRIAL,
    INDEX,
    TEXTINDEX,
    BM25,
    TRAIN,
    FERTILITY,
    ENCODE,
    SPLITS,
    BUCKETS,
    MIX,
    SHARD,
    VIEWS,
    REPORT,
)
_BALANCES = {stage.name: stage.balance for stage in ALL}


def balance_of(built: Built) -> Callable[[Ledger], None] | None:
    """The sums of a stage that is there; None for what a filter measured. Stages of labels are called as recipes have
    it, and told by what they count."""
    joined = external.balance if Matched.NAME in built.manifest.tallies else None
    return _BALANCES.get(built.name, joined)
