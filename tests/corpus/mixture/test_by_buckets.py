"""Mixtures by a list: weights, curves, temperature, epochs and caps solved to the token; what is refused."""

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.mixture.by_buckets import Cell, named, solve, values_of
from corpus.mixture.curve import Curve
from corpus.mixture.recipe_table import Mixture
from corpus.mixture.rehydration import Repeats
from corpus.mixture.solve import Group, Size

BY = ("topic", "rating@4", "language", "source")
Bucket = tuple[str, str, str, str]


def cells(tokens: Mapping[Bucket, int]) -> dict[Cell, Size]:
    """Of buckets by BY."""
    return {
        (source, language, json.dumps([topic, rating, language, source], separators=(",", ":"))): Size(
            documents=1, tokens=count
        )
        for (topic, rating, language, source), count in tokens.items()
    }


def mixture(**keys: Any) -> Mixture:
    return Mixture(by=BY, **keys)


def by_topic(groups: list[Group]) -> dict[str, int]:
    found: dict[str, int] = {}
    for group in groups:
        topic = values_of(group.pairs[0])[0]  # type: ignore[arg-type]
        found[topic] = found.get(topic, 0) + group.wanted
    return found


TOPICS = {
    ("science", rating, language, source): 1000 * (1 + place)
    for place, (rating, language, source) in enumerate(
        (rating, language, source)
        for rating in "1234"
        for language in ("eng_Latn", "deu_Latn")
        for source in ("a", "b")
    )
} | {("sports", rating, "eng_Latn", "a"): 50_000 for rating in "1234"}


SCIENCE = sum(count for bucket, count in TOPICS.items() if bucket[0] == "science")


def test_weights_of_patterns_and_of_the_rest() -> None:
    groups = ({"topic": "sci*", "weight": 0.25}, {"weight": 0.75})
    found = solve(cells(TOPICS), mixture(groups=groups, tokens=200_000, max_epochs=10))
    assert by_topic(found) == {"science": 50_000, "sports": 150_000}
    assert len(found) == len(TOPICS)
    # Within a group in proportion to what there is.
    for group in found:
        if values_of(group.pairs[0])[0] == "science":  # type: ignore[arg-type]
            assert abs(group.wanted - 50_000 * group.tokens / SCIENCE) <= 1


def test_group_that_names_most_holds() -> None:
    groups = (
        {"epochs": 1.0},
        {"topic": "science", "epochs": 2.0},
        {"topic": "science", "language": "deu_*|fra_*", "epochs": 3.0},
    )
    for group in solve(cells(TOPICS), mixture(groups=groups)):
        topic, _, language, _ = values_of(group.pairs[0])  # type: ignore[arg-type]
        assert group.epochs == (1 if topic == "sports" else 3 if language == "deu_Latn" else 2)


def test_curve_within_each_group() -> None:
    groups = ({"topic": "science", "weight": 0.5}, {"topic": "sports", "weight": 0.5})
    found = solve(cells(TOPICS), mixture(groups=groups, tokens=200_000, curve=Curve(over="rating@4"), max_epochs=4))
    assert sum(group.wanted for group in found) == 200_000
    assert by_topic(found) == {"science": 100_000, "sports": 100_000}
    repeats: dict[tuple[str, ...], list[Fraction]] = {}
    for group in found:
        topic, rating, language, source = values_of(group.pairs[0])  # type: ignore[arg-type]
        repeats.setdefault((topic, language, source), []).append(group.epochs)
        assert group.key == named([topic, language, source, rating])
    for own in repeats.values():
        assert own == sorted(own)
        assert own[-1] <= 7
    assert repeats["sports", "eng_Latn", "a"][0] == 0


def test_documents_without_a_label_are_the_worst() -> None:
    tokens = {("t", rating, "eng_Latn", "a"): 1000 for rating in ("-", "1", "2", "10")}
    found = solve(cells(tokens), mixture(curve=Curve(over="rating@4", discard=0.25)))
    assert [values_of(group.pairs[0])[1] for group in found] == ["-", "1", "2", "10"]  # type: ignore[arg-type]
    assert [group.wanted > 0 for group in found] == [False, True, True, True]


