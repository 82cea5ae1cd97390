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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks import bench
from benchmarks.processes import Watch

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
[decide]
allow_vanish = ["mon_Cyrl"]  # its texts in these files have Latin letters for those that look alike: no word is known
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


@dataclass(frozen=True)
class Spent:
    """What a stage took, of wall and of CPU of all processes."""

    name: str
    seconds: float
    cpu: float


def by_stage(command: Sequence[str]) -> list[Spent]:
    """Run it; what each stage that it prints took, then the whole. A stage's seconds are its own, its CPU seconds all
    since the one before. Raises CalledProcessError."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        watch = Watch(process.pid)
        watch.start()
        found, before = [], 0.0
        for line in process.stdout or ():
            stage = re.match(r"(\w+) +([0-9.]+) s   (.*)", line)
            if stage:
                found.append(Spent(stage[1], float(stage[2]), watch.cpu - before))
                before = watch.cpu
        code = process.wait()
        watch.done = True
        watch.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    return [*found, Spent("whole", time.perf_counter() - started, watch.cpu)]


def main() -> None:
    options = bench.arguments(__doc__ or "", copies=True)
    texts = bench.load(options.texts).column("text").to_pylist()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        documents, size = write_copies(texts, options.copies, folder / "texts.jsonl")
        del texts
        (folder / "bench.toml").write_text(_RECIPE, "utf-8")
        command = [sys.executable, "-m", "jobs", "run", str(folder / "bench.toml"), "--root", str(folder / "out")]
        stages = by_stage([*command, "--cores", "2"])
    rows = [(one.name, f"{one.seconds:.1f}", f"{one.cpu:.1f}", f"{size / max(one.cpu, 0.01):.1f}") for one in stages]
    body = f"{documents:,} documents, {size:.0f} MB of text, 2 cores, start of the workers in the first stage.\n\n"
    head = ("stage", "seconds", "CPU seconds", "MB a CPU second")
    command_line = f"python -m benchmarks.whole FILES --copies {options.copies} --write"
    bench.publish("whole job", command_line, body + bench.table(head, rows), write=options.write)


if __name__ == "__main__":
    main()
