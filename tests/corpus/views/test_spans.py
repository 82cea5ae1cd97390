"""The arithmetic of spans is T5's, and every mask is as likely as T5 has it."""

from collections import Counter
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.views import draws
from corpus.views.spans import fitting, noise, partition, sizes
from tests.corpus.views import made


@pytest.mark.parametrize(
    ("inputs", "density", "mean", "wanted"),
    [  # preprocessors_test.py of T5, and the lengths that it is trained with
        (64, 0.2, 2.0, (70, 22)),
        (64, 0.2, 1.0, (63, 27)),
        (512, 0.15, 3.0, (568, 114)),
        (2048, 0.15, 3.0, (2274, 456)),
        (512, 0.5, 3.0, (766, 512)),  # targets are kept no longer than inputs
    ],
)
def test_lengths_are_those_that_t5_published(inputs: int, density: float, mean: float, wanted: tuple[int, int]) -> None:
    found = fitting(inputs, density, mean, "inputs")
    assert (found.tokens, found.targets) == wanted
    assert found.inputs == inputs


@pytest.mark.parametrize(("row", "wanted"), [(2048, (1860, 1675, 373, 93)), (512, (464, 418, 94, 23))])
def test_lengths_of_a_decoder_are_those_of_bigscience(row: int, wanted: tuple[int, int, int, int]) -> None:
    assert tuple(fitting(row, 0.15, 3.0, "row")) == wanted


def t5(inputs: int, density: float, mean: float) -> tuple[int, int]:
    """`random_spans_helper` in its own words."""

    def lengths(tokens: int) -> tuple[int, int]:
        noisy = round(tokens * density)
        spans = round(noisy / mean)
        return tokens - noisy + spans + 1, noisy + spans + 1

    tokens = inputs - 1
    while lengths(tokens + 1)[0] <= inputs:
        tokens += 1
    found, targets = lengths(tokens)
    if density == 0.5 and targets > found:
        tokens, targets = tokens - 1, targets - 1
    return tokens, targets


@given(
    inputs=st.integers(128, 4096),
    density=st.sampled_from([0.1, 0.15, 0.2, 0.3, 0.5]),
    mean=st.sampled_from([1.5, 2.0, 3.0, 5.0, 8.0]),
)
def test_lengths_are_t5s(inputs: int, density: float, mean: float) -> None:
    found = fitting(inputs, density, mean, "inputs")
    tokens, targets = t5(inputs, density, mean)
    assert found.tokens == tokens
    assert abs(found.targets - targets) <= (density == 0.5)  # of one token less T5 says one target less, unasked


@given(
    size=st.integers(8, 600),
    density=st.floats(0.01, 0.99),
    mean=st.floats(1, 100),
    fits=st.sampled_from(["row", "inputs"]),
)
def test_most_tokens_that_fit_are_found(size: int, density: float, mean: float, fits: str) -> None:
    found = fitting(size, density, mean, fits)  # type: ignore[arg-type]

    def taken(tokens: int) -> int:
        one = sizes(tokens, density, mean)
        return one.inputs + (one.targets if fits == "row" else 0)

    assert taken(found.tokens) <= size < taken(found.tokens + 1)


@given(length=st.integers(2, 3000), density=st.floats(0.01, 0.99), mean=st.floats(1, 100))
def test_noise_is_counted_as_t5_does(length: int, density: float, mean: float) -> None:
    assert noise(length, density, mean) == made.counts(length, density, mean)


@given(segments=st.integers(1, 40), more=st.integers(0, 60), key=st.integers(0, 2**64 - 1))
def test_partition_is_the_naive_one(segments: int, more: int, key: int) -> None:
    state, lengths = np.array([key], np.uint64), np.empty(segments, np.int64)
    partition(segments + more, segments, state, lengths)
    assert lengths.tolist() == made.parted(segments + more, segments, draws.Draws(key))
    assert lengths.sum() == segments + more
    assert lengths.min() >= 1


def test_all_partitions_are_equally_likely() -> None:
    found: Counter[tuple[int, ...]] = Counter()
    lengths = np.empty(3, np.int64)
    for key in range(6000):
        partition(6, 3, np.array([draws.of(key, 0, 0)._state], np.uint64), lengths)
        found[tuple(lengths.tolist())] += 1
    assert len(found) == 10  # 2 of 5 places
    assert all(450 < count < 750 for count in found.values())  # 600 each, 6 deviations of 23


def test_sentinels_are_where_t5_puts_them() -> None:
    mask = [True, True, False, False, True, False]
    inputs, targets = made.corrupted([10, 11, 12, 13, 14, 15], mask, [999, 998])
    assert inputs == [999, 12, 13, 998, 15]
    assert targets == [999, 10, 11, 998, 14]


def test_spans_of_an_example_begin_with_what_is_kept_and_have_the_wanted_density() -> None:
    own = made.made(made.view("span", sequence_length=256))
    documents = [[made.FIRST + n for n in range(400)] for _ in range(50)]
    sentinels = set(own.how.sentinels.tolist())
    for inputs, targets in made.split(own.examples(made.block(documents))):
        runs = [kind for kind, _ in groupby(token in sentinels for token in inputs[:-1])]
        assert runs[0] is False
        noisy = len(targets) - 1 - sum(token in sentinels for token in targets)
        whole = noisy + sum(token >= made.FIRST for token in inputs)
        assert noisy == min(max(round(0.15 * whole), 1), whole - 1)
