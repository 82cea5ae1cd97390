"""Search side by side with `grep -F`, and what of it is decompression.

    python -m benchmarks.search FILE.parquet ... [--copies N]

FILES have a column `text`. They are written as a corpus table of parts, and as one file without compression for grep,
which counts lines while search counts occurrences; the same file goes through `zstd -dc` and a pipe into grep as well.
Files are in the page cache. `--copies` repeats FILES with one word in twenty replaced, so that larger sizes hold no
verbatim copies. Times are seconds, the least of five: CPU of all threads and processes, and by the clock, search on the
cores that it may use. Clocks say little on a machine that others use.
"""

import argparse
import os
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.search import pattern, scan, selection
from corpus.search.texts import Texts
from corpus.store.table import BATCH_BYTES, ZSTD_LEVEL, Table, write_part
from filters.arrow import strings
from jobs.engine.session import Session
from jobs.tools import searching

PHRASES = ("free software", "the European", "Menschenrechte", "人権", "zqxjkv never there", "the ", "e")
_PART = 128 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--copies", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        table, plain, size = write(folder, arguments.files, arguments.copies)
        subprocess.run(["zstd", "-q", f"-{ZSTD_LEVEL}", plain], check=True)
        texts = Texts(name="corpus", table=table)
        session = Session()
        print(f"{size:,} bytes of text, {table.bytes:,} as a table of {table.parts} parts; {session.cores_here} cores")
        unpacking = least(lambda: unpack(texts)).cpu
        print(f"read and decompressed: {unpacking:.2f} CPU s, {size / unpacking / 1e9:.2f} GB/s")
        held = [column for part in range(texts.parts) for _, column, _ in texts.batches(part, selection.Selection())]
        heads = (
            "phrase",
            "found",
            "grep -F",
            "clock",
            "zstd | grep",
            "clock",
            "search",
            "clock",
            "clock / grep's",
            "in memory",
        )
        print("".join(f"{head:>{22 if head == 'phrase' else 15}}" for head in heads))
        for phrase in PHRASES:
            print(row(phrase, plain, texts, held, session))


def row(phrase: str, plain: str, texts: Texts, held: Sequence[pa.StringArray], session: Session) -> str:
    """A line of the table."""
    wanted = pattern.of(phrase, regex=False)
    found = sum(one.occurrences for one in look(texts, wanted, session))
    grep = least(lambda: grepped([phrase, plain]), children=True)
    piped = least(lambda: grepped([phrase], unpacked=f"{plain}.zst"), children=True)
    own = least(lambda: look(texts, wanted, session))
    alone = least(lambda: in_memory(held, wanted)).cpu
    seconds = [grep.cpu, grep.clock, piped.cpu, piped.clock, own.cpu, own.clock]
    cells = [f"{found:,}", *(f"{one:.3f}" for one in seconds), f"{own.clock / grep.clock:.1f}", f"{alone:.3f}"]
    return f"{phrase!r:>22}" + "".join(f"{cell:>15}" for cell in cells)


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


def look(texts: Texts, wanted: pattern.Pattern, session: Session) -> list[scan.PartFound]:
    return searching.searched(session, texts, None, wanted, selection.Selection(), 10)


def in_memory(held: Sequence[pa.StringArray], wanted: pattern.Pattern) -> None:
    """The search alone, of texts that are decompressed."""
    for column in held:
        wanted.find(column, np.ones(len(column), bool), 10)


def unpack(texts: Texts) -> None:
    for part in range(texts.parts):
        for _ in texts.batches(part, selection.Selection()):
            pass


def grepped(arguments: Sequence[str], unpacked: str = "") -> None:
    # Into /dev/null GNU grep stops at the first line that it finds.
    environment = {**os.environ, "LC_ALL": "C"}
    unpacking = subprocess.Popen(["zstd", "-dcq", unpacked], stdout=subprocess.PIPE) if unpacked else None
    command = ["grep", "-c", "-F", *arguments]
    given = unpacking.stdout if unpacking else None
    subprocess.run(command, check=False, stdin=given, stdout=subprocess.PIPE, env=environment)
    if unpacking:
        unpacking.wait()


@dataclass(frozen=True)
class Took:
    """Seconds."""

    cpu: float
    clock: float


def least(work: Callable[[], object], *, children: bool = False) -> Took:
    """Of this process, or of those that it started; each the least of five."""
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    times, clocks = [], []
    for _ in range(5):
        before, begun = resource.getrusage(who), time.perf_counter()
        work()
        clocks.append(time.perf_counter() - begun)
        after = resource.getrusage(who)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Took(max(min(times), 1e-3), min(clocks))


if __name__ == "__main__":
    main()
