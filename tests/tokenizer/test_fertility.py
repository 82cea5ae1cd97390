"""Fertility against counting by hand, and the gate against an earlier tokenizer."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from corpus.vocabulary.fertility import Encoded, Measured, Sampled, measure_parallel, refusal
from corpus.vocabulary.recipe_tables import Fertility
from tests.tokenizer.conftest import Variant
from tokenizer.encode import Encoder
from tokenizer.fertility import LEAST_BYTES, Size, compare, fallback, parity
from tokenizer.parallel import declaration


@pytest.fixture(scope="module")
def encoder(saved: Path) -> Encoder:
    return Encoder(path=str(saved / "tokenizer.json"))


def test_bytes_that_fall_back_are_tokens_of_one_byte_of_a_longer_character(encoder: Encoder) -> None:
    table = fallback(encoder)
    assert table.sum() == 128
    ids, _ = encoder.encode(pa.array(["\U0010fffe~"]))
    assert table[ids].tolist() == [1, 1, 1, 1, 0]


def test_ratios_of_nothing_are_zero_and_sizes_add_up() -> None:
    assert set(Size().ratios().values()) == {0.0}
    one = Size(documents=1, bytes=8, chars=4, words=2, tokens=6, fallen=4)
    assert (one + one).ratios() == {"per_word": 3.0, "per_byte": 0.75, "per_char": 1.5, "fallen": 0.5}


def test_parity_is_against_the_reference() -> None:
    assert parity({"eng_Latn": 10, "tam_Taml": 25}, "eng_Latn") == {"eng_Latn": 1.0, "tam_Taml": 2.5}
    assert parity({"tam_Taml": 25}, "eng_Latn") == {}


def test_the_worst_language_comes_first_and_small_ones_are_not_judged() -> None:
    many = Size(bytes=LEAST_BYTES, tokens=110)
    now = {"a": many, "b": Size(bytes=LEAST_BYTES, tokens=130), "c": Size(bytes=LEAST_BYTES - 1, tokens=999)}
    found = list(compare(now, {name: Size(tokens=100) for name in now}))
    assert [(one.language, round(one.share, 6)) for one in found] == [("b", 0.3), ("a", 0.1)]


def measured(ours: int, theirs: int) -> Measured:
    of: dict[str, Any] = {"language": "fra_Latn", "source": "web"}
    tokens = [Encoded(tokenizer=str(number), tokens=count, **of) for number, count in enumerate([ours, 7, theirs])]
    return Measured.of([Sampled(bytes=50_000, **of), *tokens])


def test_a_language_that_got_worse_stops_the_run_in_one_line() -> None:
    table = Fertility(against=("other",), previous="before", max_worse=0.1)
    assert refusal(measured(1100, 1000), table) is None
    line = refusal(measured(1101, 1000), table)
    assert line is not None
    assert line.startswith("fra_Latn: 1,101 tokens where the previous tokenizer takes 1,000, 10.1 % more; ")
    assert "\n" not in line
    assert refusal(measured(1101, 1000), Fertility(against=("other",))) is None


def test_the_declaration_is_parallel_in_many_scripts(encoder: Encoder, variant: Variant) -> None:
    texts = declaration()
    assert len(texts) == 94
    assert {language.split("_")[1] for language in texts} >= {"Latn", "Cyrl", "Arab", "Deva", "Hans", "Jpan", "Thai"}
    found = Measured.of(measure_parallel(texts, [encoder])).parity(0, "eng_Latn")
    assert found["eng_Latn"] == 1.0
    assert all(0.4 < value < 8 for value in found.values())
