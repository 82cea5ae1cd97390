"""What a run took, as a page beside the report and as data for its head: it differs from run to run, so it is part of
no table and of no digest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.planning import spent
from corpus.planning.plan import Plan
from corpus.report import beside
from corpus.report.render import template
from corpus.stages.ingest import INGEST
from corpus.stages.report import TABLE
from corpus.store import storage

FILE = "run.html"


@dataclass(frozen=True, kw_only=True)
class Took:
    """A job, by run.json of its stages: seconds, CPU seconds, bytes. Of its tasks the one that took longest, and the
    median of the step that has it; both 0 of a job without tasks."""

    job: str
    finished: str  # UTC
    engine: str
    cores: int
    seconds: float
    cpu: float
    tasks: int
    median: float
    most: float
    task_memory: int
    driver_memory: int
    written: int

    @property
    def skew(self) -> float:
        """How often the median the longest task took; 0 where that says nothing."""
        return self.most / self.median if self.median else 0.0


def publish(plan: Plan, lines: Sequence[str]) -> str:
    """Where it is; `lines`: what was estimated beside what it took."""
    folder = storage.join(plan.recipe.root, TABLE)
    found = took(plan)
    built = plan.built(INGEST)
    documents = built.counts.get("documents", 0) if built else 0
    page = template(FILE).render(name=plan.recipe.name, lines=lines, jobs=found, documents=documents)
    storage.publish_bytes(folder, FILE, page.encode())
    storage.publish_bytes(folder, beside.RUN, beside.data("run", _told(found)))
    return storage.join(folder, FILE)


def took(plan: Plan) -> list[Took]:
    """Jobs in order, as far as their stages say what they took; stages that one job built say the same."""
    found: dict[str, Took] = {}
    for planned in plan.stages.values():
        told = spent.of(planned.folder)
        if told:
            job = planned.stage.builder
            before = found[job].written if job in found else 0
            found[job] = _took(job, told, before)
    return list(found.values())


def _took(job: str, told: dict[str, Any], written: int) -> Took:
    steps = sorted(told.get("steps", {}).values(), key=lambda one: one["most_seconds"])
    return Took(
        job=job,
        finished=told.get("finished_at", ""),
        engine=told.get("engine", ""),
        cores=told.get("cores", 0),
        seconds=told["seconds"],
        cpu=sum(told["cpu_seconds"].values()),
        tasks=sum(one["tasks"] for one in steps),
        median=steps[-1]["median_seconds"] if steps else 0.0,
        most=steps[-1]["most_seconds"] if steps else 0.0,
        task_memory=told["memory_bytes"]["task"],
        driver_memory=told["memory_bytes"]["driver"],
        written=told["written_bytes"] + written,
    )


def _told(found: Sequence[Took]) -> dict[str, object] | None:
    """What the head of the report says."""
    ends = sorted(filter(None, (one.finished for one in found)))
    if not ends:
        return None
    return {
        "first": ends[0],
        "finished": ends[-1],
        "seconds": round(sum(one.seconds for one in found), 1),
        "cpu": round(sum(one.cpu for one in found), 1),
        "engines": sorted(set(_engines(found))),
    }


def _engines(found: Sequence[Took]) -> Iterator[str]:
    return (f"{one.engine}, {one.cores} cores" for one in found if one.engine)
