"""Tables to the audit: one walk over their parts that tallies for every section, one page.

Reads: what the sections say they read: narrow tables; of text, only the samples that are shown. Writes: `report/`:
`index.html`, `facts.json`, and what sections add: for a person to judge `pairs.html` and `pairs.csv`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pyarrow as pa
from pyspark.sql import functions as f

from corpus import manifest, storage
from corpus.manifest import FileEntry, Manifest, Receipt
from corpus.plan import Plan, Stage
from corpus.report import files, judging
from corpus.report.opened import Finished, Opened, Part, Repeated, Rows
from corpus.report.render import Head
from corpus.report.section import Section
from corpus.report.sections import SECTIONS
from corpus.table import Table
from jobs import tasks
from jobs.run import Run

Sections = Sequence[Section[Any, Any, Any]]


def build(run: Run, stage: Stage) -> str:
    """Tally, draw, publish; copies stand in <root>/report."""
    recipe = run.plan.recipe
    sections = present(run.plan)
    opened = open_stages(run, sections)
    found = _merged(run, opened, sections)
    sums = {one: _repeated(run, opened, one) for section in sections for one in section.repeated}
    marks = {one.name: one.fingerprint for one in run.plan.stages.values()}
    head = Head(name=recipe.name, fingerprint=stage.fingerprint, seed=recipe.seed, stages=marks)
    bodies = files.bodies(head, replace(opened, repeated=sums), SECTIONS, found)
    entries = [_publish(stage.folder, name, body) for name, body in sorted(bodies.items())]
    manifest.publish_receipt(stage.folder, Receipt(task=0, files={"report": entries}))
    run.finish(stage, 1, _nothing)
    show_current(run, stage)
    return f"{storage.join(recipe.root, 'report', files.PAGE)}"


def present(plan: Plan) -> Sections:
    """The sections whose stages the recipe has."""
    return [section for section in SECTIONS if all(name in plan.stages for name in section.stages(plan.recipe))]


def open_stages(run: Run, sections: Sections) -> Opened:
    """What these sections read."""
    read = [one for section in sections for one in section.reads(run.plan.recipe)]
    tables: dict[str, dict[str, Table]] = {}
    for one in read:
        own = tables.setdefault(one.stage if isinstance(one, Rows) else one, {})
        if isinstance(one, Rows):
            own[one.table] = run.table(one.stage, one.table)
    stages = {
        name: Finished(
            folder=run.plan[name].folder,
            fingerprint=run.plan[name].fingerprint,
            counts=run.manifest(name).counts,
            tables=own,
        )
        for name, own in tables.items()
    }
    return Opened(recipe=run.plan.recipe, stages=stages)


def _merged(run: Run, opened: Opened, sections: Sections) -> dict[str, Any]:
    """The tally of each section over all parts; None of one that has none."""
    parts = max((opened.table(rows).parts for section in sections for rows in section.over), default=0)
    walk = TallyPart(opened=opened, sections=tuple(section for section in sections if section.tally))
    rows = tasks.over_parts(run.session.spark, parts, walk.__call__, "part long, section string, tally binary")
    with tasks.watching(run.session.spark, "report", parts):
        counted = tasks.execute(rows.toArrow).sort_by("part")
    values: dict[str, list[Any]] = {section.name: [] for section in sections}
    for name, tally in zip(counted.column("section").to_pylist(), counted.column("tally").to_pylist(), strict=True):
        values[name].append(orjson.loads(tally))
    return {
        section.name: section.merge(run.plan.recipe, values[section.name]) if section.merge else None
        for section in sections
    }


@dataclass(frozen=True, kw_only=True)
class TallyPart:
    """The task: what every section counts in the parts of one number, a row of JSON a section."""

    opened: Opened
    sections: Sections

    def __call__(self, number: int) -> Iterator[pa.RecordBatch]:
        part = Part(opened=self.opened, number=number)
        for section in self.sections:
            if section.tally and any(part.has(rows) for rows in section.over):
                data = manifest.canonical(section.tally(part))
                yield pa.RecordBatch.from_pydict(
                    {
                        "part": pa.array([number], pa.int64()),
                        "section": pa.array([section.name], pa.string()),
                        "tally": pa.array([data], pa.binary()),
                    }
                )


def _repeated(run: Run, opened: Opened, one: Repeated) -> int:
    """One shuffle of keys."""
    emit = EmitKeys(table=opened.table(one.rows), key=one.key, summed=one.summed)
    keys = tasks.over_parts(run.session.spark, emit.table.parts, emit.__call__, "key binary, summed long")
    groups = keys.groupBy("key").agg(f.count("*").alias("copies"), f.sum("summed").alias("summed"))
    total = tasks.execute(groups.where("copies > 1").agg(f.sum("summed")).first)
    return int(total[0] or 0) if total else 0


@dataclass(frozen=True, kw_only=True)
class EmitKeys:
    """The task: keys of one part, and what is summed."""

    table: Table
    key: str
    summed: str

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        rows = self.table.read(part, [self.key, self.summed])
        columns = {"key": rows.column(self.key).cast(pa.binary()), "summed": rows.column(self.summed).cast(pa.int64())}
        yield from pa.table(columns).to_batches()


def _publish(folder: str, name: str, data: bytes) -> FileEntry:
    with storage.publish(storage.join(folder, "report"), name) as sink:
        sink.write(data)
    return FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)


def _nothing(_: Manifest) -> None:
    """A report has no documents of its own to balance."""


def show_current(run: Run, stage: Stage) -> None:
    """Put the pages of this stage where the report of the last run is looked for. A sheet that someone has written
    into stays."""
    current = storage.join(run.plan.recipe.root, "report")
    for name in (entry.name for entry in run.manifest(stage.name).tables["report"] if entry.name != files.FACTS):
        body = storage.read_bytes(storage.join(stage.folder, "report", name))
        there = storage.read_bytes(storage.join(current, name))
        if body is None or body == there:
            continue
        if name == judging.SHEET and there is not None and judging.has_verdicts(there):
            run.say(f"{storage.join(current, name)} has verdicts and stays; the new one is in {stage.folder}/report")
        else:
            storage.publish_bytes(current, name, body)
