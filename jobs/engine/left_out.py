"""What processes of our own do not import of what others would bring along: seconds of each run, and memory."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from types import ModuleType

import pyarrow as pa


def leave_out() -> None:
    """Before anything else of a process: pandas for PyArrow, SciPy and other packages' extensions for Numba.

    *PyArrow* looks for pandas once, at the first array that it makes, and imports it if it is there, as pyspark needs
    it: 0.3 CPU s and 60 MB, and nothing that a run does converts to it. *Numba* asks SciPy, before its first kernel,
    whether `np.cov` may use BLAS (0.15 CPU s; without, it multiplies by itself), and loads the extensions of all
    installed packages: that of `awkward`, which `gigatoken` brings, takes another 0.15 s. A filter of another package
    that needs one registers it itself.
    """
    with _hidden("pandas"):
        pa.array([0])
    with _hidden("scipy"):
        import_module("numba.np.arraymath")
    import_module("numba.core.entrypoints")._already_initialized = True  # type: ignore[attr-defined]


class _Hidden(MetaPathFinder):
    def __init__(self, package: str) -> None:
        self._package = package

    def find_spec(self, name: str, *_: Sequence[str] | ModuleType | None) -> None:
        if name.partition(".")[0] == self._package:
            raise ModuleNotFoundError(name, name=name)


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """As if it were not installed."""
    hidden = _Hidden(package)
    sys.meta_path.insert(0, hidden)
    try:
        yield
    finally:
        sys.meta_path.remove(hidden)
