"""Where documents come from: files of many formats, read as a stream of records and rejects."""

from collections.abc import Callable, Iterator
from importlib import import_module

from corpus.sources.inventory import Slice, Unit
from corpus.sources.record import Record, Reject
from corpus.sources.source import Source

Reader = Callable[[Slice, Source], Iterator[Record | Reject]]

_MODULES = {
    "warc": "warc",
    "wet": "warc",
    "html": "pages",
    "jsonl": "jsonl",
    "parquet": "columnar",
    "arrow": "columnar",
    "text": "plain",
}


def read_unit(unit: Unit, source: Source) -> Iterator[Record | Reject]:
    """The records of a unit, in order. Memory is bounded by the source's limits whatever the input.

    Raises RecipeError for a file that is not what its name says, OSError for one that cannot be read.
    """
    for piece in unit.slices:
        reader: Reader = import_module(f"corpus.sources.{_MODULES[piece.file.format]}").read
        yield from reader(piece, source)
