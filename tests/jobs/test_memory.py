"""No Python process passes 1.5 GB, whatever the input."""

import random
import subprocess
import sys
import time
from pathlib import Path

import orjson
import psutil
import pytest

from tests.conftest import ROOT

LIMIT = 1_500_000_000

RECIPE = """
[[sources]]
name = "file"
path = "files/*.txt"
[[sources]]
name = "line"
path = "line.jsonl"
[[filters]]
use = "length"
max_words = 100_000_000
[[filters]]
use = "repetition"
[[filters]]
use = "symbols"
[tokenizer]
vocab_size = 1000
"""


def words(size: int) -> str:
    """Text of that many bytes that does not repeat itself."""
    chance = random.Random(4)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(chance.choices(letters, k=chance.randint(2, 11))) for _ in range(50_000)]
    return " ".join(chance.choices(vocabulary, k=size // 7))


def peak(process: subprocess.Popen[str]) -> int:
    """Largest resident size of any Python process of a run, sampled until it ends."""
    most = 0
    root = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            for child in [root, *root.children(recursive=True)]:
                if "python" in child.name():
                    most = max(most, child.memory_info().rss)
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.05)
    return most


@pytest.mark.timeout(600)
def test_document_of_200_mb_and_a_line_of_50_mb_stay_below_the_limit(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    text = words(50_000_000)
    (tmp_path / "files" / "huge.txt").write_text("\n".join([text] * 4), "utf-8")
    (tmp_path / "files" / "small.txt").write_text(
        "A short page of words that is read as any other page would be read. " * 3, "utf-8"
    )
    (tmp_path / "line.jsonl").write_bytes(orjson.dumps({"text": text}) + b"\n")
    (tmp_path / "r.toml").write_text(RECIPE, "utf-8")
    command = [
        sys.executable,
        "-m",
        "jobs",
        "run",
        str(tmp_path / "r.toml"),
        "--root",
        str(tmp_path / "out"),
        "--cores",
        "1",
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    most = peak(process)
    output, errors = process.communicate()
    assert process.returncode == 0, output + errors
    assert most < LIMIT, output
    counts = orjson.loads(next((tmp_path / "out").glob("ingest/*/manifest.json")).read_bytes())["counts"]
    assert (counts["documents"], counts["rejects"]) == (2, 1)  # the file is over the limit, the line is not
    assert orjson.loads(next((tmp_path / "out").glob("dedup/*/manifest.json")).read_bytes())["counts"]["kept"] >= 1
