"""What filters agree on, when documents go: their probabilities go, the votes that were counted stay."""

from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa

from corpus.stages.agreed import AGREED, Cast
from corpus.stages.stage import SIGNALS
from corpus.store import tally
from corpus.withdrawal.blank import blanked
from corpus.withdrawal.folder import Restated
from corpus.withdrawal.restated import restate
from corpus.withdrawal.tables import Seen, aligned
from filters.agreed import Filter


def test_documents_that_go_have_no_probability_and_sums_hold() -> None:
    batch = pa.RecordBatch.from_pydict({"probability": [0.9, 0.2, 1.0], "known": [True, True, False]})
    rows = pa.Table.from_batches([batch.slice(1)]).append_column("at", pa.array([1, 2]))
    seen = Seen()
    seen.add(SIGNALS, 0, rows)
    counts = {"known": 2, "unknown": 1, "counted": 3, "fitted": 3, "rare": 0}
    cast_ = tally.cells([Cast(voter="length.few_words", keep=2, drop=1)])
    sums = Restated(counts={**counts}, _tallies={name: [*own] for name, own in cast_.items()})
    patch = cast(Any, SimpleNamespace(old=SimpleNamespace(name=AGREED.name, manifest=SimpleNamespace(tallies={}))))
    restate(patch, seen, sums, cast(Any, None))
    assert sums.counts == {**counts, "known": 1, "unknown": 2}
    assert sums.tally(Cast.NAME) == cast_[Cast.NAME]
    left = blanked(f"{AGREED.name}.{SIGNALS}", batch.cast(Filter.signals), rows.column("at").to_numpy(), {})
    assert left.column("known").to_pylist() == [True, False, False]
    assert aligned(AGREED.name, SIGNALS)
    assert not aligned(AGREED.name, "voters")


def test_nothing_that_went_changes_nothing() -> None:
    sums = Restated(counts={"known": 2, "unknown": 1}, _tallies={})
    restate(
        cast(Any, SimpleNamespace(old=SimpleNamespace(name=AGREED.name, manifest=SimpleNamespace(tallies={})))),
        Seen(),
        sums,
        cast(Any, None),
    )
    assert sums.counts == {"known": 2, "unknown": 1}
