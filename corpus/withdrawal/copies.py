"""Copies of what was asked for: of the same content, near ones by exact similarity, and whatever deduplication joined.

A document that stays for others and goes takes these with it, and one that went for another takes that: the whole
cluster goes. Of near copies that were never compared a signature proposes, the exact Jaccard similarity of the shingle
sets decides, as everywhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from corpus.duplicates.earlier import Earlier
from corpus.duplicates.shingles import MakeShingles
from corpus.stages.built import Finished
from corpus.stages.dedup import DEDUP
from corpus.stages.ingest import INGEST
from corpus.stages.stage import signals
from corpus.tombstones.bands import alike
from corpus.tombstones.secret import values_of
from filters.arrow import binaries, equal, integers, strings

Place = tuple[int, int]
NO_WORDS = bytes(16)  # the content key of a text without any
_SLACK = 0.15  # four standard errors of 126 values at 0.8: what is less alike than that is not proposed
_PAIRS_AT_A_TIME = 1 << 12


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Why a document goes that no request names."""

    of: Place
    how: str  # "same content", "near", "went for it", "it went for"
    similarity: float | None = None  # exact, where it was taken here


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Of all documents, end to end: what copies are told by."""

    bounds: np.ndarray  # int64[parts + 1] into the rows
    keys: list[bytes]  # of contents
    ids: list[str]
    kept_ids: list[str | None]
    stays: np.ndarray  # bool: whether deduplication left it

    def place(self, number: int) -> Place:
        part = int(np.searchsorted(self.bounds, number, side="right")) - 1
        return part, number - int(self.bounds[part])

    def number(self, place: Place) -> int:
        return int(self.bounds[place[0]]) + place[1]


def columns(release: Finished) -> Columns:
    """Some 150 bytes a document."""
    clusters, contents = release[DEDUP].table("clusters"), release.stages[signals("content").stage].table("signals")
    ids: list[str] = []
    kept_ids: list[str | None] = []
    stays: list[np.ndarray] = []
    for found in clusters.each(["id", "kept_id", "outcome"]):
        ids += strings(found.column("id"))
        kept_ids += found.column("kept_id").to_pylist()
        stays.append(equal(found.column("outcome"), "kept"))
    keys = [key for found in contents.each(["key"]) for key in binaries(found.column("key"))]
    bounds = np.concatenate([[0], np.cumsum(clusters.rows_by_part())]).astype(np.int64)
    return Columns(
        bounds=bounds, keys=keys, ids=ids, kept_ids=kept_ids, stays=np.concatenate([np.empty(0, bool), *stays])
    )


def closure(release: Finished, known: Columns, asked: Iterable[Place], threshold: float) -> dict[Place, Copy]:
    """Every document that goes with those asked for."""
    numbers = {known.number(place) for place in asked}
    found: dict[int, Copy] = {}
    for number, (of, much) in _near(release, known, numbers, threshold).items():
        if number not in numbers:
            found[number] = Copy(of=known.place(of), how="near", similarity=much)
    groups = _groups(known)
    waiting = [*sorted(numbers), *sorted(found)]
    while waiting:
        one = waiting.pop()
        for other, how in _joined(known, one, groups):
            if other not in numbers and other not in found:
                found[other] = Copy(of=known.place(one), how=how)
                waiting.append(other)
    return {known.place(number): copy for number, copy in sorted(found.items())}


def root(copies: Mapping[Place, Copy], place: Place) -> Place:
    """The document that was asked for, along copies of copies."""
    while place in copies:
        place = copies[place].of
    return place


@dataclass(frozen=True, kw_only=True)
class _Groups:
    """Numbers of documents."""

    by_key: Mapping[bytes, list[int]]  # of one content
    by_id: Mapping[str, list[int]]
    stars: Mapping[str, list[int]]  # that went for one, by its id
    keepers: Mapping[str, list[int]]  # that stay, by id: what was withdrawn before is none


def _groups(known: Columns) -> _Groups:
    by_key: dict[bytes, list[int]] = {}
    stars: dict[str, list[int]] = {}
    by_id: dict[str, list[int]] = {}
    keepers: dict[str, list[int]] = {}
    for number, (key, id_, kept, stays) in enumerate(
        zip(known.keys, known.ids, known.kept_ids, known.stays.tolist(), strict=True)
    ):
        if key != NO_WORDS:
            by_key.setdefault(key, []).append(number)
        by_id.setdefault(id_, []).append(number)
        if kept is not None:
            stars.setdefault(kept, []).append(number)
        if stays:
            keepers.setdefault(id_, []).append(number)
    return _Groups(by_key=by_key, by_id=by_id, stars=stars, keepers=keepers)


def _joined(known: Columns, one: int, groups: _Groups) -> Iterable[tuple[int, str]]:
    for other in (*groups.by_key.get(known.keys[one], ()), *groups.by_id[known.ids[one]]):
        yield other, "same content"
    for other in groups.stars.get(known.ids[one], ()):
        yield other, "went for it"
    for other in groups.keepers.get(known.kept_ids[one] or "", ()):
        yield other, "it went for"


def _near(release: Finished, known: Columns, asked: set[int], threshold: float) -> dict[int, tuple[int, float]]:
    """Documents of the threshold's similarity or more to one that is asked for: which, and how similar, exactly."""
    measured = release.stages[signals("minhash").stage]
    params = measured.manifest.identity["params"]  # type: ignore[index,call-overload]
    permutations, ngram = int(params["permutations"]), int(params["ngram"])  # type: ignore[index,arg-type,call-overload]
    table = measured.table("signals")
    wanted = sorted(asked)
    values, owners = _values_at(table.each(["signature"]), known, wanted, permutations)
    pairs: list[tuple[int, int]] = []
    for part, found in enumerate(table.each(["signature"])):
        signatures = binaries(found.column("signature"))
        rows = [row for row, one in enumerate(signatures) if one]
        own = values_of((signatures[row] for row in rows), permutations)
        best, _ = alike(values, own, threshold - _SLACK)
        first = int(known.bounds[part])
        pairs += [(first + row, owners[one]) for row, one in zip(rows, best.tolist(), strict=True) if one >= 0]
    pairs = [(one, other) for one, other in pairs if one not in asked]
    found_: dict[int, tuple[int, float]] = {}
    for first in range(0, len(pairs), _PAIRS_AT_A_TIME):
        some = pairs[first : first + _PAIRS_AT_A_TIME]
        sets = _shingles(release, known, {number for pair in some for number in pair}, ngram)
        for one, other in some:
            shared = len(np.intersect1d(sets[one], sets[other], assume_unique=True))
            much = shared / max(len(sets[one]) + len(sets[other]) - shared, 1)
            if much >= threshold:
                found_[one] = (other, much)
    return found_


