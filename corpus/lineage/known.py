"""What a run knows of its documents: its stages, and how their texts are shown to people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.catalogue.catalogued import Catalogued
from corpus.errors import RecipeError
from corpus.planning.opening import open_plan
from corpus.query.opened import open_for_queries
from corpus.shards import about
from corpus.stages.built import Finished
from corpus.stages.release import RELEASE
from corpus.stages.shard import SHARD
from corpus.texts.cleaning import Cleaning
from corpus.texts.pii_policy import Policy


@dataclass(frozen=True, kw_only=True)
class Known:
    """`policy` and `clean` are what is done to texts; `catalogued` the entries of sources."""

    stages: Finished
    policy: Policy
    clean: Sequence[Cleaning]
    catalogued: Sequence[Catalogued]


def open_run(address: str, root: str | None = None, tag: str = "") -> Known:
    """By a recipe (.toml), as far as it has run; or by the folder that `gristmill run` wrote, and there by the name of
    a release. Raises RecipeError if nothing is there."""
    if not address.endswith(".toml"):
        return _by_root(address, tag)
    if tag:
        raise RecipeError(f"--tag names a release of a root: give the output folder in place of {address}")
    plan = open_plan(address, root)
    recipe = plan.recipe
    return Known(stages=plan.finished(), policy=recipe.pii, clean=recipe.clean, catalogued=recipe.catalogued)


def _by_root(root: str, tag: str) -> Known:
    opened = open_for_queries(root, tag=tag)
    built = opened.stages.get(RELEASE)
    identity: Any = built.manifest.identity if built else None
    return Known(
        stages=opened.stages,
        policy=opened.policy,
        clean=[_cleaning(table) for table in identity["params"]["clean"]] if identity else [],
        catalogued=about.read(opened.stages[SHARD].folder).sources if SHARD in opened.stages else [],
    )


def _cleaning(table: dict[str, Any]) -> Cleaning:
    """A [[clean]] table as a manifest has it."""
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return Cleaning(**values)
