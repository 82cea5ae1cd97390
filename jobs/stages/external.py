"""Labels that another program made to signals, joined to documents by a key.

Reads: ids or addresses of documents, the files of labels. Writes: `signals`, aligned. Cost: a key of 16 bytes for each
document and each label, which meet in this process where they are few and in Spark above.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import RecipeError
from corpus.external import joining, keys, reading
from corpus.external.files import LabelFile
from corpus.external.labelled import kind_of
from corpus.external.recipe_table import External, Key, Type, held
from corpus.external.tallies import Matched
from corpus.stages.external import Coverage, Joining
from corpus.stages.stage import SIGNALS
from corpus.store import tally
from corpus.store.manifest import Manifest, Receipt
from corpus.store.table import Table, write_whole
from filters.arrow import array, strings
from jobs.engine.job import Job

_SPARK: Final[Mapping[Type, str]] = {"string": "string", "float": "double", "int": "long", "bool": "boolean"}
_DOCUMENTS: Final = "high long, low long, part int, row int"
_FEW: Final = 4  # times the memory of keys that their join takes
_ROWS: Final = 1 << 18  # documents whose keys are made at a time


def build(job: Job[Joining]) -> str:
    """Join, write a row for every document."""
    table = job.params.table
    files = tuple(located.at for located in job.params.files)
    documents = job.documents()
    labels_of = EmitLabels(files=files, table=table)
    keys_of = EmitKeys(documents=documents, key=table.key)
    writer = WriteSignals(folder=job.folder, documents=documents, table=table)
    columns = ", ".join(f"{held(name)} {_SPARK[kind]}" for name, kind in table.columns.items())
    schema = f"high long, low long, file int, at long, whole boolean, {columns}"
    with (
        job.emit(len(files), labels_of.__call__, schema) as labels,
        job.emit(documents.parts, keys_of.__call__, _DOCUMENTS, rows=documents.rows, reads=documents.files) as own,
    ):
        if labels.fit(_FEW) and own.fit(_FEW):
            found = joining.joined(labels.table(), own.table(), table)
            job.write_rows(documents.parts, found.rows, writer, reads=documents.files)
            of_labels = found.counts
        else:
            from jobs.frames import external  # noqa: PLC0415  (only where Spark starts)

            of_labels = external.write(job, labels, own, writer)
    counts = job.finish(of_labels, parts=documents.parts).counts
    if documents.rows and not counts["labelled"]:
        job.say(
            f"WARNING [[signals]] {table.name}: no document has a label, so thresholds judge all by `default`: "
            f"see that key = {table.key!r} and its field are those of the labels"
        )
    unused = f"{counts['label_keys_unused']:,} of {counts['label_keys']:,} keys of labels have no document"
    passed = "".join(
        f"; {counts[name]:,} labels {said}"
        for name, said in (
            ("label_nulls", "with a null passed over"),
            ("label_duplicates", "of a key that has another"),
        )
        if counts[name]
    )
    return f"{counts['labelled']:,} of {counts['documents']:,} documents have a label; {unused}{passed}"


def check(_: Job[Joining], written: Manifest, gate: Coverage) -> None:
    """Stop before anything is judged by labels that too few documents have. Raises RecipeError."""
    counts = written.counts
    share = counts["labelled"] / max(counts["documents"], 1)
    if counts["documents"] and share < gate.least:
        lacking = sorted(written.tally(Matched), key=lambda row: (row.labelled - row.documents, row.source))
        most = ", ".join(f"{row.source} {row.documents - row.labelled:,}" for row in lacking[:3])
        raise RecipeError(
            f"[[signals]] {gate.name}: {counts['unlabelled']:,} of {counts['documents']:,} documents have no label "
            f"(by source: {most}), and coverage is {gate.least:g}: label them (`gristmill signals export` gives them), "
            "or lower coverage"
        )


@dataclass(frozen=True, kw_only=True)
class EmitLabels:
    """The labels of one file, by their keys."""

    files: Sequence[LabelFile]
    table: External

    def __call__(self, number: int) -> Iterator[pa.RecordBatch]:
        first = 0
        for batch in reading.rows(self.files[number], self.table):
            texts = batch.column(reading.KEY)
            whole = np.ones(batch.num_rows, bool)
            for column in batch.columns:
                whole &= np.asarray(pc.is_valid(column), bool)
            kind = self.table.key
            high, low = keys.halves(keys.of_label(kind, text or "") for text in texts.to_pylist())
            yield pa.RecordBatch.from_arrays(
                [
                    array(high),
                    array(low),
                    array(np.full(batch.num_rows, number, np.int32)),
                    array(np.arange(first, first + batch.num_rows)),
                    array(whole),
                    *(batch.column(name) for name in self.table.held),
                ],
                names=["high", "low", "file", "at", "whole", *self.table.held],
            )
            first += batch.num_rows


@dataclass(frozen=True, kw_only=True)
class EmitKeys:
    """The documents of one part that have a key."""

    documents: Table
    key: Key

    def __call__(self, part: int) -> Iterator[pa.RecordBatch]:
        heads = self.documents.read(part, keys.columns(self.key))
        for first in range(0, heads.num_rows, _ROWS):
            found = keys.of_documents(self.key, heads.slice(first, _ROWS))
            rows = np.array([row for row, key in enumerate(found) if key is not None], np.int32)
            high, low = keys.halves(key for key in found if key is not None)
            places = np.full(len(rows), part, np.int32)
            columns = [high, low, places, rows + np.int32(first)]
            yield pa.RecordBatch.from_arrays([array(one) for one in columns], names=["high", "low", "part", "row"])


@dataclass(frozen=True, kw_only=True)
class WriteSignals:
    """One part of signals: what arrives, and what the table says for all other documents."""

    folder: str
    documents: Table
    table: External

    def __call__(self, part: int, rows: pa.Table) -> Receipt:
        kind = self.table.key
        heads = self.documents.read(part, ["source", *([] if kind == "id" else ["url"])])
        count = heads.num_rows
        place = np.full(count, -1, np.int64)
        place[rows.column("row").to_numpy()] = np.arange(rows.num_rows)
        labelled = place >= 0
        schema = kind_of(self.table).signals
        columns = [array(labelled)]
        for name in self.table.columns:
            filling = pa.array([self.table.filling(name)], schema.field(name).type)
            values = pa.concat_arrays([filling, *rows.column(held(name)).chunks])
            columns.append(values.take(array(place + 1)))
        written = write_whole(self.folder, SIGNALS, f"part-{part:05d}", pa.table(columns, schema=schema))
        keyless = np.zeros(count, bool) if kind == "id" else np.asarray(pc.is_null(heads.column("url")), bool)
        sources = strings(heads.column("source"))
        tallied = [
            Matched(source=source, documents=1, labelled=int(has), keyless=int(none))
            for source, has, none in zip(sources, labelled.tolist(), keyless.tolist(), strict=True)
        ]
        counts = {
            "documents": count,
            "labelled": int(labelled.sum()),
            "unlabelled": int(count - labelled.sum()),
            "keyless": int(keyless.sum()),
        }
        return Receipt(task=part, files={SIGNALS: [written]}, counts=counts, tallies=tally.cells(tallied))
