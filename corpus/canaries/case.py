"""A canary: a document, or a line of a file, and what should become of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.store.manifest import Json

# Kinds that a stage finds only in part by its design: their recall is told and stops nothing.
IN_PART = frozenset({"contamination: 60 % of the question", "contamination: one word changed"})


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that a stage should do to a document, or should not."""

    stage: str
    kind: str
    wanted: bool = True
    about: Mapping[str, Json] = field(default_factory=dict)  # what the stage is judged by


@dataclass(frozen=True, kw_only=True)
class Case:
    """A document of the trial. `planted` is false for a real one that others are copies of."""

    name: str  # its locator
    text: str
    language: str = ""  # id that it is declared as; "" for a guess
    source: str = ""  # "": any
    url: str = ""
    planted: bool = True
    checks: tuple[Check, ...] = ()
    line: bytes | None = None  # of its file, for one that is to be no document


def named(stage: str, kind: str) -> str:
    """As recipes and reports name a kind."""
    return f"{stage}: {kind}"
