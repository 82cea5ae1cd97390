"""Tables to the audit: facts tallied part by part, one page.

Reads: the narrow tables; of text, only the samples that it shows. Writes: `report/index.html`, `report/facts.json`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import pyarrow as pa

from corpus import manifest, storage
from corpus.manifest import FileEntry, Manifest, Receipt
from corpus.plan import Stage
from corpus.report import facts, lines, render
from corpus.report.samples import Shelf
from corpus.report.tally import Tally, merge
from corpus.sources.record import REASONS
from jobs import tasks
from jobs.run import Run


def build(run: Run, stage: Stage) -> str:
    """Tally, draw, publish; a copy of the page stands at <root>/report/index.html."""
    recipe = run.plan.recipe
    documents, verdicts = run.documents(), run.table("decide", "verdicts")
    names = {choice.name for choice in recipe.judged} | {"length"}
    tally = Tally(
        verdicts=verdicts,
        clusters=run.table("dedup", "clusters"),
        redactions=run.table("release", "redactions"),
        measured={name: run.table(f"signals.{name}", "signals") for name in sorted(names)},
        choices=recipe.judged,
        seed=recipe.seed,
        samples=recipe.report.samples,
        pairs=recipe.report.pairs,
    )
    counted = tasks.over_parts(
        run.session.spark, documents.parts, TallyRows(tally=tally).__call__, "part long, facts binary"
    )
    with tasks.watching(run.session.spark, "report", documents.parts):
        rows = tasks.execute(counted.toArrow).sort_by("part")
    merged = merge(
        [orjson.loads(row) for row in rows.column("facts").to_pylist()], recipe.report.samples, recipe.report.pairs
    )
    manifests = {name: run.manifest(name) for name in ("ingest", "pairs", "release", "encode", "shard")}
    collected = facts.collect(run.plan, manifests, merged)
    if "lines" in run.plan.stages:
        counts = run.manifest("lines").counts
        collected["lines"] = {
            "taken": lines.taken(counts),
            "emptied": counts["emptied"],
            "commonest": lines.commonest(run.table("lines", "cuts"), documents, verdicts, recipe.pii),
        }
    shelf = Shelf(documents=documents, verdicts=verdicts, policy=recipe.pii, chars=recipe.report.sample_chars)
    dropped = {rule: shelf.dropped(places) for rule, places in merged["dropped"].items()}
    html = render.page(collected, dropped, shelf.pairs(merged["near"]), _rejects(run))
    data = orjson.dumps(collected, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    entries = [
        _publish(stage.folder, name, body) for name, body in (("facts.json", data), ("index.html", html.encode()))
    ]
    manifest.publish_receipt(stage.folder, Receipt(task=0, files={"report": entries}))
    run.finish(stage, 1, _nothing)
    show_current(run, stage)
    return f"{storage.join(recipe.root, 'report', 'index.html')}"


def _nothing(_: Manifest) -> None:
    """A report has no documents of its own to balance."""


def show_current(run: Run, stage: Stage) -> None:
    """Put the page of this stage where the report of the last run is looked for."""
    page = storage.read_bytes(storage.join(stage.folder, "report", "index.html"))
    current = storage.join(run.plan.recipe.root, "report")
    if page is not None and storage.read_bytes(storage.join(current, "index.html")) != page:
        storage.publish_bytes(current, "index.html", page)


@dataclass(frozen=True, kw_only=True)
class TallyRows:
    """A part's tally as one row of JSON."""

    tally: Tally

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        data = manifest.canonical(self.tally(part))
        yield pa.RecordBatch.from_pydict({"part": pa.array([part], pa.int64()), "facts": pa.array([data], pa.binary())})


def _publish(folder: str, name: str, data: bytes) -> FileEntry:
    with storage.publish(storage.join(folder, "report"), name) as sink:
        sink.write(data)
    return FileEntry(name=sink.name, rows=0, bytes=sink.bytes, sha256=sink.sha256)


def _rejects(run: Run) -> list[dict[str, object]]:
    """Rejects by source and reason, most first."""
    table = run.table("ingest", "rejects")
    found: Counter[tuple[str, str]] = Counter()
    for part in range(table.parts):
        rows = table.read(part, ["source", "reason"])
        found.update(zip(rows.column("source").to_pylist(), rows.column("reason").to_pylist(), strict=True))
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [{"source": s, "reason": r, "meaning": REASONS[r], "count": n} for (s, r), n in ordered]
