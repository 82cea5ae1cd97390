"""What would go, request by request: documents, copies that had gone for them, and near copies that are there still."""

from collections import Counter
from collections.abc import Iterator, Mapping

from corpus.stages.built import Finished
from corpus.stages.dedup import DEDUP
from corpus.tombstones.ledger import Ledger
from corpus.tombstones.secret import Keyed
from corpus.withdrawal.copies import Copy, Place, root
from corpus.withdrawal.gone import Found
from corpus.withdrawal.requests import GO, STAY

_SHOWN = 10  # documents of a request that are named
_POLICY = {GO: "", STAY: ", without their copies"}
_HOW = {
    "same content": "has the same content as",
    "near": "is a near copy of",
    "went for it": "had gone for",
    "it went for": "stayed for",
}


def lines(release: Finished, found: Found, ledger: Ledger, keyed: Keyed) -> Iterator[str]:
    """A line a request, and below it documents and copies; at the end what goes in all."""
    outcome = _outcomes(release, {*found.asked, *found.copies, *found.stay})
    asked = found.asked
    for number, (request, places) in enumerate(zip(found.requests, found.places, strict=True)):
        known = ledger.answers(keyed.request(request.text))
        if not places:
            said = f"answered by withdrawal {known}" if known else "fits no document"
            yield f"{request}: {said}"
            continue
        yield f"{request}: {len(places):,} documents{_POLICY[request.copies]}"
        for place in places[:_SHOWN]:
            yield f"  {_named(found, place)}  {outcome[place]}"
        if len(places) > _SHOWN:
            yield f"  and {len(places) - _SHOWN:,} more"
        for word, copies in (("copy", found.copies), ("stays, copy", found.stay)):
            yield from _copies(found, number, word, copies, outcome)
    total = Counter(outcome[place] for place in {*asked, *found.copies})
    stays = total.pop("in the release", 0)
    yield (
        f"in all: {len(asked):,} documents asked for, {len(found.copies):,} copies of them; "
        f"{stays:,} of these are in the release, {sum(total.values()):,} had been dropped"
    )
    yield from _standing(found, outcome)


def _copies(
    found: Found, number: int, word: str, copies: Mapping[Place, Copy], outcome: Mapping[Place, str]
) -> Iterator[str]:
    """Those of the documents that a request is the first to name."""
    every = {**found.copies, **found.stay}
    own = [place for place in copies if found.asked.get(root(every, place)) == number]
    for place in own[:_SHOWN]:
        copy = copies[place]
        much = "" if copy.similarity is None else f" (similarity {copy.similarity:.4f})"
        why = f"{_HOW[copy.how]} {_named(found, copy.of)}{much}"
        yield f"    {word} {_named(found, place)}  {outcome[place]}: it {why}"
    if len(own) > _SHOWN:
        yield f"    and {len(own) - _SHOWN:,} more such copies"


def _standing(found: Found, outcome: Mapping[Place, str]) -> Iterator[str]:
    """What of the copies that stay the next run takes in."""
    if not found.alone:
        return
    yield f"{len(found.stay):,} copies stay, since requests say so"
    chosen = found.elected
    for word, places in (("stands up", chosen.up), ("goes for one that stands up", chosen.down)):
        for place in places[:_SHOWN]:
            was = f", {outcome[place]} now" if place in outcome else ""
            yield f"  {word} {_named(found, place)}{was}"
        if len(places) > _SHOWN:
            yield f"  and {len(places) - _SHOWN:,} more"
    sure = f", as far as can be told: {chosen.untold}" if chosen.untold else ""
    yield (
        f"the next `gristmill run` puts {len(chosen.up):,} of them in the place of what goes"
        f"{f', and drops {len(chosen.down):,} that are like these' if chosen.down else ''}{sure}"
    )


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
