"""Winnowing equals its twin and keeps its promise; boundaries equal theirs and part no character from its marks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filters import unicode
from filters.kernels.boundaries import Bounds, bounds, places
from filters.kernels.winnow import digests, fingerprints, shared_runs, winnow
from tests.filters import oracle
from tests.filters.conftest import batch_of
from tests.filters.strategies import HOSTILE, TEXT
from tests.filters.test_lines import CLOSING, PROSE, ends

SYMBOLS = st.lists(st.integers(0, 3), max_size=40)  # few, so that ties and repeats are common


def selected(hashes: list[int], window: int) -> list[int]:
    """Robust winnowing, read off its definition."""
    places: list[int] = []
    window = min(window, len(hashes))
    for start in range(len(hashes) - window + 1) if hashes else ():
        here = range(start, start + window)
        least = [place for place in here if hashes[place] == min(hashes[p] for p in here)]
        if not places or places[-1] not in least:
            places.append(least[-1])
    return places


@given(SYMBOLS, st.integers(1, 9))
@example([], 3)
@example([1], 3)
@example([2] * 30, 4)
def test_winnow_any_hashes_equals_twin(hashes: list[int], window: int) -> None:
    assert winnow(np.array(hashes, np.uint64), window).tolist() == selected(hashes, window)


def test_winnow_of_equal_hashes_selects_one_in_a_window() -> None:
    assert len(winnow(np.zeros(1000, np.uint64), 25)) == 40


def test_winnow_of_random_hashes_selects_two_in_w_plus_one() -> None:
    hashes = np.random.default_rng(1).integers(0, 2**63, 100_000).astype(np.uint64)
    assert len(winnow(hashes, 26)) / len(hashes) == pytest.approx(2 / 27, rel=0.02)


def prints(sequences: list[list[int]], k: int, window: int, seeds: list[int] | None = None) -> list[set[int]]:
    offsets = np.cumsum([0, *map(len, sequences)]).astype(np.int64)
    words = np.array([word for sequence in sequences for word in sequence], np.uint64)
    found, values = fingerprints(words, offsets, np.array(seeds or [0] * len(sequences), np.uint64), k, window)
    rows = [values[a:b].tolist() for a, b in pairwise(found)]
    assert rows == [sorted(set(row)) for row in rows]
    return [set(row) for row in rows]


@given(SYMBOLS, SYMBOLS, SYMBOLS, SYMBOLS, st.data())
def test_two_sequences_with_a_run_in_common_have_a_fingerprint_in_common(
    a: list[int], b: list[int], c: list[int], d: list[int], data: st.DataObject
) -> None:
    k, window = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 6))
    size = k + window - 1
    run = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    one, other = prints([a + run + b, c + run + d], k, window)
    assert one & other
    one, other = prints([a + run + b, c + run + d], k, window, [1, 2])
    assert not one & other


@given(st.lists(SYMBOLS, min_size=1, max_size=5), st.integers(1, 4), st.integers(1, 5))
def test_shared_runs_are_all_that_occur_twice_and_no_others_whose_fingerprint_does_not(
    sequences: list[list[int]], k: int, window: int
) -> None:
    size = k + window - 1
    every = prints(sequences, k, window)
    owners = [value for own in every for value in own]
    shared = [sorted(value for value in own if owners.count(value) > 1) for own in every]
    offsets = np.cumsum([0, *map(len, sequences)]).astype(np.int64)
    words = np.array([word for sequence in sequences for word in sequence], np.uint64)
    seeds = np.zeros(len(sequences), np.uint64)
    limits = np.cumsum([0, *map(len, shared)]).astype(np.int64)
    values = np.array([value for own in shared for value in own], np.uint64)
    row, start = shared_runs(words, offsets, seeds, (k, window), limits, values)
    found = set(zip(row.tolist(), start.tolist(), strict=True))
    assert len(found) == len(row)
    runs = {(r, i): tuple(s[i : i + size]) for r, s in enumerate(sequences) for i in range(len(s) - size + 1)}
    twice = {(r, i) for (r, i), run in runs.items() if any(o == run and q != r for (q, _), o in runs.items())}
    assert twice <= found <= set(runs)
    if found:  # the digests of those tell their words apart
        values = digests(words, offsets[row] + start, seeds[row], size).tolist()
        words_of = {
            place: tuple(value)
            for place, value in zip(zip(row.tolist(), start.tolist(), strict=True), values, strict=True)
        }
        for one, own in words_of.items():
            assert all((own == other) == (runs[one] == runs[place]) for place, other in words_of.items())


def twin(text: str) -> list[list[int]]:
    """Bounds by definition: units of a line one by one, a sentence broken where the rule of `filters.kernels.lines`
    ends one before a character that is no mark."""
    found: list[list[int]] = []
    start = 0
    for line in text.split("\n"):
        end = min(start + len(line) + 1, len(text))
        breaks, ending = [start], 0
        for place, character in enumerate(line, start):
            if oracle.kind(character) == unicode.SPACE:
                ending = 3 if ending else 0
                continue
            closing = character in CLOSING
            fresh = ending == 3 or (ending == 2 and not closing and not ends(character))
            worded = oracle.words(text[breaks[-1] : place])
            if fresh and oracle.kind(character) != unicode.MARK and worded:
                breaks.append(place)
            if ends(character):
                ending = max(0 if fresh else ending, 1 if character.isascii() else 2)
            elif fresh or not closing:
                ending = 0
        rows: list[list[int]] = []
        for begin, stop in zip(breaks, [*breaks[1:], end], strict=True):
            words = len(oracle.words(text[begin:stop]))
            if not words:  # what has none is part of the line alone
                continue
            own = [[-1, -1, -1, -1] for _ in range(words)]
            own[0][2], own[-1][3] = begin, stop
            rows += own
        if rows:
            rows[0][0], rows[-1][1] = start, end
        found += rows
        start = end
    return found


@given(st.one_of(TEXT, PROSE))
@example("One. Two.\u0301 Three! (Four) Five")
@example("字。次！\n क। x\n\n--\nend")
def test_bounds_any_text_equals_twin(text: str) -> None:
    assert [list(row) for row in zip(*(column.tolist() for column in of(text)), strict=True)] == twin(text)


@given(st.one_of(TEXT, PROSE))
@example("don\u2019t (a\u0301b) 字。次")
def test_places_hold_a_word_each_and_nothing_between_them_does(text: str) -> None:
    batch = batch_of([text])
    data, offsets = batch.buffers
    found = places(data, int(offsets[0]), int(offsets[1]), int(batch.index.words[0])).T.tolist()
    assert [oracle.words(text[start:end]) for start, end in found] == [[word] for word in oracle.words(text)]
    edges = [0, *(place for span in found for place in span), len(text)]
    assert edges == sorted(edges)
    assert not any(oracle.words(text[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_bounds_hostile_text_are_ascending_and_cover_every_word(text: str) -> None:
    for starts, stops in (of(text)[:2], of(text)[2:]):
        begin, end = starts[starts >= 0], stops[stops >= 0]
        assert len(begin) == len(end)
        assert np.all(begin < end)
        assert np.all(end[:-1] <= begin[1:])
        assert not len(end) or end[-1] <= len(text)


def of(text: str) -> Bounds:
    batch = batch_of([text])
    data, offsets = batch.buffers
    return bounds(data, int(offsets[0]), int(offsets[1]), int(batch.index.words[0]))
