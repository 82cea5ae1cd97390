"""Fingerprints of source code, one core: `taskset -c 0 python -m benchmarks.code FILES` (columns `text` and `lang`)."""

import statistics
import time

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import bench
from corpus.store.table import BATCH_BYTES
from filters.batch import Batch
from filters.code import Filter


def main() -> None:
    options = bench.arguments(__doc__ or "")
    texts = bench.load(options.texts, ("text", "lang"))
    texts = texts.filter(pc.fill_null(pc.starts_with(texts.column("lang"), "code-"), False)).combine_chunks()
    size = texts.column("text").nbytes / 1e6
    whole = pa.table({"text": texts.column("text"), "language": texts.column("lang")})
    parts = whole.to_batches(max_chunksize=max(1, int(len(texts) * BATCH_BYTES / texts.column("text").nbytes)))
    code = Filter(languages=("code-*",))
    found = [code.measure(Batch(documents=part)) for part in parts]
    tokens = sum(pc.sum(part.column("tokens")).as_py() for part in found)
    prints = sum(len(part.column("fingerprints").values) for part in found)
    taken = []
    for _ in range(options.runs):
        started = time.process_time()  # the pass is one thread in memory: what neighbours take is not its cost
        for part in parts:
            code.measure(Batch(documents=part))
        taken.append(time.process_time() - started)
    seconds = statistics.median(taken)
    rows = [(f"{len(texts):,}", f"{size:.1f}", f"{tokens:,}", f"{prints:,}", f"{size / seconds:.0f}")]
    body = bench.table(("documents", "MB", "tokens", "fingerprints", "MB/s of processor time"), rows)
    bench.publish("code", "taskset -c 0 python -m benchmarks.code FILES --write", body, write=options.write)


if __name__ == "__main__":
    main()
