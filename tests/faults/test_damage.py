"""Files of finished stages that are damaged: `verify` names each, and nothing wrong is built from one."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Gristmill
from tests.faults.runs import ONE_LINE, TRACEBACK

ORDER = ("ingest", "signals.", "decide", "pairs", "dedup", "release", "train", "fertility", "encode", "shard", "report")
TABLES = (
    "ingest/*/documents/*",
    "ingest/*/rejects/*",
    "signals.length/*/*/*.parquet",
    "signals.minhash/*/*/*.parquet",
    "decide/*/verdicts/*",
    "pairs/*/pairs/*",
    "dedup/*/clusters/*",
    "release/*/corpus/*",
    "release/*/redactions/*",
    "train/*/tokenizer/tokenizer.json",
    "encode/*/tokens/*",
)
SHARDS = ("shard/*/arrow/*.arrow", "shard/*/megatron/*.bin", "shard/*/megatron/*.idx", "shard/*/lineage/*")
PAGES = ("report/*/report/*.html", "report/*/report/facts.json")


def change(path: Path, how: str, other: Path) -> None:
    """Damage a file; `other` is one of its kind."""
    data = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "truncated":
        path.write_bytes(data[: len(data) * 2 // 3])
    elif how == "a bit flipped":
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :])
    elif how == "swapped":
        path.write_bytes(other.read_bytes())
        other.write_bytes(data)


def files(root: Path, pattern: str) -> list[Path]:
    found = sorted(root.glob(pattern))
    assert found, f"no file of a finished run is {pattern}"
    return found


HOW = ("missing", "empty", "truncated", "a bit flipped", "swapped")


@pytest.mark.faults
@pytest.mark.parametrize("pattern", [*TABLES, *SHARDS, *PAGES])
@pytest.mark.parametrize("how", HOW)
def test_verify_names_what_is_damaged(copied: Path, gristmill: Gristmill, pattern: str, how: str) -> None:
    found = files(copied, pattern)
    if how == "swapped" and len(found) < 2:
        pytest.skip("there is one file of this kind")
    change(found[0], how, found[-1])
    done = gristmill("verify", copied)
    assert done.returncode == 1, done.stdout
    assert found[0].name in done.stdout + done.stderr
    assert TRACEBACK not in done.stderr


@pytest.mark.faults
@pytest.mark.parametrize("pattern", TABLES)
@pytest.mark.parametrize("how", HOW)
def test_nothing_wrong_is_built_from_what_is_damaged(
    finished: Path, copied: Path, gristmill: Gristmill, pattern: str, how: str
) -> None:
    found = files(copied, pattern)
    if how == "swapped" and len(found) < 2:
        pytest.skip("there is one file of this kind")
    whole = {path.relative_to(copied): path.read_bytes() for path in copied.glob("*/*/manifest.json")}
    change(found[0], how, found[-1])
    own = next(place for place, name in enumerate(ORDER) if pattern.startswith(name))
    for name in ORDER[own + 1 :]:
        for folder in copied.glob(f"{name}*"):
            shutil.rmtree(folder)
    done = gristmill("run", finished / "tiny.toml", "--root", copied)
    assert TRACEBACK not in done.stderr, done.stderr
    if done.returncode:
        assert len(done.stderr.strip().splitlines()[-1]) <= ONE_LINE
        assert found[0].name in done.stderr or found[-1].name in done.stderr, done.stderr
    else:  # nobody reads what was damaged
        assert {path.relative_to(copied): path.read_bytes() for path in copied.glob("*/*/manifest.json")} == whole
