"""MinHash signatures beside Daft's, text in: `taskset -c 0 python -m benchmarks.signatures FILES --peer PYTHON`.

PYTHON is that of an environment with Daft. Both read the same texts, word 5-shingles, as many permutations, one core.
Ours fold the text by NFKC and full case folding and take words by category in all scripts; Daft parts words at white
space, and its own normalisation is lower case, NFD and no ASCII punctuation. Least CPU seconds of several runs, for a
shared machine only adds to them.
"""

import os
import tempfile
import time
from pathlib import Path

import orjson
import pyarrow.parquet as pq

from benchmarks import bench
from benchmarks.measure import batches
from benchmarks.processes import cost
from filters.batch import Batch
from filters.minhash import Filter

_PEER = Path(__file__).parent / "peers" / "daft_signatures.py"
_OFFLINE = {"DAFT_ANALYTICS_ENABLED": "0", "DO_NOT_TRACK": "1"}


def main() -> None:
    common = bench.parser(__doc__ or "")
    common.add_argument("--peer", required=True, metavar="PYTHON", help="Python of an environment with Daft")
    options = common.parse_args()
    texts = bench.load(options.texts)
    parts, instance = batches(texts), Filter()
    size = sum(part.column("text").nbytes for part in parts) / 1e6
    seconds = []
    for _ in range(options.runs + 1):  # the first compiles
        started = time.process_time()
        for part in parts:
            instance.measure(Batch(documents=part))
        seconds.append(time.process_time() - started)
    with tempfile.TemporaryDirectory() as scratch:
        path = f"{scratch}/texts.parquet"
        pq.write_table(texts, path)
        command = [options.peer, str(_PEER), path, str(instance.permutations), str(options.runs)]
        told = orjson.loads(cost(command, os.environ | _OFFLINE).printed.splitlines()[-1])
    own = min(seconds[1:])
    rows = [
        ("Gristmill, its normalisation and words", f"{size / own:.0f}", "1.00"),
        ("Daft, words parted by white space", f"{size / told['plain']:.0f}", f"{told['plain'] / own:.2f}"),
        ("Daft, its normalisation", f"{size / told['normalised']:.0f}", f"{told['normalised'] / own:.2f}"),
    ]
    head = ("signatures", "MB/s of CPU", "ours are so many times as fast")
    body = f"{len(texts):,} documents, {size:.0f} MB, {instance.permutations} permutations, Daft {told['version']}.\n\n"
    command_line = "taskset -c 0 python -m benchmarks.signatures FILES --peer PYTHON --write"
    bench.publish("signatures", command_line, body + bench.table(head, rows), write=options.write)


if __name__ == "__main__":
    main()
