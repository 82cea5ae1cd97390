"""What the stage `encode` says of its second encoder."""

import pytest

from corpus.shards.tallies import Judged
from jobs.stages.encode import judgement
from tokenizer.libraries import FAST, SLOW


def judged(source: str, chosen: int, same: int) -> Judged:
    return Judged(source=source, language="eng_Latn", chosen=chosen, judged=same)


@pytest.mark.parametrize(
    ("library", "tallied", "said"),
    [
        (
            FAST,
            [judged("a", 1233, 1233), judged("b", 1, 1)],
            "1,234 texts judged by tokenizers, of all 2 pairs of source and language",
        ),
        (
            FAST,
            [judged("a", 3, 2), judged("b", 1, 0)],
            "2 texts judged by tokenizers, of 1 of 2 pairs of source and language; 2 passed over",
        ),
        (
            FAST,
            [judged("a", 1, 0)],
            "0 texts judged by tokenizers, of 0 of 1 pairs of source and language; 1 passed over: tok",
        ),
        (SLOW, [], "no second encoder to compare with: tokenizers is the one that others are judged by"),
    ],
)
def test_what_was_judged_is_said_or_why_nothing_was(library: str, tallied: list[Judged], said: str) -> None:
    assert judgement(library, tallied).startswith(said)
