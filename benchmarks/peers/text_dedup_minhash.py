"""text-dedup 0.4.1's near deduplication in one process: `PYTHON text_dedup_minhash.py TEXTS BANDS ROWS THRESHOLD`.

Run by `benchmarks.dedup_peers` with the Python (3.12 or newer) of an environment that has it. Its own verification
(`check_false_positive`) is on, so that it does the same work. Prints JSON: seconds and CPU seconds (imports are not in
them), documents kept.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from datasets import load_from_disk
from text_dedup import minhash
from text_dedup.config.base import load_config_from_toml

_CONFIG = """
[input]
input_type = "local_files"
file_type = "parquet"
[input.read_arguments]
path = "parquet"
data_files = {texts}
split = "train"
cache_dir = {cache}
[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_proc = 1
num_perm = {permutations}
bands = {bands}
rows = {rows}
ngram_size = 5
threshold = {threshold}
check_false_positive = true
[output]
output_dir = {out}
[debug]
logging_level = 30
"""


def main() -> None:
    texts, bands, rows, threshold = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        file = folder / "config.toml"
        paths = {name: json.dumps(str(folder / name)) for name in ("cache", "out")}
        numbers = {"permutations": bands * rows, "bands": bands, "rows": rows, "threshold": threshold}
        file.write_text(_CONFIG.format(texts=json.dumps(texts), **paths, **numbers), "utf-8")
        config = load_config_from_toml(file)
        started, before = time.perf_counter(), sum(os.times()[:4])
        minhash.main(config)
        seconds, cpu = time.perf_counter() - started, sum(os.times()[:4]) - before
        kept = len(load_from_disk(str(folder / "out")))
    print("\n" + json.dumps({"seconds": seconds, "cpu": cpu, "kept": kept}))


if __name__ == "__main__":
    main()
