"""What it costs that inputs are held against their digests, and token parts against their sums, in CPU seconds.

    taskset -c 0 python -m benchmarks.checked

Files of 300 MB of text, cut out of the sample, and a token part of 160 MB lie in the page cache.
"""

import gzip
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.planning import inputs
from corpus.shards import tokens
from corpus.shards.layout import Shard
from corpus.shards.write_shard import Vocabulary, write_shard
from corpus.sources.inventory import SourceFile, list_files, plan_units
from corpus.sources.source import Source
from corpus.sources.units import read_unit

_SAMPLE = Path(__file__).parents[1] / "data/sample/gnome-ccbysa.jsonl.gz"
_BYTES = 300_000_000
_CHARS = 3000  # of a document
_DOCUMENTS = 60_000
_RUNS = 3  # of which the best counts


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _token_part(Path(folder))
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


def _token_part(folder: Path) -> None:
    """Of one part a whole shard, and its batches compared."""
    chance = np.random.default_rng(1)
    offsets = np.concatenate([[0], np.cumsum(np.minimum(chance.lognormal(6, 1, _DOCUMENTS), 1e5).astype(np.int64) + 1)])
    columns: list[pa.Array[Any]] = [
        pa.array([f"l{n % 10}" for n in range(_DOCUMENTS)]),
        pa.array(chance.integers(0, 1 << 63, _DOCUMENTS, dtype=np.uint64)),
        pa.array([f"{n:032x}" for n in range(_DOCUMENTS)]),
        pa.array(["s"] * _DOCUMENTS),
        pa.array(np.arange(_DOCUMENTS, dtype=np.int32)),
        pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(chance.integers(1, 60_000, offsets[-1], np.int32))),
    ]
    entry = tokens.write_token_part(
        str(folder), "part-0", pa.Table.from_arrays(columns, schema=tokens.schema(pa.int32()))
    )
    part = tokens.TokenPart(folder=str(folder), entry=entry, number=0)
    whole = Shard(kind="megatron", name="x", language="", first=0, last=(1 << 64) - 1)
    vocabulary = Vocabulary(size=70_000, end=0, kind=pa.int32())
    shard = _best(lambda: write_shard(str(folder / "out"), whole, [part], vocabulary))
    checks = _best(lambda: [stored.whole() for stored in part.batches()])
    print(f"a shard of {entry.bytes / 1e6:.0f} MB of tokens {shard:.3f} CPU s, of which sums {checks:.3f}")


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


def _best(work: Callable[[], object]) -> float:
    took = []
    for _ in range(_RUNS):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


if __name__ == "__main__":
    main()
