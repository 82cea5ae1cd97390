"""The mixture for a terminal: as the recipe wants it, as it is solved once the tokens are counted, as it came out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from corpus.mixture import by_buckets, realised
from corpus.mixture.bucket_tables import rank
from corpus.mixture.cells import Celled, Clustered
from corpus.mixture.recipe_table import Mixture
from corpus.mixture.solve import Group, sizes, solve
from corpus.planning.plan import Plan
from corpus.shards.tallies import Pair
from corpus.stages.buckets import BUCKETS
from corpus.stages.encode import ENCODE
from corpus.stages.mix import MIX

_SHOWN = 20  # groups of a mixture by a list, the largest
_WIDTH = 40  # of a key; ROOTS' group of Niger-Congo languages is longer


def lines(plan: Plan, *, every: bool = False) -> list[str]:
    """None without a [mixture]; `every`: all groups of one by a list. Raises RecipeError if the tokens there are
    cannot give it."""
    mixture = plan.recipe.mixture
    if mixture is None:
        return []
    mixed, encoded = plan.built(MIX), plan.built(ENCODE)
    if mixed:
        return list(_given(realised.load(mixed.folder), mixture, every=every))
    if mixture.listed:
        bucketed = plan.built(BUCKETS)
        if bucketed is None:
            return list(_wanted(mixture))
        found = by_buckets.of(bucketed.tally(Celled), bucketed.tally(Clustered), mixture)
        return list(_solved(found, mixture, every=every))
    if encoded is None:
        return list(_wanted(mixture))
    return list(_solved(solve(sizes(encoded.tally(Pair)), mixture), mixture, every=every))


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
        yield f"  each in proportion to its tokens to the power {mixture.alpha:g}"
    if mixture.curve:
        curve = mixture.curve
        yield f"  a curve over {curve.over}: the worst {curve.discard:.0%} left out, none more than {curve.cap:g} times"
    if mixture.rehydrate:
        yield f"  repeats by what the filters drop of clusters of a size: 1 to {mixture.rehydrate}"


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A group: what there is of it, and what the mixture has."""

    key: str
    values: tuple[str, ...]  # by what the mixture is by, where that is a list
    there: int
    tokens: int
    capped: bool
    asked: float


def _solved(groups: list[Group], mixture: Mixture, *, every: bool) -> Iterator[str]:
    yield f"mixture: {sum(group.wanted for group in groups):,} tokens of {sum(group.tokens for group in groups):,}"
    rows = [
        _Line(
            key=group.key,
            values=_values(group.pairs),
            there=group.tokens,
            tokens=group.wanted,
            capped=group.capped,
            asked=float(group.share),
        )
        for group in groups
    ]
    yield from _table(rows, mixture, every=every)


def _given(facts: Mapping[str, Any], mixture: Mixture, *, every: bool) -> Iterator[str]:
    yield f"mixture: {facts['given_tokens']:,} tokens, {facts['wanted_tokens']:,} were wanted"
    rows = [
        _Line(
            key=row["key"],
            values=_values(row["pairs"]),
            there=row["tokens"],
            tokens=row["given_tokens"],
            capped=bool(row["capped"]),
            asked=float(row["asked_share"]),
        )
        for row in facts["groups"]
    ]
    yield from _table(rows, mixture, every=every)
    if facts["left_over"]:
        yield f"  of the preset without documents here: {', '.join(_short(key) for key in facts['left_over'])}"


def _values(pairs: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Of a bucket; none of a pair of source and language."""
    return tuple(orjson.loads(pairs[0][2])) if pairs and len(pairs[0]) > 2 else ()


def _table(rows: Sequence[_Line], mixture: Mixture, *, every: bool) -> Iterator[str]:
    total = max(sum(row.tokens for row in rows), 1)
    head = f"  {'':<{_WIDTH}} {'tokens':>15} {'epochs':>7} {'share':>8}"
    for place, name in enumerate(mixture.listed):
        yield f"by {name}"
        yield head
        for value, own in sorted(_by(rows, place).items(), key=lambda item: rank(item[0])):
            there, tokens = (sum(getattr(row, side) for row in own) for side in ("there", "tokens"))
            yield _row(value, tokens, tokens / max(there, 1), tokens / total, "")
    if mixture.listed:
        yield "by all of them"
    yield head
    shown = rows
    if mixture.listed and not every:
        shown = sorted(rows, key=lambda row: -row.tokens)[:_SHOWN]
    for row in shown:
        note = f"  max_epochs or cap; {100 * row.asked:.3f} % was asked for" if row.capped else ""
        yield _row(row.key, row.tokens, row.tokens / max(row.there, 1), row.tokens / total, note)
    if len(shown) < len(rows):
        yield f"  and {len(rows) - len(shown):,} smaller groups: --mixture shows all"


def _by(rows: Iterable[_Line], place: int) -> dict[str, list[_Line]]:
    found: dict[str, list[_Line]] = {}
    for row in rows:
        found.setdefault(row.values[place], []).append(row)
    return found


def _row(key: str, tokens: int, epochs: float, share: float, note: str) -> str:
    return f"  {_short(key):<{_WIDTH}} {tokens:>15,} {epochs:>7.3f} {100 * share:>6.3f} %{note}"


def _short(key: str) -> str:
    return key if len(key) <= _WIDTH else key[: _WIDTH - 3] + "..."
