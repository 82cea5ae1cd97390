"""What it costs that inputs are held against their digests: CPU seconds to read them, with and without.

    taskset -c 0 python -m benchmarks.checked

Files of 300 MB of text, cut out of the sample, lie in the page cache.
"""

import gzip
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.planning import inputs
from corpus.sources.inventory import SourceFile, list_files, plan_units
from corpus.sources.source import Source
from corpus.sources.units import read_unit

_SAMPLE = Path(__file__).parents[1] / "data/sample/gnome-ccbysa.jsonl.gz"
_BYTES = 300_000_000
_CHARS = 3000  # of a document
_RUNS = 3  # of which the best counts


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = _texts()
        lines, table = Path(folder) / "x.jsonl", Path(folder) / "x.parquet"
        with lines.open("wb") as file:
            file.writelines(orjson.dumps({"text": text, "id": str(n)}) + b"\n" for n, text in enumerate(found))
        columns = {"text": found, "id": list(map(str, range(len(found))))}
        pq.write_table(pa.table(columns), table, row_group_size=5000, compression="zstd")
        for path in (lines, table):
            source = Source(name="s", path=str(path))
            plain = list_files(source, "")
            checked = inputs.digested(plain)
            for name, files in (("plain", plain), ("checked", checked)):
                print(f"{path.suffix[1:]:<8} {name:<8} {_best(partial(_read, files, source)):.2f} CPU s")


def _texts() -> list[str]:
    chance = random.Random(1)
    with gzip.open(_SAMPLE) as file:
        base = [str(orjson.loads(line)["text"]) for line in file]
    found: list[str] = []
    size = 0
    while size < _BYTES:
        text = base[chance.randrange(len(base))]
        first = chance.randrange(max(1, len(text) - _CHARS))
        found.append(f"{text[first : first + _CHARS]} {len(found)}")
        size += len(found[-1].encode())
    return found


def _read(files: list[SourceFile], source: Source) -> None:
    for unit in plan_units(files, 128 << 20):
        for _ in read_unit(unit, source):
            pass


def _best(work: Callable[[], None]) -> float:
    took = []
    for _ in range(_RUNS):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


if __name__ == "__main__":
    main()
