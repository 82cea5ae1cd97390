"""Near-deduplication beside peers: `python -m benchmarks.dedup_peers FILES --text-dedup PYTHON --datatrove PYTHON`.

PYTHON is that of an environment with the peer; a peer without one is left out. All read the same documents, word
5-shingles in the same bands; `taskset -c 0` before the command gives all of them one core. Ours are signatures made in
this process, their text read from Parquet as the peers read it, then the stages pairs and dedup, which verify;
text-dedup verifies too; datatrove removes what shares a band. The start and the imports of interpreters are in no
seconds; of ours they are in the CPU seconds.
"""

import argparse
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import bench
from benchmarks.builds import build, warm
from benchmarks.measure import batches, measured
from benchmarks.processes import cost

_BANDS, _ROWS, _THRESHOLD = 21, 6, 0.8  # ours (corpus.planning.recipe.Dedup): 0.998 of pairs at the threshold
_PEERS = Path(__file__).parent / "peers"
# Offline, and one thread where a library would count the machine's cores.
_ALONE = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
_BIGCODE = 0.83  # MB/s per vCPU that BigCode published
_SIGNATURES = 80  # MB/s that signatures shall reach, and how many times as fast as each peer the whole shall be
_BARS = {"text-dedup": 5, "datatrove": 20, "BigCode, as published": 10}


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Of one implementation: MB of text, seconds by the clock and of CPU, documents kept, what is in it."""

    size: float
    seconds: float
    cpu: float
    kept: int
    parts: str = ""

    @property
    def row(self) -> tuple[str, ...]:
        rates = (f"{self.size / seconds:.2f}" for seconds in (self.seconds, self.cpu))
        return f"{self.size:.1f}", f"{self.seconds:.1f}", f"{self.cpu:.1f}", *rates, f"{self.kept:,}", self.parts


def first(texts: pa.Table, size: float) -> pa.Table:
    """The first documents, up to so many MB."""
    ends = np.cumsum(pc.binary_length(texts.column("text")).to_numpy())
    return texts.slice(0, int(np.searchsorted(ends, size * 1e6)) + 1)


def ours(texts: pa.Table, size: float) -> Speed:
    """Signatures and content keys here, on batches; then the stages."""
    measured(batches(texts)[:1], ("minhash", "content"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pq.write_table(texts, folder / "texts.parquet")
        wall, cpu = time.perf_counter(), time.process_time()
        measured(batches(pq.read_table(folder / "texts.parquet")), ("minhash", "content"))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        with (folder / "texts.jsonl").open("wb") as file:
            file.writelines(orjson.dumps({"text": text}) + b"\n" for text in texts.column("text").to_pylist())
        build(folder, "out", "decide", cores=1)
        built = build(folder, "out", "dedup", cores=1)
        counts = orjson.loads(next((folder / "out").glob("dedup/*/manifest.json")).read_bytes())["counts"]
    stages = {"signatures": wall, **built.stages}
    return Speed(
        size=size,
        seconds=sum(stages.values()),
        cpu=cpu + built.cost.cpu,
        kept=counts["kept"],
        parts=", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.items()),
    )


def peer(name: str, python: str, texts: str, size: float) -> Speed:
    """What a peer's own script tells."""
    arguments = [texts, str(_BANDS), str(_ROWS), *([str(_THRESHOLD)] if name == "text-dedup" else [])]
    script = _PEERS / f"{name.replace('-', '_')}_minhash.py"
    told = orjson.loads(cost([python, str(script), *arguments], os.environ | _ALONE).printed.splitlines()[-1])
    parts = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in told.get("stages", {}).items())
    return Speed(size=size, seconds=told["seconds"], cpu=told["cpu"], kept=told["kept"], parts=parts)


def signatures(texts: pa.Table, size: float, runs: int) -> float:
    parts = batches(texts)
    return size / bench.median_seconds(lambda: measured(parts, ("minhash",)), runs)


def bars(small: Speed, large: Speed, peers: dict[str, Speed], speed: float) -> list[tuple[str, ...]]:
    """What each bar asks and how many times as fast we are: the lesser of clock and CPU.

    A bar is met on the same documents. What it would be on all FILES, and for each MB from the one to the other, stands
    beside it.
    """
    further = Speed(
        size=large.size - small.size, seconds=large.seconds - small.seconds, cpu=large.cpu - small.cpu, kept=0
    )
    published = Speed(size=_BIGCODE, seconds=1, cpu=1, kept=0)
    rows: list[tuple[str, ...]] = []
    rows.append(
        ("signatures", f"{_SIGNATURES} MB/s", f"{speed:.0f} MB/s", "", "", "yes" if speed >= _SIGNATURES else "no")
    )
    for name, other in (peers | {"BigCode, as published": published}).items():
        times = [
            min(one.size / one.seconds / (other.size / other.seconds), one.size / one.cpu / (other.size / other.cpu))
            for one in (small, large, further)
        ]
        met = "yes" if times[0] >= _BARS[name] else "no"
        rows.append((name, f"{_BARS[name]} times", *(f"{value:.1f} times" for value in times), met))
    return rows


def options() -> argparse.Namespace:
    parser = bench.parser(__doc__ or "", runs=3)
    for name in ("text-dedup", "datatrove"):
        parser.add_argument(f"--{name}", metavar="PYTHON", help=f"the Python of an environment with {name}")
    parser.add_argument("--megabytes", type=float, default=100, help="text given to all (default: %(default)s)")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    every = bench.load(chosen.texts)
    texts = first(every, chosen.megabytes)
    whole, size = (pc.sum(pc.binary_length(table.column("text"))).as_py() / 1e6 for table in (every, texts))
    warm()
    speed = signatures(texts, size, chosen.runs)
    print(f"signatures {speed:.0f} MB/s", flush=True)
    found = {"Gristmill": ours(texts, size), "Gristmill, all of FILES": ours(every, whole)}
    print(found, flush=True)
    peers = {}
    with tempfile.TemporaryDirectory() as scratch:
        pq.write_table(texts, f"{scratch}/texts.parquet")
        for name, python in (("text-dedup", chosen.text_dedup), ("datatrove", chosen.datatrove)):
            if python:
                peers[name] = peer(name, python, f"{scratch}/texts.parquet", size)
                print(name, peers[name], flush=True)
    head = ("", "MB", "seconds", "CPU seconds", "MB/s", "MB/s of CPU", "kept", "of which")
    body = "\n\n".join(
        [
            f"{len(texts):,} documents, {size:.0f} MB, word 5-shingles, {_BANDS} bands of {_ROWS}, threshold "
            f"{_THRESHOLD}, one core. The start and the imports of interpreters are in no seconds; of ours they are in "
            "the CPU seconds.",
            bench.table(head, [(name, *one.row) for name, one in (found | peers).items()]),
            bench.table(
                ("bar", "asked", "same documents", f"ours on {whole:.0f} MB", "each further MB", "met"),
                bars(found["Gristmill"], found["Gristmill, all of FILES"], peers, speed),
            ),
        ]
    )
    command = "taskset -c 0 python -m benchmarks.dedup_peers FILES --text-dedup PYTHON --datatrove PYTHON --write"
    bench.publish("dedup beside peers", command, body, write=chosen.write)


if __name__ == "__main__":
    main()
