"""Numba's decorator with types: what it compiles is called as it is written.

Numba says nothing about types to mypy. Its cache goes by the file of the function that is compiled, not by this one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, SupportsInt, TypeVar

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:

    def int64(value: SupportsInt, /) -> int:
        """`np.int64`, which in a kernel is what `int` is: a whole number of 64 bits with a sign."""

else:
    int64 = np.int64


def njit(*, cache: bool, nogil: bool, inline: Literal["never", "always"] = "never") -> Callable[[F], F]:
    """`numba.njit`; `inline` is Numba's own, before types are known."""
    compiled: Callable[[F], F] = numba.njit(cache=cache, nogil=nogil, inline=inline)
    return compiled
