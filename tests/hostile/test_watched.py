"""The process sees what it is there to see, and goes on."""

import pytest

from tests.hostile.watched import MOST_BYTES, Watched


@pytest.mark.parametrize(
    ("what", "how", "said"), [(b"abort", "died", "SIGABRT"), (b"other", "escaped", "ZeroDivisionError")]
)
def test_fault_is_seen_and_named(watched: Watched, what: bytes, how: str, said: str) -> None:
    found = watched.call("fault", what)
    assert (found.how, found.sound) == (how, False)
    assert said in found.value
    assert watched.call("receipts", b"[").how == "refused"


def test_memory_is_seen(watched: Watched) -> None:
    found = watched.call("fault", b"memory")
    assert found.how == "gave"
    assert found.peak > MOST_BYTES
    assert not found.sound
    assert watched.call("receipts", b"[").sound
