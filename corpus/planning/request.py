"""What a user asks for: a recipe, and the inputs that it is over."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.planning.inputs import Inputs
from corpus.planning.recipe import Recipe

if TYPE_CHECKING:
    from corpus.stages.stage import Stage

P = TypeVar("P")


class Request:
    """A recipe and the inputs that it is over: what the parameters of stages are made of, each once."""

    def __init__(self, recipe: Recipe, inputs: Sequence[Inputs]) -> None:
        self.recipe: Recipe = recipe
        self.inputs: Sequence[Inputs] = inputs
        self._params: dict[str, Any] = {}

    def params(self, stage: "Stage[P]") -> P:
        """Of a stage that the recipe asks for. Raises RecipeError for what of them cannot be used."""
        found = self.asked(stage)
        if found is None:
            raise ValueError(f"the recipe does not ask for the stage {stage.name}")
        return found

    def asked(self, stage: "Stage[P]") -> P | None:
        """The same; None for a stage that the recipe does not ask for."""
        if stage.name not in self._params:
            self._params[stage.name] = stage.params(self)
        found: P | None = self._params[stage.name]
        return found

    def address(self, named: str) -> str:
        """Of what a recipe names by a path from its own folder, or by a URI."""
        return named if "://" in named else str(Path(self.recipe.base) / named)
