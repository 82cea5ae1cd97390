"""Tables to the audit: one walk over their parts that tallies for every section, one page.

Reads: what the sections say they read: narrow tables; of text, only the samples that are shown. Writes: `report/`:
`index.html`, `facts.json`, and what sections add: for a person to judge `pairs.html` and `pairs.csv`.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from corpus.report import beside, copies, judging, pages
from corpus.report.copies import Copied
from corpus.report.opened import Opened, Part, Repeated
from corpus.report.render import Head, Made
from corpus.report.section import Section
from corpus.report.sections import SECTIONS
from corpus.stages.built import Built
from corpus.stages.report import TABLE, Audit
from corpus.store import manifest, storage
from corpus.store.manifest import FileEntry, Receipt
from corpus.store.table import Table
from filters.arrow import binaries, equal
from jobs.engine import sums
from jobs.engine.job import Job, Say

Sections = Sequence[Section[Any, Any, Any]]
_MOST_TALLIES = 256  # that the driver is given: 30 kB each, packed
_TOGETHER = 8  # that it unpacks at a time: some 10 MB each


def build(job: Job[Audit]) -> str:
    """Tally, draw, publish."""
    sections = present(job)
    opened = open_stages(job, sections)
    found = _merged(job, opened, sections)
    sums = {one: _repeated(job, opened, one) for section in sections for one in section.repeated}
    copied = _copied(job, opened) if any(section.copied for section in sections) else ()
    bodies = pages.bodies(_head(job), replace(opened, repeated=sums, copied=copied), SECTIONS, found)
    entries = [_publish(job.folder, name, body) for name, body in sorted(bodies.items())]
    job.publish(Receipt(task=0, files={TABLE: entries}))
    job.finish(parts=1)
    return f"{len(sections)} sections: {pages.PAGE}, {pages.FACTS} and {len(bodies) - 2} files beside them"


def _head(job: Job[Audit]) -> Head:
    identities = {**{name: built.manifest.identity for name, built in job.before.items()}, job.stage.name: job.identity}
    return Head(
        name=job.params.name,
        fingerprint=job.fingerprint,
        seed=job.params.seed,
        stages={**{name: built.fingerprint for name, built in job.before.items()}, job.stage.name: job.fingerprint},
        made=[Made.of(name, identity) for name, identity in identities.items()],
    )


def present(job: Job[Audit]) -> Sections:
    """The sections whose stages the recipe has."""
    return [section for section in SECTIONS if all(name in job.before for name in section.stages(job.params))]


def open_stages(job: Job[Audit], sections: Sections) -> Opened:
    """What these sections read."""
    every = (ref for section in sections for ref in section.reads(job.params))
    refs = dict.fromkeys(ref for ref in every if ref.needed or ref.stage in job.before)
    return Opened(
        recipe=job.params,
        tables={ref: job.table(ref) for ref in refs if ref.table},
        stages={ref.stage: job.before[ref.stage] for ref in refs},
    )


def _merged(job: Job[Audit], opened: Opened, sections: Sections) -> dict[str, Any]:
    """The tally of each section over all parts; None of one that has none."""
    parts = max((opened.table(rows).parts for section in sections for rows in section.over), default=0)
    groups = min(parts, _MOST_TALLIES)
    tallied = tuple(section for section in sections if section.tally)
    walk = TallyParts(opened=opened, sections=tallied, parts=parts, groups=groups)
    with job.emit(groups, walk.__call__, "section string, tally binary") as keys:
        found = keys.table()
    merged: dict[str, Any] = {s.name: s.merge(job.params, []) if s.merge else None for s in sections}
    for section in tallied:
        packed = binaries(found.filter(equal(found.column("section"), section.name)).column("tally"))
        for first in range(0, len(packed), _TOGETHER):
            tallies = [orjson.loads(zlib.decompress(one)) for one in packed[first : first + _TOGETHER]]
            merged[section.name] = _added(job.params, section, merged[section.name], tallies)
    return merged


def _added(audit: Audit, section: Section[Any, Any, Any], one: Any, others: Sequence[Any]) -> Any:
    """Tallies as one: `merge` takes them in any order, and what it gave."""
    return section.merge(audit, [one, *others]) if section.merge else others[-1]


@dataclass(frozen=True, kw_only=True)
class TallyParts:
    """The task: what every section counts in the parts of a group, a row of packed JSON a section.

    A part's tallies are a megabyte of JSON, most of it zeros: they are added up where they are made.
    """

    opened: Opened
    sections: Sections
    parts: int
    groups: int

    def __call__(self, group: int) -> Iterator[pa.RecordBatch]:
        found: dict[str, Any] = {}
        for number in range(group, self.parts, self.groups):
            part = Part(opened=self.opened, number=number)
            for section in self.sections:
                if section.tally and any(part.has(rows) for rows in section.over):
                    own = section.tally(part)
                    known = section.name in found
                    found[section.name] = (
                        _added(self.opened.recipe, section, found[section.name], [own]) if known else own
                    )
        packed = [zlib.compress(manifest.canonical(tally), 1) for tally in found.values()]
        yield pa.RecordBatch.from_pydict(
            {"section": pa.array(found, pa.string()), "tally": pa.array(packed, pa.binary())}
        )


def _repeated(job: Job[Audit], opened: Opened, one: Repeated) -> int:
    """What is summed over the rows whose key comes more than once."""
    table = opened.table(one.rows)
    emit = EmitKeys(table=table, key=one.key, summed=one.summed)
    with job.emit(table.parts, emit.__call__, "key binary, summed long", rows=table.rows) as keys:
        if keys.few:
            groups = sums.here(keys.table(), ["key"], "summed")
            return int(pc.sum(groups.filter(pc.field("rows") > 1).column("summed")).as_py() or 0)
        from jobs.frames import repeats  # noqa: PLC0415  (only where Spark starts)

        return repeats.summed(job.frame(keys))


def _copied(job: Job[Audit], opened: Opened) -> tuple[Copied, ...]:
    """Whose documents went for whose: ids of both sides meet, where they are few in this process."""
    clusters, verdicts = (opened.table(ref) for ref in copies.READS)
    emit = EmitCopies(clusters=clusters, verdicts=verdicts)
    with job.emit(clusters.parts, emit.__call__, copies.KEYS, rows=clusters.rows) as keys:
        if keys.few:
            return copies.met(keys.table())
        from jobs.frames import keepers  # noqa: PLC0415  (only where Spark starts)

        return keepers.met(job.frame(keys))


@dataclass(frozen=True, kw_only=True)
class EmitCopies:
    """The task: of one part the documents that went and those that stayed for others."""

    clusters: Table
    verdicts: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        yield from copies.keys(self.clusters, self.verdicts, part).to_batches()


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
    with storage.publish(storage.join(folder, TABLE), name) as sink:
        sink.write(data)
    return FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)


def show_current(root: str, built: Built, say: Say) -> None:
    """Put the pages of a finished report where that of the last run is looked for. A sheet that someone has written
    into stays."""
    current = storage.join(root, TABLE)
    names = {entry.name for entry in built.manifest.tables[TABLE]}
    for name in storage.list_names(current):
        if name.endswith(".js") and name not in names:  # documents of groups that are no more
            storage.remove_file(storage.join(current, name))
    for name in (entry.name for entry in built.manifest.tables[TABLE] if entry.name != pages.FACTS):
        body = storage.read_bytes(storage.join(built.folder, TABLE, name))
        there = storage.read_bytes(storage.join(current, name))
        if body is None or body == there or (name in (beside.RUN, beside.JUDGED) and there is not None):
            continue
        if name == judging.SHEET and there is not None and judging.has_verdicts(there):
            say(f"{storage.join(current, name)} has verdicts and stays; the new one is in {built.folder}/{TABLE}")
        else:
            storage.publish_bytes(current, name, body)
