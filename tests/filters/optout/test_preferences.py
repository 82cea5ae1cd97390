"""Content-Usage and Content-Signal: the examples of the drafts, and texts that are hostile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.optout import preferences


# draft-ietf-aipref-vocab, "Exemplary Serialization Format", with the sections that say what each gives.
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("train-ai=n", "disallow"),
        ("train-ai=y, search=n", "allow"),
        ("search=n", "unknown"),
        ('train-ai=y, train-ai, search=n, search="n"', "unknown"),  # the last is no token
        ("train-ai;allow=n, train-ai=y", "allow"),  # the parameter is of the one that does not count
        ('train-ai;has;parameters="?";', "unknown"),
        ("Train-AI=n", "unknown"),  # keys are of small letters, or it is no dictionary
        ("train-ai=N", "unknown"),
        ('train-ai="n"', "unknown"),
        ("train-ai=?0", "unknown"),
        ("train-ai=(n)", "unknown"),
        ("train-ai=n;q=0.5;x", "disallow"),
        ("bots=y, train-ai=n", "disallow"),
        ("train-ai=n,", "unknown"),  # RFC 9651, 4.2.2: a comma must not be last
        ("train-ai=n search=y", "unknown"),
        ("  train-ai=n  ", "disallow"),
        ('a=1.5, b=:YWI=:, c=@1659578233, d=(1 2;x=1 "z"), e=%"f%c3%bc", train-ai=n \t,\tg', "disallow"),
        ("", "unknown"),
        ("träin=y, train-ai=n", "unknown"),
    ],
)
def test_usage(value: str, said: str) -> None:
    assert preferences.usage(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("search=yes, ai-train=no", "disallow"),
        ("ai-train=yes", "allow"),
        ("search=yes,ai-input=no", "unknown"),
        ("AI-Train = No", "disallow"),
        ("ai-train=yes, ai-train=no", "disallow"),
        ("ai-train=maybe", "unknown"),
    ],
)
def test_signal(value: str, said: str) -> None:
    assert preferences.signal(value) == said


@given(st.text(max_size=60), st.text("tran-i=yn,;()\"' ?:@%.0aA*", max_size=60))
def test_any_text_says_something(one: str, other: str) -> None:
    for value in (one, other):
        assert preferences.usage(value) in ("allow", "disallow", "unknown")
        assert preferences.signal(value) in ("allow", "disallow", "unknown")


@pytest.mark.parametrize(
    "piece", ["a,", "a;b", '"', "(", "(a ", "a=(", 'a="\\\\', ";", "a=(1;a", "ai-train=", "ai-train "]
)
def test_no_text_is_slow(piece: str) -> None:
    """Each would take longer than the test may, were a step of matching tried twice."""
    preferences.usage(piece * (4096 // len(piece)))
    preferences.signal(piece * (4096 // len(piece)))
    assert preferences.usage(piece * 100_000) == "unknown"
