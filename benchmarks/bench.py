"""What the benchmarks share: the texts, medians, and sections of RESULTS.md that a script replaces and nobody edits."""

import argparse
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import history

RESULTS = Path(__file__).with_name("RESULTS.md")


def parser(doc: str, runs: int = 5) -> argparse.ArgumentParser:
    """What every benchmark takes."""
    common = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    common.add_argument("texts", nargs="+", help="Parquet files with a column `text`")
    common.add_argument("--runs", type=int, default=runs, help="repetitions (default: %(default)s)")
    common.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    return common


def arguments(doc: str, *, copies: bool = False, model: bool = False) -> argparse.Namespace:
    """Common options."""
    common = parser(doc)
    if copies:
        common.add_argument(
            "--copies", type=int, default=1, help="how often the texts are repeated, with words replaced"
        )
    if model:
        common.add_argument("--model", help="folder of a language model that `gristmill train-lm` made")
    return common.parse_args()


def load(paths: Sequence[str], columns: Sequence[str] = ("text",)) -> pa.Table:
    """Rows of all files with text."""
    table = pa.concat_tables([pq.read_table(path, columns=list(columns)) for path in paths])
    return table.filter(pc.is_valid(table.column("text"))).combine_chunks()


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """Of several runs, after one that warms up (compiles, loads models)."""
    work()
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return statistics.median(found)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def publish(name: str, command: str, body: str, *, write: bool) -> None:
    """Print a section; if asked to, replace it in RESULTS.md and keep its figures for `benchmarks.compare`."""
    where = f"on {platform.machine()} with Python {platform.python_version()}, at {history.commit()}"
    section = f"## {name}\n\n`{command}`, {where}\n\n{body}\n"
    print(section)
    if not write:
        return
    history.record(name, command, body)
    old = RESULTS.read_text("utf-8") if RESULTS.exists() else _HEAD
    parts = old.split("\n## ")
    kept = [part for part in parts[1:] if not part.startswith(f"{name}\n")]
    sections = sorted([*kept, section.removeprefix("## ")], key=lambda part: part.split("\n")[0])
    RESULTS.write_text("\n## ".join([parts[0], *(part.rstrip() + "\n" for part in sections)]), "utf-8")


_HEAD = """# Results

Each section is written by the command in it (`--write`). One core unless it says otherwise, medians of several runs,
MB = 10^6 bytes of UTF-8 text. The machines are shared and noisy: compare ratios within a section, not figures across.
"""
