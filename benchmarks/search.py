"""Search side by side with `grep -F`, and what of it is decompression.

    python -m benchmarks.search FILE.parquet ... [--copies N]

FILES have a column `text`. They are written as a corpus table of parts, and as one file without compression for grep,
which counts lines while search counts occurrences. The ratio is of search without decompression to grep. `--copies`
repeats FILES with one word in twenty replaced, so that larger sizes hold no verbatim copies. All times are CPU seconds
of one core, the least of three.
"""

import argparse
import os
import random
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.search import pattern, scan, selection
from corpus.search.texts import Texts
from corpus.store.table import BATCH_BYTES, Table, write_part
from filters.arrow import strings

PHRASES = ("free software", "the European", "Menschenrechte", "人権", "zqxjkv never there", "the ", "e")
_PART = 128 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--copies", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        table, plain, size = write(folder, arguments.files, arguments.copies)
        texts = Texts(name="corpus", table=table)
        print(f"{size:,} bytes of text, {table.bytes:,} as a table of {table.parts} parts")
        unpacking = least(lambda: unpack(texts))
        print(f"read and decompressed: {unpacking:.2f} s, {size / unpacking / 1e9:.2f} GB/s")
        held = [column for part in range(texts.parts) for column, _ in texts.batches(part, selection.Selection())]
        print(f"{'phrase':<22}{'occurrences':>12}{'grep -F':>9}{'search':>9}{'without decompression':>23}{'ratio':>7}")
        for phrase in PHRASES:
            wanted = pattern.of(phrase, regex=False)
            found = sum(one.occurrences for one in look(texts, wanted))
            grep = least(lambda phrase=phrase: grepped(plain, phrase), children=True)  # type: ignore[misc]
            own = least(lambda wanted=wanted: look(texts, wanted))  # type: ignore[misc]
            alone = least(lambda wanted=wanted: in_memory(held, wanted))  # type: ignore[misc]
            print(f"{phrase!r:<22}{found:>12,}{grep:>9.2f}{own:>9.2f}{alone:>23.3f}{alone / grep:>7.1f}")


def write(folder: str, files: Sequence[str], copies: int) -> tuple[Table, str, int]:
    """The table, the file for grep, and how many bytes of text both have."""
    entries, size = [], 0
    plain = f"{folder}/plain"
    batches = texts_of(files, copies)
    with open(plain, "wb") as out:
        number, waiting = 0, next(batches, None)
        while waiting is not None:
            with write_part(folder, "corpus", f"part-{number:05d}", waiting.schema) as (writer, written):
                begun = size
                while waiting is not None and size - begun < _PART:
                    writer.write(waiting)
                    joined = "\n".join(strings(waiting.column("text"))).encode() + b"\n"
                    size += len(joined) - waiting.num_rows
                    out.write(joined)
                    waiting = next(batches, None)
            entries.append(written.result())
            number += 1
    return Table(folder=folder, name="corpus", files=tuple(entries)), plain, size


def texts_of(files: Sequence[str], copies: int) -> Iterator[pa.RecordBatch]:
    """Batches as `release` writes them: text, source and language."""
    rows: list[str] = []
    size = 0
    for copy in range(copies):
        chance = random.Random(copy)
        for file in files:
            for batch in pq.ParquetFile(file).iter_batches(batch_size=1024, columns=["text"]):
                for text in strings(batch.column("text")):
                    rows.append(changed(text, chance) if copy else text)
                    size += len(rows[-1].encode())
                    if size >= BATCH_BYTES:
                        yield batch_of(rows)
                        rows, size = [], 0
    if rows:
        yield batch_of(rows)


def batch_of(rows: Sequence[str]) -> pa.RecordBatch:
    same = pa.array([""] * len(rows), pa.string())
    return pa.RecordBatch.from_arrays([same, same, pa.array(rows, pa.string())], ["source", "language", "text"])


def changed(text: str, chance: random.Random) -> str:
    """One word in twenty is another."""
    words = text.split(" ")
    for place in range(chance.randrange(20), len(words), 20):
        words[place] = f"{chance.randrange(1 << 30):x}"
    return " ".join(words)


def look(texts: Texts, wanted: pattern.Pattern) -> list[scan.PartFound]:
    return [scan.part(texts, part, wanted, selection.Selection(), 10) for part in range(texts.parts)]


def in_memory(held: Sequence[pa.StringArray], wanted: pattern.Pattern) -> None:
    """The search alone, of texts that are decompressed."""
    for column in held:
        wanted.find(column, np.ones(len(column), bool), 10)


def unpack(texts: Texts) -> None:
    for part in range(texts.parts):
        for _ in texts.batches(part, selection.Selection()):
            pass


def grepped(plain: str, phrase: str) -> None:
    # Into /dev/null GNU grep stops at the first line that it finds.
    environment = {**os.environ, "LC_ALL": "C"}
    subprocess.run(["grep", "-c", "-F", phrase, plain], check=False, stdout=subprocess.PIPE, env=environment)


def least(work: Callable[[], object], *, children: bool = False) -> float:
    """CPU seconds of this process, or of those that it started."""
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    times = []
    for _ in range(3):
        before = resource.getrusage(who)
        work()
        after = resource.getrusage(who)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return max(min(times), 1e-3)


if __name__ == "__main__":
    main()
