"""datatrove 0.10's four MinHash stages with one worker: `PYTHON datatrove_minhash.py TEXTS BANDS ROWS`.

Run by `benchmarks.dedup_peers` with the Python of an environment that has it. It has no threshold and verifies nothing:
what shares a band goes. Prints JSON: seconds and CPU seconds (imports are not in them), seconds of each stage, kept.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import JsonlWriter


def main() -> None:
    texts, bands, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    config = MinhashConfig(n_grams=5, num_buckets=bands, hashes_per_bucket=rows)
    with tempfile.TemporaryDirectory() as scratch:
        signatures, buckets, clusters, out, logs = (f"{scratch}/{n}" for n in ("sigs", "dups", "remove", "out", "logs"))
        reader = ParquetReader(str(texts.parent), glob_pattern=texts.name)
        stages = {
            "signature": ([reader, MinhashDedupSignature(output_folder=signatures, config=config)], 1),
            "buckets": ([MinhashDedupBuckets(signatures, buckets, config=config)], bands),
            "cluster": ([MinhashDedupCluster(buckets, clusters, config=config)], 1),
            # Written without compression, which is its default: compressing is not deduplicating.
            "filter": ([reader, MinhashDedupFilter(clusters), JsonlWriter(out, compression=None)], 1),
        }
        seconds, before = {}, sum(os.times()[:4])
        for name, (pipeline, tasks) in stages.items():
            started = time.perf_counter()
            LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=f"{logs}/{name}").run()
            seconds[name] = time.perf_counter() - started
        cpu = sum(os.times()[:4]) - before
        kept = sum(1 for file in Path(out).iterdir() for _ in file.open("rb"))
    print("\n" + json.dumps({"seconds": sum(seconds.values()), "cpu": cpu, "stages": seconds, "kept": kept}))


if __name__ == "__main__":
    main()
