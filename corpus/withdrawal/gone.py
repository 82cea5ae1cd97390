"""What goes out of a release: documents by request with their copies, and what they are known by from then on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from corpus.errors import RecipeError
from corpus.stages.built import Finished
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.stages.stage import signals
from corpus.tombstones.ledger import Asked, Entry, Ledger
from corpus.tombstones.secret import Keyed, values_of
from corpus.tombstones.stones import SCHEMA, Stones
from corpus.withdrawal import copies, standing
from corpus.withdrawal.copies import NO_WORDS, Columns, Copy, Place
from corpus.withdrawal.matching import fit
from corpus.withdrawal.requests import GO, Request, latest
from corpus.withdrawal.standing import Elected
from filters.arrow import binaries, integers, same, strings
from filters.batch import Batch
from filters.content import Filter as Content


@dataclass(frozen=True, kw_only=True)
class Found:
    """What requests come to in a release."""

    requests: tuple[Request, ...]
    places: tuple[tuple[Place, ...], ...]  # that each fits
    copies: Mapping[Place, Copy]  # that go with these
    stay: Mapping[Place, Copy]  # that do not, since the requests say so
    alone: frozenset[Place]  # that go without their copies
    elected: Elected = field(default_factory=Elected)
    columns: Columns
    threshold: float

    @property
    def asked(self) -> dict[Place, int]:
        """Documents that requests name, with the number of the first that does, in order of places."""
        found: dict[Place, int] = {}
        for number, own in enumerate(self.places):
            for place in own:
                found.setdefault(place, number)
        return dict(sorted(found.items()))


def found(release: Finished, requests: Sequence[Request]) -> Found:
    """Raises RecipeError for a release that lacks what copies are told by, and for a request that cannot be asked."""
    for name in (INGEST.name, DEDUP.name, RELEASE.name, signals("content").stage, signals("minhash").stage):
        if name not in release.stages:
            raise RecipeError(f"{release.address} lacks stage {name}: withdraw where the release was made")
    fits = fit(release, requests)
    columns = copies.columns(release)
    threshold = _threshold(release)
    asked = {place for own in fits.places for place in own}
    closed = {place for one, own in zip(requests, fits.places, strict=True) if one.copies == GO for place in own}
    more = copies.closure(release, columns, closed, threshold)
    alone = asked - closed - more.keys()
    beside = copies.closure(release, columns, alone, threshold) if alone else {}
    ids = {columns.ids[columns.number(place)] for place in alone}
    twins = {place: copy for place, copy in beside.items() if columns.ids[columns.number(place)] in ids}
    going = {**twins, **{place: copy for place, copy in more.items() if place not in asked}}
    return Found(
        requests=tuple(requests),
        places=fits.places,
        copies=dict(sorted(going.items())),
        stay={place: copy for place, copy in beside.items() if place not in going and place not in asked},
        alone=frozenset(alone | (twins.keys() - more.keys())),
        columns=columns,
        threshold=threshold,
    )


def _threshold(release: Finished) -> float:
    """From which on [dedup] of the release's recipe takes a document for a copy."""
    params: Any = release[DEDUP].manifest.identity["params"]  # type: ignore[index,call-overload]
    return float(params["table"]["threshold"])


def stones(release: Finished, found_: Found, keyed: Keyed) -> pa.Table:
    """A tombstone for every document that goes, by part and row."""
    asked, columns = found_.asked, found_.columns
    others = _others(release, found_, keyed)
    table = release.stages[signals("minhash").stage].table("signals")
    permutations = minhash(release)["permutations"]
    places = sorted({*asked, *found_.copies})
    released = _released(release, places)
    rows: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    for part in sorted({part for part, _ in places}):
        own = [row for one, row in places if one == part]
        signatures = binaries(table.read(part, ["signature"]).column("signature").take(pa.array(own)))
        for row, signature in zip(own, signatures, strict=True):
            number = columns.number((part, row))
            key = columns.keys[number]
            request, alone = asked.get((part, row), -1), (part, row) in found_.alone
            made = signature and request >= 0 and not alone
            shared = key in others.contents
            near = (part, row) in others.near
            address = others.address.get((part, row))
            values = {
                "part": part,
                "row": row,
                "id": keyed.stand_in(columns.ids[number]),
                "asked": request,
                "content": None if key == NO_WORDS or shared else keyed.content(key),
                "released": keyed.content(released[part, row]) if (part, row) in released and not near else None,
                "signature": keyed.signatures(values_of([signature], permutations)).tobytes() if made else None,
                "address": address,
            }
            for name, value in values.items():
                rows[name].append(value)
    return pa.Table.from_pydict(rows, schema=SCHEMA)


@dataclass(frozen=True, kw_only=True)
class _Others:
    """What tombstones may not name, since documents that stay have it."""

    contents: frozenset[bytes] = frozenset()  # keys
    near: frozenset[Place] = frozenset()  # documents that go of which a copy stays: it may be released as they were
    address: Mapping[Place, bytes] = field(default_factory=dict)  # that it may name, of those that go alone


