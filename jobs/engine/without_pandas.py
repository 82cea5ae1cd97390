"""PyArrow without pandas, in processes of our own."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

import pyarrow as pa


class _Hidden(MetaPathFinder):
    """No pandas."""

    def find_spec(self, name: str, *_: Sequence[str] | ModuleType | None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name, name=name)


def hide() -> None:
    """PyArrow looks for pandas once, at the first array that it makes, and imports it if it is there, as pyspark needs
    it: 0.3 CPU s and 60 MB for each process, and nothing that a run does converts to it."""
    hidden = _Hidden()
    sys.meta_path.insert(0, hidden)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(hidden)
