"""The [canaries] table of a recipe: known cases that every stage is tried on, and what stops a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Interval

_Share = Annotated[float, Interval(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Canaries:
    """The [canaries] table: the recipe's stages run over known cases too, beside the corpus and never in it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "strict": True}
    cases: Annotated[int, Ge(1)] = 24
    """Cases of each kind, where there are so many: 24 that are all right give a recall of 0.86 to 1 (Wilson)."""
    min_recall: _Share = 0.8
    """Share of the cases of a kind that its stage must catch, or the run stops. Kinds that a stage finds only in part
    by its design are told and stop nothing; `kinds` sets a share for them too."""
    max_wrong: _Share = 0.2
    """Share of the cases of a kind that its stage should leave which it may catch, or the run stops."""
    kinds: Mapping[str, _Share] = field(default_factory=dict)
    """The same for single kinds, over min_recall or max_wrong, by "<stage>: <kind>" as the report names them: 0 for one
    that this recipe is not to catch."""
