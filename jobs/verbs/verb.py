"""What a module of this folder that is a verb holds."""

import argparse
from collections.abc import Sequence
from typing import Protocol


class Verb(Protocol):
    """A module by this shape."""

    HELP: str
    """One line of `gristmill --help`."""
    EXAMPLES: Sequence[tuple[str, str]]
    """What follows `gristmill`, and what it shows; `()` for none."""

    @staticmethod
    def options(parser: argparse.ArgumentParser) -> None:
        """Add them."""

    @staticmethod
    def run(arguments: argparse.Namespace) -> int:
        """Print the answer; returns the exit code. Raises CorpusError, OSError."""
