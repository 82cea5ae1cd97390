"""Whose documents went for whose: ids of both sides meet as a naive count over all rows has them."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.report import copies
from corpus.report.copies import Copied
from corpus.report.opened import Opened
from corpus.report.sections import copies as section
from corpus.stages.dedup import DEDUP
from jobs.engine.session import Session
from jobs.stages import report
from tests.corpus.runs import report_of


def naive(opened: Opened) -> Counter[tuple[str, str]]:
    """From all rows at once."""
    sources: dict[Any, Any] = {}
    rows: list[tuple[Any, Any]] = []
    clusters, verdicts = (opened.table(ref) for ref in copies.READS)
    for part in range(clusters.parts):
        own = clusters.read(part, ["id", "outcome", "kept_id"]).to_pylist()
        labels = verdicts.read(part, ["source"]).column("source").to_pylist()
        for row, source in zip(own, labels, strict=True):
            if row["outcome"] == "kept":
                sources[row["id"]] = source
            rows.append((row, source))
    return Counter(
        (source, sources[row["kept_id"]]) for row, source in rows if row["outcome"] not in ("kept", "filtered")
    )


def test_copies_of_a_run_are_those_of_a_naive_count(finished: Path) -> None:
    job = report_of(finished)
    opened = report.open_stages(job, report.present(job))
    clusters, verdicts = (opened.table(ref) for ref in copies.READS)
    keys = pa.concat_tables([copies.keys(clusters, verdicts, part) for part in range(clusters.parts)])
    found = copies.met(keys)
    assert {(row.source, row.kept_in): row.documents for row in found} == naive(opened)
    counts = opened.counts(DEDUP)
    assert sum(row.documents for row in found) == counts["exact"] + counts["near"] > 0


ROWS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc"), st.integers(1, 9)), max_size=30)


@given(st.dictionaries(st.integers(0, 4), st.sampled_from("abc")), ROWS)
def test_rows_meet_their_keepers(keepers: dict[int, str], gone: list[tuple[int, str, int]]) -> None:
    rows = [(key, source, 0) for key, source in keepers.items()] + gone
    columns = [*zip(*rows, strict=True)] or [(), (), ()]
    keys = pa.table(
        {
            "key": pa.array([bytes([key]) for key in columns[0]], pa.binary()),
            "source": pa.array(columns[1], pa.string()),
            "documents": pa.array(columns[2], pa.int64()),
        }
    )
    expected: Counter[tuple[str, str]] = Counter()
    for key, source, count in gone:
        expected[source, keepers.get(key, "")] += count  # of an earlier release there is no keeper here
    assert {(row.source, row.kept_in): row.documents for row in copies.met(keys)} == expected


def test_spark_gives_the_same(spark: Session) -> None:
    from jobs.frames import keepers

    rows = [(b"1", "a", 0), (b"1", "b", 3), (b"1", "a", 1), (b"2", "b", 2), (b"3", "c", 0), (b"3", "b", 4)]
    keys = pa.table(dict(zip(("key", "source", "documents"), zip(*rows, strict=True), strict=True)))
    frame = spark.spark.createDataFrame(
        [(bytearray(k), s, n) for k, s, n in rows], copies.KEYS.replace(" long", " bigint")
    )
    assert keepers.met(frame) == copies.met(keys)


def test_source_that_is_largely_another_is_warned_of(finished: Path) -> None:
    job = report_of(finished)
    opened = report.open_stages(job, report.present(job))
    rows = (
        section.Pair(source="b", kept_in="a", documents=90, of=100),
        section.Pair(source="c", kept_in="c", documents=90, of=100),  # copies within it
        section.Pair(source="d", kept_in="a", documents=9, of=10),  # too few to say
        section.Pair(source="e", kept_in="a", documents=24, of=100),
    )
    (said,) = section.warnings(opened, section.Facts(pairs=rows, columns=[], matrix=[]))
    assert said.words.startswith("Source b: 90.0 % of the 100 documents")
    assert said.kind == "copied"


@pytest.mark.parametrize("kept_in", ["a", ""])
def test_matrix_has_a_row_for_each_source_that_lost(kept_in: str) -> None:
    columns, rows = section._matrix([Copied(source="b", kept_in=kept_in, documents=3)], {"b": 6})
    assert columns == [kept_in or section.EARLIER]
    assert [(row.name, row.total, row.taken, row.counts) for row in rows] == [("b", 6, 3, [3])]
