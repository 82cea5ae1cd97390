"""A withdrawn document in the releases that held it: where its tokens stood, for a trainer that has read them."""

from collections.abc import Iterator, Mapping

from corpus.lineage import lookup
from corpus.lineage.opened_release import Release
from corpus.planning import finished
from corpus.stages.ingest import INGEST
from corpus.stages.shard import SHARD
from corpus.store import releases, storage
from corpus.texts.pii_policy import Policy
from corpus.tombstones import patches, stones
from corpus.tombstones.ledger import Asked
from corpus.tombstones.patches import Patched

_PLACES = 1_000  # that are shown of a release


def lines(root: str, stand_in: str) -> Iterator[str]:
    """By the id that stands in its place: when it was withdrawn, and every release that held it. Nothing for an id that
    no withdrawal knows."""
    known = patches.read(root)
    for entry in known.ledger.entries:
        rows = stones.read(known.ledger.folder, entry).rows
        for one in rows.select(["part", "row", "id", "asked"]).to_pylist():
            if one["id"] == stand_in:
                why = "a copy of what was asked for" if one["asked"] < 0 else _asked(entry.requests[one["asked"]])
                yield f"withdrawn  by withdrawal {entry.number}: {why}"
                yield from _held(root, known, entry.number, one["part"], one["row"])


def _asked(request: Asked) -> str:
    return f"asked for by {request.by} ({request.role}, {request.basis}, {request.date})"


def _held(root: str, known: Patched, number: int, part: int, row: int) -> Iterator[str]:
    """The releases before the withdrawal in which it had this place: that of the entry, those that earlier patches made
    it of, and those with a name over the same documents."""
    found: dict[str, Mapping[str, str]] = {}
    mark = known.ledger.entries[number - 1].release[INGEST.name]
    marks = {mark}
    found[f"before withdrawal {number}"] = known.ledger.entries[number - 1].release
    for earlier in range(number - 1, 0, -1):
        if known.after[earlier - 1].get(INGEST.name) != mark:
            break
        mark = known.before[earlier - 1][INGEST.name]
        marks.add(mark)
        found[f"before withdrawal {earlier}"] = known.before[earlier - 1]
    for name, own in releases.named(root).items():
        if own.get(INGEST.name) in marks:
            found[f"release {name}"] = own
    for name, stages in found.items():
        yield from _places(root, name, stages, part, row)


def _places(root: str, name: str, stages: Mapping[str, str], part: int, row: int) -> Iterator[str]:
    opened = finished.of(root, {one: storage.join(root, one, mark) for one, mark in stages.items()})
    about = f"{name} ({releases.mark(stages)})"
    if SHARD not in opened:
        yield f"held       {about}: its shards are removed"
        return
    places = list(lookup.of_document(Release(opened, Policy()), part, row))
    yield f"held       {about}: {len(places):,} places" if places else f"held       {about}: in no shard"
    yield from (f"  tokens   {place}" for place in places[:_PLACES])
    if len(places) > _PLACES:
        yield f"  and {len(places) - _PLACES:,} more"
