"""The folder of an export: begun by what it will hold, done when the digests of all its files are there.

Files appear whole or not at all. Which they are follows from the release and what was asked, so an export that was
killed is done again from its beginning and ends in the same bytes.
"""

import hashlib
from collections.abc import Callable, Mapping

import orjson

from corpus.errors import DataError, RecipeError
from corpus.store import storage
from corpus.store.manifest import Json

WHAT, SUMS = "export.json", "SHA256SUMS"
_BLOCK = 8 << 20


class Folder:
    """Raises RecipeError if it holds anything else than this export, or what is left of it."""

    def __init__(self, address: str, what: Mapping[str, Json]) -> None:
        self._address = address
        self._sums: dict[str, str] = {}
        body = orjson.dumps(dict(what), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        found = storage.read_bytes(storage.join(address, WHAT))
        if found is None and (others := self._names()):
            raise RecipeError(f"{address} is not empty (it has {others[0]}): name a folder for this export alone")
        if found not in (None, body):
            raise RecipeError(f"{address} holds another export, or one of another release: name another folder")
        storage.sweep(address)
        self.write_bytes(WHAT, body)

    def _names(self) -> list[str]:
        return [name for name in storage.sizes(self._address) if not storage.is_scratch(name.rpartition("/")[2])]

    def is_done(self) -> bool:
        """Whether all of it is there. Raises DataError for a file that is not what its digest says."""
        sums = storage.read_bytes(storage.join(self._address, SUMS))
        if sums is None:
            return False
        for line in sums.decode().splitlines():
            digest, _, name = line.partition("  ")
            address = storage.join(self._address, name)
            if _sha256(address) != digest:
                raise DataError(f"{address} is missing or damaged: delete {self._address} and export again")
        return True

    def write(self, name: str, body: Callable[[storage.Sink], None]) -> None:
        """A file, by its path within the folder."""
        within, _, last = name.rpartition("/")
        with storage.publish(storage.join(self._address, within) if within else self._address, last) as sink:
            body(sink)
        self._sums[name] = sink.sha256

    def write_bytes(self, name: str, data: bytes) -> None:
        """A small one, directly in the folder."""
        with storage.publish(self._address, name) as sink:
            sink.write(data)
        self._sums[name] = sink.sha256

    def close(self) -> None:
        """Publish the digests. Raises RecipeError for a file that somebody else put there."""
        others = sorted(set(self._names()) - {*self._sums, SUMS})
        if others:
            raise RecipeError(
                f"{storage.join(self._address, others[0])} is no file of this export: take it away and export again"
            )
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(self._sums.items()))
        storage.publish_bytes(self._address, SUMS, lines.encode())


def _sha256(address: str) -> str:
    """Of a file; "" if there is none."""
    filesystem, path = storage.resolve(address)
    digest = hashlib.sha256()
    try:
        with filesystem.open_input_stream(path, compression=None) as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()
