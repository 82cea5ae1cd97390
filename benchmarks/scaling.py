"""Seconds and memory of near-deduplication as the corpus grows 1x, 2x, 4x, 8x: `python -m benchmarks.scaling FILES`.

Half of each corpus is other documents, half their copies with 1 to 30 % of the words replaced: families of two at every
size, so that the rate of near duplicates stays as it is and only the corpus grows. Of several runs the least is told.
"""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import orjson

from benchmarks import bench
from benchmarks.builds import build, warm
from benchmarks.whole import write_copies

_FACTORS = (1, 2, 4, 8)
_BASE = 50e6  # bytes of text at 1x
_BAR = 0.15  # greatest share by which a size may lie off the line
_WIDTH = 60  # characters of the longest bar
_CORES = 2


def measured(texts: list[str], factor: int, runs: int) -> dict[str, float]:
    """Of one size: MB, documents, seconds and CPU seconds, memory in MB; the least of the runs."""
    found: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sizes = np.cumsum([len(text.encode()) for text in texts])
        chosen = texts[: int(np.searchsorted(sizes, factor * _BASE / 2)) + 1]
        documents, size = write_copies(chosen, 2, folder / "texts.jsonl", least=0.01)
        first = build(folder, "out", "decide", cores=_CORES)
        for run in range(runs):
            for stage in ("pairs", "dedup"):
                shutil.rmtree(folder / "out" / stage, ignore_errors=True)
            second = build(folder, "out", "dedup", cores=_CORES)
            manifest = next((folder / "out").glob("dedup/*/manifest.json"))
            found.append(
                {
                    "MB": size,
                    "documents": documents,
                    "near": orjson.loads(manifest.read_bytes())["counts"]["near"],
                    "ingest + measure": first.stages["ingest"] + first.stages["measure"],
                    "pairs + dedup": second.stages["pairs"] + second.stages["dedup"],
                    "CPU of pairs + dedup": second.cost.cpu,
                    "memory of ingest + measure": first.cost.memory / 1e6,
                    "memory": second.cost.memory / 1e6,
                }
            )
            print(f"{factor}x, run {run + 1} of {runs}:", {k: round(v, 1) for k, v in found[-1].items()}, flush=True)
    return {name: min(run[name] for run in found) for name in found[0]}


def line(sizes: np.ndarray, values: np.ndarray) -> tuple[float, float, np.ndarray]:
    """a and b of a + b * MB with the least squares of relative deviations, and those deviations."""
    slope, start = np.polyfit(sizes, values, 1, w=1 / values)
    return float(start), float(slope), values / (start + slope * sizes) - 1


def chart(sizes: np.ndarray, values: np.ndarray, fitted: np.ndarray, unit: str) -> str:
    """Bars of text; `|` is where the line lies."""
    scale = _WIDTH / max(values.max(), fitted.max())
    rows = []
    for size, value, straight in zip(sizes, values, fitted, strict=True):
        bar = list(("#" * round(value * scale)).ljust(_WIDTH + 1))
        bar[min(_WIDTH, round(straight * scale))] = "|"
        rows.append(f"{size:5.0f} MB  {''.join(bar)} {value:,.0f} {unit}")
    return "```text\n" + "\n".join(rows) + "\n```"


def main() -> None:
    options = bench.parser(__doc__ or "", runs=5).parse_args()
    texts = bench.load(options.texts).column("text").to_pylist()
    warm()
    found = [measured(texts, factor, options.runs) for factor in _FACTORS]
    columns = {name: np.array([one[name] for one in found]) for name in found[0]}
    sizes = columns.pop("MB")
    head = ("MB", *columns)
    figures = [(f"{size:.0f}", *(f"{columns[n][i]:,.0f}" for n in columns)) for i, size in enumerate(sizes)]
    fits, charts = [], []
    for name, unit in (
        ("ingest + measure", "s"),
        ("pairs + dedup", "s"),
        ("CPU of pairs + dedup", "s"),
        ("memory", "MB"),
    ):
        start, slope, off = line(sizes, columns[name])
        told = ", ".join(f"{share:+.0%}" for share in off)
        verdict = "yes" if np.abs(off).max() <= _BAR else "no"
        fits.append((name, f"{start:.1f} {unit} + {slope:.3f} {unit} a MB", told, verdict))
        if name in ("pairs + dedup", "memory"):
            charts.append(f"{name}; `|` is the line\n\n{chart(sizes, columns[name], start + slope * sizes, unit)}")
    body = "\n\n".join(
        [
            f"{_CORES} cores, the least of {options.runs} runs of pairs and dedup on each size, and one of ingest and "
            "measure; half of the documents are copies of the "
            "other half with 1 to 30 % of the words replaced. The start of the JVM is in the seconds of ingest; memory "
            "is the resident sets of all processes added up in the run of pairs and dedup, which have no JVM here.",
            bench.table(head, figures),
            bench.table(("what", "line", "off the line at 1x, 2x, 4x, 8x", f"within {_BAR:.0%}"), fits),
            *charts,
        ]
    )
    bench.publish("scaling", "python -m benchmarks.scaling FILES --write", body, write=options.write)


if __name__ == "__main__":
    main()
