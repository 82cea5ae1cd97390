"""How fast datatrove's PIIFormatter (e-mail and IP addresses) rewrites texts, and how many it changes: run by
`benchmarks.pii --peer` with the Python of an environment that has datatrove 0.10 and nothing of ours.
"""

import json
import statistics
import sys
import time

import pyarrow.parquet as pq
from datatrove.pipeline.formatters import PIIFormatter


def main() -> None:
    """Arguments: a Parquet file with a column text, and how many runs."""
    texts = pq.read_table(sys.argv[1]).column("text").to_pylist()
    formatter = PIIFormatter()
    seconds = []
    for _ in range(int(sys.argv[2])):
        started = time.perf_counter()
        changed = sum(formatter.format(text) != text for text in texts)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": statistics.median(seconds), "changed": changed}))


if __name__ == "__main__":
    main()
