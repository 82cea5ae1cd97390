"""Keyed digests, and near copies by them, against twins that are slow and plain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import RecipeError
from corpus.tombstones.bands import alike
from corpus.tombstones.secret import keyed
from filters.kernels.siphash import siphash

KEY = "a key of withdrawals that tests alone know"
_MASK = (1 << 64) - 1


def twin(word: int, low: int, high: int) -> int:
    """SipHash-2-4 as its paper has it."""

    def turn(value: int, bits: int) -> int:
        return (value << bits | value >> 64 - bits) & _MASK

    v = [0x736F6D6570736575 ^ low, 0x646F72616E646F6D ^ high, 0x6C7967656E657261 ^ low, 0x7465646279746573 ^ high]

    def rounds(count: int) -> None:
        for _ in range(count):
            v[0] = (v[0] + v[1]) & _MASK
            v[1] = turn(v[1], 13) ^ v[0]
            v[0] = turn(v[0], 32)
            v[2] = (v[2] + v[3]) & _MASK
            v[3] = turn(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & _MASK
            v[3] = turn(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & _MASK
            v[1] = turn(v[1], 17) ^ v[2]
            v[2] = turn(v[2], 32)

    for message in (word, 8 << 56):
        v[3] ^= message
        rounds(2)
        v[0] ^= message
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def test_siphash_is_its_authors() -> None:
    """Eight bytes 0 to 7 under the key 0 to 15: the reference implementation's ninth vector."""
    low, high = (int.from_bytes(bytes(range(first, first + 8)), "little") for first in (0, 8))
    word = int.from_bytes(bytes(range(8)), "little")
    found = siphash(np.array([word], np.uint64), np.uint64(low), np.uint64(high))
    assert found.astype("<u8").tobytes().hex() == "6224939a79f5f593"


@given(st.integers(0, _MASK), st.integers(0, _MASK), st.integers(0, _MASK))
def test_siphash_is_its_twin(word: int, low: int, high: int) -> None:
    found = siphash(np.array([word], np.uint64), np.uint64(low), np.uint64(high))
    assert int(found[0]) == twin(word, low, high)


def test_keyed_values_agree_where_the_values_do_and_each_place_is_apart() -> None:
    own, values = keyed(KEY), np.array([[7, 7, 9], [7, 8, 9]], np.uint32)
    found = own.signatures(values)
    assert (found[0] == found[1]).tolist() == [True, False, True]
    assert found[0, 0] != found[0, 1]
    other = keyed(KEY + "!")
    assert not np.any(other.signatures(values) == found)
    assert (other.mark, other.stand_in("a")) != (own.mark, own.stand_in("a"))
    assert own.stand_in("a") != own.request("a") != own.content(b"a").hex()


@pytest.mark.parametrize("secret", ["short", "x" * 65])
def test_keys_that_are_no_keys_are_refused(secret: str) -> None:
    with pytest.raises(RecipeError, match="32 to 64 bytes"):
        keyed(secret)


def test_rows_that_agree_in_enough_values_are_found_and_no_others() -> None:
    chance = np.random.default_rng(5)
    wanted = chance.integers(0, 1 << 32, (6, 126), np.uint32)
    values = chance.integers(0, 1 << 32, (200, 126), np.uint32)
    share = np.linspace(0.5, 1, 200)
    for row in range(200):
        same = chance.permutation(126)[: round(126 * share[row])]
        values[row, same] = wanted[row % 6, same]
    best, found = alike(wanted, values, 0.8)
    exact = np.array([(wanted == values[row]).mean(axis=1).max() for row in range(200)])
    assert np.array_equal(best >= 0, exact >= 0.8)
    assert np.allclose(found[best >= 0], exact[best >= 0])
    assert np.array_equal(best[best >= 0], (np.arange(200) % 6)[best >= 0])
    none, _ = alike(np.empty((0, 126), np.uint32), values, 0.8)
    assert (none < 0).all()
