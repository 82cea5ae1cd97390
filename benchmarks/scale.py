"""The whole job as the corpus grows, by stage: `python -m benchmarks.scale FILES --gigabytes 0.1 0.2 0.4 0.8`.

The text is that of FILES, half of the size at the most, over and over: of each further copy every document has 1 to
30 % of its words replaced by words of other documents, so that some are near duplicates of others, and 2 % are left as
they are, so that some are exact ones. How many go at each size is told beside the figures.

Seconds are those of a machine that others use too; CPU seconds are the measure of growth. `--costs` writes what
`gristmill plan --estimate` reckons by; stages that the recipe has not got are then measured by runs that have them.
"""

import argparse
import platform
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from benchmarks import bench
from benchmarks.processes import Cost, cost
from benchmarks.scaling import line
from benchmarks.whole import _RECIPE
from corpus.planning import costs
from corpus.store.releases import LATEST
from filters.arrow import strings

_BAR = 0.15  # greatest share by which a size may lie off the line
_EXACT = 0.02  # of the documents of a copy
_FILE_BYTES = 64_000_000
_SEED = 14
_ITEMS = 2000  # evaluation items: sentences of the texts
_MORE = """
[code]
[contamination]
[[contamination.suites]]
name = "sentences"
path = "items.jsonl"
[textindex]
[[lines]]
rule = "keep-first"
[passages]
[splits]
valid = 0.01
[mixture]
alpha = 0.5
[dedup]
index = true
[canaries]
min_recall = 0.0
max_wrong = 1.0
"""


def texts(files: Sequence[str]) -> list[str]:
    return strings(bench.load(files).column("text"))


def edited(texts: Sequence[str], size: int) -> Iterator[str]:
    """So many bytes of text: documents as they are, half of the size at the most, then copies with words replaced."""
    chance = random.Random(_SEED)
    sizes = np.cumsum([len(text.encode()) for text in texts])
    known = texts[: int(np.searchsorted(sizes, size / 2)) + 1]
    words = [word for text in known[:2000] for word in text.split()]
    left, copy = size, 0
    while True:
        for text in known:
            one = text if not copy or chance.random() < _EXACT else _replaced(text, words, chance)
            yield one
            left -= len(one.encode())
            if left <= 0:
                return
        copy += 1


def _replaced(text: str, words: Sequence[str], chance: random.Random) -> str:
    share = chance.uniform(0.01, 0.30)
    return " ".join(chance.choice(words) if chance.random() < share else word for word in text.split(" "))


def write(known: Sequence[str], size: int, folder: Path) -> tuple[int, int]:
    """JSON lines in files of _FILE_BYTES; documents and bytes of text."""
    folder.mkdir()
    documents = written = number = 0
    file = (folder / "part-00000.jsonl").open("wb")
    for text in edited(known, size):
        file.write(orjson.dumps({"text": text}) + b"\n")
        documents, written = documents + 1, written + len(text.encode())
        if file.tell() >= _FILE_BYTES:
            file.close()
            number += 1
            file = (folder / f"part-{number:05d}.jsonl").open("wb")
    file.close()
    return documents, written


@dataclass(frozen=True, kw_only=True)
class Run:
    """A corpus of one size, built."""

    megabytes: float  # of text
    documents: int
    counts: dict[str, dict[str, int]]  # of each stage
    jobs: dict[str, dict[str, Any]]  # run.json by job, bytes written by all stages of it
    cost: Cost


