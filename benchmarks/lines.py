"""Lines that repeat: the speed of the hashes, and what each rule cuts of real documents.

    taskset -c 0 python -m benchmarks.lines FILE...

Parquet files with `id`, `source` and `text`. Counted is without a shuffle: all files as one part, duplicates included.
"""

import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.texts.repeated_lines import LineRule, LineScan, Tally, cut_bytes, known_lines
from filters.kernels.buffers import buffers
from filters.kernels.line_hashes import hash_lines

_ROUNDS = 5  # the best of them: others use the machine too
_BATCH = 1000  # documents; some 4 MB

RULES = {
    "drop-all": LineRule(rule="drop-all", min_chars=0),
    "keep-first": LineRule(rule="keep-first", min_chars=0),
    "keep-first, 15 characters": LineRule(rule="keep-first"),
    "keep-none-above 9, 15 characters (ROOTS)": LineRule(rule="keep-none-above", max_documents=9),
}


def main(paths: list[str]) -> None:
    tables = [pq.read_table(path, columns=["id", "source", "text"]) for path in paths]
    batches = pa.concat_tables(tables).cast(pa.schema([(n, pa.string()) for n in ("id", "source", "text")]))
    batches = batches.combine_chunks().to_batches(max_chunksize=_BATCH)
    size = sum(int(pc.sum(pc.binary_length(batch.column("text"))).as_py()) for batch in batches)
    print(f"{sum(batch.num_rows for batch in batches):,} documents, {size / 1e6:.1f} MB")
    print(f"hashes {size / 1e6 / min(hashing(batches) for _ in range(_ROUNDS)):.0f} MB/s of CPU time")
    sources = tuple(sorted({name for batch in batches for name in batch.column("source").to_pylist()}))
    for name, rule in RULES.items():
        started = time.process_time()
        scan = LineScan(rules=(rule,), sources=sources)
        tally = Tally(scan)
        for batch in batches:
            tally.add(batch)
        rows = tally.rows()
        known = known_lines(rows.filter(pc.greater(rows.column("count"), rows.column("limit"))))
        lines = taken = emptied = 0
        for batch in batches:
            cuts = scan.cuts(batch, known)
            lines += len(cuts.row)
            taken += int(cut_bytes(batch.column("text"), cuts).sum())
            emptied += len(cuts.emptied)
        seconds = time.process_time() - started
        print(
            f"{name}: {lines:,} lines, {taken / 1e6:.1f} MB, {100 * taken / size:.1f} % of bytes, "
            f"{emptied:,} documents without a line left; {size / 1e6 / seconds:.0f} MB/s, both readings"
        )


def hashing(batches: list[pa.RecordBatch]) -> float:
    started = time.process_time()
    for batch in batches:
        hash_lines(*buffers(batch.column("text")))
    return time.process_time() - started


if __name__ == "__main__":
    main(sys.argv[1:])
