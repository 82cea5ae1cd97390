"""What tasks took stands beside their stage, not in it; one that took ten times the median is named with why."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from corpus.stages.built import Built
from corpus.stages.decide import DECIDE
from corpus.stages.encode import ENCODE
from corpus.stages.ingest import INGEST
from corpus.stages.shard import SHARD
from corpus.stages.stage import Stage
from corpus.store import manifest
from corpus.store.manifest import FileEntry, Receipt
from jobs import slow_tasks
from jobs.engine import spending
from jobs.engine.spending import SLOW_SECONDS, Account, Slow, Spent
from tests.stages import built, written


def spent(seconds: float) -> Spent:
    return Spent(seconds=seconds, cpu=seconds / 2, memory=1 << 20, host="node-7")


@pytest.mark.parametrize(
    ("seconds", "slow"),
    [
        ([1, 1, 1, 9.9], []),
        ([1, 1, 1, 10], [3]),
        ([20, 1, 1, 1, 1, 10], [0, 5]),
        ([0.1, 0.1, 0.1, SLOW_SECONDS - 0.1], []),  # a start, or a busy disk
        ([1, 100], []),  # of two no median says anything
    ],
)
def test_a_task_of_ten_times_the_median_is_slow(seconds: Sequence[float], slow: Sequence[int]) -> None:
    account = Account()
    account.add("parts", {n: spent(one) for n, one in enumerate(seconds)}, lambda number: f"part {number}")
    assert [(one.task, one.name, one.host) for one in account.slow()] == [(n, f"part {n}", "node-7") for n in slow]


def test_an_account_adds_up_tasks_of_all_steps() -> None:
    account = Account()
    account.add("keys", {0: spent(2)})
    account.add("parts", {n: spent(n) for n in range(4)})
    account.add("parts", {n: spent(n) for n in range(4, 6)})
    told = account.told()
    assert told["cpu_seconds"]["tasks"] == (2 + 15) / 2
    assert told["memory_bytes"]["task"] == 1 << 20
    assert told["steps"]["parts"] == {"tasks": 6, "cpu_seconds": 7.5, "median_seconds": 2.5, "most_seconds": 5}


def test_memory_of_a_task_is_its_own_peak() -> None:
    def hold(size: int) -> int:
        return len(bytes(bytearray(size)))

    large = spending.measured(lambda: hold(200 << 20)).spent.memory
    small = spending.measured(lambda: hold(1)).spent.memory
    assert large - small > 150 << 20


def slow(task: int, step: str = "parts") -> Slow:
    return Slow(step=step, task=task, name=f"part {task} (x)", seconds=60, median=2, host="node-7")


def part(texts: Sequence[str], languages: Sequence[str | None] = ()) -> pa.Table:
    columns = {"id": [f"d{n}" for n in range(len(texts))], "text": texts, "language": languages or [None] * len(texts)}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def line(stage: Stage[Any], folder: Path, task: int, before: Mapping[str, Built] | None = None) -> str:
    [found] = slow_tasks.lines(stage, str(folder), [slow(task)], before or {})
    assert found.startswith(f"SLOW {stage.name}, part {task} (x): 60 s, 30 times the median of 2.0 s: ")
    return found.partition("2.0 s: ")[2]


def test_why_a_part_of_documents_is_slow(tmp_path: Path) -> None:
    words = "some words of a document"
    parts = [
        part([words] * 5),
        part([words, words * 400, words]),
        part([words] * 20, ["tha_Thai"] * 19 + ["eng_Latn"]),
        part([words] * 20, ["tha_Thai"] * 10 + ["eng_Latn"] * 10),
        part([f"{n:05d}" * 9 for n in range(3000)]),
    ]
    table = written(tmp_path / "ingest", "documents", parts)
    before = {"ingest": built("ingest", tmp_path / "ingest", {"documents": table.files})}
    assert line(DECIDE, tmp_path, 1, before) == "one document, d1, is 100% of its text: 9,600 bytes"
    assert line(DECIDE, tmp_path, 2, before) == "95% of its 20 documents are tha_Thai"
    assert (
        line(DECIDE, tmp_path, 3, before)
        == "nothing in what it reads says why: look at the host node-7, or a kernel was compiled"
    )
    assert "times the median" in line(DECIDE, tmp_path, 4, before)
    assert line(SHARD, tmp_path, 0, before).endswith("look at the host node-7, or a kernel was compiled")


def test_why_a_part_of_the_corpus_is_slow(tmp_path: Path) -> None:
    table = written(tmp_path / "release", "corpus", [part(["x" * 900, "y"])])
    before = {"release": built("release", tmp_path / "release", {"corpus": table.files})}
    assert line(ENCODE, tmp_path, 0, before) == "one document, d0, is 100% of its text: 900 bytes"


def test_why_a_unit_of_input_is_slow(tmp_path: Path) -> None:
    entry = FileEntry(name="x", rows=1, bytes=1, sha256="")
    for task, (records, parts) in enumerate([(1, 1), (900, 3), (900, 1)]):
        counts = {"records": records, "bytes": 5000}
        receipt = Receipt(task=task, files={"documents": [entry] * parts}, counts=counts)
        manifest.publish_receipt(str(tmp_path), receipt)
    assert line(INGEST, tmp_path, 0) == "its one record is the whole of it, 5,000 bytes"
    assert line(INGEST, tmp_path, 1).startswith("one file of 5,000 bytes that is not cut gave 3 parts: give it in")
    assert (
        line(INGEST, tmp_path, 2)
        == "nothing in what it reads says why: look at the host node-7, or a kernel was compiled"
    )


def test_a_part_that_is_gone_is_said(tmp_path: Path) -> None:
    table = written(tmp_path / "ingest", "documents", [part(["x"])])
    (tmp_path / "ingest" / "documents" / table.files[0].name).unlink()
    before = {"ingest": built("ingest", tmp_path / "ingest", {"documents": table.files})}
    assert line(DECIDE, tmp_path, 0, before).startswith("what it reads cannot be looked at again (")


def test_run_json_says_what_a_stage_took(finished: Path) -> None:
    told = {path.parts[-3]: json.loads(path.read_bytes()) for path in (finished / "out").glob("*/*/run.json")}
    assert told["ingest"]["steps"]["parts"]["tasks"] >= 1
    assert told["signals.minhash"]["built_with"]
    for name, one in told.items():
        assert one["seconds"] > 0, name
        assert one["memory_bytes"]["driver"] > 50 << 20, name
        assert one["written_bytes"] > 0 or name == "fertility"
    assert told["release"]["cpu_seconds"]["tasks"] > 0
