"""A function that a worker unpickles when it is to run, after the versions on its machine are compared.

Functions are of modules and pickled by reference to them. Were they unpickled on arrival, a machine that lacks the
package of a plug-in would speak of a module and not of what to install.
"""

import pickle
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from corpus.errors import RecipeError

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Sealed(Generic[F]):
    """Bytes of a function."""

    data: bytes

    def open(self) -> F:
        """The function. Raises RecipeError if this machine lacks a module of it."""
        try:
            found: F = pickle.loads(self.data)
        except (ImportError, AttributeError) as error:
            raise RecipeError(
                f"host {socket.gethostname()} cannot load what it is to run under {sys.executable} ({error}): give all "
                "machines the same environment and run again"
            ) from error
        return found


def sealed(function: F) -> Sealed[F]:
    return Sealed(pickle.dumps(function))
