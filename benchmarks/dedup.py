"""Deduplication against exact all-pairs Jaccard and against peers: `python -m benchmarks.dedup FILES`.

Signatures are timed on one core in this process; `datasketch` makes the same number of permutations of the same
shingles on a sample. Recall is of pairs, against every pair of the sample compared exactly; precision is of removals of
the whole run, each compared again with the document that stays. `--worst`, without files, runs the cases that break
deduplication elsewhere.
"""

import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from datasketch import MinHash

import filters
from benchmarks import bench
from benchmarks import worst as generated
from benchmarks.measure import batches, measured
from corpus.duplicates.bands import buckets
from corpus.duplicates.curve import probability
from corpus.store import table
from filters.batch import Batch
from filters.kernels.minhash import shingle_sets

_PEER_DOCUMENTS = 300
_EXACT_DOCUMENTS = 20_000
_BANDS, _ROWS = 21, 6


def peer_speed(texts: list[str]) -> float:
    """MB/s of datasketch over word 5-grams."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    started = time.perf_counter()
    for text in texts:
        words = text.lower().split()
        shingles = {" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))}
        MinHash(num_perm=_BANDS * _ROWS).update_batch(list(shingles))
    return size / (time.perf_counter() - started)


def exact_pairs(batch: pa.RecordBatch, threshold: float) -> dict[tuple[int, int], float]:
    """Every pair of documents at or above the threshold, by an inverted index of shingles: nothing is estimated."""
    index = Batch(documents=batch).folded
    offsets, values = shingle_sets(index.word_hash, index.word_offsets, np.arange(batch.num_rows), 5)
    sets = [set(values[offsets[i] : offsets[i + 1]].tolist()) for i in range(batch.num_rows)]
    shared: dict[tuple[int, int], int] = {}
    owners: dict[int, list[int]] = {}
    for row, found in enumerate(sets):
        for shingle in found:
            owners.setdefault(shingle, []).append(row)
    for rows in owners.values():
        for pair in itertools.combinations(rows, 2):
            shared[pair] = shared.get(pair, 0) + 1
    similar = {pair: n / (len(sets[pair[0]]) + len(sets[pair[1]]) - n) for pair, n in shared.items()}
    return {pair: value for pair, value in similar.items() if value >= threshold}


def recall(batch: pa.RecordBatch, truth: dict[tuple[int, int], float]) -> tuple[float, float]:
    """Share of true pairs that some bucket proposes, and the share that the S-curve promises for their similarities."""
    signals = filters.load("minhash")().measure(Batch(documents=batch))
    data = signals.column("signature").to_pylist()
    rows = [i for i, signature in enumerate(data) if signature]
    keys = buckets(np.frombuffer(b"".join(data[i] for i in rows), np.uint32).reshape(len(rows), -1), _BANDS, _ROWS)
    place = {row: i for i, row in enumerate(rows)}
    found = sum(bool(np.any(keys[place[a]] == keys[place[b]])) for a, b in truth)
    promised = sum(probability(value, _BANDS, _ROWS) for value in truth.values())
    return found / len(truth), promised / len(truth)


def confirmed(out: Path, threshold: float) -> tuple[int, int]:
    """Near duplicates removed, and those for which a document stays that is as alike as was recorded."""
    documents, clusters = (
        pa.concat_tables([found.read(part, columns) for part in range(found.parts)])
        for found, columns in (
            (table.of(str(next(out.glob("ingest/*"))), "documents"), ["id", "text"]),
            (table.of(str(next(out.glob("dedup/*"))), "clusters"), ["id", "outcome", "kept_id", "jaccard"]),
        )
    )
    row_of = {id_: row for row, id_ in enumerate(documents.column("id").to_pylist())}
    outcome = dict(zip(clusters.column("id").to_pylist(), clusters.column("outcome").to_pylist(), strict=True))
    removed = clusters.filter(pc.equal(clusters.column("outcome"), "near")).to_pylist()
    good = 0
    for row in removed:
        both = documents.select(["text"]).take([row_of[row["id"]], row_of[row["kept_id"]]])
        words = Batch(documents=both.combine_chunks().to_batches()[0]).folded
        offsets, values = shingle_sets(words.word_hash, words.word_offsets, np.arange(2), 5)
        one, other = (set(values[offsets[i] : offsets[i + 1]].tolist()) for i in (0, 1))
        exact = len(one & other) / len(one | other)
        good += outcome[row["kept_id"]] == "kept" and exact == row["jaccard"] >= threshold
    return len(removed), good


def whole_run(paths: list[str], rows: int) -> tuple[float, dict[str, object], tuple[int, int]]:
    """Seconds of the stages pairs and dedup over `rows` documents, both cores, what they counted, and precision."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        texts = bench.load(paths).slice(0, rows)
        with (folder / "texts.jsonl").open("wb") as file:
            for text in texts.column("text").to_pylist():
                file.write(orjson.dumps({"text": text}) + b"\n")
        recipe = folder / "bench.toml"
        recipe.write_text(
            '[[sources]]\nname = "bench"\npath = "texts.jsonl"\n[ingest]\npart_bytes = 16_000_000\n', "utf-8"
        )
        command = [sys.executable, "-m", "jobs", "run", str(recipe), "--root", str(folder / "out"), "--until"]
        subprocess.run([*command, "decide"], check=True, capture_output=True)
        started = time.perf_counter()
        subprocess.run([*command, "dedup"], check=True, capture_output=True)
        seconds = time.perf_counter() - started
        found = next((folder / "out").glob("dedup/*/manifest.json"))
        return seconds, orjson.loads(found.read_bytes())["counts"], confirmed(folder / "out", 0.8)


