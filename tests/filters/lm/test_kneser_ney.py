"""Probabilities are those of the papers: worked by hand, equal to a plain twin, and every context sums to one."""

import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.sources import inventory, units
from corpus.sources.record import Record
from corpus.sources.source import Source
from filters.lm.kneser_ney import FALLBACK, discount_of
from tests.filters.lm.twin import Model, Ngram, Sentences, Twin, estimate


def test_two_sentences_give_what_is_worked_out_by_hand() -> None:
    # a b / a c, bigrams. No count is 3, so the discounts are 1/2, 1, 3/2. Left neighbours: a, b, c one, </s> two, so
    # 5 in all; taken: 3 x 1/2 + 1 = 5/2, half of the mass, spread over a, b, c, </s>, <unk>: 1/10 each.
    # p(a) = 1/2 / 5 + 1/10 = 2/10, p(</s>) = 1/5 + 1/10. p(a | <s>) = (2 - 1) / 2 + 1/2 p(a) = 6/10, and so on.
    model = estimate([["a", "b"], ["a", "c"]], 2)
    rows = [line.split("\t") for line in model.arpa.splitlines()]
    shape = ["\\data\\", "ngram 1=6", "ngram 2=5", "", "\\1-grams:", "<unk>", "<s>", "</s>", "a", "b", "c", ""]
    assert [row[min(1, len(row) - 1)] for row in rows] == [
        *shape, "\\2-grams:", "b </s>", "c </s>", "<s> a", "a b", "a c", "", "\\end\\",
    ]  # fmt: skip
    numbers = [[10 ** float(row[i]) for i in (0, 2) if i < len(row)] for row in rows if len(row) > 1]
    unigrams = [[0.1, 1], [1, 0.5], [0.3, 1], [0.2, 0.5], [0.2, 0.5], [0.2, 0.5]]
    for found, expected in zip(numbers, [*unigrams, [0.65], [0.65], [0.6], [0.35], [0.35]], strict=True):
        assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("counts", "amounts", "fallback"),
    [
        ((10, 5, 3, 2), (0.5, 1.1, 3 - 4 * 0.5 * 2 / 3), False),  # Y = 10 / (10 + 2 x 5)
        ((4, 1, 1, 0), (1 - 2 * (4 / 6) / 4, 2 - 3 * (4 / 6), 3.0), True),  # D2 = 0 would leave nothing for the unseen
        ((8, 2, 1, 0), (1 - 2 * (8 / 12) * 2 / 8, 2 - 3 * (8 / 12) / 2, 3.0), False),
        ((0, 5, 3, 2), FALLBACK, True),
        ((10, 0, 3, 2), FALLBACK, True),
        ((10, 5, 0, 2), FALLBACK, True),
        ((1, 1, 9, 9), FALLBACK, True),  # D2 = 2 - 3 x 1/3 x 9 < 0
        ((0, 0, 0, 0), FALLBACK, True),
    ],
)
def test_discounts_are_those_of_the_formula(
    counts: tuple[int, ...], amounts: tuple[float, ...], fallback: bool
) -> None:
    found = discount_of(counts)
    assert found.fallback is fallback
    assert found.amounts == pytest.approx(FALLBACK if fallback else amounts)


_WORD = st.sampled_from(["a", "b", "c", "d", "字", "ü"])
_SENTENCES = st.lists(st.lists(_WORD, min_size=1, max_size=7), min_size=1, max_size=12)


@given(_SENTENCES, st.integers(2, 6))
@settings(max_examples=60)
def test_any_sentences_give_the_probabilities_of_the_twin(sentences: Sentences, order: int) -> None:
    twin, found = Twin(sentences, order), estimate(sentences, order).entries()
    expected: set[Ngram] = {("<s>",), ("<unk>",)} | {g for level in twin.adjusted for g in level}
    assert set(found) == expected
    for ngram, (logarithm, backoff) in found.items():
        if ngram != ("<s>",):
            assert logarithm == pytest.approx(math.log10(twin.probability(ngram[-1], ngram[:-1])), abs=2e-7)
        if len(ngram) < order:
            assert backoff == pytest.approx(math.log10(twin.gamma(ngram)), abs=2e-7)


def probability(entries: dict[Ngram, tuple[float, float]], word: str, context: Ngram) -> float:
    """By Katz back-off, as whoever reads an ARPA file does it."""
    if (*context, word) in entries:
        return 10 ** entries[*context, word][0]
    return 10 ** entries.get(context, (0, 0))[1] * probability(entries, word, context[1:])


def some_sentences() -> Sentences:
    """Sentences of a small grammar, Zipf-like, so that counts of 1, 2, 3 and 4 are there."""
    draw = random.Random(5)
    words = [f"w{i}" for i in range(25)]
    return [[words[int(25 * draw.random() ** 3)] for _ in range(draw.randint(1, 9))] for _ in range(400)]


@pytest.mark.parametrize("order", [2, 3, 4, 5])
def test_every_context_sums_to_one(order: int) -> None:
    entries = estimate(some_sentences(), order).entries()
    words = [g[0] for g in entries if len(g) == 1 and g != ("<s>",)]
    contexts = [(), *(g for g in entries if len(g) < order and g[-1] != "</s>")]
    for context in contexts:
        assert math.fsum(probability(entries, word, context) for word in words) == pytest.approx(1, abs=2e-6)


def perplexity(model: Model, sentences: Sentences) -> float:
    tokens = model.numbers(sentences)
    [logarithm] = model.table.score(tokens, np.array([0, len(tokens)]), model.order)
    return float(10 ** (-logarithm / len(tokens)))


def unsmoothed(train: Sentences, held: Sentences, order: int) -> float:
    """Perplexity by relative frequencies: infinite as soon as an n-gram was never seen."""
    seen: Counter[Ngram] = Counter()
    before: Counter[Ngram] = Counter()
    total, tokens = 0.0, 0
    for sentences in (train, held):
        for sentence in sentences:
            padded = ["<s>"] * (order - 1) + [*sentence, "</s>"]
            for end in range(order, len(padded) + 1):
                ngram = tuple(padded[end - order : end])
                if sentences is train:
                    seen[ngram] += 1
                    before[ngram[:-1]] += 1
                elif not seen[ngram]:
                    return math.inf
                else:
                    total += math.log10(seen[ngram] / before[ngram[:-1]])
                    tokens += 1
    return float(10 ** (-total / tokens))


def test_five_words_beat_three_and_both_beat_no_smoothing_on_text_held_out() -> None:
    sample = Path(__file__).parents[3] / "data" / "sample" / "gnome-ccbysa.jsonl.gz"
    source = Source(name="sample", path=str(sample))
    [unit] = inventory.plan_units(inventory.list_files(source, ""), 1 << 30)
    texts = [record.text for record in units.read_unit(unit, source) if isinstance(record, Record)]
    lines = [words for text in texts for line in text.lower().split("\n") if (words := line.split())]
    train = [line for i, line in enumerate(lines) if i % 10]
    held = lines[::10]
    five, three = perplexity(estimate(train, 5), held), perplexity(estimate(train, 3), held)
    assert five < three < unsmoothed(train, held, 3) == math.inf
