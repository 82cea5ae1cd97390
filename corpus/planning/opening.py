"""From the path of a recipe to its plan over the inputs as they lie there now."""

from collections.abc import Sequence

from corpus.planning import inputs, plan, recipe
from corpus.planning.plan import Plan
from corpus.sources.inventory import Listing
from corpus.stages.recipe import Recipe
from corpus.store.original import Digest


def open_plan(path: str, root: str | None = None) -> Plan:
    """`root` wins over the recipe's own. Writes nothing. Raises RecipeError."""
    return plan_of(recipe.load(path, root=root))


def plan_of(recipe: Recipe, listed: Sequence[Listing] | None = None, *, remember: bool = False) -> Plan:
    """Of a recipe that is read; `listed` are its files where they are known.

    Inputs that are new are digested; `remember` writes their digests into the recipe's root. Raises RecipeError.
    """
    files = inputs.listing(recipe) if listed is None else listed
    return plan.build(recipe, inputs.take_stock(recipe, files, inputs.digest_here, remember=remember))


def plan_undigested(recipe: Recipe, listed: Sequence[Listing]) -> Plan:
    """As if no input that is not digested had been seen before: its fingerprints are nobody's."""
    nothing = Digest(sha256="", sums=b"")
    return plan.build(recipe, inputs.take_stock(recipe, listed, lambda files: [nothing for _ in files], remember=False))