def _values_at(
    parts: Iterable[object], known: Columns, wanted: list[int], permutations: int
) -> tuple[np.ndarray, list[int]]:
    """Signatures of some documents (uint32[rows, permutations]), and whose each is."""
    signatures, owners = [], []
    places = [known.place(number) for number in wanted]
    by_part: dict[int, list[int]] = {}
    for part, row in places:
        by_part.setdefault(part, []).append(row)
    for part, found in enumerate(parts):
        column = found.column("signature")  # type: ignore[attr-defined]
        for row in by_part.get(part, ()):
            one = column[row].as_py()
            if one:
                signatures.append(one)
                owners.append(known.number((part, row)))
    return values_of(signatures, permutations), owners


def _shingles(release: Finished, known: Columns, numbers: set[int], ngram: int) -> dict[int, np.ndarray]:
    """Shingle sets (int64, distinct) of documents."""
    make = MakeShingles(documents=release[INGEST].table("documents"), earlier=Earlier(), ngram=ngram)
    places = [known.place(number) for number in sorted(numbers)]
    keys = np.array([part << 32 | row for part, row in places], np.int64)
    found: dict[int, np.ndarray] = {}
    for batch in make(keys):
        for key, one in zip(integers(batch.column("key")), batch.column("shingles"), strict=True):
            found[known.number((key >> 32, key & 0xFFFFFFFF))] = one.values.to_numpy()
    return found
