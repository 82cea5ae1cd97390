"""Gristmill builds pretraining corpora: every removal verified, every byte reproducible.

    plan(recipe)               what a run would do, stage by stage
    run(recipe)                do it; returns the Release
    open(root)                 the last complete Release: its tables as Arrow datasets, its outputs by name
    measure(texts, filters)    what filters measure of strings, as a table
    judge(texts, "gopher")     what a preset or a recipe says of strings: kept, or every rule that fired
    TokenDataset(folder)       samples of a release for a PyTorch trainer
    presets()                  names of the recipes that come along
    preset(name)               the path of one, for `extends` in a recipe
    main(argv)                 the command line; returns the exit code

Importing this imports nothing else: each name is looked up when it is first used (PEP 562). docs/library.md shows them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jobs.version import __version__

if TYPE_CHECKING:
    from corpus.errors import CorpusError, DataError, LedgerError, RecipeError
    from corpus.judging.strings import Reason, Verdict, judge, measure
    from corpus.loader.dataset import TokenDataset
    from corpus.planning.presets import preset, presets
    from gristmill.release import Release, open  # noqa: A004  (gristmill.open, as gzip.open)
    from gristmill.running import Step, plan, run
    from jobs.command_line import main

_MODULES = {
    "CorpusError": "corpus.errors",
    "DataError": "corpus.errors",
    "LedgerError": "corpus.errors",
    "Reason": "corpus.judging.strings",
    "RecipeError": "corpus.errors",
    "Release": "gristmill.release",
    "Step": "gristmill.running",
    "TokenDataset": "corpus.loader.dataset",
    "Verdict": "corpus.judging.strings",
    "judge": "corpus.judging.strings",
    "main": "jobs.command_line",
    "measure": "corpus.judging.strings",
    "open": "gristmill.release",
    "plan": "gristmill.running",
    "preset": "corpus.planning.presets",
    "presets": "corpus.planning.presets",
    "run": "gristmill.running",
}

__all__ = [
    "CorpusError",
    "DataError",
    "LedgerError",
    "Reason",
    "RecipeError",
    "Release",
    "Step",
    "TokenDataset",
    "Verdict",
    "__version__",
    "judge",
    "main",
    "measure",
    "open",
    "plan",
    "preset",
    "presets",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'gristmill' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return __all__
