"""The first records of files or of a recipe's sources, as documents and rejects, before any run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.errors import RecipeError
from corpus.planning import bounds, recipe
from corpus.sources import inventory
from corpus.sources.inventory import SourceFile
from corpus.sources.source import Source
from corpus.survey import candidates, preview
from corpus.survey.fields import Guess
from corpus.survey.preview import Document, Preview
from filters.meant import hint

_FILES = 3  # of a source
_CHARS = 240  # of a text that are shown


@dataclass(frozen=True, kw_only=True)
class Request:
    """Paths and patterns; or a recipe, and names of its sources (none: all)."""

    what: Sequence[str]
    records: int


def peek(request: Request) -> str:
    """Raises RecipeError for paths at which nothing is, names of no source, and files that are not what they seem."""
    first, *names = request.what
    if first.endswith(".toml"):
        read = recipe.load(first)
        known = {source.name: source for source in read.sources}
        for name in names:
            if name not in known:
                raise RecipeError(f"{first} has no source {name!r}{hint(name, known)}; known: {', '.join(known)}")
        listed = [inventory.listing(known[name], read.base) for name in names or known]
        return "\n\n".join("\n".join(_lines(one.source, one.files, (), request.records)) for one in listed)
    found = candidates.at(request.what)
    shown = [
        "\n".join(_lines(one.source, one.files, one.guesses, request.records, one.columns)) for one in found.candidates
    ]
    return "\n\n".join([*shown, *(["\n".join(found.passed)] if found.passed else [])])


def _lines(
    source: Source,
    files: Sequence[SourceFile],
    guesses: Sequence[Guess],
    most: int,
    columns: Sequence[str] = (),
) -> Iterator[str]:
    yield f"source {source.name!r}: {bounds.printable(source.path)}"
    for name, (count, size) in candidates.sizes(files).items():
        yield f"  {name:<12} {count:>7,} files {size:>15,} bytes"
    if columns:
        yield f"  fields       {bounds.short(bounds.printable(', '.join(columns)))}"
    for guess in guesses:
        yield f"  guessed      {guess.key} = {bounds.printable(repr(guess.value))}: {guess.why}"
    looked_at = candidates.spread(files, _FILES)
    found = preview.of(source, looked_at, most)
    yield from _shown(found, most)
    names = ", ".join(bounds.printable(file.file) for file in looked_at)
    yield f"  {len(found.documents):,} documents and {len(found.rejects):,} rejects from the beginning of {names}"


def _shown(found: Preview, most: int) -> Iterator[str]:
    for number, one in enumerate(found.documents[:most], 1):
        yield f"  {number}. {' '.join(_about(one))}"
        yield f"     {_short(one.text)}"
    for one_reject in found.rejects[:most]:
        where = bounds.printable(f"{one_reject.file}#{one_reject.offset}")
        yield f"  reject {where}: {one_reject.reason}, {bounds.printable(one_reject.detail)}"
    for (kind, detail), count in sorted(found.notes.items()):
        if kind != "found" and count:
            yield f"  {kind}: {detail} ({count:,})"


def _about(one: Document) -> Iterator[str]:
    record = one.record
    date = None if record.date is None else datetime.fromtimestamp(record.date, UTC).isoformat()
    values = (record.locator, record.url, one.licence, date, one.language and f"{one.language} (declared)")
    yield from (bounds.printable(value) for value in values if value)
    yield f"{len(one.text):,} characters"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return bounds.printable(plain if len(plain) <= _CHARS else f"{plain[:_CHARS]} ...")
