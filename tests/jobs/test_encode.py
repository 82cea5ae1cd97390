"""What the stage `encode` says of its second encoder."""

import pytest

from jobs.stages.encode import judgement
from tokenizer.encode import FAST, SLOW


@pytest.mark.parametrize(
    ("library", "judged", "said"),
    [
        (FAST, 1234, "1,234 documents judged by tokenizers"),
        (FAST, 0, "no document judged: tokenizers takes up to"),
        (SLOW, 0, "no second encoder to compare with: tokenizers is the one that others are judged by"),
    ],
)
def test_what_was_judged_is_said_or_why_nothing_was(library: str, judged: int, said: str) -> None:
    assert judgement(library, judged).startswith(said)
