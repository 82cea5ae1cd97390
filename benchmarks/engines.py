"""Spark's local mode beside the process pool, CPU seconds by stage: `python -m benchmarks.engines FILES --gigabytes 1`.

Both build the same corpus in turn, and must write the same manifests. Of Spark's figures that of its start is taken
off, a session that counts two rows, and stated. A stage is narrow if no task of it waits for another.
"""

import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks import bench
from benchmarks.processes import cost
from benchmarks.scale import texts, write
from benchmarks.whole import _RECIPE, by_stage

_NARROW = ("ingest", "measure", "decide", "release", "encode", "shard")
_START = """
from jobs.engine.spark.start import Start
spark = Start(cores=2).session()
spark.range(2, numPartitions=2).count()
spark.stop()
"""


def stages(recipe: Path, root: Path, engine: str) -> dict[str, float]:
    """CPU seconds of all processes by stage, in the order of the run; the last is the whole."""
    command = [sys.executable, "-m", "jobs", "run", str(recipe), "--root", str(root), "--cores", "2"]
    return {one.name: one.cpu for one in by_stage([*command, "--engine", engine])}


def manifests(root: Path) -> dict[str, bytes]:
    return {str(one.relative_to(root)): one.read_bytes() for one in sorted(root.glob("*/*/manifest.json"))}


def compared(found: Mapping[str, Sequence[Mapping[str, float]]], start: float) -> str:
    """A row a stage, narrow ones added up, the whole with Spark's start in it."""
    middle = {engine: {name: median(one[name] for one in runs) for name in runs[0]} for engine, runs in found.items()}
    pool, spark = middle["pool"], middle["spark"]
    spark[next(iter(spark))] -= start
    narrow = [sum((one[name] for name in one if name in _NARROW), 0.0) for one in (pool, spark)]
    rows = [(name, pool[name], spark[name]) for name in pool if name != "whole"]
    rows += [("**narrow stages**", narrow[0], narrow[1]), ("**whole, start included**", pool["whole"], spark["whole"])]
    cells = [(name, f"{a:.1f}", f"{b:.1f}", f"{b / a:.2f}" if a >= 1 else "") for name, a, b in rows]
    return bench.table(("stage", "pool", "Spark", "Spark / pool"), cells)


def main() -> None:
    common = bench.parser(__doc__ or "", runs=1)
    common.add_argument("--gigabytes", type=float, default=1.0, help="of text (default: %(default)s)")
    options = common.parse_args()
    known = texts(options.texts)
    found: dict[str, list[dict[str, float]]] = {"pool": [], "spark": []}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        documents, size = write(known, int(options.gigabytes * 1e9), folder / "texts")
        del known
        recipe = folder / "bench.toml"
        recipe.write_text(_RECIPE.replace('"texts.jsonl"', '"texts/*.jsonl"'), "utf-8")
        start = cost([sys.executable, "-c", _START]).cpu
        for run in range(options.runs):
            for engine, times in found.items():
                times.append(stages(recipe, folder / f"{engine}-{run}", engine))
            if manifests(folder / f"pool-{run}") != manifests(folder / f"spark-{run}"):
                sys.exit("the two engines wrote different manifests")
            for engine in found:
                shutil.rmtree(folder / f"{engine}-{run}")
    body = (
        f"{documents:,} documents, {size / 1e9:.2f} GB of text, 2 cores, the recipe of `benchmarks.whole`; CPU seconds "
        f"of all processes. Spark's start, {start:.1f} CPU s, is taken off its first stage and is in its whole. The "
        "manifests of both were equal.\n\n"
    )
    command_line = f"python -m benchmarks.engines FILES --gigabytes {options.gigabytes:g} --runs {options.runs} --write"
    bench.publish("Spark beside the pool", command_line, body + compared(found, start), write=options.write)


if __name__ == "__main__":
    main()
