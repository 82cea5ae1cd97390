"""What would go, request by request: documents, copies that had gone for them, and near copies that are there still."""

from collections import Counter
from collections.abc import Iterator

from corpus.stages.built import Finished
from corpus.stages.dedup import DEDUP
from corpus.tombstones.ledger import Ledger
from corpus.tombstones.secret import Keyed
from corpus.withdrawal.copies import Place
from corpus.withdrawal.gone import Found

_SHOWN = 10  # documents of a request that are named
_HOW = {
    "same content": "has the same content as",
    "near": "is a near copy of",
    "went for it": "had gone for",
    "it went for": "stayed for",
}


def lines(release: Finished, found: Found, ledger: Ledger, keyed: Keyed) -> Iterator[str]:
    """A line a request, and below it documents and copies; at the end what goes in all."""
    outcome = _outcomes(release, {*found.asked, *found.copies})
    asked = found.asked
    for number, (request, places) in enumerate(zip(found.requests, found.places, strict=True)):
        known = ledger.answers(keyed.request(request.text))
        if not places:
            said = f"answered by withdrawal {known}" if known else "fits no document"
            yield f"{request}: {said}"
            continue
        yield f"{request}: {len(places):,} documents"
        for place in places[:_SHOWN]:
            yield f"  {_named(found, place)}  {outcome[place]}"
        if len(places) > _SHOWN:
            yield f"  and {len(places) - _SHOWN:,} more"
        own = [p for p, copy in found.copies.items() if asked.get(_root(found, p)) == number]
        for place in own[:_SHOWN]:
            copy = found.copies[place]
            much = "" if copy.similarity is None else f" (similarity {copy.similarity:.4f})"
            why = f"{_HOW[copy.how]} {_named(found, copy.of)}{much}"
            yield f"    copy {_named(found, place)}  {outcome[place]}: it {why}"
        if len(own) > _SHOWN:
            yield f"    and {len(own) - _SHOWN:,} more copies"
    total = Counter(outcome.values())
    stays = total.pop("in the release", 0)
    yield (
        f"in all: {len(asked):,} documents asked for, {len(found.copies):,} copies of them; "
        f"{stays:,} of these are in the release, {sum(total.values()):,} had been dropped"
    )


def _root(found: Found, place: Place) -> Place:
    """The document that was asked for, along copies of copies."""
    while place in found.copies:
        place = found.copies[place].of
    return place


def _named(found: Found, place: Place) -> str:
    return found.columns.ids[found.columns.number(place)]


def _outcomes(release: Finished, places: set[Place]) -> dict[Place, str]:
    """Of each document what became of it."""
    clusters = release[DEDUP].table("clusters")
    words = {"kept": "in the release", "filtered": "dropped by the filters"}
    found: dict[Place, str] = {}
    for part in sorted({part for part, _ in places}):
        column = clusters.read(part, ["outcome"]).column("outcome")
        for _, row in (place for place in places if place[0] == part):
            one = str(column[row].as_py())
            found[part, row] = words.get(one, f"dropped as a copy ({one})")
    return found
