"""Deduplication of what breaks it elsewhere: `python -m benchmarks.dedup --worst`. Generated, the same each time."""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import psutil

_SEED = 4
_RECIPE = """
[[sources]]
name = "worst"
path = "texts.jsonl"
max_record_bytes = 100_000_000
[ingest]
part_bytes = 16_000_000
"""


def _vocabulary(chance: random.Random, words: int) -> list[str]:
    return ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(words)]


def templates(chance: random.Random) -> Iterator[str]:
    """One page of 60 words, its last word another each time: all pairs have Jaccard 55/57."""
    page = " ".join(_vocabulary(chance, 59))
    for number in range(100_000):
        yield f"{page} customer{number}"


def tiny(chance: random.Random) -> Iterator[str]:
    """One to three of 1,000 words: exact copies and documents shorter than a shingle."""
    words = _vocabulary(chance, 1_000)
    for _ in range(1_000_000):
        yield " ".join(chance.choices(words, k=chance.randint(1, 3)))


def chain(chance: random.Random) -> Iterator[str]:
    """60 words, moved on by three: neighbours at a distance of up to two are alike, and all are one component."""
    words = [f"{word}{i}" for i, word in enumerate(_vocabulary(chance, 30_060))]
    for number in range(10_000):
        yield " ".join(words[3 * number : 3 * number + 60])


def large(chance: random.Random) -> Iterator[str]:
    """A document of 50 MB, the same with a sentence more, and a small one."""
    words = _vocabulary(chance, 50_000)
    text = " ".join(chance.choices(words, k=7_700_000))
    yield text
    yield f"{text} and one sentence more"
    yield "a small document beside them"


CASES: tuple[tuple[str, Callable[[random.Random], Iterator[str]]], ...] = (
    ("100,000 pages of one template, a word changed in each", templates),
    ("1,000,000 documents of one to three words", tiny),
    ("a chain of 10,000", chain),
    ("two documents of 50 MB that are alike", large),
)


def rows(only: str = "") -> list[tuple[str, ...]]:
    """What, seconds of pairs and dedup, largest Python and JVM process, counts."""
    return [(what, *_run(texts)) for what, texts in CASES if only in what]


def _run(texts: Callable[[random.Random], Iterator[str]]) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with (folder / "texts.jsonl").open("wb") as file:
            for text in texts(random.Random(_SEED)):
                file.write(orjson.dumps({"text": text}) + b"\n")
        recipe = folder / "worst.toml"
        recipe.write_text(_RECIPE, "utf-8")
        command = [sys.executable, "-m", "jobs", "run", str(recipe), "--root", str(folder / "out"), "--until"]
        subprocess.run([*command, "decide"], check=True, capture_output=True)
        started = time.perf_counter()
        process = subprocess.Popen([*command, "dedup"], stdout=subprocess.DEVNULL)
        python, java = _peaks(process)
        seconds = time.perf_counter() - started
        if process.returncode:
            return f"failed, exit code {process.returncode}", f"{python / 1e9:.1f}", f"{java / 1e9:.1f}", "", ""
        pairs, dedup = (
            orjson.loads(next((folder / "out").glob(f"{stage}/*/manifest.json")).read_bytes())["counts"]
            for stage in ("pairs", "dedup")
        )
        compared = f"{pairs.get('pairs', 0):,} / {pairs['not_compared']:,}"
        kept = ", ".join(f"{dedup[name]:,}" for name in ("kept", "exact", "near"))
        return f"{seconds:.0f}", f"{python / 1e9:.1f}", f"{java / 1e9:.1f}", compared, kept


def _peaks(process: "subprocess.Popen[bytes]") -> tuple[int, int]:
    """Largest resident sizes of a Python and of a Java process until the run ends, in bytes."""
    most = {"python": 0, "java": 0}
    root = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            for child in [root, *root.children(recursive=True)]:
                name = "java" if "java" in child.name() else "python"
                most[name] = max(most[name], child.memory_info().rss)
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.1)
    return most["python"], most["java"]
