"""Stages and jobs over tables that a test made by hand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import pyarrow as pa

from corpus.stages.balance import Ledger
from corpus.stages.built import Built
from corpus.stages.every import ALL
from corpus.stages.ref import Ref
from corpus.stages.request import Request
from corpus.stages.stage import SIGNALS, Stage
from corpus.store import tally
from corpus.store.manifest import FileEntry, Json, Manifest, fingerprint
from corpus.store.table import Table, write_whole
from corpus.store.tally import Row
from corpus.store.versions import formats, planned
from jobs.engine.job import Job, Say
from jobs.engine.session import Session

P = TypeVar("P")
NOTHING: Request = cast(Request, None)  # for stages whose reads do not depend on the recipe


def rows(*sizes: int) -> list[FileEntry]:
    """Parts of which nothing is there but their number of rows."""
    return [FileEntry(name=f"part-{n:05d}", rows=size, bytes=0, sha256="") for n, size in enumerate(sizes)]


def manifest_of(
    stage: str,
    tables: Mapping[str, Sequence[FileEntry]] | None = None,
    counts: Mapping[str, int] | None = None,
    tallied: Iterable[Row] = (),
) -> Manifest:
    """A stage that says nothing of what made it; it has every tally that its kind declares."""
    declared = next((one.tallies for one in ALL if one.name == stage), ())
    identity: Json = {"stage": stage, "version": 1, "params": {}, "parents": {}}
    return Manifest(
        stage=stage,
        fingerprint=fingerprint(identity),
        identity=identity,
        tables=tables or {},
        counts=counts or {},
        tallies={**{kind.NAME: [] for kind in declared}, **tally.cells(tallied)},
        format=formats(),
    )


def built(
    stage: str,
    folder: Path,
    tables: Mapping[str, Sequence[FileEntry]] | None = None,
    counts: Mapping[str, int] | None = None,
    tallied: Iterable[Row] = (),
) -> Built:
    """A finished stage in `folder`."""
    return Built(name=stage, folder=str(folder), manifest=manifest_of(stage, tables, counts, tallied))


def written(folder: Path, name: str, parts: Sequence[pa.Table]) -> Table:
    """A table on disk, a file a part."""
    files = [write_whole(str(folder), name, f"part-{n:05d}", part) for n, part in enumerate(parts)]
    return Table(folder=str(folder), name=name, files=tuple(files))


def job_of(
    stage: Stage[P],
    params: P,
    folder: Path,
    before: Sequence[Built],
    session: Session,
    *,
    declared: tuple[Ref, ...] | None = None,
    say: Say = lambda _: None,
) -> Job[P]:
    """The job of a stage over finished ones; it may read what the stage declares, or `declared`."""
    aligned = {(one.name, table): one.aligned(table) for one in ALL for table in one.writes}
    aligned |= {(one.name, SIGNALS): True for one in before if one.name.startswith(f"{SIGNALS}.")}
    return Job(
        stage=stage,
        params=params,
        identity={"stage": stage.name, "version": stage.version},
        folder=str(folder),
        declared=stage.reads(NOTHING) if declared is None else declared,
        before={one.name: one for one in before},
        aligned=aligned,
        versions=planned(stage.libraries),
        session=session,
        say=say,
    )


def stage_of(name: str, reads: Callable[[], tuple[Ref, ...]] = tuple, **more: Any) -> Stage[object]:
    """A stage that every recipe asks for, with the code of the job of `index`."""
    return Stage(name=name, version=1, writes={}, params=lambda _: {}, reads=lambda _: reads(), job="index", **more)


def balance_of(stage: Stage[Any], own: Manifest) -> Ledger:
    """A stage's own manifest alone."""
    return Ledger(stage=stage.name, own=own, before={})
