"""Sorted suffixes and what is looked up in them, against Python's own sorting and searching."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from filters.kernels import suffix_lookup, suffixes
from tests.filters.strategies import TEXTS

REPEATING = st.lists(st.sampled_from([b"a", b"ab", b"aab", b"\x00", b"abcdefgh", b"the mill \xff"]), max_size=40).map(
    b"".join
)
ANY = st.one_of(REPEATING, st.binary(max_size=80), TEXTS.map(lambda texts: "\n".join(texts).encode()))


def array(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8)


@pytest.mark.parametrize("step", [1, 2, 4, 8])
@given(ANY)
@example(b"a" * 500)
@example(b"\x00" * 21)
@example(b"abcd" * 99 + b"abc")
@example(b"")
def test_suffixes_are_in_the_order_of_their_bytes(step: int, data: bytes) -> None:
    found = suffixes.sorted_suffixes(array(data), step)
    assert found.tolist() == sorted(range(-(-len(data) // step)), key=lambda i: data[step * i :])
    assert found.dtype == np.int32
    assert suffix_lookup.disorder(array(data), found, step) == -1


@given(ANY.filter(lambda data: len(data) > 8), st.data())
def test_disorder_is_seen(data: bytes, drawn: st.DataObject) -> None:
    found = suffixes.sorted_suffixes(array(data))
    one, other = (drawn.draw(st.integers(0, len(found) - 1)) for _ in range(2))
    changed = found.copy()
    changed[one], changed[other] = found[other], found[one]
    assert (suffix_lookup.disorder(array(data), changed, 4) >= 0) == (one != other)
    changed[one] = changed[other]
    assert (suffix_lookup.disorder(array(data), changed, 4) >= 0) == (one != other)
    assert suffix_lookup.disorder(array(data), found[1:], 4) == 0


@given(ANY, ANY, st.data())
def test_occurrences_are_all_that_there_are(data: bytes, other: bytes, drawn: st.DataObject) -> None:
    source = drawn.draw(st.sampled_from([data, other]))
    if len(source) < 4:
        return
    start = drawn.draw(st.integers(0, len(source) - 4))
    needle = source[start : drawn.draw(st.integers(start + 4, len(source)))]
    found, whole = suffix_lookup.occurrences(array(data), suffixes.sorted_suffixes(array(data)), 4, array(needle), 1000)
    wanted = [place for place in range(len(data)) if data.startswith(needle, place)]
    assert whole == suffix_lookup.FOUND
    assert sorted(found.tolist()) == wanted
    assert suffix_lookup.stands(
        array(data), suffixes.sorted_suffixes(array(data)), 4, array(needle), 0, len(needle)
    ) == bool(wanted)


def test_more_than_are_wanted_are_left_to_a_scan() -> None:
    data = array(b"abcd" * 100)
    found, whole = suffix_lookup.occurrences(data, suffixes.sorted_suffixes(data), 4, array(b"abcd"), 99)
    assert (len(found), whole) == (0, suffix_lookup.TOO_MANY)


@given(ANY.filter(lambda data: len(data) > 4), st.lists(st.integers(-(1 << 31), (1 << 31) - 1), min_size=1), st.data())
def test_suffixes_that_are_none_read_nothing_outside_the_text(
    data: bytes, numbers: list[int], drawn: st.DataObject
) -> None:
    start = drawn.draw(st.integers(0, len(data) - 4))
    needle = array(data[start : start + drawn.draw(st.integers(4, 40))])
    around = array(b"\xfe" * 99 + data + b"\xfe" * 99)[99 : 99 + len(data)]
    found = suffixes.sorted_suffixes(array(data))
    found[drawn.draw(st.integers(0, len(found) - 1)) :: 2] = numbers[0]
    for given_ in (found, np.array(numbers, np.int32)):
        places, how = suffix_lookup.occurrences(around, given_, 4, needle, 1000)
        assert how in (suffix_lookup.FOUND, suffix_lookup.DAMAGED)
        assert all(data.startswith(needle.tobytes(), place) for place in places.tolist())
        assert suffix_lookup.disorder(around, given_, 4) >= 0 or how == suffix_lookup.FOUND
        for first, last in suffix_lookup.longest(around, given_, 4, needle, 16).tolist():
            assert needle[first:last].tobytes() in data


def naive_spans(data: bytes, wanted: bytes, least: int) -> list[list[int]]:
    """Every span that stands there, but those within others."""
    there = [
        (first, last)
        for first in range(len(wanted))
        for last in range(first + least, len(wanted) + 1)
        if wanted[first:last] in data
    ]
    return sorted(
        [first, last]
        for first, last in there
        if not any((a, b) != (first, last) and a <= first and last <= b for a, b in there)
    )


@given(ANY, ANY, st.integers(8, 20), st.data())
def test_longest_spans_are_those_of_a_naive_search(data: bytes, other: bytes, least: int, drawn: st.DataObject) -> None:
    cut = drawn.draw(st.integers(0, len(data)))
    wanted = (data[cut:] + other + data[:cut] + other[: len(other) // 2])[:70]
    found = suffix_lookup.longest(array(data), suffixes.sorted_suffixes(array(data)), 4, array(wanted), least)
    assert found.tolist() == naive_spans(data, wanted, least)
