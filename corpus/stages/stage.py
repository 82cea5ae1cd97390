"""A stage as one object: what it is called, what it reads and writes, what determines it, and when its sums balance.

The job that builds a stage is given its `params` and the tables that it reads, and nothing else: it cannot see the
recipe. All of `params` is in the stage's identity, so a parameter that is used and does not change the fingerprint
cannot be written. What stops a run afterwards and changes no byte (how many rejects are too many) is the stage's
`gate`, which the job is not given.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable

import orjson
import pyarrow as pa

from corpus.stages.balance import Ledger
from corpus.stages.ref import Ref
from corpus.store import manifest
from corpus.store.manifest import PARTS, Json
from corpus.store.tally import Row

if TYPE_CHECKING:
    from corpus.stages.request import Request

P = TypeVar("P")
T = TypeVar("T")


def counts(stage: "Stage[Any]") -> Ref:
    """The manifest of a stage alone."""
    return Ref(stage=stage.name, table="")


@dataclass(frozen=True, kw_only=True)
class Written:
    """A table that a stage writes; one of files has no schema here: its format, or its columns, follow from more."""

    schema: pa.Schema | None = None
    aligned: bool = False  # part i, row j is part i, row j of documents


@dataclass(frozen=True, slots=True)
class Located(Generic[T]):
    """Something outside the run: `what` it is, which the identity has, and where it lies, which it has not."""

    what: Any
    at: T

    def identity(self) -> object:
        return self.what


@runtime_checkable
class HasIdentity(Protocol):
    """A value that says itself what of it changes bytes."""

    def identity(self) -> object: ...


def _nothing(_: "Ledger") -> None:
    """Nothing to balance."""


def _no_gate(_: "Request") -> object:
    return None


@dataclass(frozen=True, kw_only=True, eq=False)
class Stage(Generic[P]):
    """`params` gives None for a stage that the recipe does not ask for. `<stage>.<table>` is a reference to a table."""

    name: str
    version: int  # raised whenever the same parameters and inputs would give other bytes
    writes: Mapping[str, Written]
    params: "Callable[[Request], P | None]"
    reads: "Callable[[Request], tuple[Ref, ...]]" = field(default=lambda _: ())
    tallies: tuple[type[Row], ...] = ()  # what it counts by something
    libraries: tuple[str, ...] = ()  # packages whose version changes its bytes; corpus.store.versions
    balance: Callable[[Ledger], None] = _nothing
    gate: "Callable[[Request], object]" = _no_gate
    steps: tuple[str, ...] = (PARTS,)  # passes over tasks, each with receipts of its own, in order
    job: str = ""  # module of `jobs` that builds it; "": the one of its name
    modules: tuple[str, ...] = ()  # what its job reaches other than by import
    outside: str = ""  # a plug-in's module: its code is no part of our record, so always in the identity
    code_without: tuple[str, ...] = ()  # class attributes that are no part of its code
    recorded: str = ""  # what its code is recorded under; "": its name

    def __getattr__(self, table: str) -> Ref:
        writes = self.__dict__.get("writes", {})
        if table not in writes:
            raise AttributeError(f"stage {self.__dict__.get('name')} has no table {table!r}")
        return Ref(stage=self.name, table=table)

    def aligned(self, table: str) -> bool:
        """Whether a table has a row for each document, part by part."""
        return table in self.writes and self.writes[table].aligned

    @property
    def builder(self) -> str:
        """The module of `jobs` that builds it."""
        return self.job or self.name


SIGNALS = "signals"


def signals(filter_name: str) -> Ref:
    """What a filter measured, aligned."""
    return Ref(stage=f"{SIGNALS}.{filter_name}", table=SIGNALS)


def without(table: T, *names: str) -> T:
    """A recipe's table with the defaults in fields that other stages go by, so that nothing here depends on them.

    Fields are named that are left out, not those that are taken: one that is added later counts until somebody says
    that it does not.
    """
    defaults: dict[str, Any] = {}
    for one in fields(table):  # type: ignore[arg-type]
        if one.name in names:
            made = one.default_factory
            defaults[one.name] = one.default if made is MISSING else made()
    if len(defaults) != len(names):
        raise TypeError(f"{type(table).__name__} has not all of the fields {names}")
    return replace(table, **defaults)  # type: ignore[type-var]


_JSON = (str, int, bool, type(None))  # what JSON gives back as it was; of numbers with a fraction not all


def identity(value: object) -> Json:
    """What of a value changes bytes, as JSON gives it back. Raises TypeError for what has no stable form."""
    return _plain(value)


def _plain(value: object) -> Json:
    if type(value) in _JSON:  # as it is: of a million input files the texts are not held twice
        return value  # type: ignore[return-value]
    if isinstance(value, HasIdentity) and not isinstance(value, type):
        return _plain(value.identity())
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    found: Json = orjson.loads(manifest.canonical(str(value) if isinstance(value, Fraction) else value))
    return found
