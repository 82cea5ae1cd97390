"""Lines that repeat within a source, to cuts.

Reads: the text of the documents that dedup kept, twice, in place. Writes: `cuts`, and `emptied`: documents that would
be left without a line, and so are dropped. Cost: one shuffle of a hash, a count and an id for each distinct line of a
part; lines that stay do not come back.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.groups import begins
from corpus.stages.columns import CUTS
from corpus.stages.contamination import CONTAMINATION
from corpus.stages.dedup import DEDUP
from corpus.stages.lines import EMPTIED, Emptied, Repeats, Taken
from corpus.store import tally
from corpus.store.manifest import Receipt
from corpus.store.table import Table, write_part
from corpus.store.tally import Row
from corpus.texts.kept import Kept
from corpus.texts.repeated_lines import KEY, Cuts, LineScan, Tally, cut_bytes, known_lines
from filters.arrow import array, string_array, strings
from jobs.engine.job import Job

_LINE_BYTES = 50  # of text for each distinct line, to size the shuffle: the bench corpus has 67 bytes a line
_CHUNK = 1 << 16  # rows in a batch of keys


def build(job: Job[Repeats]) -> str:
    """Count lines, write cuts."""
    documents = job.documents()
    scan = LineScan(rules=job.params.rules, sources=job.params.sources)
    texts = KeptTexts(
        documents=documents,
        kept=Kept(clusters=job.table(DEDUP.clusters), contaminated=job.optional(CONTAMINATION.contaminated)),
    )
    lines = documents.bytes // _LINE_BYTES
    schema = "scope int, high long, low long, count long, first string, limit long, part long"
    count = CountLines(texts=texts, scan=scan)
    worker = WriteCuts(folder=job.folder, texts=texts, scan=scan)
    with job.emit(documents.parts, count.__call__, schema, rows=lines, reads=documents.files) as keys:
        if keys.few:
            job.write_rows(documents.parts, repeated(keys.table()), worker, reads=documents.files)
        else:
            from jobs.frames import lines as in_spark  # noqa: PLC0415  (only where Spark starts)

            job.write_parts(documents.parts, in_spark.repeated(job.frame(keys)), [*KEY], worker)
    counts = job.finish(parts=documents.parts).counts
    return (
        f"{counts['cuts']:,} lines, {counts['bytes']:,} bytes cut from {counts['documents']:,} documents; "
        f"{counts['emptied']:,} documents dropped, for no line of theirs was left"
    )


def repeated(counted: pa.Table) -> pa.Table:
    """The lines of each part that more documents of their source have, in all parts, than the limit allows: part, KEY,
    count, first; in order of KEY. `jobs.frames.lines` does the same."""
    keys = [counted.column(name).to_numpy() for name in KEY]
    order = np.lexsort(keys[::-1])
    starts = begins([column[order] for column in keys])
    sizes = np.diff(starts, append=len(order))
    count, limit = (counted.column(name).to_numpy()[order] for name in ("count", "limit"))
    total = np.repeat(np.add.reduceat(count, starts) if len(order) else count, sizes)
    over = np.flatnonzero(total > limit)
    found = counted.select(["part", *KEY, "first"]).take(array(order[over]))
    line = np.repeat(np.arange(len(starts)), sizes)[over]
    by_id = pc.sort_indices(
        pa.table({"line": line, "first": found.column("first")}), [("line", "ascending"), ("first", "ascending")]
    ).to_numpy()
    least = by_id[begins([line])]  # rows stand by line, so each line's rows are where they were
    lines = np.diff(begins([line]), append=len(line))
    first = found.column("first").take(array(np.repeat(least, lines)))
    return found.drop_columns(["first"]).append_column("count", array(total[over])).append_column("first", first)


@dataclass(frozen=True, kw_only=True)
class KeptTexts:
    """`id`, `source` and `text` of the documents of a part that dedup kept, with their rows."""

    documents: Table
    kept: Kept

    def __call__(self, part: int) -> Iterator[tuple[pa.RecordBatch, np.ndarray]]:
        kept = self.kept(part)
        first = 0
        for batch in self.documents.batches(part, ["id", "source", "text"]):
            here = np.flatnonzero(kept[first : first + batch.num_rows])
            if len(here):
                yield batch.take(array(here)), here + first
            first += batch.num_rows


@dataclass(frozen=True, kw_only=True)
class CountLines:
    """One row for each distinct line of a part."""

    texts: KeptTexts
    scan: LineScan

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        tally = Tally(self.scan)
        for batch, _ in self.texts(part):
            tally.add(batch)
        rows = tally.rows()
        marked = rows.append_column("part", pa.array(np.full(rows.num_rows, part, np.int64)))
        yield from marked.to_batches(max_chunksize=_CHUNK)


@dataclass(frozen=True, kw_only=True)
class WriteCuts:
    """One part of `cuts` and of `emptied`; `rows` are the part's repeated lines."""

    folder: str
    texts: KeptTexts
    scan: LineScan

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        known = known_lines(rows)
        counts: Counter[str] = Counter(cuts=0, bytes=0, documents=0, emptied=0)
        sums: list[Row] = []
        label = f"part-{part:05d}"
        with (
            write_part(self.folder, "cuts", label, CUTS) as (cuts, cuts_written),
            write_part(self.folder, "emptied", label, EMPTIED) as (emptied, emptied_written),
        ):
            for batch, places in self.texts(part) if known.num_rows else ():
                found = self.scan.cuts(batch, known)
                written = _cut_rows(batch, places, found, known, self.scan)
                stays = ~np.isin(found.row, found.emptied)
                cuts.write(written.filter(pa.array(stays)))
                emptied.write(_emptied_rows(batch, places, found, known, self.scan))
                sizes = cut_bytes(string_array(batch.column("text")), found)
                counts.update(_counts(found, stays, sizes))
                sums += _by_source(string_array(batch.column("source")), found, stays, sizes, self.scan)
        files = {"cuts": [cuts_written.result()], "emptied": [emptied_written.result()]}
        return Receipt(task=part, files=files, counts=dict(sorted(counts.items())), tallies=tally.cells(sums))


