"""What stages cost by megabytes of text, as `benchmarks/scale.py` measured it on one machine: `costs.json`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from corpus.stages.every import ALL
from corpus.stages.measure import JOB
from corpus.stages.stage import SIGNALS

FILE = "corpus/planning/costs.json"


@dataclass(frozen=True, kw_only=True)
class Line:
    """start + slope * megabytes of text."""

    start: float
    slope: float

    def at(self, megabytes: float) -> float:
        return self.start + self.slope * megabytes


@dataclass(frozen=True, kw_only=True)
class JobCosts:
    """Of a job, which builds one stage or, of signals, several."""

    tasks_cpu: Line  # seconds, over all cores
    driver_cpu: Line  # seconds, on one
    task_memory: int  # bytes of the largest task: bounded by batches, whatever the corpus
    driver_memory: Line  # MB
    written: Line  # MB of tables
    keys: Line  # MB that tasks give each other


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Of all jobs that were measured."""

    machine: str
    gigabytes: tuple[float, ...]  # sizes of text that were measured
    kept: float  # share of the documents that its filters kept, at the largest of them
    jobs: Mapping[str, JobCosts]


def load() -> Costs:
    """Those that come with this version."""
    return read(files("corpus.planning").joinpath("costs.json").read_bytes())


def read(data: bytes) -> Costs:
    """Of the file."""
    raw = orjson.loads(data)
    jobs = {name: JobCosts(**{key: _value(one) for key, one in own.items()}) for name, own in raw.pop("jobs").items()}
    return Costs(jobs=jobs, gigabytes=tuple(raw.pop("gigabytes")), **raw)


def _value(raw: Any) -> Any:
    return Line(**raw) if isinstance(raw, dict) else raw


def write(found: Costs, path: Path) -> None:
    """For `load` of the next version."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    path.write_bytes(orjson.dumps(asdict(found), option=options))


def job_of(stage: str) -> str:
    """What builds a stage. Raises KeyError for what is none."""
    if stage.startswith(f"{SIGNALS}."):
        return JOB
    return {one.name: one.builder for one in ALL}[stage]
