"""Numba's decorator with types: what it compiles is called as it is written, and compiled once a machine.

Numba says nothing about types to mypy.
"""

import fcntl
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, SupportsInt, TypeVar

import numba
import numpy as np
from numba.core import entrypoints
from numba.core.registry import cpu_target

from filters.kernel_cache import KernelCache

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:

    def int64(value: SupportsInt, /) -> int:
        """`np.int64`, which in a kernel is what `int` is: a whole number of 64 bits with a sign."""

    def at(place: SupportsInt, /) -> int:
        """`np.uint64`: a place in an array, counted from its beginning. Numba then leaves out the look whether it is to
        be counted from the end, a tenth to a quarter of the time of a hot loop."""

else:
    int64 = np.int64
    at = np.uint64


def njit(*, cache: bool, nogil: bool, inline: Literal["never", "always"] = "never") -> Callable[[F], F]:
    """`numba.njit`; `inline` is Numba's own, before types are known."""

    def decorate(function: F) -> F:
        compiled: Any = numba.njit(nogil=nogil, inline=inline)(function)
        if cache and function.__module__ != "__main__":  # of a script nothing tells what it has taken in
            compiled._cache = _OneCompiles(KernelCache(function))
        found: F = compiled
        return found

    return decorate


def interpreted(function: F) -> F:
    """A kernel as Python runs it: for the few steps of a module that is imported, before Numba's types are loaded."""
    compiled: Any = function
    found: F = compiled.py_func
    return found


def load_types() -> None:
    """What Numba loads before the first call of a kernel: types and their operations, of other packages too. Half a
    second, which a process that others are forked from spends for all of them."""
    entrypoints.init_all()
    cpu_target.target_context.refresh()
    numba.typeof(np.empty(0))  # asks NumPy for masked arrays, which are another tenth of a second


class _OneCompiles:
    """Numba's cache of a function with a lock, so that of the processes that lack it one compiles and the others wait
    and load. Kernels call each other in one direction, so no two wait for each other."""

    def __init__(self, cache: Any) -> None:
        self._own = cache
        self._lock: int | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def load_overload(self, signature: Any, target: Any) -> Any:
        """What was compiled, or None: whoever gets that holds the lock and is about to compile."""
        self._release()  # of a compilation that failed
        found = self._own.load_overload(signature, target)
        if found is None:
            self._acquire()
            found = self._own.load_overload(signature, target)
            if found is not None:
                self._release()
        return found

    def save_overload(self, signature: Any, data: Any) -> None:
        try:
            self._own.save_overload(signature, data)
        finally:
            self._release()

    def _acquire(self) -> None:
        path = os.path.join(self._own.cache_path, f"{self._own._impl.filename_base}.lock")
        try:
            self._lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        except OSError:  # a file system without locks: each compiles for itself
            self._release()

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
