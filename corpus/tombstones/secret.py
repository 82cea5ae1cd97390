"""Digests of what was withdrawn, under a key: who has a ledger and not the key learns nothing by guessing texts.

The key is never written. scrypt makes of it what digests are taken with, and a mark by which another key is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, scrypt
from typing import Final

import numpy as np

from corpus.duplicates.addresses import canonical
from corpus.errors import RecipeError
from filters.kernels.siphash import siphash

_MIN, _MAX = 32, 64  # bytes, as of [pii] key
# scrypt (RFC 7914) with OWASP's parameters: 128 MB and about 0.4 s for each guess.
_N, _R, _P, _MEMORY = 1 << 17, 8, 1, 1 << 28
_SALT = b"gristmill: digests of what was withdrawn, 1"  # fixed: ledgers of one key can be read together
_MARK = 16  # bytes
ID_CHARS: Final = 32  # of a stand-in: as many as an id has


@dataclass(frozen=True, slots=True)
class Keyed:
    """What digests are taken with. `mark` may be seen by everybody."""

    mark: str
    _digests: bytes
    _values: tuple[int, int]

    def stand_in(self, id_: str) -> str:
        """32 hex digits that stand where the id of a withdrawn document stood."""
        return self._digest(b"id", id_.encode()).hex()

    def content(self, key: bytes) -> bytes:
        """16 bytes of a content key (signals.content)."""
        return self._digest(b"content", key)

    def address(self, url: str) -> bytes:
        """16 bytes of an address, the same for all that lead to one page."""
        return self._digest(b"address", (canonical(url) or url).encode("utf-8", "surrogatepass"))

    def request(self, text: str) -> str:
        """32 hex digits of what a request asks for."""
        return self._digest(b"request", text.encode()).hex()

    def signatures(self, values: np.ndarray) -> np.ndarray:
        """uint32[rows, permutations] of MinHash values of that shape: equal where those are, each place apart."""
        rows, width = values.shape
        words = (np.arange(width, dtype=np.uint64) << np.uint64(32)) | values.astype(np.uint64)
        low, high = self._values
        found = siphash(words.ravel(), np.uint64(low), np.uint64(high))
        return found.astype(np.uint32).reshape(rows, width)

    def _digest(self, person: bytes, data: bytes) -> bytes:
        return blake2b(data, digest_size=16, key=self._digests, person=person).digest()


@lru_cache(maxsize=4)
def keyed(secret: str) -> Keyed:
    """Takes about 0.4 s. Raises RecipeError for a key that is too short or too long."""
    if not _MIN <= len(secret.encode()) <= _MAX:
        raise RecipeError(
            f"the key of withdrawals must have {_MIN} to {_MAX} bytes: make one with `openssl rand -hex 32`"
        )
    made = scrypt(secret.encode(), salt=_SALT, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=_MARK + 32 + 16)
    values = made[_MARK + 32 :]
    halves = (int.from_bytes(values[:8], "little"), int.from_bytes(values[8:], "little"))
    return Keyed(made[:_MARK].hex(), made[_MARK : _MARK + 32], halves)


def values_of(signatures: Iterable[bytes], permutations: int) -> np.ndarray:
    """MinHash values (uint32[rows, permutations]) of signatures as signals.minhash has them, none of them empty."""
    return np.frombuffer(b"".join(signatures), "<u4").reshape(-1, permutations)
