"""What lies at the sources of a recipe, before a run reads it: files and bytes by format, columns, how often what is
known of a document is set."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.catalogue.catalogued import by_source
from corpus.planning import bounds
from corpus.readers import columns
from corpus.sources.inventory import Listing, SourceFile
from corpus.sources.source import Source
from corpus.stages.recipe import Recipe
from corpus.survey import candidates, preview

_FILES, _DOCUMENTS = 3, 16  # of a source, and of each of them
_FOOTERS = 64  # files of tables whose columns are looked at


def lines(recipe: Recipe, listed: Sequence[Listing]) -> Iterator[str]:
    """Of each source. Raises RecipeError for tables that lack the text's column, and for files that are not what their
    names say."""
    custodians = {name: one.custodian for name, one in by_source(recipe.catalogued).items()}
    for one in listed:
        shown = ", ".join(
            f"{count:,} of {name} with {size:,} bytes" for name, (count, size) in candidates.sizes(one.files).items()
        )
        yield f"source {one.source.name!r}: files: {shown}"
        yield from _columns(one.source, one.files)
        yield from _filled(one.source, one.files, custodians.get(one.source.name, ""))


def _columns(source: Source, files: Sequence[SourceFile]) -> Iterator[str]:
    tables = [file for file in files if file.format in ("parquet", "arrow") and file.size]
    looked_at = tables[:: max(len(tables) // _FOOTERS, 1)]
    found: set[str] = set()
    for file in looked_at:
        names = _names(file)
        if names:
            found |= set(columns.wanted(names, file, source))
    if found:
        absent = [name for name in source.named_fields().values() if not {name, name.split(".")[0]} & found]
        lacks = f"; none of them has {', '.join(map(repr, absent))}" if absent else ""
        yield f"  columns of {len(looked_at):,} of {len(tables):,} files of tables are as named{lacks}"


def _names(file: SourceFile) -> list[str]:
    """Columns; none of a file that cannot be opened, which whoever reads it says."""
    try:
        with file.original.open() as opened:
            if file.format == "parquet":
                return list(pq.read_schema(opened).names)
            magic = opened.read(6)
            opened.seek(0)
            return list((pa.ipc.open_file(opened) if magic == b"ARROW1" else pa.ipc.open_stream(opened)).schema.names)
    except (pa.ArrowInvalid, OSError):
        return []


def _filled(source: Source, files: Sequence[SourceFile], custodian: str) -> Iterator[str]:
    looked_at = candidates.spread(files, _FILES)
    found = preview.of(source, looked_at, _DOCUMENTS)
    if count := len(found.documents):
        values = {
            "url": sum(bool(one.record.url) for one in found.documents),
            "licence": sum(bool(one.licence) for one in found.documents),
            "date": sum(one.record.date is not None for one in found.documents),
            "language": sum(bool(one.language) for one in found.documents),
        }
        shares = ", ".join(f"{name} {value / count:.0%}" for name, value in values.items())
        known = bounds.printable(custodian) if custodian else "unknown"
        yield f"  of its first {count} documents have: {shares}; custodian {known}"
    if found.rejects:
        reasons = ", ".join(f"{reason} {number}" for reason, number in found.reasons.most_common())
        yield f"  and {len(found.rejects)} rejects beside them: {reasons}"
