"""No canary is in what trains: neither its id nor its text stands in any table from `release` on, and no stage of the
corpus was made from one that has canaries."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.errors import CorpusError
from corpus.stages.built import Built, Finished
from corpus.stages.canaries import CANARIES
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.stages.trial import TRIAL
from corpus.store.table import Table
from corpus.verify.check import Check
from filters.arrow import Array

_COLUMNS = ("id", "content")  # of a document, and of its text
_OURS = {TRIAL.name, REPORT.name}  # what may read canaries: it makes no text that trains
_REMEDY = "delete the folders of release and of the stages after it and run the recipe again; if it stays, report it"


def check(release: Finished) -> Check | None:
    """None for a release that has no canaries."""
    if TRIAL not in release:
        return None
    try:
        tables = list(_tables(release))
        planted = pa.concat_tables(release[TRIAL].table("planted").each(["id", "text", "content"]))
        failures = [*_made_from(release), *(line for one in tables for line in _found(*one, planted))]
    except CorpusError as error:
        return Check(name="canaries", looked="", unchecked=str(error))
    rows = sum(table.rows for _, table, _ in tables)
    looked = f"{planted.num_rows:,} canaries, by id and text, in {rows:,} rows of {len(tables)} tables"
    return Check(name="canaries", looked=looked, failures=tuple(failures), remedy=_REMEDY)


def _made_from(release: Finished) -> Iterator[str]:
    for name, built in release.stages.items():
        for parent in {CANARIES.name, TRIAL.name} & set(built.parents):
            if name not in _OURS:
                yield f"{built.folder}: made from {parent}, whose documents are no part of the corpus"


def _tables(release: Finished) -> Iterator[tuple[Built, Table, Sequence[str]]]:
    """Those of `release`, and of what was made from it, that say of which documents they are; and by which columns."""
    after = {RELEASE.name}
    for name, built in release.stages.items():  # in the order in which they ran
        if name not in _OURS and after & {name, *built.parents}:
            after.add(name)
            for table_name, entries in built.manifest.tables.items():
                table = built.table(table_name)
                if any(entry.name.endswith(".parquet") for entry in entries[:1]):
                    columns = [one for one in _COLUMNS if one in table.open(0).schema_arrow.names]
                    if columns:
                        yield built, table, columns


def _found(built: Built, table: Table, columns: Sequence[str], planted: pa.Table) -> Iterator[str]:
    texts: list[Array] = [planted.column(name).drop_null().combine_chunks() for name in ("text", "content")]
    known: dict[str, Array] = {"id": planted.column("id").combine_chunks(), "content": pa.concat_arrays(texts)}
    for part, rows in enumerate(table.each(columns)):
        for name in columns:
            there = np.flatnonzero(np.asarray(pc.is_in(rows.column(name), known[name]), bool))
            for row in there[:1].tolist():
                where = f"{built.folder}/{table.name}, part {part}, row {row} and {len(there) - 1:,} more"
                yield f"{where}: the {'id' if name == 'id' else 'text'} of a canary"
