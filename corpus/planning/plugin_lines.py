"""Code that is not ours and that a recipe runs, for a terminal: a line a plug-in."""

import filters
from corpus.stages.recipe import Recipe


def lines(recipe: Recipe) -> list[str]:
    """Name, distribution with its version, and file of each; in the order in which they are measured."""
    found = [filters.plugin(choice.name) for choice in recipe.choices]
    return [f"plug-in {one.name}: {one.distribution} {one.version}, {one.file}" for one in found if one]
