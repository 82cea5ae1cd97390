"""From tokens by source and language to how often each group comes, in exact arithmetic: the same everywhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TypeVar

from corpus.errors import RecipeError
from corpus.mixture import keys
from corpus.mixture.recipe_table import Mixture, exact, no_key
from corpus.shards import tallies

Pair = tuple[str, str]  # source, language
K = TypeVar("K", str, tuple[str, ...])

_NAMED = 8  # languages in a message
_DIGITS = 40  # of n^alpha, beyond what a 64-bit count of tokens can tell apart


@dataclass(frozen=True, kw_only=True)
class Size:
    """Of a (source, language) pair; tokens with an end of document each."""

    documents: int
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """What one key names. Each document comes `whole` times, and some once more, which together have `rest` tokens."""

    key: str
    pairs: tuple[tuple[str, ...], ...]  # source, language, and of a mixture by buckets which
    documents: int
    tokens: int  # of its documents once, with their ends
    share: Fraction  # of the mixture, as asked for
    wanted: int  # tokens in the mixture
    capped: bool  # max_epochs withholds a part of its share, which the other groups have

    @property
    def whole(self) -> int:
        return self.wanted // self.tokens

    @property
    def rest(self) -> int:
        return self.wanted % self.tokens

    @property
    def epochs(self) -> Fraction:
        return Fraction(self.wanted, self.tokens)


def sizes(counted: Iterable[tallies.Pair]) -> dict[Pair, Size]:
    """By pair, from what stage encode counted."""
    return {
        (row.source, row.language): Size(documents=row.documents, tokens=row.tokens + row.documents)
        for row in sorted(counted, key=lambda row: (row.source, row.language))
    }


def solve(found: Mapping[Pair, Size], mixture: Mixture) -> list[Group]:
    """Groups in order of their keys; what they want sums to the budget to the token.

    Raises RecipeError for a pair without a key, a key without documents, or more tokens than max_epochs allows.
    """
    pairs = _grouped(found, mixture)
    tokens = {key: sum(found[pair].tokens for pair in own) for key, own in pairs.items()}
    cap = exact(mixture.max_epochs)
    most = {key: int(cap * count) for key, count in tokens.items()}
    weights = _weights(tokens, mixture)
    budget = mixture.tokens or min(_all(tokens, mixture), sum(most.values()))
    if budget > sum(most.values()):
        raise RecipeError(
            f"[mixture] {budget:,} tokens are wanted, and {mixture.max_epochs:g} epochs of all there is are "
            f"{sum(most.values()):,}: lower tokens, raise max_epochs, or add documents"
        )
    whole = sum(weights.values(), Fraction())
    wanted = rounded(allot(weights, most, budget), budget)
    return [
        Group(
            key=key,
            pairs=tuple(sorted(own)),
            documents=sum(found[pair].documents for pair in own),
            tokens=tokens[key],
            share=weights[key] / whole,
            wanted=wanted[key],
            capped=budget * weights[key] / whole >= most[key] + 1,  # a part of a token is rounding, not the cap
        )
        for key, own in sorted(pairs.items())
    ]


def allot(weights: Mapping[K, Fraction], most: Mapping[K, int], budget: int) -> dict[K, Fraction]:
    """Tokens in proportion to weights, but at most `most` each: what is over goes to the others in proportion to
    theirs, until none is over. The sum is the budget, which the sum of `most` is not below."""
    given: dict[K, Fraction] = {}
    left = Fraction(budget)
    open_ = dict(weights)
    while open_:
        total = sum(open_.values(), Fraction())
        over = [key for key, weight in open_.items() if left * weight > most[key] * total]
        if not over:
            return given | {key: left * weight / total for key, weight in open_.items()}
        for key in over:
            given[key] = Fraction(most[key])
            left -= most[key]
            del open_[key]
    return given


def rounded(amounts: Mapping[K, Fraction], total: int) -> dict[K, int]:
    """Whole numbers that sum to `total`: the largest remainders are rounded up, of equal ones the first key's."""
    found = {key: int(amount) for key, amount in amounts.items()}
    order = sorted(amounts, key=lambda key: (found[key] - amounts[key], key))
    for key in order[: total - sum(found.values())]:
        found[key] += 1
    return found


def power(count: int, alpha: float) -> Fraction:
    """count^alpha to 40 digits in decimal arithmetic, which is the same on every machine, unlike a library's pow."""
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction(Decimal(count) ** Decimal(repr(alpha)))


def _grouped(found: Mapping[Pair, Size], mixture: Mixture) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = {}
    for source, language in found:
        if mixture.kind == "alpha":
            key: str | None = language if mixture.by == "language" else source
        else:
            key = keys.chosen(mixture.rates, source, language)
        if key is None:
            what = f"source {source!r} with language {language} ({found[source, language].tokens:,} tokens)"
            raise RecipeError(f"[mixture] {no_key(mixture, what)}")
        groups.setdefault(key, []).append((source, language))
    if missing := unfitted(mixture, found):
        raise RecipeError(missing)
    return groups


def unfitted(mixture: Mixture, pairs: Iterable[Pair]) -> str | None:
    """The line that stops a run for a key to which none of these pairs belongs; None where each has one. Of a preset
    keys may be left over."""
    if mixture.preset or not mixture.rates:
        return None
    there = sorted(pairs)
    used = {keys.chosen(mixture.rates, source, language) for source, language in there}
    missing = next((key for key in mixture.rates if key not in used), None)
    if missing is None:
        return None
    languages = sorted({language for source, language in there if keys.fits_source(missing, source)})
    shown = ", ".join([*languages[:_NAMED], *(["..."] if len(languages) > _NAMED else [])])
    has = f"; its sources have {shown}" if languages else ""
    return f"[mixture] {mixture.kind} {missing!r} fits no document of the corpus{has}: take it out"


def _weights(tokens: Mapping[str, int], mixture: Mixture) -> dict[str, Fraction]:
    """In any unit: of a preset whose keys are not all there, those that are keep their proportions."""
    if mixture.alpha is not None:
        return {key: power(count, mixture.alpha) for key, count in tokens.items()}
    rates = mixture.rates
    return {key: rates[key] * (count if mixture.kind == "epochs" else 1) for key, count in tokens.items()}


def _all(tokens: Mapping[str, int], mixture: Mixture) -> int:
    """The budget where the recipe has none: what the epochs come to, else every token once."""
    if mixture.kind == "epochs":
        return round(sum((mixture.rates[key] * count for key, count in tokens.items()), Fraction()))
    return sum(tokens.values())
