"""The mixture for a terminal: as the recipe wants it, as it is solved once the tokens are counted, as it came out."""

from collections.abc import Iterator, Mapping
from typing import Any

from corpus.mixture import by_buckets, realised
from corpus.mixture.cells import Celled, Clustered
from corpus.mixture.recipe_table import Mixture
from corpus.mixture.solve import Group, sizes, solve
from corpus.planning.plan import Plan
from corpus.shards.tallies import Pair
from corpus.stages.buckets import BUCKETS
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX

_WIDTH = 40  # of a key; ROOTS' group of Niger-Congo languages is longer


def lines(plan: Plan) -> list[str]:
    """None without a [mixture]. Raises RecipeError if the tokens there are cannot give it."""
    mixture = plan.recipe.mixture
    if mixture is None:
        return []
    mixed, encoded = plan.built(MIX), plan.built(ENCODE)
    if mixed:
        return list(_given(realised.load(mixed.folder)))
    if mixture.listed:
        bucketed = plan.built(BUCKETS)
        if bucketed is None:
            return list(_wanted(mixture))
        return list(_solved(by_buckets.of(bucketed.tally(Celled), bucketed.tally(Clustered), mixture)))
    return list(_solved(solve(sizes(encoded.tally(Pair)), mixture)) if encoded else _wanted(mixture))


def _wanted(mixture: Mixture) -> Iterator[str]:
    if mixture.listed:
        yield from _listed(mixture)
    elif mixture.alpha is not None:
        yield f"mixture: each {mixture.by} in proportion to its tokens to the power {mixture.alpha:g}"
    else:
        yield f"mixture: {mixture.kind} of {len(mixture.rates)} groups"
        for key, rate in mixture.rates.items():
            yield f"  {_short(key):<{_WIDTH}} {float(rate):>10.4g}"
    counts = BUCKETS.name if mixture.listed else ENCODE.name
    budget = f"{mixture.tokens:,} tokens" if mixture.tokens else "no budget of tokens"
    yield f"  {budget}, at most {mixture.max_epochs:g} epochs; solved when stage {counts} has counted the tokens"


def _listed(mixture: Mixture) -> Iterator[str]:
    yield f"mixture: by {', '.join(mixture.listed)}"
    for group in mixture.groups:
        yield f"  {', '.join(f'{name} = {value}' for name, value in group.items())}"
    if mixture.alpha is not None:
        yield f"  each in proportion to its tokens to the power {mixture.alpha:g} (temperature {1 / mixture.alpha:g})"
    if mixture.curve:
        curve = mixture.curve
        yield f"  a curve over {curve.over}: the worst {curve.discard:.0%} left out, none more than {curve.cap:g} times"
    if mixture.rehydrate:
        yield f"  repeats by what the filters drop of clusters of a size: 1 to {mixture.rehydrate}"


def _solved(groups: list[Group]) -> Iterator[str]:
    total = sum(group.wanted for group in groups)
    yield f"mixture: {total:,} tokens of {sum(group.tokens for group in groups):,}"
    yield f"  {'':<{_WIDTH}} {'tokens':>15} {'epochs':>7} {'share':>8}"
    for group in groups:
        share = group.wanted / max(total, 1)
        yield _row(group.key, group.wanted, float(group.epochs), share, group.capped, float(group.share))


def _given(facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"mixture: {facts['given_tokens']:,} tokens, {facts['wanted_tokens']:,} were wanted"
    yield f"  {'':<{_WIDTH}} {'tokens':>15} {'epochs':>7} {'share':>8}"
    for row in facts["groups"]:
        capped, asked = bool(row["capped"]), float(row["asked_share"])
        yield _row(row["key"], row["given_tokens"], row["given_epochs"], row["given_share"], capped, asked)
    if facts["left_over"]:
        yield f"  of the preset without documents here: {', '.join(_short(key) for key in facts['left_over'])}"


def _row(key: str, tokens: int, epochs: float, share: float, capped: bool, asked: float) -> str:
    note = f"  max_epochs; {100 * asked:.3f} % was asked for" if capped else ""
    return f"  {_short(key):<{_WIDTH}} {tokens:>15,} {epochs:>7.3f} {100 * share:>6.3f} %{note}"


def _short(key: str) -> str:
    return key if len(key) <= _WIDTH else key[: _WIDTH - 3] + "..."
