"""From tokens by bucket to how often each comes, in whole numbers: groups by weight, within them by the curve."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import orjson

from corpus.errors import RecipeError
from corpus.mixture import bucket_tables, curve, rehydration
from corpus.mixture.bucket_tables import rank
from corpus.mixture.cells import Celled, Clustered
from corpus.mixture.recipe_table import Mixture, exact
from corpus.mixture.rehydration import Repeats
from corpus.mixture.solve import Group, Size, allot, power, rounded

Cell = tuple[str, str, str]  # source, language, and the values of `by` as a JSON list
Values = tuple[str, ...]
_APART: Final = " | "  # of values in a group's name


@dataclass(frozen=True, kw_only=True)
class _Outer:
    """Buckets that share a weight, and are told apart by the curve alone: from the worst on."""

    values: Values
    cells: tuple[tuple[Cell, ...], ...]  # by bucket
    tokens: tuple[int, ...]
    documents: tuple[int, ...]
    buckets: tuple[str, ...]  # what each is called

    @property
    def sum(self) -> int:
        return sum(self.tokens)


def sizes(counted: Iterable[Celled]) -> dict[Cell, Size]:
    """From what stage buckets counted."""
    return {
        (row.source, row.language, row.values): Size(documents=row.documents, tokens=row.tokens)
        for row in sorted(counted, key=lambda row: (row.source, row.language, row.values))
    }


def of(counted: Iterable[Celled], clustered: Iterable[Clustered], mixture: Mixture) -> list[Group]:
    """`solve` for what stage buckets counted."""
    repeats = rehydration.of(clustered, mixture.rehydrate) if mixture.rehydrate else None
    return solve(sizes(counted), mixture, repeats)


def solve(found: Mapping[Cell, Size], mixture: Mixture, repeats: Repeats | None = None) -> list[Group]:
    """Groups, in order; what they want sums to the budget to the token.

    Raises RecipeError for a bucket without a group, a group without documents, or more tokens than caps allow.
    """
    outers = _outers(found, mixture)
    weights, epochs = _weights(outers, mixture, repeats)
    most = {outer.values: _most(outer, mixture) for outer in outers}
    budget = mixture.tokens or min(epochs, sum(most.values()))
    if budget > sum(most.values()):
        raise RecipeError(
            f"[mixture] {budget:,} tokens are wanted, and the caps allow {sum(most.values()):,}: lower tokens, raise "
            "max_epochs or the curve's cap, discard less, or add documents"
        )
    total = sum(weights.values(), Fraction())
    wanted = rounded(allot(weights, most, budget), budget)
    shares = {key: weight / total for key, weight in weights.items()}
    capped = {key: budget * share >= most[key] + 1 for key, share in shares.items()}
    if mixture.curve is None:
        return [_group(outer, range(len(outer.tokens)), outer.values, shares, wanted, capped) for outer in outers]
    solved = curve.solve([outer.tokens for outer in outers], [wanted[outer.values] for outer in outers], mixture.curve)
    return [
        Group(
            key=named([*outer.values, outer.buckets[place]]),
            pairs=outer.cells[place],
            documents=outer.documents[place],
            tokens=outer.tokens[place],
            share=_share(count, outer, shares, wanted, budget)
            if capped[outer.values]
            else Fraction(count, max(budget, 1)),
            wanted=count,
            capped=capped[outer.values],
        )
        for outer, own in zip(outers, solved.wanted, strict=True)
        for place, count in enumerate(own)
    ]


def named(values: Iterable[str]) -> str:
    """What a group is called."""
    return _APART.join(values)


def values_of(cell: Cell) -> Values:
    return tuple(orjson.loads(cell[2]))


def _share(
    count: int, outer: _Outer, shares: Mapping[Values, Fraction], wanted: Mapping[Values, int], budget: int
) -> Fraction:
    """What was asked for of a bucket whose group is under a cap."""
    return shares[outer.values] * Fraction(count, max(wanted[outer.values], 1)) if budget else Fraction(0)


def _group(
    outer: _Outer,
    places: Sequence[int],
    key: Values,
    shares: Mapping[Values, Fraction],
    wanted: Mapping[Values, int],
    capped: Mapping[Values, bool],
) -> Group:
    return Group(
        key=named(key),
        pairs=tuple(sorted(cell for place in places for cell in outer.cells[place])),
        documents=sum(outer.documents),
        tokens=outer.sum,
        share=shares[key],
        wanted=wanted[key],
        capped=capped[key],
    )


def _outers(found: Mapping[Cell, Size], mixture: Mixture) -> list[_Outer]:
    """Buckets by all of `by` but what the curve is over."""
    over = mixture.listed.index(mixture.curve.over) if mixture.curve else -1
    by_outer: dict[Values, dict[str, list[Cell]]] = {}
    for cell in found:
        values = values_of(cell)
        outer = tuple(value for place, value in enumerate(values) if place != over)
        by_outer.setdefault(outer, {}).setdefault(values[over] if mixture.curve else "", []).append(cell)
    made = []
    for outer, buckets in sorted(by_outer.items(), key=lambda item: [rank(value) for value in item[0]]):
        order = sorted(buckets, key=rank)
        own = [tuple(buckets[name]) for name in order]
        made.append(
            _Outer(
                values=outer,
                cells=tuple(own),
                tokens=tuple(sum(found[cell].tokens for cell in cells) for cells in own),
                documents=tuple(sum(found[cell].documents for cell in cells) for cells in own),
                buckets=tuple(order),
            )
        )
    return made


def _most(outer: _Outer, mixture: Mixture) -> int:
    most = int(exact(mixture.max_epochs) * outer.sum)
    if mixture.curve is None:
        return most
    kept = exact(mixture.curve.cap) * (1 - exact(mixture.curve.discard)) * outer.sum
    return min(most, int(kept))


def _weights(outers: Sequence[_Outer], mixture: Mixture, repeats: Repeats | None) -> tuple[dict[Values, Fraction], int]:
    """In any unit; and the budget where the recipe has none: what epochs come to, else every token once."""
    tokens = {outer.values: outer.sum for outer in outers}
    once = sum(tokens.values())
    by = [name for name in mixture.listed if not mixture.curve or name != mixture.curve.over]
    if mixture.alpha is not None:
        return {key: power(count, mixture.alpha) for key, count in tokens.items()}, once
    if repeats is not None:
        often = {key: Fraction(repeats.of(dict(zip(by, key, strict=True)))) * count for key, count in tokens.items()}
        return often, int(sum(often.values()))
    if not mixture.groups:
        return {key: Fraction(count) for key, count in tokens.items()}, once
    group_of = {key: bucket_tables.chosen(mixture.groups, by, key) for key in tokens}
    lost = next((key for key, group in group_of.items() if group is None), None)
    if lost is not None:
        raise RecipeError(
            f"[mixture] no group fits {named(lost)} ({tokens[lost]:,} tokens): add one, or one that names nothing, for "
            "all that no other fits"
        )
    whole = dict.fromkeys(range(len(mixture.groups)), 0)
    for key, group in group_of.items():
        whole[group or 0] += tokens[key]
    for number, group_ in enumerate(mixture.groups):
        if not whole[number]:
            raise RecipeError(f"[mixture] group {dict(group_)} fits no document of the corpus: take it out")
    rates = [bucket_tables.rate_of(group_) for group_ in mixture.groups]
    if "epochs" in mixture.groups[0]:
        often = {key: rates[group or 0] * tokens[key] for key, group in group_of.items()}
        return often, round(sum(often.values(), Fraction()))
    return {key: rates[group or 0] * tokens[key] / whole[group or 0] for key, group in group_of.items()}, once
