"""Receipts added up in groups by tasks are what they are in one go; what is run in waves is what is run at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pytest

from corpus.errors import DataError
from corpus.store import entries, manifest, receipts, storage
from corpus.store.manifest import Receipt
from corpus.store.table import write_whole
from jobs.engine import collecting, tasks
from jobs.engine.choice import Choice
from jobs.engine.collecting import Collected
from jobs.engine.keys import Emit, Keys, emitted
from jobs.engine.session import Session

COUNT = 7


def few(folder: Path, steps: Mapping[str, int], closed: frozenset[str] = frozenset()) -> Collected:
    return collecting.collected(str(folder), "s", steps, closed, nobody)


def grouped(
    folder: Path, session: Session, steps: Mapping[str, int], closed: frozenset[str] = frozenset()
) -> Collected:
    def emit(parts: int, function: Emit, schema: str) -> AbstractContextManager[Keys]:
        return emitted(session, "s", parts, function, schema)

    return collecting.collected(str(folder), "s", steps, closed, emit)


def nobody(parts: int, function: Emit, schema: str) -> AbstractContextManager[Keys]:
    raise AssertionError("few receipts need no tasks")


def publish(folder: Path, task: int, step: str = manifest.PARTS, table: str = "t") -> None:
    rows = pa.table({"n": pa.array(range(task), pa.int64())})
    names = [write_whole(str(folder), table, f"{step}-{task:05d}-{n}", rows) for n in range(task % 3)]
    receipt = Receipt(
        task=task,
        files={table: names, "other": []},
        counts={"rows": task},
        tallies={"read": [{"source": f"s{task % 2}", "rows": task}]},
    )
    manifest.publish_receipt(str(folder), receipt, step)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    found = Session(2, chosen=Choice("pool", "test"))
    yield found
    found.stop()


def test_groups_add_up_to_what_they_do_together(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for task in range(COUNT):
        publish(tmp_path, task)
        publish(tmp_path, task, "about")  # the same table by two steps: by task, then by step
    steps = {manifest.PARTS: COUNT, "about": COUNT}
    whole = few(tmp_path, steps, frozenset({"t"}))
    assert whole.counts == {"rows": 2 * sum(range(COUNT))}
    assert list(whole.tallies["read"]) == [{"source": "s0", "rows": 24}, {"source": "s1", "rows": 18}]
    assert [one.name.rpartition("-")[0] for one in whole.tables["t"]] == [
        f"{step}-{task:05d}-{n}" for task in range(COUNT) for step in steps for n in range(task % 3)
    ]
    read = [receipts.read(str(tmp_path), step, range(COUNT)) for step in steps]
    both = [one for found in read for one in found if one is not None]
    made = manifest.from_receipts("s", {}, both)
    assert (whole.tables, whole.counts, whole.tallies) == (made.tables, made.counts, made.tallies)
    monkeypatch.setattr(collecting, "GROUP", 3)
    assert grouped(tmp_path, session, steps, frozenset({"t"})) == whole
    one = grouped(tmp_path, session, {manifest.PARTS: COUNT})
    monkeypatch.setattr(entries, "PAGE_ENTRIES", 2)
    paged = grouped(tmp_path, session, {manifest.PARTS: COUNT})
    assert isinstance(paged.tables["t"], entries.Paged)
    assert list(paged.tables["t"]) == list(one.tables["t"])


def test_a_task_that_is_not_complete_is_named(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for task in range(COUNT):
        publish(tmp_path, task)
    lost = next((tmp_path / "t").glob("parts-00004-*"))
    lost.unlink()
    with pytest.raises(DataError, match="stage s lacks 1 of 7 parts, the first is 4: run again"):
        few(tmp_path, {manifest.PARTS: COUNT})
    monkeypatch.setattr(collecting, "GROUP", 3)
    with pytest.raises(DataError, match="stage s lacks 2 of 8 parts, the first is 4: run again"):
        grouped(tmp_path, session, {manifest.PARTS: COUNT + 1})


def test_a_receipt_under_another_task_name_counts_for_nobody(tmp_path: Path) -> None:
    publish(tmp_path, 3)
    place = tmp_path / manifest.RECEIPTS / manifest.PARTS
    (place / "000005.json").write_bytes((place / "000003.json").read_bytes())
    assert receipts.begun(str(tmp_path)).tasks.tolist() == [3]


def test_files_are_opened_and_counted(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    found = next(iter(receipts.complete(str(tmp_path))))
    wrong = replace(found.files["t"][0], rows=9)
    manifest.publish_receipt(str(tmp_path), replace(found, task=0, files={"t": [wrong]}))
    assert few(tmp_path, {manifest.PARTS: 1}).tables["t"] == [wrong]
    with pytest.raises(DataError, match="has 1 rows, its manifest says 9"):
        few(tmp_path, {manifest.PARTS: 1}, frozenset({"t"}))


@dataclass(frozen=True, kw_only=True)
class Note:
    """A task that says of what it was sent the units."""

    folder: str
    units: Mapping[int, str]

    def only(self, numbers: Sequence[int]) -> "Note":
        return replace(self, units={number: self.units[number] for number in numbers})

    def __call__(self, number: int) -> Mapping[str, Receipt]:
        storage.publish_bytes(f"{self.folder}/t", self.units[number], str(len(self.units)).encode())
        return {self.folder: Receipt(task=number, files={})}


def test_a_wave_is_sent_its_own_units_and_all_are_run(
    tmp_path: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_WAVE", 3)
    monkeypatch.setattr(tasks, "_WAVE_A_CORE", 1)
    publish(tmp_path, 3)
    task = Note(folder=str(tmp_path), units={n: f"unit-{n}" for n in range(COUNT)})
    tasks.run(session, "s", [str(tmp_path)], COUNT, task, reads=[tasks.Piece(str(n), n) for n in range(COUNT)])
    held = {path.name: path.read_text("utf-8") for path in (tmp_path / "t").iterdir()}
    assert held == {"unit-6": "3", "unit-5": "3", "unit-4": "3", "unit-2": "3", "unit-1": "3", "unit-0": "3"}
    assert receipts.begun(str(tmp_path)).tasks.tolist() == list(range(COUNT))


def test_what_was_there_is_not_looked_for_again(tmp_path: Path, session: Session) -> None:
    for task in range(COUNT):
        publish(tmp_path, task)
    known = {str(tmp_path): receipts.begun(str(tmp_path))}
    for path in (tmp_path / manifest.RECEIPTS / manifest.PARTS).iterdir():
        path.unlink()
    tasks.run(session, "s", [str(tmp_path)], COUNT, Note(folder=str(tmp_path), units={}), known=known)
    assert receipts.published(str(tmp_path)) == []
