"""The ledger of withdrawals of a root: `<root>/withdrawals/ledger/NNNNNN.json`, an entry a file, each naming the sha256
of the one before. Nothing in it is a text, an address or an id: only keyed digests, counts, roles and dates.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from corpus.errors import DataError
from corpus.store import storage
from corpus.store.manifest import FileEntry

FOLDER: Final = "withdrawals"
_ENTRIES = "ledger"
_NAME = re.compile(r"(\d{6})\.json")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, as the ledger has it."""

    digest: str  # keyed, of what it asks for
    by: str  # in which way: corpus.withdrawal.requests.WAYS
    role: str
    basis: str
    date: str
    documents: int  # that it fits
    copies: str = "go"  # corpus.withdrawal.requests.COPIES


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One withdrawal."""

    number: int  # from 1
    previous: str  # sha256 of the entry before; "" for the first
    mark: str  # of the key
    date: str  # the latest date of its requests, ISO 8601: no clock is asked
    requests: Sequence[Asked]
    documents: int  # that went, copies included
    copies: int  # of these, those that no request names
    minhash: Mapping[str, int]  # parameters of the signatures
    threshold: float  # of similarity from which on a copy goes
    release: Mapping[str, str]  # stages of the release that it was taken out of
    stones: FileEntry  # of corpus.tombstones.stones
    stay: int = 0  # copies that no request names and that stay, by policy
    elects: bool = False  # whether the next run elects anew, since a copy may stand up

    def to_json(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @property
    def name(self) -> str:
        return f"{self.number:06d}.json"


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All entries of a root, in order; `heads` are their sha256."""

    folder: str  # <root>/withdrawals
    entries: tuple[Entry, ...] = ()
    heads: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """Of the last entry; "" where nothing was withdrawn."""
        return self.heads[-1] if self.heads else ""

    def answers(self, digest: str) -> int:
        """The number of the entry that answers a request, which it is not by one that it fitted nothing in; 0 for
        none."""
        found = ((entry.number, one) for entry in self.entries for one in entry.requests)
        return next((number for number, one in found if one.digest == digest and one.documents), 0)


def read(root: str) -> Ledger:
    """Of a root, or of a folder `withdrawals` that was copied. Raises DataError for a chain that is broken."""
    own = storage.join(root, FOLDER)
    folder = own if storage.list_names(storage.join(own, _ENTRIES)) else root
    entries: list[Entry] = []
    heads: list[str] = []
    place = storage.join(folder, _ENTRIES)
    for name in storage.list_names(place):
        if not _NAME.fullmatch(name):
            continue
        data = storage.read_bytes(storage.join(place, name)) or b""
        entry = _entry(storage.join(place, name), data)
        if entry.number != len(entries) + 1 or entry.name != name or entry.previous != (heads[-1] if heads else ""):
            raise DataError(
                f"{storage.join(place, name)} does not follow the entry before it: the ledger was edited or is not "
                "whole; copy it again from where it was kept"
            )
        entries.append(entry)
        heads.append(hashlib.sha256(data).hexdigest())
    return Ledger(folder=own if not entries else folder, entries=tuple(entries), heads=tuple(heads))


def _entry(address: str, data: bytes) -> Entry:
    try:
        raw: dict[str, Any] = orjson.loads(data)
        asked = tuple(Asked(**one) for one in raw.pop("requests"))
        return Entry(requests=asked, stones=FileEntry(**raw.pop("stones")), **raw)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{address} is damaged ({error}): copy the ledger again from where it was kept") from error


def append(folder: str, entry: Entry) -> None:
    """Write an entry behind the last one: this is when a withdrawal is decided."""
    storage.publish_bytes(storage.join(folder, _ENTRIES), entry.name, entry.to_json())
