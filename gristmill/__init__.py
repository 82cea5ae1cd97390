"""Gristmill builds pretraining corpora: every removal verified, every byte reproducible.

    presets()       names of the recipes that come along
    preset(name)    the path of one, for `extends` in a recipe
    main(argv)      the command line; returns the exit code

Importing this imports nothing else: each name is looked up when it is first used (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jobs.version import __version__

if TYPE_CHECKING:
    from corpus.planning.presets import preset, presets
    from jobs.command_line import main

__all__ = ["__version__", "main", "preset", "presets"]

_MODULES = {
    "main": "jobs.command_line",
    "preset": "corpus.planning.presets",
    "presets": "corpus.planning.presets",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'gristmill' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return __all__
