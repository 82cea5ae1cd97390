"""What labels are joined by: the key of a document, and the same of a label, as 128 bits."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from corpus.external.recipe_table import Key
from corpus.external.surt import surt
from filters.arrow import strings
from filters.optout import sites
from filters.url import registered


def _host(url: str) -> str | None:
    return sites.parted(url)[0] or None


def _domain(url: str) -> str | None:
    host = _host(url)
    return registered(host) if host else None


_OF_URL: Final[Mapping[Key, Callable[[str], str | None]]] = {
    "url": lambda url: url,
    "surt": surt,
    "host": _host,
    "domain": _domain,
}
_OF_LABEL: Final[Mapping[Key, Callable[[str], str]]] = {
    "host": sites.plain,
    "domain": lambda domain: registered(sites.plain(domain)),
}


def columns(kind: Key) -> list[str]:
    """Of documents: what their keys are made of."""
    return ["id"] if kind == "id" else ["url"]


def of_documents(kind: Key, documents: pa.Table) -> list[str | None]:
    """The key of each document (`columns`); None for one that has none."""
    if kind == "id":
        return [*strings(documents.column("id"))]
    made = _OF_URL[kind]
    return [made(url) if url else None for url in documents.column("url").to_pylist()]


def of_label(kind: Key, text: str) -> str:
    """A label's key as documents have it: hosts and domains as DNS has them, else as it stands."""
    made = _OF_LABEL.get(kind)
    return made(text) if made else text


def halves(keys: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Two int64 of each key: blake2b-128, of which two of 10^10 meet by chance with probability 1.5e-19."""
    digests = (hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest() for key in keys)
    found = np.frombuffer(b"".join(digests), ">i8").reshape(-1, 2).astype(np.int64)
    return np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])
