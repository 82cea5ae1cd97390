"""What a user asks for: a recipe, and the inputs that it is over."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from corpus.sources.inputs import Inputs
from corpus.stages.recipe import Recipe
from corpus.store import addresses

P = TypeVar("P")
Made_co = TypeVar("Made_co", covariant=True)
_NOTHING: Mapping[str, Any] = {}


class Parametrised(Protocol[Made_co]):
    """A stage, as far as its parameters go."""

    @property
    def name(self) -> str: ...

    @property
    def params(self) -> "Callable[[Request], Made_co | None]": ...


class Request:
    """A recipe and the inputs that it is over: what the parameters of stages are made of, each once."""

    def __init__(self, recipe: Recipe, inputs: Sequence[Inputs], made: Mapping[str, Any] = _NOTHING) -> None:
        """`made`: parameters that are known, by stage."""
        self.recipe: Recipe = recipe
        self.inputs: Sequence[Inputs] = inputs
        self._params: dict[str, Any] = {**made}

    def params(self, stage: Parametrised[P]) -> P:
        """Of a stage that the recipe asks for. Raises RecipeError for what of them cannot be used."""
        found = self.asked(stage)
        if found is None:
            raise ValueError(f"the recipe does not ask for the stage {stage.name}")
        return found

    def asked(self, stage: Parametrised[P]) -> P | None:
        """The same; None for a stage that the recipe does not ask for."""
        if stage.name not in self._params:
            self._params[stage.name] = stage.params(self)
        found: P | None = self._params[stage.name]
        return found

    def address(self, named: str) -> str:
        """Of what a recipe names by a path from its own folder, or by a URI."""
        return addresses.below(self.recipe.base, named)