def worst() -> None:
    """The worst cases, from signatures to clusters, both cores."""
    head = ("what", "seconds", "Python, GB", "JVM, GB", "pairs compared / given up", "kept, exact, near")
    command = "python -m benchmarks.dedup --worst --write"
    bench.publish("worst", command, bench.table(head, generated.rows()), write="--write" in sys.argv)


def main() -> None:
    if "--worst" in sys.argv:
        worst()
        return
    options = bench.arguments(__doc__ or "")
    texts = bench.load(options.texts)
    size = texts.column("text").nbytes / 1e6
    parts = batches(texts)
    own = size / bench.median_seconds(lambda: measured(parts, ("minhash",)), options.runs)
    peer = peer_speed(texts.column("text").slice(0, _PEER_DOCUMENTS).to_pylist())
    sample = batches(texts.slice(0, _EXACT_DOCUMENTS))
    together = pa.Table.from_batches(sample).combine_chunks().to_batches()[0]
    truth = exact_pairs(together, 0.8)
    found, promised = recall(together, truth)
    seconds, counts, (removed, good) = whole_run(options.texts, len(texts))
    rows = [
        ("signatures, text in, one core", f"{own:.0f} MB/s"),
        ("datasketch, same permutations, one core", f"{peer:.1f} MB/s"),
        ("ratio", f"{own / peer:.0f}"),
        (
            f"recall of pairs with Jaccard >= 0.8 among {together.num_rows:,} documents ({len(truth):,} pairs)",
            f"{found:.4f}",
        ),
        ("recall that the S-curve promises for them", f"{promised:.4f}"),
        (
            f"pairs + dedup of {len(texts):,} documents ({size:.0f} MB), start of the interpreter included, 2 cores",
            f"{seconds:.0f} s",
        ),
        ("the same per core", f"{size / seconds / 2:.1f} MB/s"),
        (f"precision of {removed:,} removals of near duplicates, each compared again", f"{good / max(removed, 1):.4f}"),
        ("kept, exact, near", f"{counts['kept']:,}, {counts['exact']:,}, {counts['near']:,}"),
    ]
    command = "python -m benchmarks.dedup FILES --write"
    bench.publish("dedup", command, bench.table(("what", "figure"), rows), write=options.write)


if __name__ == "__main__":
    main()
