"""Where compiled kernels lie, and when they are those of the source.

Numba's own cache goes by the file of a function alone, so a kernel that has taken another module's constant or kernel
into itself stays as it was when that module changes, and by the path of the file, so what was compiled from a zip or at
another place is compiled again. Here a kernel goes by the text of all modules of its package family that its own
imports reach, wherever they lie.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numba
from numba.core import caching

from filters.own_folders import cache_folder

_OURS = frozenset({"corpus", "filters", "jobs", "tokenizer"})
_IMPORT = re.compile(r"^(?:from ([\w.]+) import (\([^)]*\)|[^\n]*)|import ([\w.]+))", re.MULTILINE)
_NAME = re.compile(r"\w+")


@cache
def _module(name: str) -> tuple[str, bool] | None:
    """(source, whether it is a package) of a module; None if there is no such one, or none in Python."""
    parent = name.rpartition(".")[0]
    above = _module(parent) if parent else None
    if parent and not (above and above[1]):
        return None
    spec = find_spec(name)
    get: Callable[[str], str | None] | None = getattr(spec.loader, "get_source", None) if spec else None
    source = get(name) if get else None
    return None if spec is None or source is None else (source, spec.submodule_search_locations is not None)


@cache
def _imported(name: str, family: frozenset[str]) -> tuple[str, ...]:
    """Modules of the family that a module's text imports, and the packages that they are in."""
    found = _module(name)

    def named(source: str) -> Iterator[str]:
        for module, names, plain in _IMPORT.findall(source):
            if (module or plain).partition(".")[0] in family:
                yield module or plain
                yield from (f"{module}.{one}" for one in _NAME.findall(names) if module)

    return tuple(sorted({one for one in named(found[0]) if _module(one)})) if found else ()


@cache
def reached(name: str) -> bytes:
    """sha256 of the text of a module and of all that its imports reach: of ours, and of its own top-level package."""
    family = _OURS | {name.partition(".")[0]}
    seen, waiting = {name}, [name]
    while waiting:
        new = set(_imported(waiting.pop(), family)) - seen
        seen |= new
        waiting += new
    total = hashlib.sha256()
    for one in sorted(seen):
        found = _module(one)
        total.update(f"{one}\0{found[0] if found else ''}\0".encode())
    return total.digest()


class _Locator(caching._CacheLocator):  # type: ignore[misc]  # Numba has no types
    """NUMBA_CACHE_DIR, else beside the source, else where this user keeps generated files."""

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        self._stamp = reached(function.__module__)
        self._line = function.__code__.co_firstlineno
        folder = Path(file).parent
        if not numba.config.CACHE_DIR and os.path.isfile(file) and os.access(folder, os.W_OK):
            self._path = str(folder / "__pycache__")
        else:
            base = numba.config.CACHE_DIR or str(cache_folder() / "numba")
            self._path = os.path.join(base, f"{function.__module__}-{self._stamp.hex()[:16]}")

    def get_cache_path(self) -> str:
        return self._path

    def get_source_stamp(self) -> bytes:
        return self._stamp

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> "_Locator":
        found = cls(py_func, py_file)
        found.ensure_cache_path()
        return found


class _Results(caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = [_Locator]  # noqa: RUF012  (as Numba has it)


class KernelCache(caching.FunctionCache):  # type: ignore[misc]
    """Numba's cache of a function, by what the function is made of."""

    _impl_class = _Results
