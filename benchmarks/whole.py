"""The whole job, JSONL in and shards out, by stage: `python -m benchmarks.whole FILES`."""

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


def main() -> None:
    options = bench.arguments(__doc__ or "")
    texts = bench.load(options.texts)
    size = texts.column("text").nbytes / 1e6
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with (folder / "texts.jsonl").open("wb") as file:
            for text in texts.column("text").to_pylist():
                file.write(orjson.dumps({"text": text}) + b"\n")
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
    body = f"{len(texts):,} documents, {size:.0f} MB of text, 2 cores, start of the JVM in the first stage.\n\n"
    head = ("stage", "seconds", "MB/s per core")
    command_line = "python -m benchmarks.whole FILES --write"
    bench.publish("whole job", command_line, body + bench.table(head, rows), write=options.write)


if __name__ == "__main__":
    main()
