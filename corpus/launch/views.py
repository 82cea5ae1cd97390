"""A view of a release in place of its shards: what a trainer of one sequence a document can read of it."""

from dataclasses import replace

from corpus.errors import RecipeError
from corpus.shards.about import About
from corpus.stages.built import Built, Finished
from corpus.stages.views import VIEWS
from corpus.views import about as views
from corpus.views.layout import TEXT


def of(release: Finished, facts: About, name: str) -> tuple[Built, About]:
    """The folder of the views, and the facts of the shards with the view's prefixes. Raises RecipeError for a view that
    is not there, and for one of pairs."""
    if VIEWS not in release:
        raise RecipeError(f"--view {name}: this release has no views: add a [[views]] table to its recipe and run it")
    known = views.read(release[VIEWS].folder)
    if name not in known:
        raise RecipeError(f"--view {name}: the release has the views {', '.join(known)}: give one of them")
    prefixes = known[name].prefixes
    if TEXT not in prefixes:
        raise RecipeError(
            f"--view {name}: its examples are pairs of inputs and targets, which no GPT dataset reads: train on it "
            "with the loader, or give its prefixes to a trainer of pairs"
        )
    epochs = {f"{name}-{stem}": count for stem, count in facts.epochs.items()}
    return release[VIEWS], replace(facts, prefixes=prefixes[TEXT], prompted={}, epochs=epochs)
