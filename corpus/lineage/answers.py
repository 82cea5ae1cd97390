"""What `gristmill trace` prints: places, documents, decisions, and text around a token, safe for a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from corpus.errors import RecipeError
from corpus.gpt_dataset.run import MegatronRun
from corpus.lineage import document as show
from corpus.lineage import lookup
from corpus.lineage.opened_release import Release
from corpus.lineage.place import Place
from corpus.shards.megatron import MASKED
from corpus.store import find
from corpus.texts.terminal import plain

_AROUND = 40  # tokens shown on either side of the one that is asked for: four lines of a terminal in most languages
_HEAD = 12  # tokens shown of each piece of a step


def of_row(release: Release, places: Sequence[Place], token: int | None) -> Iterator[str]:
    """The document at a token of a row (or every document of it), with its other places. Raises RecipeError for a
    token beyond the row."""
    last = places[-1].last
    if token is not None and not any(place.first <= token < place.last for place in places):
        raise RecipeError(f"{places[0].file} row {places[0].number} has tokens 0 to {last - 1}: no token {token}")
    for place in places:
        if token is None or place.first <= token < place.last:
            yield from _document(release, place, place.first if token is None else token)


def of_id(release: Release, prefix: str) -> Iterator[str]:
    """Every place of the document whose id begins so, and what is known of it."""
    _, part, row = find.one(release.documents, prefix)
    document = show.row_of(release.documents, part, row)
    yield from show.origin(document, part, row, release.policy, release.about.sources)
    yield from show.decided(release.stages, part, row)
    places = list(lookup.of_document(release, part, row))
    yield from _places(places)
    if not places:
        yield "tokens     none: the document is in no shard"


def of_step(release: Release, run: MegatronRun, number: int) -> Iterator[str]:
    """The samples of a step of a Megatron run: documents and token ranges. `run` names prefixes by address."""
    names = {release.address(prefix): prefix for prefix in release.prefixes}
    samples = run.step(number)
    yield f"step {number}: samples {samples[0].number} to {samples[-1].number}"
    places = [
        [lookup.in_prefix(release, names[sample.prefix], piece.document)[0] for piece in sample.pieces]
        for sample in samples
    ]
    known = _heads(release, {(place.part, place.row) for own in places for place in own})
    for sample, own in zip(samples, places, strict=True):
        yield f"sample {sample.number}"
        for piece, place in zip(sample.pieces, own, strict=True):
            shown = lookup.tokens(release, place, piece.first, min(piece.last, piece.first + _HEAD))
            yield (
                f"  {place.file} document {place.number}, tokens {piece.first} to {piece.last - 1}  "
                f"{known[place.part, place.row]}  {_text(release, shown)}"
            )


def _heads(release: Release, keys: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Id and source of documents, each part read once."""
    found = {}
    for part in sorted({part for part, _ in keys}):
        rows = sorted(row for own, row in keys if own == part)
        lines = [line for batch in release.documents.take(part, rows, ["id", "source"]) for line in batch.to_pylist()]
        for row, line in zip(rows, lines, strict=True):
            found[part, row] = f"{line['id']}  {plain(line['source'])}"
    return found


def _document(release: Release, place: Place, token: int) -> Iterator[str]:
    document = show.row_of(release.documents, place.part, place.row)
    yield f"asked      token {token} of {place}"
    if place.view:
        last = place.offset + place.taken - 1
        yield f"is         in an example of view {place.view}, of tokens {place.offset} to {last} of the document"
    else:
        yield f"is         token {token - place.first + place.offset} of the document"
    yield from show.origin(document, place.part, place.row, release.policy, release.about.sources)
    yield from show.decided(release.stages, place.part, place.row)
    yield from _places(lookup.of_document(release, place.part, place.row))
    before = lookup.tokens(release, place, max(place.first, token - _AROUND), token)
    after = lookup.tokens(release, place, token + 1, min(place.last, token + 1 + _AROUND))
    own = lookup.tokens(release, place, token, token + 1)
    yield f"text       {_text(release, before)} [[{_text(release, own)}]] {_text(release, after)}"


def _places(places: Iterable[Place]) -> Iterator[str]:
    """A line each; of a view's file one, for a document is in many of its rows."""
    for (file, view), found in groupby(places, lambda place: (place.file, place.view)):
        own = list(found)
        if view and len(own) > 1:
            yield f"tokens     {file}, {len(own):,} examples of view {view}"
        else:
            yield from (f"tokens     {place}" for place in own)


def _text(release: Release, ids: np.ndarray) -> str:
    return plain(release.decoder.decode(ids[ids != MASKED]))