def run(known: Sequence[str], size: int, cores: int, scratch: Path, more: str = "") -> Run:
    """Build a corpus of `size` bytes of text, by the recipe and what is added to it."""
    shutil.rmtree(scratch / "texts", ignore_errors=True)
    shutil.rmtree(scratch / "out", ignore_errors=True)
    documents, written = write(known, size, scratch / "texts")
    recipe = scratch / "bench.toml"
    recipe.write_text(_RECIPE.replace('"texts.jsonl"', '"texts/*.jsonl"') + more, "utf-8")
    items = [{"question": text.partition(". ")[0][:300]} for text in known[:_ITEMS]]
    (scratch / "items.jsonl").write_bytes(b"\n".join(map(orjson.dumps, items)))
    command = [sys.executable, "-m", "jobs", "run", str(recipe), "--root", str(scratch / "out"), "--cores", str(cores)]
    spent = cost(command)
    jobs: dict[str, dict[str, Any]] = {}
    counts = {}
    for path in sorted((scratch / "out").glob("*/*/run.json")):
        stage = path.parts[-3]
        if stage == LATEST:  # links to the others
            continue
        told = orjson.loads(path.read_bytes())
        counts[stage] = orjson.loads((path.parent / "manifest.json").read_bytes())["counts"]
        own = jobs.setdefault(costs.job_of(stage), {**told, "written_bytes": 0})
        own["written_bytes"] += told["written_bytes"]
    return Run(megabytes=written / 1e6, documents=documents, counts=counts, jobs=jobs, cost=spent)


def figures(job: dict[str, Any]) -> dict[str, float]:
    """Of one stage at one size."""
    return {
        "seconds": job["seconds"],
        "CPU s": job["cpu_seconds"]["tasks"] + job["cpu_seconds"]["driver"],
        "of the driver": job["cpu_seconds"]["driver"],
        "MB of a worker": job["memory_bytes"]["task"] / 1e6,
        "MB of the driver": job["memory_bytes"]["driver"] / 1e6,
        "MB written": job["written_bytes"] / 1e6,
        "MB of keys": job["key_bytes"] / 1e6,
    }


def growth(sizes: np.ndarray, values: np.ndarray) -> tuple[str, str, str]:
    """The fitted line, how far sizes lie off it, and the power of growth between the smallest and the largest."""
    start, slope, off = line(sizes, values)
    power = np.log(values[-1] / values[0]) / np.log(sizes[-1] / sizes[0])
    return f"{start:.1f} + {slope * 1000:.1f} a GB", f"{np.abs(off).max():.0%}", f"{power:.2f}"


def report(runs: Sequence[Run], cores: int) -> str:
    """Tables: sizes, stages at the largest, growth."""
    sizes = np.array([one.megabytes for one in runs])
    head = ("GB of text", "documents", "exact", "near", "seconds", "CPU s", "peak MB of all processes")
    rows = []
    for one in runs:
        taken = [one.counts["dedup"][name] for name in ("exact", "near")]
        spent = (one.cost.seconds, one.cost.cpu, one.cost.memory / 1e6)
        shown = [f"{value:,.0f}" for value in (one.documents, *taken, *spent)]
        rows.append((f"{one.megabytes / 1000:.2f}", *shown))
    largest = {name: figures(job) for name, job in runs[-1].jobs.items()}
    stages = [(name, *(f"{value:,.1f}" for value in found.values())) for name, found in largest.items()]
    fits = []
    whole = np.array([one.cost.cpu for one in runs])
    fits.append(("whole", *growth(sizes, whole), "yes" if np.abs(line(sizes, whole)[2]).max() <= _BAR else "no"))
    for name in largest:
        used = np.array([max(figures(one.jobs[name])["CPU s"], 1e-3) for one in runs])
        off = np.abs(line(sizes, used)[2]).max()
        fits.append((name, *growth(sizes, used), "yes" if off <= _BAR else "no"))
    return "\n\n".join(
        [
            f"{platform.processor() or platform.machine()}, {cores} cores; the recipe of `benchmarks.whole`. Further "
            "copies of the text have 1 to 30 % of their words replaced; half of each size at the least is copies.",
            bench.table(head, rows),
            f"By stage at {runs[-1].megabytes / 1000:.2f} GB (memory: the largest task, and the driver's peak; resident"
            " pages of mapped files included):",
            bench.table(("stage", *figures(runs[-1].jobs["ingest"])), stages),
            f"Growth of CPU seconds: a line through all sizes, the farthest from it, the power between the smallest "
            f"and the largest; within {_BAR:.0%} of the line or not:",
            bench.table(("stage", "CPU s", "off the line", "power", "linear"), fits),
        ]
    )


