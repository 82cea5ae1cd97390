"""What a killed worker left is no part of a release, and goes with the next run that is alone."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import Gristmill, tree
from tests.corpus.test_leases import holder

WRITER = """
import sys
from corpus.store import storage
with storage.publish(sys.argv[1], "inputs.json") as sink:
    sink.write(b"half")
    print("begun", flush=True)
    sys.stdin.read()
"""
NAME = f".{'0123456789abcdef' * 2}.tmp"


def test_scratch_in_a_finished_stage_neither_fails_a_release_nor_stays(
    finished: Path, copied: Path, gristmill: Gristmill
) -> None:
    before = tree(copied)
    left = [next(copied.glob(where)) / NAME for where in ("encode/*/tokens", "shard/*/megatron", "ingest/*")]
    for path in left:
        path.write_bytes(b"half")
    done = gristmill("verify", copied)
    assert done.returncode == 0, done.stdout
    (copied / "shard").joinpath("stray").write_bytes(b"")
    (left[1].parent / "stray.tmp").write_bytes(b"")
    assert "stray.tmp is named by no manifest" in gristmill("verify", copied).stdout
    (left[1].parent / "stray.tmp").unlink()
    (copied / "shard" / "stray").unlink()
    assert gristmill("run", finished / "tiny.toml", "--root", copied).returncode == 0
    assert tree(copied) == before


def test_scratch_of_a_run_that_lives_stays(finished: Path, copied: Path, gristmill: Gristmill) -> None:
    left = next(copied.glob("encode/*/tokens")) / NAME
    left.write_bytes(b"half")
    other = holder(copied)
    try:
        done = gristmill("run", finished / "tiny.toml", "--root", copied)
        assert done.returncode == 0, done.stderr
        assert f"another run is at work in {copied} (process {other.pid} on " in done.stdout
        assert left.exists()
    finally:
        other.kill()
        other.communicate()
    done = gristmill("run", finished / "tiny.toml", "--root", copied)
    assert "another run" not in done.stdout
    assert not left.exists()


def test_scratch_goes_with_its_writer(finished: Path, copied: Path, gristmill: Gristmill) -> None:
    """In the root too, where one writes without a lease: at once, however young it is."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, copied], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    assert writer.stdout.readline() == "begun\n"
    try:
        [held] = copied.glob(".*.tmp")
        assert gristmill("run", finished / "tiny.toml", "--root", copied).returncode == 0
        assert held.exists()
    finally:
        writer.kill()
        writer.communicate()
    assert held.exists()
    assert gristmill("run", finished / "tiny.toml", "--root", copied).returncode == 0
    assert not held.exists()


def test_stage_of_other_versions_is_not_taken_from_a_run_that_lives(
    finished: Path, copied: Path, gristmill: Gristmill
) -> None:
    [manifest] = copied.glob("encode/*/manifest.json")
    manifest.unlink()
    receipts = list(manifest.parent.glob("receipts/*/*.json"))
    for receipt in receipts:
        receipt.write_bytes(receipt.read_bytes().replace(b'"pyarrow":"', b'"pyarrow":"1'))
    other = holder(copied)
    try:
        done = gristmill("run", finished / "tiny.toml", "--root", copied)
    finally:
        other.kill()
        other.communicate()
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "another run is at work" in done.stderr
    assert all(receipt.exists() for receipt in receipts)
