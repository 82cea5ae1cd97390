"""The record of what stages are: a digest of their code, and of what a small run of that code wrote.

`golden.json` lies beside this module. A stage whose code has another digest than the record, under the same version,
has changed without its version being raised.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.resources import files
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import StringConstraints, TypeAdapter, ValidationError

from corpus.errors import DataError
from corpus.golden.syntax import Facts

NAME = "golden.json"
_MODULES = "modules"  # beside the stages, whose names have an @ in them

Stage = Annotated[str, StringConstraints(pattern=r"^[^@]+@[0-9]+$")]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Of one version of a stage."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    code: str | None = None  # 16 hex digits
    content: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # run, table, 32 hex digits


@dataclass(frozen=True, kw_only=True)
class Golden(Mapping[str, Entry]):
    """Entries by "stage@version"; and facts of modules, which spare whoever has the same source the parsing of it."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    modules: Mapping[str, Facts] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Entry:
        return self.entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def code(self, stage: str, version: int) -> str | None:
        """The recorded digest of the code, or None if there is none."""
        return self._entry(stage, version).code

    def content(self, stage: str, version: int, run: str) -> Mapping[str, str]:
        """The recorded digests of the tables of a run; empty if there are none."""
        return self._entry(stage, version).content.get(run, {})

    def with_code(self, stage: str, version: int, digest: str) -> "Golden":
        return self._with(stage, version, replace(self._entry(stage, version), code=digest))

    def with_content(self, stage: str, version: int, run: str, tables: Mapping[str, str]) -> "Golden":
        """The tables of this run take the place of those recorded for it."""
        entry = self._entry(stage, version)
        return self._with(stage, version, replace(entry, content={**entry.content, run: dict(tables)}))

    def with_modules(self, modules: Mapping[str, Facts]) -> "Golden":
        return replace(self, modules=modules)

    def to_json(self) -> bytes:
        raw: dict[str, object] = {key: _plain(entry) for key, entry in self.entries.items()}
        if self.modules:
            raw[_MODULES] = {name: asdict(module) for name, module in self.modules.items()}
        return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def _entry(self, stage: str, version: int) -> Entry:
        return self.entries.get(_key(stage, version), Entry())

    def _with(self, stage: str, version: int, entry: Entry) -> "Golden":
        return replace(self, entries={**self.entries, _key(stage, version): entry})


def load() -> Golden:
    """The record in this package. Raises DataError if it is missing or damaged."""
    try:
        return parse((files("corpus.golden") / NAME).read_bytes())
    except FileNotFoundError as error:
        raise DataError(f"corpus/golden/{NAME} is missing: install the package again") from error


def parse(data: bytes) -> Golden:
    """A record from its JSON. Raises DataError: what is wrong with it."""
    try:
        raw = orjson.loads(data)
        if not isinstance(raw, dict):
            raise ValueError("not an object")
        modules = raw.pop(_MODULES, {})
        entries = TypeAdapter(dict[Stage, Entry]).validate_json(orjson.dumps(raw), strict=True)
        return Golden(
            entries=entries,
            modules=TypeAdapter(dict[str, Facts]).validate_json(orjson.dumps(modules), strict=True),
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise DataError(_damaged(f"{place}: {first['msg']}")) from error
    except ValueError as error:
        raise DataError(_damaged(str(error).splitlines()[0])) from error


def _damaged(why: str) -> str:
    return f"corpus/golden/{NAME} is damaged ({why}): take it from the repository again"


def _key(stage: str, version: int) -> str:
    return f"{stage}@{version}"


def _plain(entry: Entry) -> dict[str, object]:
    return {name: value for name, value in asdict(entry).items() if value}
