"""A run that lives is seen by others, one that was killed is not, wherever it ran."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from corpus.store import leases, storage
from tests.conftest import ROOT

HOLDS = """
import sys, time
from corpus.store import leases
with leases.held(sys.argv[1]):
    print("held", flush=True)
    time.sleep(600)
"""


def holder(root: Path) -> "subprocess.Popen[str]":
    """A process with a lease on the root."""
    found = subprocess.Popen([sys.executable, "-c", HOLDS, str(root)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert found.stdout is not None
    assert found.stdout.readline() == "held\n"
    return found


def test_run_that_lives_is_named_and_one_that_was_killed_is_not(tmp_path: Path) -> None:
    other = holder(tmp_path)
    with leases.held(str(tmp_path)) as own:
        [seen] = own.others()
        assert (seen.process, str(seen).startswith(f"process {other.pid} on ")) == (other.pid, True)
        other.send_signal(signal.SIGSTOP)
        assert len(own.others()) == 1
        other.kill()
        other.communicate()
        assert own.others() == []
        assert [path.name for path in (tmp_path / leases.FOLDER).iterdir()] == [own.name]
    assert list((tmp_path / leases.FOLDER).iterdir()) == []


def test_process_number_that_is_used_again_is_another_process(tmp_path: Path) -> None:
    with leases.held(str(tmp_path)) as other:
        path = tmp_path / leases.FOLDER / other.name
        said = orjson.loads(path.read_bytes())
        assert said["process"] == os.getpid()
        path.write_bytes(orjson.dumps({**said, "started": "1"}))
        with leases.held(str(tmp_path)) as own:
            assert own.others() == []


@pytest.mark.parametrize(("ago", "live"), [(5, True), (3600, False)])
def test_run_on_another_machine_lives_as_long_as_it_renews(tmp_path: Path, ago: float, live: bool) -> None:
    with leases.held(str(tmp_path)) as other:
        path = tmp_path / leases.FOLDER / other.name
        elsewhere = {**orjson.loads(path.read_bytes()), "machine": "m", "host": "h", "renewed": time.time() - ago}
        path.write_bytes(orjson.dumps(elsewhere))
        with leases.held(str(tmp_path)) as own:
            assert len(own.others()) == live


def test_lease_is_renewed_and_ends_with_an_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_S", 0.01)

    def run() -> None:
        with leases.held(str(tmp_path)) as own:
            path = tmp_path / leases.FOLDER / own.name
            first = orjson.loads(path.read_bytes())["renewed"]
            while orjson.loads(path.read_bytes())["renewed"] == first:
                time.sleep(0.01)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        run()
    assert list((tmp_path / leases.FOLDER).iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"host": "h"}'])
def test_what_is_no_lease_is_deleted(tmp_path: Path, data: bytes) -> None:
    storage.publish_bytes(storage.join(str(tmp_path), leases.FOLDER), "x.json", data)
    with leases.held(str(tmp_path)) as own:
        assert own.others() == []
        assert not (tmp_path / leases.FOLDER / "x.json").exists()
