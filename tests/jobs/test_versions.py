"""Other versions than the plan's: tasks read nothing; what is half finished starts afresh, what is finished is used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
import pyarrow as pa
import pytest

from corpus.errors import RecipeError
from corpus.planning import inputs, plan, recipe
from corpus.stages.ingest import INGEST
from corpus.store import versions
from corpus.store.manifest import Receipt
from corpus.store.versions import Versions
from jobs import build
from jobs.engine import keys, placed, tasks
from jobs.engine.session import Session
from jobs.engine.spark import shuffled
from tests.conftest import tree

OTHER = Versions(libraries={"numpy": "0.0.1"}, format={})
FILES = 3


@dataclass(frozen=True)
class Reads:
    """Leaves a file wherever it comes to run: the three kinds of what a worker is given."""

    folder: str

    def touch(self, number: int) -> None:
        (Path(self.folder) / f"read-{number}").touch()

    def task(self, number: int) -> Mapping[str, Receipt]:
        self.touch(number)
        return {self.folder: Receipt(task=number, files={})}

    def emit(self, number: int) -> Iterator[pa.RecordBatch]:
        self.touch(number)
        yield pa.RecordBatch.from_pydict({"part": pa.array([number], pa.int64())})

    def write(self, part: int, _: pa.Table) -> Receipt:
        self.touch(part)
        return Receipt(task=part, files={})


def run(session: Session, reads: Reads, kind: str, wanted: Versions) -> None:
    if kind == "task":
        tasks.run(session, "x", [reads.folder], 2, reads.task, versions=wanted)
    elif kind == "emit":
        with keys.emitted(session, "x", 2, reads.emit, "part long", versions=wanted) as found:
            found.table()
    elif session.pooled:
        rows = pa.table({"part": [0, 1], "key": [0, 1]})
        placed.write_parts(session, "x", reads.folder, 2, rows, reads.write, versions=wanted)
    else:
        frame = session.spark.range(2).selectExpr("id as part", "id as key")
        shuffled.write_parts(session, "x", reads.folder, 2, frame, ["key"], reads.write, versions=wanted)


@pytest.mark.parametrize("kind", ["task", "emit", "write"])
def test_task_that_runs_with_other_versions_reads_nothing(either: Session, tmp_path: Path, kind: str) -> None:
    reads = Reads(str(tmp_path))
    with pytest.raises(
        RecipeError, match=r"has numpy .*, the plan was made with numpy 0\.0\.1: give all machines"
    ) as caught:
        run(either, reads, kind, OTHER)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    run(either, reads, kind, versions.planned(("numpy",)))
    assert {path.name for path in tmp_path.glob("read-*")} == {"read-0", "read-1"}


@pytest.fixture
def planned(tmp_path: Path) -> plan.Plan:
    """A recipe of three files of some 700 bytes, each a task."""
    for number in range(FILES):
        rows = [{"id": f"{number}-{i}", "text": f"text {i} of file {number}. " * 10} for i in range(3)]
        (tmp_path / f"{number}.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    path = tmp_path / "r.toml"
    path.write_text('[[sources]]\nname = "a"\npath = "*.jsonl"\n[ingest]\nunit_bytes = 1024\n', "utf-8")
    read = recipe.load(str(path), root=str(tmp_path / "out"))
    return plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))


def ingested(planned: plan.Plan, session: Session) -> list[str]:
    """What a run up to ingest says."""
    said: list[str] = []
    build.run(planned, session, said.append, until="ingest")
    return said


def written_by(folder: Path, pyarrow: str, number: int) -> None:
    """Make a receipt say which PyArrow wrote its files."""
    path = folder / "receipts" / "parts" / f"{number:06d}.json"
    raw = orjson.loads(path.read_bytes())
    raw["format"]["pyarrow"] = pyarrow
    path.write_bytes(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS))


@pytest.mark.parametrize("numbers", [(0, 1), (1,)])
def test_half_finished_stage_that_another_pyarrow_began_starts_afresh(
    planned: plan.Plan, session: Session, numbers: tuple[int, ...]
) -> None:
    ingested(planned, session)
    folder = Path(planned[INGEST].folder)
    whole = tree(folder)
    assert len(list(folder.glob("receipts/parts/*.json"))) == FILES
    (folder / "manifest.json").unlink()
    (folder / "receipts" / "parts" / "000002.json").unlink()
    for number in numbers:
        written_by(folder, "1", number)
    (folder / "documents" / "of-the-other.parquet").write_bytes(b"")
    said = ingested(planned, session)
    here = versions.formats()
    assert said[0] == (
        f"ingest starts afresh: it was begun with pyarrow 1, zstandard {here['zstandard']}, "
        f"here is pyarrow {here['pyarrow']}, zstandard {here['zstandard']}"
    )
    assert tree(folder) == whole


def test_half_finished_stage_that_this_pyarrow_began_goes_on(planned: plan.Plan, session: Session) -> None:
    ingested(planned, session)
    folder = Path(planned[INGEST].folder)
    whole = tree(folder)
    (folder / "manifest.json").unlink()
    lost = folder / "receipts" / "parts" / "000002.json"
    lost.unlink()
    before = {path: path.stat().st_mtime_ns for path in folder.glob("receipts/parts/*.json")}
    assert not any("afresh" in line for line in ingested(planned, session))
    assert lost.exists()
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert tree(folder) == whole


def test_finished_stage_that_another_pyarrow_wrote_is_reused(planned: plan.Plan, session: Session) -> None:
    ingested(planned, session)
    folder = Path(planned[INGEST].folder)
    for number in range(FILES):
        written_by(folder, "1", number)
    path = folder / "manifest.json"
    raw = orjson.loads(path.read_bytes())
    raw["format"]["pyarrow"] = "1"
    path.write_bytes(orjson.dumps(raw))
    before = tree(folder)
    assert ingested(planned, session) == ["reused: ingest"]
    assert tree(folder) == before
    done = planned.built(INGEST)
    assert done is not None
    assert done.table("documents").read(0).num_rows > 0
