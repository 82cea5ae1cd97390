"""Tables to the audit: facts tallied part by part, one page.

Reads: the narrow tables; of text, only the samples that it shows. Writes: `report/`: `index.html`,
`facts.json`, and for a person to judge `pairs.html` and `pairs.csv`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import orjson
import pyarrow as pa
from pyspark.sql import functions as f

from corpus import manifest, storage
from corpus.manifest import FileEntry, Manifest, Receipt
from corpus.mixture import realised
from corpus.plan import Stage
from corpus.report import Facts, facts, judging, lines, passages, render
from corpus.report.chosen import PairTally, merge_pairs
from corpus.report.pairs import Tables, first_of_each, look
from corpus.report.passages import Commonest
from corpus.report.samples import Sample, Shelf
from corpus.report.tally import Tally, merge
from corpus.sources.record import REASONS
from corpus.table import Table
from jobs import tasks
from jobs.run import Run

T = TypeVar("T")

SHEET = "pairs.csv"
SHOWN = ("index.html", "pairs.html", SHEET)  # copied to <root>/report


def build(run: Run, stage: Stage) -> str:
    """Tally, draw, publish; copies stand in <root>/report."""
    recipe = run.plan.recipe
    documents, verdicts = run.documents(), run.table("decide", "verdicts")
    merged = _tallied(run, verdicts)
    cutting = [name for name in ("passages",) if name in run.plan.stages]
    manifests = {
        name: run.manifest(name) for name in ("ingest", "pairs", *cutting, "release", "encode", "fertility", "shard")
    }
    collected = facts.collect(run.plan, manifests, merged, equal=_equal(run))
    if "mix" in run.plan.stages:
        collected["mixture"] = realised.load(run.plan["mix"].folder)
    shelf = Shelf(documents=documents, verdicts=verdicts, policy=recipe.pii, chars=recipe.report.sample_chars)
    if "lines" in run.plan.stages:
        collected["lines"] = _lines(run, shelf)
    dropped = {rule: shelf.dropped(places) for rule, places in merged["dropped"].items()}
    tables = Tables(clusters=run.table("dedup", "clusters"), contents=run.table("signals.content", "signals"))
    looked = look(shelf, tables, merged["removals"], merged["pairs"]["sample"], recipe.report.pairs)
    data = orjson.dumps(collected, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
    strata = first_of_each(looked, recipe.dedup.threshold, recipe.report.judged)
    page = render.page(collected, dropped, looked, _rejects(run), recipe.report, _commonest(run, shelf))
    bodies = {
        "facts.json": data,
        "index.html": page.encode(),
        "pairs.csv": judging.sheet(strata, merged["removals"]["strata"], run.plan["dedup"].fingerprint),
        "pairs.html": render.judged(collected, looked, recipe.report).encode(),
    }
    entries = [_publish(stage.folder, name, body) for name, body in bodies.items()]
    manifest.publish_receipt(stage.folder, Receipt(task=0, files={"report": entries}))
    run.finish(stage, 1, _nothing)
    show_current(run, stage)
    return f"{storage.join(recipe.root, 'report', 'index.html')}"


def _tallied(run: Run, verdicts: Table) -> Facts:
    """The tallies of all parts, added up."""
    recipe = run.plan.recipe
    most = max(recipe.report.pairs, recipe.report.judged)
    names = {choice.name for choice in recipe.judged} | {"length"}
    tally = Tally(
        verdicts=verdicts,
        clusters=run.table("dedup", "clusters"),
        redactions=run.table("release", "redactions"),
        measured={name: run.table(f"signals.{name}", "signals") for name in sorted(names)},
        choices=recipe.judged,
        seed=recipe.seed,
        samples=recipe.report.samples,
        threshold=recipe.dedup.threshold,
        removals=most,
    )
    proposed = PairTally(
        pairs=run.table("pairs", "pairs"),
        threshold=recipe.dedup.threshold,
        bands=recipe.dedup.bands,
        rows=recipe.dedup.rows,
        seed=recipe.seed,
        samples=recipe.report.pairs,
    )
    merged = merge(_over(run, verdicts.parts, tally), recipe.report.samples, most)
    merged["pairs"] = merge_pairs(_over(run, proposed.pairs.parts, proposed), recipe.report.pairs)
    return merged


def _over(run: Run, parts: int, tally: Callable[[int], T]) -> list[T]:
    """A tally of each part, in order of parts."""
    counted = tasks.over_parts(run.session.spark, parts, TallyRows(tally=tally).__call__, "part long, facts binary")
    with tasks.watching(run.session.spark, "report", parts):
        rows = tasks.execute(counted.toArrow).sort_by("part")
    return [orjson.loads(row) for row in rows.column("facts").to_pylist()]


def _nothing(_: Manifest) -> None:
    """A report has no documents of its own to balance."""


def show_current(run: Run, stage: Stage) -> None:
    """Put the pages of this stage where the report of the last run is looked for. A sheet that someone has written
    into stays."""
    current = storage.join(run.plan.recipe.root, "report")
    for name in SHOWN:
        body = storage.read_bytes(storage.join(stage.folder, "report", name))
        there = storage.read_bytes(storage.join(current, name))
        if body is None or body == there:
            continue
        if name == SHEET and there is not None and judging.has_verdicts(there):
            run.say(f"{storage.join(current, name)} has verdicts and stays; the new one is in {stage.folder}/report")
        else:
            storage.publish_bytes(current, name, body)


def _equal(run: Run) -> int:
    """Redacted documents whose text is now that of another document: by 16-byte digests, one shuffle."""
    corpus = run.table("release", "corpus")
    digests = tasks.over_parts(
        run.session.spark, corpus.parts, EmitContents(corpus=corpus).__call__, "content binary, redacted long"
    )
    groups = digests.groupBy("content").agg(f.count("*").alias("copies"), f.sum("redacted").alias("redacted"))
    total = tasks.execute(groups.where("copies > 1").agg(f.sum("redacted")).first)
    return int(total[0] or 0) if total else 0


@dataclass(frozen=True, kw_only=True)
class EmitContents:
    """The task: what documents of one part hold, as digests."""

    corpus: Table

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        rows = self.corpus.read(part, ["content", "redacted"])
        columns = {
            "content": rows.column("content").cast(pa.binary()),
            "redacted": rows.column("redacted").cast(pa.int64()),
        }
        yield from pa.table(columns).to_batches()


@dataclass(frozen=True, kw_only=True)
class TallyRows:
    """A part's tally as one row of JSON."""

    tally: Callable[[int], object]

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        data = manifest.canonical(self.tally(part))
        yield pa.RecordBatch.from_pydict({"part": pa.array([part], pa.int64()), "facts": pa.array([data], pa.binary())})


def _lines(run: Run, shelf: Shelf) -> Facts:
    """What cutting lines took, and the lines that most documents have."""
    counts, cuts = run.manifest("lines").counts, run.table("lines", "cuts")
    found = _over(run, cuts.parts, lines.Commonest(cuts=cuts))
    places = lines.commonest([place for own in found for place in own])
    return {"taken": lines.taken(counts), "emptied": counts["emptied"], "commonest": lines.samples(shelf, places)}


def _commonest(run: Run, shelf: Shelf) -> list[tuple[int, str, Sample]]:
    """The passages that most documents have; none if the recipe has no such stage."""
    most = run.plan.recipe.report.pairs
    if "passages" not in run.plan.stages or not most:
        return []
    cuts = run.table("passages", "cuts")
    found = _over(run, cuts.parts, Commonest(cuts=cuts, most=most))
    places = passages.commonest([place for own in found for place in own], most)
    return passages.samples(shelf, places)


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
