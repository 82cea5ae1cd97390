"""Which documents of a release a request fits: one reading of `documents`, of its text only where one needs it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.duplicates.addresses import canonical
from corpus.errors import RecipeError
from corpus.stages.built import Finished
from corpus.stages.ingest import INGEST
from corpus.stages.release import RELEASE
from corpus.store import entries
from corpus.store.cores import usable
from corpus.store.table import Table
from corpus.withdrawal.requests import Request
from filters.arrow import equal, string_array, strings
from filters.batch import Batch
from filters.url import Filter as Url

Mask = Callable[[pa.RecordBatch], np.ndarray]
_NARROW = ("id", "source", "url", "licence", "file")


@dataclass(frozen=True, kw_only=True)
class Fits:
    """Places (part, row) that each request fits, in order."""

    places: tuple[tuple[tuple[int, int], ...], ...]


def fit(release: Finished, requests: Sequence[Request]) -> Fits:
    """Raises RecipeError for a request that cannot be asked of this release."""
    documents = release[INGEST].table("documents")
    masks = [_mask(release, one) for one in requests]
    columns = [*_NARROW, *(["text"] if any(one.by in ("span", "identifier") for one in requests) else [])]
    found: list[list[tuple[int, int]]] = [[] for _ in requests]
    for part, own in enumerate(entries.ahead(_Look(documents, masks, columns), range(documents.parts), usable())):
        for number, rows in enumerate(own):
            found[number] += [(part, row) for row in rows]
    return Fits(places=tuple(tuple(one) for one in found))


@dataclass(frozen=True)
class _Look:
    documents: Table
    masks: Sequence[Mask]
    columns: Sequence[str]

    def __call__(self, part: int) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in self.masks]
        first = 0
        for batch in self.documents.batches(part, self.columns):
            there = ~equal(batch.column("file"), "")  # of what was withdrawn before nothing is left to fit
            for number, mask in enumerate(self.masks):
                found[number] += (np.flatnonzero(mask(batch) & there) + first).tolist()
            first += batch.num_rows
        return found


def _mask(release: Finished, request: Request) -> Mask:
    by, value = request.by, request.value
    if by in ("id", "source", "licence"):
        return lambda batch: equal(batch.column(by), value)
    if by == "domain":
        return _domain(request)
    if by in ("url", "url_prefix"):
        return _address(value, whole=by == "url")
    if by == "span":
        return lambda batch: _holds(batch, value)
    if by == "identifier":
        return _identifier(value)
    return _digest(release, value)


def _domain(request: Request) -> Mask:
    one = Url(domains=(request.value,))

    def mask(batch: pa.RecordBatch) -> np.ndarray:
        try:
            measured = one.measure(Batch(documents=batch))
        except ValueError as error:
            raise RecipeError(f"{request}: {error}") from error
        return equal(measured.column("blocked"), 1)

    return mask


def _address(value: str, *, whole: bool) -> Mask:
    wanted = canonical(value) or value

    def fits(url: str | None) -> bool:
        if not url:
            return False
        own = canonical(url) or url
        return own == wanted if whole else own.startswith(wanted)

    return lambda batch: np.array([fits(url) for url in batch.column("url").to_pylist()], bool)


def _holds(batch: pa.RecordBatch, value: str, *, ignore_case: bool = False) -> np.ndarray:
    return np.asarray(pc.match_substring(batch.column("text"), value, ignore_case=ignore_case), bool)


def _identifier(value: str) -> Mask:
    """Whole, in any case: ann@example.org is not joann@example.org."""
    whole = re.compile(rf"(?<![\w.+-]){re.escape(value)}(?![\w-]|[.@]\w)", re.IGNORECASE)

    def mask(batch: pa.RecordBatch) -> np.ndarray:
        found = _holds(batch, value, ignore_case=True).copy()
        texts = string_array(batch.column("text"))
        for row in np.flatnonzero(found).tolist():
            found[row] = whole.search(str(texts[row].as_py())) is not None
        urls = batch.column("url").to_pylist()
        found[[row for row, url in enumerate(urls) if url and whole.search(url)]] = True
        return found

    return mask


def _digest(release: Finished, value: str) -> Mask:
    """Documents in which the release found personal data of this digest, under its recipe's [pii] key."""
    ids = pa.array(sorted(set(_with_digest(release, value))), pa.string())
    return lambda batch: np.asarray(pc.is_in(batch.column("id"), value_set=ids), bool)


def _with_digest(release: Finished, value: str) -> Iterator[str]:
    for found in release[RELEASE].table("redactions").each(["id", "digest"]):
        yield from strings(found.filter(equal(found.column("digest"), value)).column("id"))
