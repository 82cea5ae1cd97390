"""The budget of training for a terminal: of the mixture as it came out, else as it is solved, else of all there is."""

from fractions import Fraction

from corpus.mixture import budget
from corpus.mixture.by_buckets import of as of_buckets
from corpus.mixture.cells import Celled, Clustered
from corpus.mixture.realised import epochs
from corpus.mixture.solve import Group, sizes, solve
from corpus.planning.plan import Plan
from corpus.shards.expected import trained
from corpus.shards.tallies import Held, Pair
from corpus.stages.buckets import BUCKETS
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX
from corpus.stages.splits import SPLITS


def lines(plan: Plan) -> list[str]:
    """None without a [budget]. Raises RecipeError if the mixture cannot be solved."""
    table = plan.recipe.budget
    if table is None:
        return []
    encoded, mixed, held = plan.built(ENCODE), plan.built(MIX), plan.built(SPLITS)
    if encoded is None:
        return list(budget.lines(table, None, {}))
    once = trained(encoded.tally(Pair), held.tally(Held) if held else None)
    if mixed or plan.recipe.mixture is None:
        given = mixed.tally(Pair) if mixed else once
        there = sum(row.tokens + row.documents for row in given)
        return list(budget.lines(table, there, epochs(once, given)["source"]))
    groups = _groups(plan, once)
    if groups is None:
        return list(budget.lines(table, plan.recipe.mixture.tokens or None, {}))
    return list(budget.lines(table, sum(group.wanted for group in groups), _by_source(groups, once)))


def _groups(plan: Plan, once: list[Pair]) -> list[Group] | None:
    """None of a mixture whose buckets are not counted yet."""
    mixture = plan.recipe.mixture
    if mixture is None or not mixture.listed:
        return solve(sizes(once), mixture) if mixture else None
    bucketed = plan.built(BUCKETS)
    return of_buckets(bucketed.tally(Celled), bucketed.tally(Clustered), mixture) if bucketed else None


def _by_source(groups: list[Group], once: list[Pair]) -> dict[str, float]:
    """Of mixtures by source and language: a group's epochs are those of each of its pairs. Buckets have their own
    tokens, which are in no group's sum alone, so a source has the mean over those of its groups."""
    there: dict[str, int] = {}
    wanted: dict[str, Fraction] = {}
    known = {pair: size.tokens for pair, size in sizes(once).items()}
    for group in groups:
        for source, language, *bucket in group.pairs:
            own = group.tokens if bucket else known[source, language]
            there[source] = there.get(source, 0) + own
            wanted[source] = wanted.get(source, Fraction()) + group.epochs * own
    return {source: float(wanted[source] / count) for source, count in there.items()}
