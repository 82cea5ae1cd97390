"""The solver: budget, cap, proportions; an oracle by search; published tables."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.mixture import presets
from corpus.mixture.recipe_table import Mixture, exact
from corpus.mixture.solve import Size, allot, power, rounded, sizes, solve
from corpus.shards.tallies import Pair

NAMES = ("a", "b", "c", "d", "e")


def corpus(tokens: dict[tuple[str, str], int]) -> dict[tuple[str, str], Size]:
    return {pair: Size(documents=1 + count // 100, tokens=count) for pair, count in tokens.items()}


by_name = st.integers(1, 5).flatmap(
    lambda n: st.fixed_dictionaries(
        {name: st.tuples(st.integers(1, 10**6), st.fractions("1/1000", 1000)) for name in NAMES[:n]}
    )
)


def level(weights: dict[str, Fraction], most: dict[str, int], budget: int) -> dict[str, Fraction]:
    """The oracle: what each gets is min(most, level x weight), and every level at which one is full is tried."""
    levels = sorted(Fraction(most[key]) / weights[key] for key in weights)
    lower = Fraction(0)
    for upper in levels:
        if sum((min(Fraction(most[key]), upper * weights[key]) for key in weights), Fraction()) >= budget:
            full = sum((most[key] for key in weights if most[key] <= lower * weights[key]), Fraction())
            rest = sum((weights[key] for key in weights if most[key] > lower * weights[key]), Fraction())
            at = (budget - full) / rest
            return {key: min(Fraction(most[key]), at * weights[key]) for key in weights}
        lower = upper
    return {key: Fraction(count) for key, count in most.items()}


@given(by_name, st.fractions(0, 1))
def test_allotment_is_what_a_search_for_the_water_level_finds(
    table: dict[str, tuple[int, Fraction]], part: Fraction
) -> None:
    most = {key: count for key, (count, _) in table.items()}
    weights = {key: weight for key, (_, weight) in table.items()}
    budget = int(part * sum(most.values()))
    found = allot(weights, most, budget)
    assert found == level(weights, most, budget)
    assert sum(found.values()) == budget
    assert all(0 <= found[key] <= most[key] for key in most)
    whole = rounded(found, budget)
    assert sum(whole.values()) == budget
    assert all(found[key] - 1 < whole[key] < found[key] + 1 and whole[key] <= most[key] for key in most)


@given(by_name, st.fractions(0, 1), st.fractions(0, 1))
def test_more_budget_takes_from_nobody(table: dict[str, tuple[int, Fraction]], one: Fraction, other: Fraction) -> None:
    most = {key: count for key, (count, _) in table.items()}
    weights = {key: weight for key, (_, weight) in table.items()}
    low, high = sorted(int(part * sum(most.values())) for part in (one, other))
    before, after = allot(weights, most, low), allot(weights, most, high)
    assert all(before[key] <= after[key] for key in most)


@given(by_name, st.integers(1, 50), st.fractions(0, 1))
def test_mixture_of_a_larger_corpus_is_the_same_mixture(
    table: dict[str, tuple[int, Fraction]], times: int, part: Fraction
) -> None:
    most = {key: count for key, (count, _) in table.items()}
    weights = {key: weight for key, (_, weight) in table.items()}
    budget = int(part * sum(most.values()))
    small = allot(weights, most, budget)
    large = allot(
        {key: weight * 3 for key, weight in weights.items()},
        {key: count * times for key, count in most.items()},
        budget * times,
    )
    assert large == {key: amount * times for key, amount in small.items()}


@given(by_name, st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.integers(1, 10**7))
def test_alpha_keeps_budget_and_cap_and_shares(
    table: dict[str, tuple[int, Fraction]], alpha: float, budget: int
) -> None:
    tokens = {("web", name): count for name, (count, _) in table.items()}
    mixture = Mixture(alpha=alpha, tokens=budget, max_epochs=3.0)
    if budget > 3 * sum(tokens.values()):
        with pytest.raises(RecipeError, match=r"raise max_epochs"):
            solve(corpus(tokens), mixture)
        return
    groups = solve(corpus(tokens), mixture)
    assert sum(group.wanted for group in groups) == budget
    assert sum(group.share for group in groups) == 1
    for group in groups:
        assert group.wanted == group.whole * group.tokens + group.rest <= 3 * group.tokens
        assert group.share == power(group.tokens, alpha) / sum(power(g.tokens, alpha) for g in groups)
        if not any(g.capped for g in groups):
            assert abs(group.wanted - budget * group.share) < 1
    order = sorted(groups, key=lambda group: group.tokens)
    for small, large in pairwise(order):
        assert small.wanted <= large.wanted + 1  # a larger language never gets less
        assert small.epochs >= large.epochs - Fraction(1, small.tokens) - Fraction(1, large.tokens)


def test_power_is_exact_where_it_can_be_and_close_to_the_library() -> None:
    assert power(7, 0.0) == 1
    assert power(123456789, 1.0) == 123456789
    assert power(10**12, 0.5) == 10**6
    assert float(power(987654321, 0.3)) == pytest.approx(987654321**0.3, rel=1e-14)


def test_the_piles_weights_follow_from_sizes_and_epochs_as_published() -> None:
    published = presets.load("pile").published
    tokens = {(name, "eng_Latn"): int(row["gib"] * 1000) for name, row in published.items()}
    groups = solve(corpus(tokens), Mixture(preset="pile"))
    assert len(groups) == len(published) == 22
    for group in groups:
        row = published[group.key]
        # Two digits are printed, of sizes that are rounded too: PubMed Central's come to 14.395, 14.40 is printed.
        assert 100 * float(group.share) == pytest.approx(float(row["weight"]), abs=0.0055), group.key
        assert group.epochs == pytest.approx(float(row["epochs"]), abs=1 / group.tokens)
        assert not group.capped
    assert sum(group.wanted for group in groups) == pytest.approx(1254.20e3, rel=1e-4)  # GiB, effective
    assert sum(row["weight"] for row in published.values()) == 100


def test_roots_keeps_its_published_ratios_and_languages_that_are_absent_leave_the_others_in_proportion() -> None:
    rates = presets.load("roots").rates
    assert float(sum(rates.values())) == pytest.approx(0.99984)
    first = {key: key.partition(":")[2].split("|")[0].replace("*", "Python") for key in rates}
    tokens = {("web", language): 10**9 for language in first.values()}
    groups = {group.key: group for group in solve(corpus(tokens), Mixture(preset="roots", max_epochs=100.0))}
    assert groups.keys() == rates.keys()
    assert {key: group.share for key, group in groups.items()} == {
        key: rate / sum(rates.values()) for key, rate in rates.items()
    }
    english = groups["*:eng_Latn"]
    assert float(english.share) == pytest.approx(0.2217 + 0.0814, abs=1e-4)
    some = solve(corpus({("web", "eng_Latn"): 10**6, ("web", "fra_Latn"): 10**6}), Mixture(preset="roots"))
    assert some[0].share / some[1].share == rates["*:eng_Latn"] / rates["*:fra_Latn"]


def test_cap_gives_what_it_withholds_to_the_others_and_says_so() -> None:
    tokens = {("wiki", "eng_Latn"): 100, ("web", "eng_Latn"): 1000, ("books", "eng_Latn"): 1000}
    mixture = Mixture(weights={"wiki": 0.5, "web": 0.3, "books": 0.2}, tokens=1400, max_epochs=4.0)
    groups = {group.key: group for group in solve(corpus(tokens), mixture)}
    assert {key: group.wanted for key, group in groups.items()} == {"wiki": 400, "web": 600, "books": 400}
    assert [key for key, group in groups.items() if group.capped] == ["wiki"]


def test_epochs_are_exact_and_with_a_budget_proportions() -> None:
    tokens = {("wiki", "eng_Latn"): 1000, ("web", "eng_Latn"): 3000}
    groups = solve(corpus(tokens), Mixture(epochs={"wiki": 2.5, "*": 1.0}))
    assert [(group.key, group.epochs) for group in groups] == [("*", 1), ("wiki", Fraction(5, 2))]
    halved = solve(corpus(tokens), Mixture(epochs={"wiki": 2.5, "*": 1.0}, tokens=2750))
    assert [group.epochs for group in halved] == [Fraction(1, 2), Fraction(5, 4)]


@given(st.dictionaries(st.sampled_from(NAMES), st.tuples(st.integers(1, 999), st.floats(0.01, 2.5)), min_size=1))
def test_epochs_are_off_by_a_token_at_most(table: dict[str, tuple[int, float]]) -> None:
    epochs = {name: rate for name, (_, rate) in table.items()}
    groups = solve(corpus({(name, "x"): n for name, (n, _) in table.items()}), Mixture(epochs=epochs, max_epochs=2.5))
    for group in groups:
        assert abs(group.wanted - exact(epochs[group.key]) * group.tokens) <= 1
        assert group.wanted <= Fraction(5, 2) * group.tokens
        assert not group.capped


def test_table_with_nothing_in_it_has_every_document_once() -> None:
    (group,) = solve(corpus({("a", "x"): 5, ("b", "y"): 7}), Mixture())
    assert (group.whole, group.rest, group.documents) == (1, 0, 2)


@pytest.mark.parametrize(
    ("mixture", "message"),
    [
        (Mixture(weights={"web": 0.5, "*:deu_Latn": 0.5}), "'.:deu_Latn' fits no document"),
        (Mixture(weights={"*:fra_Latn": 1.0}), "no key of weights fits source 'web' with language eng_Latn"),
        (Mixture(tokens=401, max_epochs=4.0), "401 tokens are wanted, and 4 epochs of all there is are 400"),
        (Mixture(preset="pile"), "preset 'pile' has no key for source 'web'"),
    ],
)
def test_mixture_that_the_corpus_cannot_give_is_refused_with_the_reason(mixture: Mixture, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        solve(corpus({("web", "eng_Latn"): 100}), mixture)


@pytest.mark.parametrize("name", ["a", "a.b", "x:y z", "a/b", "a|b", "documents"])
def test_sizes_have_the_ends_of_documents_whatever_the_names(name: str) -> None:
    rows = [Pair(source=name, language="x", documents=3, tokens=9), Pair(source=name, language="a", documents=1)]
    assert sizes(rows) == {(name, "a"): Size(documents=1, tokens=1), (name, "x"): Size(documents=3, tokens=12)}


@pytest.mark.parametrize("name", ["a.b", "x y", "a|b", "a[b]", "a*", "!?"])
def test_source_whose_name_looks_like_a_pattern_is_named_by_it(name: str) -> None:
    Mixture(weights={name: 1.0}).check_sources([name])
    Mixture(weights={f"{name}:*": 1.0}).check_sources([name])
