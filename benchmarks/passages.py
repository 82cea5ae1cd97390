"""Repeated passages: speed of the kernel, the choice of k and w, whole runs: `python -m benchmarks.passages FILES`.

The kernel is timed on one core in this process. A whole run is the stage alone, the start of the JVM included, over
documents that ingest to dedup have prepared; memory is the most that the driver, the JVM and the Python workers held
together, sampled.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from benchmarks import bench
from benchmarks.measure import batches
from benchmarks.processes import Cost, cost
from corpus.duplicates.passages import Passages
from filters.batch import Batch
from filters.kernels.winnow import fingerprints, shared_runs

_WORDS = 50
_SPLITS = (5, 10, 15, 25, 35, 45)  # k; w = 51 - k
_PAGES, _FOOTER, _OWN = 20_000, 200, 100  # documents, words of the footer, words of their own
_LONG = 5_000_000  # bytes of the long document


def kernel(parts: list[pa.RecordBatch], k: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Fingerprints of every batch, words found anew."""
    found = []
    for part in parts:
        index = Batch(documents=part).index
        seeds = np.zeros(part.num_rows, np.uint64)
        found.append(fingerprints(index.word_hash, index.word_offsets, seeds, k, _WORDS + 1 - k))
    return found


def split(parts: list[pa.RecordBatch], k: int) -> tuple[int, int]:
    """Fingerprints of all documents with this k, and the windows of words whose fingerprint two documents have."""
    every = kernel(parts, k)
    values, counts = np.unique(np.concatenate([values for _, values in every]), return_counts=True)
    shared = values[counts > 1]
    windows = 0
    for part, (offsets, own) in zip(parts, every, strict=True):
        index = Batch(documents=part).index
        wanted = np.isin(own, shared)
        limits = np.concatenate([[0], np.cumsum(wanted)])[offsets].astype(np.int64)
        seeds = np.zeros(part.num_rows, np.uint64)
        windows += len(
            shared_runs(index.word_hash, index.word_offsets, seeds, (k, _WORDS + 1 - k), limits, own[wanted])[0]
        )
    return int(counts.sum()), windows


def pages() -> Iterator[str]:
    """Pages with one footer, and a document of 5 MB whose first half another one has."""
    draw = np.random.default_rng(1)
    footer = " ".join(f"footer{i}" for i in range(_FOOTER))
    for _ in range(_PAGES):
        yield f"{' '.join(f'w{n}' for n in draw.integers(0, 1 << 30, _OWN))}.\n{footer}.\n"
    words = [f"w{n}" for n in draw.integers(0, 1 << 30, _LONG // 11)]
    lines = [" ".join(words[i : i + 20]) + ".\n" for i in range(0, len(words), 20)]
    yield "".join(lines)
    yield "".join([*lines[: len(lines) // 2], *(line.replace("w", "v") for line in lines)])


def whole_run(texts: Iterator[str]) -> tuple[Cost, dict[str, int]]:
    """What the stage cost, and what it counted."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with (folder / "texts.jsonl").open("wb") as file:
            for text in texts:
                file.write(orjson.dumps({"text": text}) + b"\n")
        recipe = folder / "bench.toml"
        source = '[[sources]]\nname = "bench"\npath = "texts.jsonl"\n[ingest]\npart_bytes = 16_000_000\n[passages]\n'
        recipe.write_text(source, "utf-8")
        command = [sys.executable, "-m", "jobs", "run", str(recipe), "--root", str(folder / "out"), "--until"]
        subprocess.run([*command, "dedup"], check=True, capture_output=True)
        done = cost([*command, "passages"])
        manifest = next((folder / "out").glob("passages/*/manifest.json"))
        return done, orjson.loads(manifest.read_bytes())["counts"]


def _told(name: str, size: float, run: tuple[Cost, dict[str, int]]) -> list[tuple[str, str]]:
    done, counts = run
    seconds, taken = done.seconds, done.cpu
    return [
        (f"{name}: {size:.0f} MB, {counts['kept']:,} documents, stage alone, 2 cores", f"{seconds:.0f} s"),
        ("processor time of all processes, and that for a core", f"{taken:.0f} s, {size / taken:.1f} MB/s"),
        ("memory of all processes at the most", f"{done.memory / 1e6:,.0f} MB"),
        (
            "passages cut, bytes of them, share",
            f"{counts['cuts']:,}, {counts['bytes']:,}, {counts['bytes'] / size / 1e4:.2f} %",
        ),
        (
            "documents dropped (nothing was left), words held for others",
            f"{counts['dropped']:,}, {counts['held_words']:,}",
        ),
    ]


def main() -> None:
    options = bench.arguments(__doc__ or "")
    texts = bench.load(options.texts)
    size = texts.column("text").nbytes / 1e6
    parts = batches(texts)
    k, window = Passages(min_tokens=_WORDS).sizes
    index = bench.median_seconds(lambda: [Batch(documents=part).index for part in parts], options.runs)
    own = bench.median_seconds(lambda: kernel(parts, k), options.runs)
    rows = [
        ("finding words, hashing and winnowing, one core", f"{size / own:.0f} MB/s"),
        ("finding words alone", f"{size / index:.0f} MB/s"),
    ]
    for other in _SPLITS:
        prints, windows = split(parts, other)
        rows.append(
            (f"k = {other}, w = {_WORDS + 1 - other}: fingerprints, windows to compare", f"{prints:,}, {windows:,}")
        )
    rows += _told("real text", size, whole_run(iter(texts.column("text").to_pylist())))
    rows += _told("worst case", sum(len(page.encode()) for page in pages()) / 1e6, whole_run(pages()))
    body = f"{len(texts):,} documents, {size:.0f} MB, passages of {_WORDS} words, k = {k}, w = {window}.\n\n"
    command = "python -m benchmarks.passages FILES --write"
    bench.publish("passages", command, body + bench.table(("what", "figure"), rows), write=options.write)


if __name__ == "__main__":
    main()