def _cut_rows(
    batch: pa.RecordBatch, places: np.ndarray, found: Cuts, known: pa.Table, scan: LineScan
) -> pa.RecordBatch:
    rules = np.array([rule.rule for rule in scan.rules], object)[found.rule]
    line = pa.array(found.known)
    first = known.column("first").combine_chunks().take(line)
    columns = [
        batch.column("id").take(array(found.row)),
        pa.array(places[found.row], pa.int32()),
        pa.array(found.start, pa.int32()),
        pa.array(found.end, pa.int32()),
        pa.array(rules, pa.string()),
        known.column("count").combine_chunks().take(line),
        pc.if_else(pa.array(rules == "keep-first"), first, pa.scalar(None, pa.string())),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=CUTS)


def _emptied_rows(
    batch: pa.RecordBatch, places: np.ndarray, found: Cuts, known: pa.Table, scan: LineScan
) -> pa.RecordBatch:
    first, last = (np.searchsorted(found.row, found.emptied, side) for side in ("left", "right"))
    count = known.column("count").to_numpy()[found.known]
    fewest = np.array([count[a:b].min() for a, b in zip(first, last, strict=True)], np.int64)
    columns = [
        batch.column("id").take(array(found.emptied)),
        pa.array(places[found.emptied], pa.int32()),
        pa.array(np.array([rule.rule for rule in scan.rules], object)[found.rule[first]], pa.string()),
        pa.array(last - first, pa.int32()),
        pa.array(fewest),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=EMPTIED)


def _counts(found: Cuts, stays: np.ndarray, sizes: np.ndarray) -> Counter[str]:
    """Lines and bytes cut of texts that stay; what emptied texts had is `emptied`."""
    return Counter(
        cuts=int(stays.sum()),
        bytes=int(sizes[stays].sum()),
        documents=len(np.unique(found.row[stays])),
        emptied=len(found.emptied),
    )


def _by_source(sources: pa.StringArray, found: Cuts, stays: np.ndarray, sizes: np.ndarray, scan: LineScan) -> list[Row]:
    """The same by rule and source, and documents emptied by source."""
    lines: Counter[tuple[int, str]] = Counter()
    spent: Counter[tuple[int, str]] = Counter()
    names = strings(sources.take(pa.array(found.row[stays])))
    for rule, source, size in zip(found.rule[stays].tolist(), names, sizes[stays].tolist(), strict=True):
        lines[rule, source] += 1
        spent[rule, source] += size
    emptied = Counter(strings(sources.take(pa.array(found.emptied))))
    return [
        *(
            Taken(rule=scan.rules[rule].rule, source=source, lines=count, bytes=spent[rule, source])
            for (rule, source), count in lines.items()
        ),
        *(Emptied(source=source, documents=count) for source, count in emptied.items()),
    ]
