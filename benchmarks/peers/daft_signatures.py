"""Daft's MinHash signatures in one process: `PYTHON daft_signatures.py TEXTS PERMUTATIONS RUNS`.

Run by `benchmarks.signatures` with the Python of an environment that has it (0.7.26 was tried). Prints JSON: the least
CPU seconds for words parted by white space, and with Daft's own normalisation before them.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial

import daft
import pyarrow.parquet as pq

_WORDS = 5  # of a shingle


def least(work: Callable[[], object], runs: int) -> float:
    work()
    found = []
    for _ in range(runs):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def signed(texts: daft.DataFrame, words: daft.Expression, permutations: int) -> None:
    """Made anew each time, for a frame keeps what it has collected."""
    texts.select(words.minhash(num_hashes=permutations, ngram_size=_WORDS, seed=1)).collect()


def main() -> None:
    path, permutations, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    texts = daft.from_arrow(pq.read_table(path, columns=["text"])).collect()
    text = daft.col("text")
    normal = text.normalize(remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)
    seconds = [least(partial(signed, texts, words, permutations), runs) for words in (text, normal)]
    print(json.dumps({"version": daft.__version__, "plain": seconds[0], "normalised": seconds[1]}))


if __name__ == "__main__":
    main()
