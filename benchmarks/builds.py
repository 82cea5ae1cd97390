"""A corpus of one file built as far as a stage, and what each stage took."""

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import Cost, cost

_RECIPE = '[[sources]]\nname = "bench"\npath = "texts.jsonl"\n[ingest]\npart_bytes = 16_000_000\n'
_STAGE = re.compile(r"^(\w+) +([0-9.]+) s   ", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Built:
    """Seconds of the stages that a run built, and what the run cost as a whole."""

    stages: dict[str, float]
    cost: Cost


def build(folder: Path, root: str, until: str, *, cores: int) -> Built:
    """Build `folder`/texts.jsonl, a document a line, under `folder`/`root`."""
    recipe = folder / "bench.toml"
    recipe.write_text(_RECIPE, "utf-8")
    command = [sys.executable, "-m", "jobs", "run", str(recipe), "--root", str(folder / root)]
    done = cost([*command, "--cores", str(cores), "--until", until])
    return Built(stages={name: float(s) for name, s in _STAGE.findall(done.printed)}, cost=done)


def warm() -> None:
    """Deduplicate a pair, so that no run that is timed compiles a kernel."""
    with tempfile.TemporaryDirectory() as scratch:
        words = [f"w{i}" for i in range(200)]
        lines = (f'{{"text": "{" ".join([*words, last])}"}}\n' for last in ("one", "other"))
        Path(scratch, "texts.jsonl").write_text("".join(lines), "utf-8")
        build(Path(scratch), "out", "dedup", cores=1)
