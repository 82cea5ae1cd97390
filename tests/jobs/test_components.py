"""Components as DataFrames equal union-find in memory on 2,000 random graphs, paths and stars, in one job; a run that
was killed between rounds goes on."""

from pathlib import Path

import numpy as np
import pytest

from corpus.duplicates import components as memory
from corpus.errors import DataError
from corpus.store import storage
from jobs.engine.session import Session
from jobs.frames import components
from tests.corpus.graphs import labelled, many


def test_dataframes_equal_union_find_and_a_killed_run_goes_on(
    tmp_path: Path, spark: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes, a, b = many(2_000)
    expected = memory.components(nodes, a, b)
    edges = spark.spark.createDataFrame(list(zip(a.tolist(), b.tolist(), strict=True)), "u long, v long").cache()

    def found() -> dict[int, int]:
        rows = components.components(spark, str(tmp_path), edges, len(a)).collect()
        assert len(rows) == len({row.node for row in rows})
        return {row.node: row.component for row in rows}

    monkeypatch.setattr(components, "_MOST", 3)
    with pytest.raises(DataError, match="after 3 rounds"):
        found()
    names = storage.list_names(str(tmp_path / "rounds" / "receipts" / "parts"))
    assert list(names) == [f"{n:06d}.json" for n in range(4)]
    written = {n: (tmp_path / "rounds" / "receipts" / "parts" / n).stat().st_mtime_ns for n in names}
    monkeypatch.undo()
    ends = np.unique(np.concatenate([a, b]))
    assert found() == dict(zip(ends.tolist(), expected[ends].tolist(), strict=True))
    assert {n: (tmp_path / "rounds" / "receipts" / "parts" / n).stat().st_mtime_ns for n in names} == written
    components.forget(str(tmp_path))
    assert not (tmp_path / "rounds").exists()
    assert labelled(nodes, a, b) == expected.tolist()
