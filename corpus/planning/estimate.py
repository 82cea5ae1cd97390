"""What a run will take by stage, from costs that were measured and what a sample of the input says; and how it came.

CPU seconds of tasks and of the driver are lines by megabytes of text, times how much slower this machine was on the
sample than the one that was measured. What stands behind the filters is taken by the share of documents that they keep.
Seconds are those of cores that nobody else uses: the driver's, and those of tasks shared out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson

from corpus.errors import DataError
from corpus.planning import spent
from corpus.planning.costs import Costs, JobCosts
from corpus.planning.plan import Plan
from corpus.stages.decide import DECIDE
from corpus.stages.ingest import INGEST
from corpus.stages.measure import JOB
from corpus.stages.report import REPORT
from corpus.store import storage

FILE = "estimate.json"
_HEAD = ("stage", "seconds", "CPU s", "MB a worker", "MB driver", "MB disk", "MB keys")
_BEFORE = (
    INGEST.name,
    JOB,
    DECIDE.name,
    REPORT.name,
)  # jobs over all documents; the others work on those that are kept


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What a sample of the input says, on this machine."""

    input_bytes: int  # of all sources
    text_bytes: int  # that all of them will give
    documents: int
    sampled_bytes: int  # of text
    kept: float  # share of its documents that the filters keep
    ingest: float  # CPU seconds a megabyte of text
    measure: float  # the same, by the recipe's filters
    slower: float  # CPU of the filters that were measured for the costs, over what they took there


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Of one job. Memory, disk and keys in bytes."""

    job: str
    seconds: float
    cpu: float
    task_memory: int
    driver_memory: int
    written: int
    keys: int


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Of the jobs that a run would build."""

    machine: str  # where the costs were measured
    cores: int
    sample: Sample
    jobs: tuple[Expected, ...]
    unknown: tuple[str, ...]  # jobs whose costs nobody measured: they are in no sum
    stages: Mapping[str, str]  # fingerprints; none where the input was not digested


def of(plan: Plan, sample: Sample, cores: int, known: Costs, *, digested: bool) -> Estimate:
    """For the stages that are not there. `digested`: whether the plan stands on the digests of the input; else the
    stages of the run will have other fingerprints."""
    missing = [planned for planned in plan.stages.values() if not planned.done]
    jobs = list(dict.fromkeys(planned.stage.builder for planned in missing))
    return Estimate(
        machine=known.machine,
        cores=cores,
        sample=sample,
        jobs=tuple(_expected(job, known.jobs[job], sample, cores, known.kept) for job in jobs if job in known.jobs),
        unknown=tuple(job for job in jobs if job not in known.jobs),
        stages={planned.name: planned.fingerprint for planned in missing} if digested else {},
    )


def _expected(job: str, own: JobCosts, sample: Sample, cores: int, kept: float) -> Expected:
    megabytes = sample.text_bytes / 1e6 * (1 if job in _BEFORE else sample.kept / kept)
    rate = {INGEST.name: sample.ingest, JOB: sample.measure}.get(job)
    start = own.tasks_cpu.start * sample.slower
    tasks = start + megabytes * (own.tasks_cpu.slope * sample.slower if rate is None else rate)
    driver = own.driver_cpu.at(megabytes) * sample.slower
    return Expected(
        job=job,
        seconds=driver + tasks / cores,
        cpu=driver + tasks,
        task_memory=own.task_memory,
        driver_memory=int(own.driver_memory.at(megabytes) * 1e6),
        written=int(own.written.at(megabytes) * 1e6),
        keys=int(own.keys.at(megabytes) * 1e6),
    )


def lines(found: Estimate) -> list[str]:
    """For a person."""
    sample = found.sample
    head = [
        f"estimate: {sample.input_bytes:,} bytes of input give about {sample.text_bytes:,} bytes of text in "
        f"{sample.documents:,} documents, of which the filters keep {sample.kept:.0%} (from a sample of "
        f"{sample.sampled_bytes / 1e6:.1f} MB of text)",
        f"costs were measured on {found.machine}; the sample took {sample.slower:.2f} times the CPU here; seconds are "
        f"of {found.cores} cores that nobody else uses",
    ]
    rows: list[tuple[str, ...]] = [_HEAD]
    rows += [_row(one.job, one) for one in found.jobs]
    whole = _whole(found.jobs)
    rows.append(_row("whole", whole))
    unknown = [f"not in these sums, for nobody measured them: {', '.join(found.unknown)}"] if found.unknown else []
    return [*head, *_aligned(rows), *unknown]


