"""Where documents come from: files of many formats, read as a stream of records and rejects."""

from collections.abc import Callable, Iterator
from importlib import import_module

from corpus.sources.formats import FORMATS
from corpus.sources.inventory import Slice, Unit
from corpus.sources.record import Note, Record, Reject
from corpus.sources.source import Source

Reader = Callable[[Slice, Source], Iterator[Record | Reject | Note]]


def read_unit(unit: Unit, source: Source) -> Iterator[Record | Reject | Note]:
    """The records of a unit, in order, with the reasons of those that give none, and notes of what was done to them.

    Memory is bounded by the source's limits whatever the input.

    Raises RecipeError for a file that is not what its name says, OSError for one that cannot be read.
    """
    for piece in unit.slices:
        reader: Reader = import_module(f"corpus.sources.{FORMATS[piece.file.format].reader}").read
        yield from reader(piece, source)
