"""A release, and which of its documents somebody asks for."""

from dataclasses import dataclass

from corpus.query.opened import Opened, open_for_queries
from corpus.query.wanted import Wanted


@dataclass(frozen=True, kw_only=True)
class Selected:
    """`sample`: so many of those that match, chosen by `seed`; None for all."""

    release: str
    root: str | None
    tag: str
    wanted: Wanted
    sample: int | None
    seed: int

    def open(self) -> Opened:
        """Raises RecipeError if nothing is there."""
        return open_for_queries(self.release, self.root, self.tag)
