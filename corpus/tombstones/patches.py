"""Patches of a root: which folder of a stage stands for which, once what an entry of the ledger says is taken out.

`<root>/withdrawals/patches/NNNNNN.json` is written when all folders of the patch are there. An entry without one is a
withdrawal that was cut off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from corpus.errors import DataError, RecipeError
from corpus.store import storage
from corpus.store.manifest import Json
from corpus.tombstones import ledger
from corpus.tombstones.ledger import Ledger

_PATCHES: Final = "patches"


@dataclass(frozen=True, kw_only=True)
class Patched:
    """The ledger of a root with its patches, one an entry: fingerprints by stage, before and after."""

    ledger: Ledger
    before: tuple[Mapping[str, str], ...] = ()
    after: tuple[Mapping[str, str], ...] = ()

    @property
    def unfinished(self) -> bool:
        return len(self.after) < len(self.ledger.entries)

    def stands_for(self, entry: int, stage: str, mark: str) -> str:
        """The folder that entry number `entry` (from 1) made of another one; "" if it did not touch it."""
        same = self.before[entry - 1].get(stage) == mark
        return self.after[entry - 1].get(stage, "") if same else ""

    def waiting(self, stage: str, mark: str) -> frozenset[int]:
        """Entries by which a copy may stand up and that this folder of a stage is still patched by, not built after."""
        found: set[int] = set()
        for number in range(len(self.after), 0, -1):
            if self.after[number - 1].get(stage) == mark:
                found |= {number} if self.ledger.entries[number - 1].elects else set()
                mark = self.before[number - 1][stage]
        return frozenset(found)


def read(root: str) -> Patched:
    """Raises DataError for what cannot be read."""
    found = ledger.read(root)
    before, after = [], []
    for entry in found.entries:
        address = storage.join(found.folder, _PATCHES, entry.name)
        data = storage.read_bytes(address)
        if data is None:
            break
        try:
            raw = orjson.loads(data)
            before.append({str(name): str(mark) for name, mark in raw["before"].items()})
            after.append({str(name): str(mark) for name, mark in raw["after"].items()})
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DataError(f"{address} is damaged ({error}): delete it and withdraw again") from error
    return Patched(ledger=found, before=tuple(before), after=tuple(after))


def finished(root: str) -> Patched:
    """The same. Raises RecipeError where a withdrawal was cut off: nothing may be built beside half of one."""
    found = read(root)
    if found.unfinished:
        number = found.ledger.entries[len(found.after)].number
        raise RecipeError(
            f"withdrawal {number} in {root} was cut off: give `gristmill withdraw` the same requests again with --yes"
        )
    return found


def identity(was: Any, parents: Mapping[str, str], of: str, head: str) -> Json:
    """Of the stage that a patch makes: what it was, on the stages before it as they are patched, without what the
    ledger says by then. `of`: its fingerprint; `head`: of the ledger."""
    return {**was, "parents": {**parents}, "withdrawn": {"of": of, "ledger": head}}


def write(found: Ledger, number: int, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    data = orjson.dumps(
        {"before": dict(before), "after": dict(after), "head": found.heads[number - 1]},
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )
    storage.publish_bytes(storage.join(found.folder, _PATCHES), found.entries[number - 1].name, data)
