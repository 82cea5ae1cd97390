"""Where a document comes from: block lists of domains, and of words in addresses (RefinedWeb, Penedo et al. 2023, 3.1).

A listed domain blocks itself and everything below it. Which names are domains that somebody can register is read from
the Public Suffix List (package `publicsuffixlist`, ICANN section): a list that names a suffix, such as `co.uk`, is
refused, for it would block a country.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from annotated_types import Ge

from filters.arrow import Array, array, filled, schema, string_array
from filters.batch import Batch
from filters.files import FileName
from filters.kernels.buffers import buffers
from filters.kernels.lexicon import compile_lexicons, count_known
from filters.kernels.text import index_text
from filters.models import verified
from filters.rules import Rule

# The host of an absolute URL, without user, port and trailing dot (RFC 3986, section 3.2).
_HOST = r"^[A-Za-z][A-Za-z0-9+.\-]*://(?:[^/?#@]*@)?(?P<host>\[[^\]/?#]*\]|[^/?#:@\[\]]*?)\.?(?::[0-9]*)?(?:[/?#]|$)"
_ADDRESS = re.compile(r"[0-9.]+|\[.*\]")


@dataclass(frozen=True, kw_only=True)
class List:
    """A text file of domains, one a line; empty lines and those that begin with # say nothing."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    path: Annotated[str, FileName()]
    """The file, from the recipe's folder."""
    sha256: str
    """Its digest, hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The registered domain, whether it is listed, and words of the address that are. A document without an address is
    never blocked."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    version: ClassVar[int] = 1
    libraries: ClassVar[tuple[str, ...]] = ("publicsuffixlist",)
    reads: ClassVar[tuple[str, ...]] = ()
    signals: ClassVar[pa.Schema] = schema(
        [
            pa.field("domain", pa.string(), nullable=False),  # registered domain, or the host where there is none
            pa.field("blocked", pa.int32(), nullable=False),  # 1 if it, or a domain above it, is listed; else 0
            pa.field("words", pa.int32(), nullable=False),  # listed words in the address
        ]
    )
    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(reason="blocked_domain", signal="blocked", threshold="max_blocked"),
        Rule(reason="blocked_words", signal="words", threshold="max_words"),
    )

    domains: tuple[str, ...] = ()
    """Domains that are listed; each blocks itself and everything below it."""
    lists: Mapping[str, List] = field(default_factory=dict, hash=False)
    """Files of domains, by a name."""
    words: tuple[str, ...] = ()
    """Words of addresses that are listed: whole words, in any case; phrases stand for words that follow each other."""
    max_blocked: Annotated[int, Ge(0)] | None = 0
    """Largest `blocked`, which is 1 for a document of a listed domain: 0 drops these."""
    max_words: Annotated[int, Ge(0)] | None = 0
    """Most listed words in the address."""

    def measure(self, batch: Batch) -> pa.RecordBatch:
        urls = string_array(filled(batch.documents.column("url"), ""))
        hosts = pc.utf8_lower(pc.fill_null(pc.struct_field(pc.extract_regex(urls, _HOST), "host"), ""))
        distinct = hosts.dictionary_encode()
        names = [_ascii(host) for host in distinct.dictionary.to_pylist()]
        listed = _listed(self.domains, tuple((name, one.path, one.sha256) for name, one in sorted(self.lists.items())))
        blocked = pa.array([int(_is_listed(name, listed)) for name in names], pa.int32())
        columns: list[Array] = [
            pa.array([registered(name) for name in names], pa.string()).take(distinct.indices),
            blocked.take(distinct.indices),
            array(_words_in(urls, self.words)),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.signals)


def _ascii(host: str) -> str:
    """The name as DNS has it; one that cannot be so written stays as it is."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  (reads its list when made)

    return PublicSuffixList(only_icann=True)


@cache
def registered(host: str) -> str:
    """The registered domain of a host as DNS has it, or the host where there is none."""
    if _ADDRESS.fullmatch(host):
        return host
    return _suffixes().privatesuffix(host) or host


@cache
def _listed(domains: Sequence[str], lists: Sequence[tuple[str, str, str]]) -> frozenset[str]:
    """All listed domains. Raises ValueError, one line, for a missing or changed file and for a public suffix."""
    found = {("domains", domain) for domain in domains}
    for name, path, sha256 in lists:
        with open(verified(path, sha256, "list"), encoding="utf-8", errors="replace") as file:
            found |= {(name, line.strip()) for line in file if line.strip() and not line.startswith("#")}
    names = set()
    for where, domain in sorted(found):
        plain = _ascii(domain.lower().strip("."))
        if not _ADDRESS.fullmatch(plain) and _suffixes().privatesuffix(plain) is None:
            raise ValueError(f"{where} lists {domain!r}, under which anybody can register: list the domains below it")
        names.add(plain)
    return frozenset(names)


def _is_listed(host: str, listed: frozenset[str]) -> bool:
    labels = host.split(".") if listed and not _ADDRESS.fullmatch(host) else [host]
    return any(".".join(labels[first:]) in listed for first in range(len(labels)))


def _words_in(urls: pa.StringArray, words: Sequence[str]) -> np.ndarray:
    """int32[rows]: listed words and phrases in each address."""
    if not words:
        return np.zeros(len(urls), np.int32)
    lexicon = compile_lexicons({"": words})
    rows = np.zeros(len(urls), np.int64)
    index = index_text(*buffers(urls))
    known = count_known(index.word_hash, index.word_offsets, rows, lexicon.offsets, lexicon.table, lexicon.kinds)
    return np.asarray(known[:, 1], np.int32)
