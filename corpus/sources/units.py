"""Any file as a stream of records, rejects and notes, by the reader of its format."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from importlib import import_module

from corpus.charset.mojibake import repaired
from corpus.errors import RecipeError
from corpus.sources import partitions, skipping
from corpus.sources.formats import FORMATS
from corpus.sources.inventory import Slice, Unit
from corpus.sources.record import Item, Note, Record, SiteFile
from corpus.sources.source import Source

Reader = Callable[[Slice, Source], Iterator[Item]]


def read_unit(unit: Unit, source: Source) -> Generator[Item, None, None]:
    """The records of a unit, in order, with the reasons of those that give none, and notes of what was done to them.

    Memory is bounded by the source's limits whatever the input.

    Raises RecipeError for a file that is not what its name says, OSError for one that cannot be read.
    """
    for piece in unit.slices:
        if FORMATS[piece.file.format].whole and source.skips(piece.file.file, 0):
            yield from skipping.left_out(piece.file.file, 0)  # unread: reading it may be what must not be done
            continue
        if source.where and not FORMATS[piece.file.format].fields:
            raise RecipeError(f"{piece.file.uri} has no fields, which where names: give such files a source without it")
        reader: Reader = import_module(f"corpus.{FORMATS[piece.file.format].reader}").read
        found = reader(piece, source)
        yield from _completed(_but_skipped(found, source) if source.skip else found, piece, source)


def _but_skipped(items: Iterator[Item], source: Source) -> Iterator[Item]:
    """What is named goes; a reject of that name stays what it is, and what was lost with it."""
    for item in items:
        if isinstance(item, Note) or not source.skips(item.file, item.offset):
            yield item
        elif isinstance(item, Record | SiteFile):
            yield from skipping.left_out(item.file, item.offset)
        else:
            yield item
            if item.reason != "skipped":  # a reader that left it out has said so
                yield skipping.noted(item.file, item.offset)


def _completed(items: Iterator[Item], piece: Slice, source: Source) -> Iterator[Item]:
    """Records with what the names of their folders say, and with their mojibake put right."""
    named = partitions.of(piece.file.file)
    mending = source.mojibake == "repair" or (source.mojibake == "auto" and FORMATS[piece.file.format].web)
    if not named and not mending:
        yield from items
        return
    for item in items:
        if not isinstance(item, Record):
            yield item
            continue
        record = partitions.filled(item, named, source) if named else item
        if mending:
            text, lines = repaired(record.text)
            if lines:
                yield Note(kind="repaired", detail="lines of UTF-8 once read as windows-1252", count=lines)
                record = replace(record, text=text)
        yield record