def _others(release: Finished, found_: Found, keyed: Keyed) -> _Others:
    if not found_.alone:
        return _Others()
    columns, going = found_.columns, {*found_.asked, *found_.copies}
    numbers = {columns.number(place) for place in going}
    wanted = {columns.keys[columns.number(place)] for place in found_.alone}
    contents = {key for number, key in enumerate(columns.keys) if key in wanted and number not in numbers}
    documents = release[INGEST].table("documents")
    own: dict[Place, bytes] = {}
    for part in sorted({part for part, _ in found_.alone}):
        urls = documents.read(part, ["url"]).column("url")
        rows = [row for one, row in found_.alone if one == part]
        own |= {(part, row): keyed.address(url) for row in rows if (url := urls[row].as_py())}
    taken = standing.addresses(release, keyed, {*own.values()}, going) if own else frozenset()
    every = {**found_.copies, **found_.stay}
    roots = {copies.root(every, place) for place in found_.stay}
    return _Others(
        contents=frozenset(contents),
        near=frozenset(place for place in going if copies.root(every, place) in roots),
        address={place: one for place, one in own.items() if one not in taken},
    )


def _released(release: Finished, places: Sequence[Place]) -> dict[Place, bytes]:
    """Content keys of released texts, which are others where something was cut or replaced."""
    corpus = release[RELEASE].table("corpus")
    found: dict[Place, bytes] = {}
    for part in sorted({part for part, _ in places}):
        wanted = {row for own, row in places if own == part}
        known = integers(corpus.read(part, ["row"]).column("row"))
        for batch in corpus.take(part, [at for at, row in enumerate(known) if row in wanted], ["row", "text"]):
            keys = binaries(Content().measure(Batch(documents=batch)).column("key"))
            found |= {(part, row): key for row, key in zip(integers(batch.column("row")), keys, strict=True)}
    return {place: key for place, key in found.items() if key != NO_WORDS}


def minhash(release: Finished) -> dict[str, int]:
    """Parameters of the release's signatures."""
    params: Any = release.stages[signals("minhash").stage].manifest.identity["params"]  # type: ignore[index,call-overload]
    return {name: int(params[name]) for name in _MINHASH}


_MINHASH = ("permutations", "ngram", "seed")


def entry(
    ledger: Ledger, release: Finished, marks: Mapping[str, str], found_: Found, keyed: Keyed, stones_: Any
) -> Entry:
    """The ledger's next."""
    fitting = [
        Asked(
            digest=keyed.request(request.text),
            by=request.by,
            role=request.role,
            basis=request.basis,
            date=request.date,
            documents=len(own),
            copies=request.copies,
        )
        for request, own in zip(found_.requests, found_.places, strict=True)
    ]
    return Entry(
        number=len(ledger.entries) + 1,
        previous=ledger.head,
        mark=keyed.mark,
        date=latest(found_.requests),
        requests=tuple(fitting),
        documents=stones_.rows,
        copies=len(found_.copies),
        minhash=minhash(release),
        threshold=found_.threshold,
        release=dict(marks),
        stones=stones_,
        stay=len(found_.stay),
        elects=bool(found_.elected),
    )


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Of one entry, as stages are patched by it."""

    stones: Stones
    ids: Mapping[str, str]  # stand-ins by id
    keys: frozenset[bytes]  # of contents that no document has any more
    fewer: Mapping[str, int] = field(default_factory=dict)  # by id of a document that stays: those that went for it

    @cached_property
    def rows(self) -> dict[int, np.ndarray]:
        """Rows (int64, ascending) by part of documents."""
        table = self.stones.rows
        parts, rows = (table.column(name).to_numpy().astype(np.int64) for name in ("part", "row"))
        return {part: np.sort(rows[parts == part]) for part in np.unique(parts).tolist()}

    def of(self, part: int) -> np.ndarray:
        return self.rows.get(part, np.empty(0, np.int64))


def gone(release: Finished, stones_: Stones) -> Gone:
    """Of the release that the tombstones were made from, before it is patched."""
    documents = release[INGEST].table("documents")
    contents = release.stages[signals("content").stage].table("signals")
    clusters = release[DEDUP].table("clusters")
    ids: dict[str, str] = {}
    keys: set[bytes] = set()
    keepers: Counter[str] = Counter()
    for part in np.unique(stones_.rows.column("part").to_numpy()).tolist():
        own = stones_.rows.filter(same(stones_.rows.column("part"), part))
        rows = own.column("row")
        ids |= dict(
            zip(
                strings(documents.read(part, ["id"]).column("id").take(rows)),
                strings(own.column("id")),
                strict=True,
            )
        )
        found_ = binaries(contents.read(part, ["key"]).column("key").take(rows))
        keys |= {key for key, alone in zip(found_, own.column("content").is_valid().to_pylist(), strict=True) if alone}
        keepers.update(strings(clusters.read(part, ["kept_id"]).column("kept_id").take(rows).drop_null()))
    fewer = {one: count for one, count in keepers.items() if one not in ids}
    return Gone(stones=stones_, ids=ids, keys=frozenset(keys - {NO_WORDS}), fewer=fewer)
