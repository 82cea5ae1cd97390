"""References to tables of stages."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Ref:
    """A table of a stage."""

    stage: str
    table: str
    needed: bool = True  # False: the recipe may lack the stage


def optional(ref: Ref) -> Ref:
    """A table of a stage that the recipe may lack."""
    return replace(ref, needed=False)