def measured_costs(runs: Sequence[Run], more: Sequence[Run], cores: int) -> costs.Costs:
    """Lines through the sizes, by megabytes of text. `more`: runs for the stages that `runs` have not."""

    def fitted(sizes: np.ndarray, values: Sequence[float]) -> costs.Line:
        start, slope, _ = line(sizes, np.maximum(np.array(values, float), 1e-3))
        if start < 0:  # a stage that does nothing does not give time back
            start, slope = 0.0, float(np.mean(np.array(values) / sizes))
        return costs.Line(start=round(start, 3), slope=round(max(slope, 0.0), 6))

    def of(name: str, built: Sequence[Run]) -> costs.JobCosts:
        sizes, own = np.array([one.megabytes for one in built]), [one.jobs[name] for one in built]
        return costs.JobCosts(
            tasks_cpu=fitted(sizes, [one["cpu_seconds"]["tasks"] for one in own]),
            driver_cpu=fitted(sizes, [one["cpu_seconds"]["driver"] for one in own]),
            task_memory=max(one["memory_bytes"]["task"] for one in own),
            driver_memory=fitted(sizes, [one["memory_bytes"]["driver"] / 1e6 for one in own]),
            written=fitted(sizes, [one["written_bytes"] / 1e6 for one in own]),
            keys=fitted(sizes, [one["key_bytes"] / 1e6 for one in own]),
        )

    jobs = {name: of(name, built) for built in (more, runs) if built for name in built[-1].jobs}
    machine = f"{_model()}, {cores} cores, Python {platform.python_version()}"
    decided = runs[-1].counts["decide"]
    return costs.Costs(
        machine=machine,
        gigabytes=tuple(round(one.megabytes / 1000, 2) for one in runs),
        kept=round(decided["kept"] / (decided["kept"] + decided["dropped"]), 4),
        jobs=jobs,
    )


def _model() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next((row.partition(":")[2].strip() for row in file if row.startswith("model name")), "unknown")
    except OSError:
        return platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", nargs="+", help="Parquet files with a column `text`")
    parser.add_argument("--gigabytes", type=float, nargs="+", default=[0.25, 0.5, 1, 2, 4, 8], help="of text")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--scratch", help="folder for corpora; about nine times the largest size")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md")
    parser.add_argument("--costs", action="store_true", help=f"write {costs.FILE}")
    options = parser.parse_args()
    subprocess.run([sys.executable, "-m", "jobs", "warm"], check=True, capture_output=True)
    known = texts(options.texts)
    runs, more = [], []
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        for gigabytes in sorted(options.gigabytes):
            runs.append(run(known, int(gigabytes * 1e9), options.cores, Path(scratch)))
            print(f"{gigabytes} GB: {runs[-1].cost.seconds:.0f} s, {runs[-1].cost.cpu:.0f} CPU s", flush=True)
            if options.costs:
                more.append(run(known, int(gigabytes * 1e9), options.cores, Path(scratch), _MORE))
                print(f"with every stage: {more[-1].cost.seconds:.0f} s, {more[-1].cost.cpu:.0f} CPU s", flush=True)
    told = " ".join(f"{one:g}" for one in sorted(options.gigabytes))
    command = f"python -m benchmarks.scale FILES --gigabytes {told} --write"
    bench.publish("scale", command, report(runs, options.cores), write=options.write)
    if options.costs:
        costs.write(measured_costs(runs, more, options.cores), Path(costs.FILE))


if __name__ == "__main__":
    main()
