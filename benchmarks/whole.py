"""The whole job, JSONL in and shards out, by stage: `python -m benchmarks.whole FILES --copies 4`.

A copy has 5 to 30 % of its words replaced by words of other documents, so that it is no exact duplicate and the rate of
near duplicates stays natural.
"""

import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from benchmarks import bench

_RECIPE = """
[[sources]]
name = "bench"
path = "texts.jsonl"
[[filters]]
use = "length"
[[filters]]
use = "language"
min_score = 0.3
[[filters]]
use = "symbols"
[[filters]]
use = "repetition"
[[filters]]
use = "stopwords"
[[filters]]
use = "flagged"
[ingest]
part_bytes = 16_000_000
[tokenizer]
vocab_size = 32768
sample_bytes = 50_000_000
"""


def write_copies(texts: list[str], copies: int, path: Path, least: float = 0.05) -> tuple[int, float]:
    """Documents and MB written; of a copy's words at least the share `least` is replaced, and at most 30 %."""
    chance = random.Random(1)
    words = [word for text in texts[:2000] for word in text.split()]
    count, size = 0, 0
    with path.open("wb") as file:
        for copy in range(copies):
            for text in texts:
                if copy:
                    share = chance.uniform(least, 0.30)
                    text = " ".join(chance.choice(words) if chance.random() < share else w for w in text.split(" "))  # noqa: PLW2901
                file.write(orjson.dumps({"text": text}) + b"\n")
                count, size = count + 1, size + len(text.encode())
    return count, size / 1e6


def main() -> None:
    options = bench.arguments(__doc__ or "", copies=True)
    texts = bench.load(options.texts).column("text").to_pylist()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        documents, size = write_copies(texts, options.copies, folder / "texts.jsonl")
        del texts
        (folder / "bench.toml").write_text(_RECIPE, "utf-8")
        command = [sys.executable, "-m", "jobs", "run", str(folder / "bench.toml"), "--root", str(folder / "out")]
        started = time.perf_counter()
        done = subprocess.run([*command, "--cores", "2"], check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - started
    rows = []
    for line in done.stdout.splitlines():
        stage = re.match(r"(\w+) +([0-9.]+) s   (.*)", line)
        if stage:
            rows.append((stage[1], f"{float(stage[2]):.1f}", f"{size / float(stage[2]) / 2:.1f}"))
    rows.append(("whole", f"{seconds:.1f}", f"{size / seconds / 2:.1f}"))
    body = f"{documents:,} documents, {size:.0f} MB of text, 2 cores, start of the workers in the first stage.\n\n"
    head = ("stage", "seconds", "MB/s per core")
    command_line = f"python -m benchmarks.whole FILES --copies {options.copies} --write"
    bench.publish("whole job", command_line, body + bench.table(head, rows), write=options.write)


if __name__ == "__main__":
    main()
