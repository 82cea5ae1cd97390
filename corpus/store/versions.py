"""Packages whose version changes what a stage writes, and those whose version changes only how files are written.

The first are in a stage's identity; the second (`FORMATS`) are recorded beside it, by major version: another PyArrow
writes other bytes for the same rows, so finished tables are reused and a half-finished stage starts afresh.
"""

import socket
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata

from corpus.errors import RecipeError

FORMATS = ("pyarrow", "zstandard")
UNICODE = "unicodedata"  # Python's own tables, whose version goes with Python's


@lru_cache
def version(library: str) -> str:
    """Of an installed package; of `unicodedata` the version of its tables; "" for one that is not installed."""
    if library == UNICODE:
        return unicodedata.unidata_version
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""


def versions(libraries: Iterable[str]) -> dict[str, str]:
    """By name."""
    return {name: version(name) for name in sorted(libraries)}


def formats() -> dict[str, str]:
    """Major versions of what writes files."""
    return {name: version(name).partition(".")[0] for name in FORMATS}


@dataclass(frozen=True, kw_only=True)
class Versions:
    """What the plan was made with; tasks compare what they find on their machine."""

    libraries: Mapping[str, str]
    format: Mapping[str, str]

    def check(self) -> None:
        """Raises RecipeError if this machine has others: before anything is read."""
        for name, planned in (*self.libraries.items(), *self.format.items()):
            found = version(name)
            if found != planned and not (name in self.format and found.partition(".")[0] == planned):
                raise RecipeError(
                    f"host {socket.gethostname()} has {_said(name, found)} under {sys.executable}, the plan was made "
                    f"with {_said(name, planned)}: give all machines the same environment and run again"
                )


def _said(name: str, version: str) -> str:
    return f"{name} {version}" if version else f"no {name}"


def planned(libraries: Iterable[str]) -> Versions:
    """Of this machine."""
    return Versions(libraries=versions(libraries), format=formats())


NONE = Versions(libraries={}, format={})  # of work that is no stage
