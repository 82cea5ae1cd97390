"""What can be computed from one document, a filter per file.

A filter module holds one frozen, keyword-only dataclass named `Filter`:

    version: ClassVar[int]                 raised whenever the output of `measure` changes
    reads: ClassVar[tuple[str, ...]]       names of the filters whose signals it uses; () for most
    signals: ClassVar[pa.Schema]           what `measure` returns, every field non-nullable
    rules: ClassVar[tuple[Rule, ...]]      what is judged; () for pure measurements
    beside: ClassVar[tuple[str, ...]]      stages whose aligned tables it is handed as signals; mostly left out
    libraries: ClassVar[tuple[str, ...]]   packages whose version changes what it measures; left out where there is none
    <parameters>                           fields; those named min_*, max_*, keep_* are thresholds and only judge

    measure(batch: Batch) -> pa.RecordBatch    same rows, same order, exactly `signals`

Being a file in this folder is the registration. Modules that are not filters are listed in `_NOT_FILTERS`. A filter of
an installed package is named by its module or by its entry point (`filters.plugins`).
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Protocol

import pyarrow as pa

from filters import declaration, plugins
from filters.plugins import PlugIn
from filters.rules import Rule

if TYPE_CHECKING:  # a trainer that reads shards imports filters.arrow, and waits for no compiler
    from filters.batch import Batch

_NOT_FILTERS = frozenset(
    {
        *(
            "arrow",
            "batch",
            "own_folders",
            "choice",
            "classifier",
            "contract",
            "declaration",
            "files",
            "jit",
            "kernel_cache",
            "labels",
            "language_codes",
            "language_keys",
            "languages",
            "meant",
            "models",
            "normal",
        ),
        *("plugins", "programming", "rules", "script_groups", "scripts", "second_opinion", "strict", "unicode"),
    }
)


class Filter(Protocol):
    """The shape of every filter; nothing inherits from it."""

    version: ClassVar[int]
    reads: ClassVar[tuple[str, ...]]
    signals: ClassVar[pa.Schema]
    rules: ClassVar[tuple[Rule, ...]]

    def measure(self, batch: "Batch") -> pa.RecordBatch: ...


def names() -> list[str]:
    """Every filter of ours, sorted."""
    found = pkgutil.iter_modules(__path__)
    return sorted(module.name for module in found if not module.ispkg and module.name not in _NOT_FILTERS)


def load(name: str) -> type[Filter]:
    """The class of a filter, ours or a plug-in. Raises ValueError: what is wrong with the name or the class."""
    found = plugin(name)
    loaded: type[Filter] = plugins.load(found) if found else import_module(f"filters.{name}").Filter
    return loaded


def plugin(name: str) -> PlugIn | None:
    """Where a filter that is not ours comes from; None for one of ours. Raises ValueError as `load` does."""
    known = names()
    if name in known:
        plugins.refuse_taken(name)
        return None
    return plugins.find(name, known)


def libraries(kind: type[Filter]) -> tuple[str, ...]:
    """Packages whose version changes what `measure` returns."""
    found: tuple[str, ...] = getattr(kind, "libraries", ())
    return found


def is_threshold(field_name: str) -> bool:
    """Whether a field of a filter only judges, so that moving it measures nothing again."""
    return field_name.startswith(declaration.PREFIXES)


def measuring_parameters(instance: Filter) -> Mapping[str, object]:
    """The fields that change what `measure` returns."""
    return {f.name: getattr(instance, f.name) for f in fields(instance) if not is_threshold(f.name)}  # type: ignore[arg-type]
