"""Ranked search: how long its index takes, how large it is, and what a query costs.

    python -m benchmarks.ranked FILE.parquet ... [--copies N]

FILES have a column `text` and are written as for `benchmarks.search`. CPU seconds of one core; memory is what the
process takes more at its height than before, with blocks of the recipe's default.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from benchmarks.search import least, write
from corpus.bm25 import blocks
from corpus.bm25.recipe_table import Bm25
from corpus.search.ranked import ranking
from corpus.search.ranked.ranking import Query
from corpus.search.selection import Selection
from corpus.store.table import Table
from filters.arrow import string_array

QUERIES = (
    "free software",
    "who may vote in an election of the European Parliament",
    "Menschenrechte",
    "人権",
    "the of and",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--copies", type=int, default=1)
    arguments = parser.parse_args()
    list(blocks.cut([pa.array(["a text", "ein Text, ﬁn"])], 100))  # compiled before anything is taken
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        corpus, _, size = write(folder, arguments.files, arguments.copies)
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        entries = [
            blocks.write(folder, part, blocks.cut(texts(corpus, part), Bm25().block_bytes))
            for part in range(corpus.parts)
        ]
        seconds = time.process_time() - begun
        memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
        index = Table(folder=folder, name=blocks.TABLE, files=tuple(entries))
        print(
            f"{size:,} bytes of text: index {index.bytes:,}, {index.bytes / size:.2f} times as much, made in "
            f"{seconds:.1f} s, {size / seconds / 1e6:.0f} MB/s; {memory / Bm25().block_bytes:.1f} blocks of memory"
        )
        for asked in QUERIES:
            query = Query(asked)
            _, sums = find(corpus, index, query)
            took = least(lambda query=query: find(corpus, index, query)).cpu  # type: ignore[misc]
            print(f"{asked!r:<60}{sums.fitting:>12,} of {sums.passages:,} passages{took:>9.3f} s")


def texts(corpus: Table, part: int) -> Iterator[pa.StringArray]:
    return (string_array(batch.column("text")) for batch in corpus.batches(part, ["text"]))


def find(corpus: Table, index: Table, query: Query) -> tuple[list[ranking.Ranked], ranking.Sums]:
    def parts(_: str, function: Callable[[int], Iterable[Any]]) -> Sequence[Any]:
        return [one for part in range(corpus.parts) for one in function(part)]

    return ranking.find(corpus, index, query, Selection(), 10, parts)


if __name__ == "__main__":
    main()
