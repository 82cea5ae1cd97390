"""Keys on their way between processes: nothing that is missing passes for nothing; what a killed run left goes."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from corpus.errors import DataError
from corpus.store.manifest import Receipt
from jobs.engine import keys, placed, scratch
from jobs.engine.session import Session
from tests.conftest import ROOT

HELD = """
import sys
from jobs.engine import scratch
with scratch.folder() as found:
    print(found, flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """Holds a folder until its stdin ends."""
    return subprocess.Popen(
        [sys.executable, "-c", HELD],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_of_a_killed_run_goes_and_that_of_another_run_stays(temporary: Path) -> None:
    with holder(temporary) as one, holder(temporary) as two:
        killed, other = (Path(process.stdout.readline().strip()) for process in (one, two) if process.stdout)
        one.kill()
        one.wait()
        assert killed.exists()
        with scratch.folder() as own:
            assert (killed.exists(), other.exists(), Path(own).exists()) == (False, True, True)
        assert not Path(own).exists()
    assert list(temporary.iterdir()) == []


def rows(part: int) -> Iterator[pa.RecordBatch]:
    """None of part 1."""
    yield pa.RecordBatch.from_pydict({"part": pa.array([part] * (part != 1), pa.int64())})


def first(part: int, found: pa.Table) -> Receipt:
    return Receipt(task=part, files={}, counts={"rows": found.num_rows})


def test_keys_that_have_gone_are_an_error(session: Session, temporary: Path) -> None:
    with keys.emitted(session, "x", 3, rows, "part long") as found:
        assert found.table().column("part").to_pylist() == [0, 2]
        [path] = temporary.glob("gristmill-keys-*/*2.arrow")
        path.unlink()
        with pytest.raises(FileNotFoundError):
            found.table()


def test_rows_of_a_part_that_have_gone_are_an_error(session: Session, temporary: Path) -> None:
    with placed.laid(pa.table({"part": [0, 2, 2], "key": [1, 2, 3]}), 3) as own:
        assert [own(part).column("key").to_pylist() for part in range(3)] == [[1], [], [2, 3]]
        next(temporary.glob("gristmill-keys-*/*0.arrow")).unlink()
        with pytest.raises(DataError, match="No such file"):
            session.pool.run("x", [0], placed.Placed(folder=str(temporary), rows=own, function=first), str)
