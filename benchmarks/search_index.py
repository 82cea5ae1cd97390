"""Search and trace with an index: what it takes to make, how large it is, how long answers take by size of the corpus.

    python -m benchmarks.search_index FILE.parquet ... [--copies 1 2 4]
    python -m benchmarks.search_index FILE.parquet ... --kinds

The first is CPU seconds of one core with all files in memory, the least of three, for so many copies of FILES (as
`benchmarks.search` makes them), and a line fitted to them at 4 GB. `--kinds` sets suffix arrays of every 8th, 4th, 2nd
and every byte of 64 MB beside postings of hashed n-grams (documents by hash, differences as variable bytes).
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.search import PHRASES, least, write
from corpus.search import indexed, spans
from corpus.search.pattern import Phrase
from corpus.search.selection import Selection
from corpus.search.spans import Wanted
from corpus.store.table import Table
from corpus.textindex import blocks
from corpus.textindex.recipe_table import TextIndex
from filters.arrow import binaries
from filters.kernels.suffixes import sorted_suffixes

_SHORTEST = 48  # bytes of a span: the verb's default
_AT = 4e9  # bytes that the lines are read off at


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--kinds", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        if arguments.kinds:
            kinds(write(folder, arguments.files, 1)[0])
            return
        measured = [measure(f"{folder}/{copies}", arguments.files, copies) for copies in arguments.copies]
    sizes = [size for size, _ in measured]
    print(f"{'seconds':<34}" + "".join(f"{size / 1e6:>10,.0f} MB" for size in sizes) + f"{_AT / 1e9:>9.0f} GB")
    for name in measured[0][1]:
        times = [own[name] for _, own in measured]
        slope, start = np.polyfit(sizes, times, 1) if len(sizes) > 1 else (times[0] / sizes[0], 0.0)
        print(f"{name:<34}" + "".join(f"{one:>13.3f}" for one in times) + f"{start + slope * _AT:>12.2f}")


def measure(folder: str, files: Sequence[str], copies: int) -> tuple[int, dict[str, float]]:
    """Bytes of text, and seconds by what is asked."""
    os.mkdir(folder)
    corpus, plain, size = write(folder, files, copies)
    os.unlink(plain)
    begun = time.process_time()
    entries = [
        blocks.write(folder, part, blocks.cut(texts(corpus, part), TextIndex().block_bytes))
        for part in range(corpus.parts)
    ]
    found = {"index made": time.process_time() - begun}
    index = Table(folder=folder, name=blocks.TABLE, files=tuple(entries))
    print(f"{size:,} bytes of text: index {index.bytes:,}, {index.bytes / size:.2f} times as much")
    for phrase in PHRASES:
        found[f"search {phrase!r}"] = least(lambda phrase=phrase: look(corpus, index, phrase)).cpu  # type: ignore[misc]
    wanted = Wanted(asked(corpus))
    found[f"trace {len(wanted.data):,} bytes"] = least(lambda: trace(corpus, index, wanted)).cpu
    found[f"trace {len(wanted.data):,} bytes, no index"] = least(lambda: trace(corpus, None, wanted)).cpu
    return size, found


def texts(corpus: Table, part: int) -> "list[list[bytes]]":
    return [binaries(batch.column("text").cast("binary")) for batch in corpus.batches(part, ["text"])]


def asked(corpus: Table) -> str:
    """Pieces of documents with words between that stand in none: half of it is found."""
    column = next(corpus.batches(0, ["text"])).column("text")
    pieces = [str(column[row].as_py())[40:240] for row in range(0, 500, 100)]
    return " ".join(f"{piece} wqz{number}jk zzkq vvxj {'qxz ' * 30}" for number, piece in enumerate(pieces))


def look(corpus: Table, index: Table, phrase: str) -> None:
    for part in range(corpus.parts):
        indexed.part(corpus, index, part, Phrase(phrase), Selection(), 10)


def trace(corpus: Table, index: Table | None, wanted: Wanted) -> None:
    spans.find(
        corpus, index, wanted, _SHORTEST, lambda _, run: [one for part in range(corpus.parts) for one in run(part)]
    )


def kinds(corpus: Table) -> None:
    """What an index could be, over the first 64 MB."""
    documents, size = [], 0
    for some in texts(corpus, 0):
        for text in some:
            if size < 64 << 20:
                documents.append(text)
                size += len(text)
    data = np.frombuffer(b"\xff".join(documents), np.uint8)
    print(f"{size:,} bytes of text in {len(documents):,} documents")
    sorted_suffixes(data[:1000])
    for step in (8, 4, 2, 1):
        report(f"suffixes of every {step} bytes", size, lambda step=step: sorted_suffixes(data, step).nbytes)  # type: ignore[misc]
    for width in (4, 6, 8):
        report(f"postings of {width} bytes", size, lambda width=width: postings(documents, width))  # type: ignore[misc]


def report(name: str, size: int, make: Callable[[], int]) -> None:
    begun = time.process_time()
    taken = make()
    seconds = time.process_time() - begun
    print(f"{name:<30}{taken / size:>7.2f} times the text{size / 1e6 / seconds:>8.1f} MB/s")


def postings(documents: Sequence[bytes], width: int, bits: int = 24) -> int:
    """Bytes of lists of documents by hashed n-gram, with four bytes a list that say where it begins."""
    pairs = []
    for number, text in enumerate(documents):
        own = np.frombuffer(text, np.uint8).astype(np.uint64)
        if len(own) >= width:
            hashes = np.zeros(len(own) - width + 1, np.uint64)
            for place in range(width):
                hashes = hashes * np.uint64(0x100000001B3) + own[place : place + len(hashes)]
            hashes = (hashes * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)
            pairs.append((np.unique(hashes) << np.uint64(32)) | np.uint64(number))
    ordered = np.sort(np.concatenate(pairs))
    lists, numbers = ordered >> np.uint64(32), (ordered & np.uint64(0xFFFFFFFF)).astype(np.int64)
    begins = np.append(True, lists[1:] != lists[:-1])
    gaps = np.where(begins, numbers, np.append(0, np.diff(numbers)))
    return int(np.select([gaps < 1 << 7, gaps < 1 << 14, gaps < 1 << 21], [1, 2, 3], 4).sum()) + 4 * (1 << bits)


if __name__ == "__main__":
    main()
