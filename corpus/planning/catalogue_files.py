"""Entries of a catalogue out of their files: TOML or JSON, an entry a file or a list of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from corpus.catalogue.entry import Entry
from corpus.catalogue.faults import between, of_entry
from corpus.errors import RecipeError
from corpus.planning import bounds

_KEY: Final = "entries"  # of a list in TOML, which has none at its top
_OTHERS: Final = (".yaml", ".yml", ".jsonl", ".csv", ".tsv")  # in which somebody may have written entries
_BYTES: Final = 64 << 20  # of a JSON file: entries have some 5 kB
_TOML_CHARS: Final = 1 << 18  # of a value: terms of licences stand in entries whole
_HIDDEN: Final = ("custodian", "availability.procurement")  # whose values no message shows


@dataclass(frozen=True, kw_only=True)
class Found:
    """A catalogue as it was read: entries by uid, and what is no entry, as (file and uid or number, fault)."""

    entries: Mapping[str, Entry]
    broken: tuple[tuple[str, str], ...]
    where: Mapping[str, str] = field(default_factory=dict)  # files by uid

    @property
    def broken_names(self) -> tuple[str, ...]:
        """Files and uids, or numbers, of what is no entry."""
        return tuple(dict.fromkeys(name for name, _ in self.broken))

    def fault(self, uid: str) -> str | None:
        """Why there is no entry of this uid, if that is because it is no entry."""
        return next((fault for name, fault in self.broken if name.endswith(f": {uid}")), None)


def read(address: Path, *, every: bool = False) -> Found:
    """All entries of a file or folder. Raises RecipeError for a file that cannot be read, and for two entries of one
    uid; with `every` the former is a fault among the others."""
    entries: dict[str, Entry] = {}
    where: dict[str, str] = {}
    broken: list[tuple[str, str]] = []
    for file in _files(address):
        try:
            rows = list(_raw(file))
        except RecipeError as error:
            if not every:
                raise
            broken.append((file.name, str(error)))
            continue
        for number, raw in enumerate(rows, 1):
            uid = raw.get("uid") if isinstance(raw, dict) else None
            said = bounds.short(bounds.printable(uid)) if isinstance(uid, str) else f"entry {number}, which has no uid"
            name = f"{file.name}: {said}"
            try:
                entry = _ENTRY.validate_json(orjson.dumps(raw), strict=True)
            except ValidationError as error:
                broken += [(name, _said(one)) for one in error.errors()]
                continue
            except (TypeError, ValueError) as error:  # times of TOML, which JSON lacks
                broken.append((name, bounds.short(str(error))))
                continue
            if entry.uid in entries:
                raise RecipeError(
                    f"{file}: the entry {bounds.short(entry.uid)!r} is in {where[entry.uid]} too: take one of them out"
                )
            entries[entry.uid], where[entry.uid] = entry, file.name
    if not entries and not broken:
        raise RecipeError(f"{address} holds no entry: give a file (TOML or JSON) or a folder of such files")
    return Found(entries=entries, broken=tuple(broken), where=where)


def faults(found: Found) -> list[str]:
    """A line a fault of the whole catalogue, as "file: uid: field: what is wrong"."""
    lines = [f"{name}: {fault}" for name, fault in found.broken]
    own = [(uid, fault) for uid, entry in found.entries.items() for fault in of_entry(entry)]
    told = [f"{found.where[uid]}: {uid}: {fault}" for uid, fault in [*own, *between(found.entries)]]
    return lines + [bounds.printable(line) for line in told]


def unvalidated(found: Found) -> list[str]:
    """A line an entry that nobody has checked in whole."""
    return [
        f"{found.where[uid]}: {uid}: not validated yet: {', '.join(entry.unvalidated)}"
        for uid, entry in found.entries.items()
        if entry.unvalidated
    ]


_ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)


def _files(address: Path) -> list[Path]:
    if not address.is_dir():
        return [address]
    return sorted(one for one in address.rglob("*") if one.suffix in (".json", ".toml", *_OTHERS) and one.is_file())


def _raw(file: Path) -> Iterator[Any]:
    if file.suffix in _OTHERS:
        raise RecipeError(f"{file} lies among the entries and is none: write it as TOML or JSON, or take it out")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise RecipeError(f"cannot read the catalogue {file}: {error.strerror}; mend its path") from error
    try:
        found = _json(data) if file.suffix == ".json" else bounds.parsed(data, "catalogue", _TOML_CHARS)
    except UnicodeDecodeError as error:
        raise RecipeError(f"{file} is no text in UTF-8: {error.reason}; write it again") from error
    except ValueError as error:
        raise RecipeError(f"{file} {bounds.short(str(error))}") from error
    if isinstance(found, dict) and list(found) == [_KEY]:
        found = found[_KEY]
    yield from found if isinstance(found, list) else [found]


def _json(data: bytes) -> Any:
    if len(data) > _BYTES:
        raise ValueError(f"is {len(data):,} bytes, a catalogue file has at most {_BYTES:,}: write several")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"is no JSON: {error}; mend it") from error


def _said(error: Any) -> str:
    """One error of pydantic's as "field: what is wrong"."""
    place = bounds.short(bounds.printable(".".join(str(step) for step in error["loc"])))
    if error["type"] == "missing":
        return f"{place}: it is missing"
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{place}: there is no such field"
    said = str(error["msg"]).removeprefix("Value error, ")
    got = "" if place.startswith(_HIDDEN) else f", got {bounds.short(repr(error['input']))[:80]}"
    return f"{place or 'entry'}: {said}{got}"