def _whole(jobs: Iterable[Expected]) -> Expected:
    every = list(jobs)
    return Expected(
        job="whole",
        seconds=sum(one.seconds for one in every),
        cpu=sum(one.cpu for one in every),
        task_memory=max((one.task_memory for one in every), default=0),
        driver_memory=max((one.driver_memory for one in every), default=0),
        written=sum(one.written for one in every),
        keys=sum(one.keys for one in every),
    )


def _row(name: str, one: Expected) -> tuple[str, ...]:
    sizes = (one.task_memory, one.driver_memory, one.written, one.keys)
    return (name, f"{one.seconds:,.1f}", f"{one.cpu:,.1f}", *(f"{size / 1e6:,.0f}" for size in sizes))


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in _cells(row, widths))
        for row in rows
    ]


def _cells(row: Sequence[str], widths: Sequence[int]) -> Iterable[tuple[int, tuple[str, int]]]:
    return enumerate(zip(row, widths, strict=True))


def keep(root: str, found: Estimate) -> None:
    """For the run to be compared with."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    storage.publish_bytes(root, FILE, orjson.dumps(asdict(found), option=options))


def kept(root: str) -> Estimate | None:
    """Of `keep`. Raises DataError if it cannot be read."""
    address = storage.join(root, FILE)
    data = storage.read_bytes(address)
    if data is None:
        return None
    try:
        raw = orjson.loads(data)
        jobs = tuple(Expected(**one) for one in raw.pop("jobs"))
        return Estimate(jobs=jobs, sample=Sample(**raw.pop("sample")), unknown=tuple(raw.pop("unknown")), **raw)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{address} is damaged: delete it, or write it again by `gristmill plan --estimate`") from error


@dataclass(frozen=True, kw_only=True)
class Came:
    """What a job took, by run.json of its stages."""

    job: str
    seconds: float
    cpu: float
    task_memory: int
    driver_memory: int
    written: int
    keys: int
    slow: tuple[str, ...]  # lines


def came(plan: Plan) -> list[Came]:
    """Of the jobs of a plan, as far as their stages say what they took."""
    found: dict[str, Came] = {}
    for planned in plan.stages.values():
        told = spent.of(planned.folder)
        if told is None:
            continue
        job = planned.stage.builder
        written = told["written_bytes"] + (found[job].written if job in found else 0)
        found[job] = Came(
            job=job,
            seconds=told["seconds"],
            cpu=sum(told["cpu_seconds"].values()),
            task_memory=told["memory_bytes"]["task"],
            driver_memory=told["memory_bytes"]["driver"],
            written=written,
            keys=told["key_bytes"],
            slow=tuple(told["slow"]),
        )
    return list(found.values())


def compared(plan: Plan) -> list[str]:
    """What each stage took, beside the estimate that was made for it, if one was."""
    done = came(plan)
    if not done:
        return []
    expected = kept(plan.recipe.root)
    marks = {name: planned.fingerprint for name, planned in plan.stages.items()}
    mine = {one.job: one for one in expected.jobs} if expected and _same(expected.stages, marks) else {}
    rows: list[tuple[str, ...]] = [_HEAD]
    for one in done:
        own = mine.get(one.job)
        rows.append((one.job, *(_beside(*pair) for pair in _pairs(one, own))))
    pairs = [(one, mine[one.job]) for one in done if one.job in mine]
    good = []
    if pairs:
        cpu = sum(own.cpu for _, own in pairs) / max(sum(one.cpu for one, _ in pairs), 1e-9)
        seconds = sum(own.seconds for _, own in pairs) / max(sum(one.seconds for one, _ in pairs), 1e-9)
        good = [f"(estimated); the estimate had {cpu:.2f} times the CPU and {seconds:.2f} times the seconds in all"]
    return [*_aligned(rows), *good, *(line for one in done for line in one.slow)]


def _same(expected: Mapping[str, str], marks: Mapping[str, str]) -> bool:
    """Whether it speaks of these stages."""
    return all(marks.get(name) == mark for name, mark in expected.items())


def _pairs(one: Came, own: Expected | None) -> list[tuple[float, float | None, int]]:
    names = ("seconds", "cpu", "task_memory", "driver_memory", "written", "keys")
    return [
        (
            getattr(one, name) / (1 if digits else 1e6),
            None if own is None else getattr(own, name) / (1 if digits else 1e6),
            digits,
        )
        for name, digits in zip(names, (1, 1, 0, 0, 0, 0), strict=True)
    ]


def _beside(came: float, expected: float | None, digits: int) -> str:
    return f"{came:,.{digits}f}" + ("" if expected is None else f" ({expected:,.{digits}f})")