@given(st.dictionaries(st.sampled_from(sorted(TOPICS)), st.integers(1, 10**9), min_size=1), st.integers(0, 100))
def test_temperature_and_budget_hold_to_the_token(tokens: dict[Bucket, int], alpha: int) -> None:
    found = solve(cells(tokens), mixture(alpha=alpha / 100))
    assert sum(group.wanted for group in found) == sum(tokens.values())
    assert sum((group.share for group in found), Fraction()) == 1
    assert all(group.epochs <= 4 for group in found)


def test_repeats_from_duplicates() -> None:
    by = ("duplicates", "language")
    found = {
        ("web", language, json.dumps([size, language], separators=(",", ":"))): Size(documents=1, tokens=100)
        for size in ("1", "2", "30")
        for language in ("eng_Latn", "deu_Latn")
    }
    repeats = Repeats(by_language={"eng_Latn": {1: 1, 2: 6, 20: 3}})
    made = solve(found, Mixture(by=by, rehydrate=10, max_epochs=10), repeats)
    assert {values_of(group.pairs[0]): group.epochs for group in made} == {  # type: ignore[arg-type]
        ("1", "eng_Latn"): 1,
        ("2", "eng_Latn"): 6,
        ("30", "eng_Latn"): 3,
        ("1", "deu_Latn"): 1,
        ("2", "deu_Latn"): 1,
        ("30", "deu_Latn"): 1,
    }


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"groups": ({"topic": "science", "weight": 1.0},)}, "no group fits sports | 1 | eng_Latn | a (50,000 tokens)"),
        ({"groups": ({"topic": "art", "weight": 0.5}, {"weight": 0.5})}, "fits no document of the corpus: take it out"),
        ({"tokens": 10**9}, "tokens are wanted, and the caps allow 1,344,000"),
        ({"tokens": 10**6, "curve": Curve(over="rating@4", discard=0.9)}, "tokens are wanted, and the caps allow"),
    ],
)
def test_what_cannot_be_solved_says_why(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError) as told:
        solve(cells(TOPICS), mixture(**keys))
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"groups": ({"weight": 1.0},)}, "groups needs a list"),
        ({"curve": Curve(over="q@2")}, "curve needs a list"),
        ({"by": ()}, "by needs a list"),
        ({"by": ("a", "a")}, "by names something twice"),
        ({"by": BY, "weights": {"a": 1.0}}, "weights are by source and language, and by is a list"),
        ({"by": BY, "alpha": 0.3, "groups": ({"weight": 1.0},)}, "alpha and groups: keep one of them"),
        ({"by": BY, "curve": Curve(over="topic")}, "must be an entry of by with quantiles"),
        ({"by": BY, "curve": Curve(over="rating@20")}, "must be an entry of by with quantiles"),
        ({"by": BY, "rehydrate": 10}, 'rehydrate needs "duplicates" and "language" in by'),
        ({"by": BY, "groups": ({"topic": "a"},)}, "needs a weight or epochs, one of them"),
        ({"by": BY, "groups": ({"topic": "a", "weight": 0.5},)}, "weights sum to 0.5, not to 1"),
        ({"by": BY, "groups": ({"weight": 1.0}, {"topic": "a", "epochs": 2.0})}, "some have weights and others epochs"),
        (
            {"by": BY, "groups": ({"shape": "a", "weight": 1.0},)},
            "'shape' of { shape = 'a', weight = 1.0 } must be",
        ),
        ({"by": BY, "groups": ({"weight": 0.5}, {"weight": 0.5})}, "two are of the same"),
        (
            {"by": BY, "curve": Curve(over="rating@4"), "groups": ({"rating@4": "1", "weight": 1.0},)},
            "'rating@4' is what the curve is over",
        ),
    ],
)
def test_keys_that_do_not_go_together_are_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Mixture(**keys)


def test_identity_of_a_mixture_without_a_list_is_what_it_was() -> None:
    assert set(Mixture(alpha=0.3).identity()) == {"kind", "rates", "alpha", "by", "tokens", "max_epochs"}
