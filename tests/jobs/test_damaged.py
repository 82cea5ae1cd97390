"""Damaged manifests, receipts and current.json are one line that names the file, never a reused stage."""

import shutil
from pathlib import Path

import orjson
import pytest

from tests.conftest import Gristmill

DAMAGES = (b"", b"{", b"null", b"[]", b"{}", b'{"tables": null}', b"\xff\xfe")


def one_line(done: object) -> str:
    text = str(getattr(done, "stderr", ""))
    assert len(text.strip().splitlines()) == 1, text
    return text


@pytest.mark.parametrize("damage", [*DAMAGES, None])
def test_plan_and_run_say_that_a_manifest_is_damaged(
    finished: Path, copied: Path, gristmill: Gristmill, damage: bytes | None
) -> None:
    [path] = copied.glob("encode/*/manifest.json")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    plan = gristmill("plan", finished / "tiny.toml", "--root", copied)
    assert plan.returncode == 1
    [line] = [line for line in plan.stdout.splitlines() if line.startswith("damaged")]
    assert "encode" in line
    assert "delete that folder and run again" in line
    assert plan.stdout.rstrip().endswith("1 damaged")
    run = gristmill("run", finished / "tiny.toml", "--root", copied)
    assert run.returncode == 1
    assert "manifest.json is damaged" in one_line(run)


@pytest.mark.parametrize("change", ["identity", "rows", "name", "counts"])
def test_manifest_with_a_value_of_another_kind_is_damaged(
    finished: Path, copied: Path, gristmill: Gristmill, change: str
) -> None:
    [path] = copied.glob("encode/*/manifest.json")
    found = orjson.loads(path.read_bytes())
    if change == "identity":
        found["identity"]["version"] += 1
    elif change == "counts":
        found["counts"]["tokens"] = "many"
    else:
        found["tables"]["tokens"][0][change] = None
    path.write_bytes(orjson.dumps(found))
    assert "1 damaged" in gristmill("plan", finished / "tiny.toml", "--root", copied).stdout


@pytest.mark.parametrize("damage", DAMAGES)
def test_receipt_that_is_damaged_is_one_line(finished: Path, copied: Path, gristmill: Gristmill, damage: bytes) -> None:
    [path] = copied.glob("encode/*/manifest.json")
    path.unlink()
    receipt = sorted(path.parent.glob("receipts/*/*.json"))[0]
    receipt.write_bytes(damage)
    assert "1 damaged" in gristmill("plan", finished / "tiny.toml", "--root", copied).stdout
    run = gristmill("run", finished / "tiny.toml", "--root", copied)
    assert run.returncode == 1
    assert f"{receipt.name} is damaged" in one_line(run)


@pytest.mark.parametrize("damage", [b"", b"{", b"null", b"[]", b'{"encode": 1}'])
def test_current_that_is_damaged_is_one_line(finished: Path, copied: Path, gristmill: Gristmill, damage: bytes) -> None:
    (copied / "current.json").write_bytes(damage)
    for words in (["plan", finished / "tiny.toml", "--root", copied], ["verify", copied]):
        done = gristmill(*words)
        assert done.returncode == 1
        assert "current.json is damaged: delete it" in one_line(done)
    run = gristmill("run", finished / "tiny.toml", "--root", copied)
    assert run.returncode == 0, run.stderr
    assert gristmill("plan", finished / "tiny.toml", "--root", copied).returncode == 0


def test_tokenizer_that_is_damaged_encodes_nothing(finished: Path, copied: Path, gristmill: Gristmill) -> None:
    [path] = copied.glob("train/*/tokenizer/tokenizer.json")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"the", b"teh", 1))
    [manifest] = copied.glob("encode/*/manifest.json")
    shutil.rmtree(manifest.parent)
    run = gristmill("run", finished / "tiny.toml", "--root", copied)
    assert run.returncode == 1
    assert "tokenizer.json is damaged" in one_line(run)
