"""All stages that have a name of their own, in the order in which a reader meets them."""

from typing import Any

from corpus.stages.bm25 import BM25
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

ALL: tuple[Stage[Any], ...] = (
    INGEST,
    ROBOTS,
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
    MIX,
    SHARD,
    REPORT,
)
