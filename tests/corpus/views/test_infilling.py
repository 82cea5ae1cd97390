"""Fill-in-the-middle: every example gives back its text, the naive twin's are the same, rates are StarCoder's."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.shards.order import order_keys
from corpus.views import draws, merge
from corpus.views.coding import Fast, Slow
from corpus.views.examples import Examples, Maker, maker
from corpus.views.infilling import KINDS
from corpus.views.recipe_table import View
from tests.corpus.views import made
from tests.filters.strategies import HOSTILE, TEXT
from tokenizer.decode import Decoder
from tokenizer.encode import Encoder

PREFIX, MIDDLE, SUFFIX = 2, 3, 4
PLAIN, PSM, SPM = range(3)


def fim(coder: Fast | Slow, encoder: Encoder, **keys: object) -> Maker:
    view = View(**{"name": "own", "objective": "fim", "sequence_length": 128, **keys})  # type: ignore[arg-type]
    return maker(view, 1, encoder.tokens().get, encoder.end, coder)


def of(own: Maker, texts: Sequence[str]) -> Examples:
    return own.examples(made.block([ids.tolist() for ids in own.coder.encode(texts)]))


def whole(found: Examples) -> list[list[int]]:
    return [targets for _, targets in made.split(found)]


@settings(max_examples=150)
@given(texts=st.lists(TEXT.map(lambda text: text * 3), min_size=1, max_size=4))
def test_every_example_gives_back_its_text(coder: Fast, encoder: Encoder, texts: list[str]) -> None:
    own = fim(coder, encoder, sequence_length=64, rate=1.0)
    found = of(own, texts)
    back: dict[int, str] = {}
    for row, kind, ids in zip(found.block.rows.tolist(), found.kinds.tolist(), whole(found), strict=True):
        back[row] = back.get(row, "") + merge.text_of(own, np.array(ids), kind)
        assert len(ids) <= 64
    assert [back.get(row, "") for row in range(len(texts))] == [text.encode().decode() for text in texts]
    assert found.tally.tokens + found.tally.left == sum(len(ids) for ids in own.coder.encode(texts))


def test_hostile_texts_come_back_too(coder: Fast, encoder: Encoder) -> None:
    own = fim(coder, encoder, rate=1.0)
    texts = [text[:3000] for text in HOSTILE]
    found = of(own, texts)
    back = [""] * len(texts)
    for row, kind, ids in zip(found.block.rows.tolist(), found.kinds.tolist(), whole(found), strict=True):
        back[row] += merge.text_of(own, np.array(ids), kind)
    assert back == texts


@settings(max_examples=100)
@given(texts=st.lists(TEXT, min_size=1, max_size=4))
def test_examples_of_short_texts_are_the_naive_ones(coder: Fast, encoder: Encoder, texts: list[str]) -> None:
    own = fim(coder, encoder, sequence_length=4096)
    found = of(own, texts)
    expected, kinds = [], []
    slow = Decoder(Path(encoder.path).read_bytes())
    keys = order_keys(pa.array([f"{n:032x}" for n in range(len(texts))]), 1, " view own").tolist()
    for text, key in zip(texts, keys, strict=True):
        chance = draws.of(key, 0, 0)
        arranged, suffix_first = chance.share() < 0.5, chance.share() < 0.5
        if not text:
            continue
        if arranged:
            first, second = sorted((chance.below(len(text) + 1), chance.below(len(text) + 1)))
            prefix, middle, suffix = (slow.encode(part) for part in (text[:first], text[first:second], text[second:]))
            ids = (
                [PREFIX, SUFFIX, *suffix, MIDDLE, *prefix, *middle]
                if suffix_first
                else [PREFIX, *prefix, SUFFIX, *suffix, MIDDLE, *middle]
            )
        else:
            ids = slow.encode(text)
        kinds.append((SPM if suffix_first else PSM) if arranged else PLAIN)
        expected.append([*ids, encoder.end])
    filled = [ids for ids, text in zip(whole(found), _texts_of(found, texts), strict=True) if text]
    assert filled == expected
    assert [kind for kind, text in zip(found.kinds.tolist(), _texts_of(found, texts), strict=True) if text] == kinds


def _texts_of(found: Examples, texts: Sequence[str]) -> list[str]:
    return [texts[row] for row in found.block.rows.tolist()]


def test_both_encoders_give_the_same_examples(coder: Fast, encoder: Encoder) -> None:
    texts = [f"def f{n}(x):\n    return x + {n}  # строка {n} 字\n" * 4 for n in range(40)]
    slow = Slow(decoder=Decoder(Path(encoder.path).read_bytes()))
    assert whole(of(fim(slow, encoder), texts)) == whole(of(fim(coder, encoder), texts))


def test_rates_are_those_of_starcoder(coder: Fast, encoder: Encoder) -> None:
    found = of(fim(coder, encoder), [f"x = {n}" for n in range(2000)])
    tally = found.tally
    assert (tally.plain, tally.psm, tally.spm) == pytest.approx((1000, 500, 500), abs=90)  # 4 deviations
    assert (tally.unfit, tally.examples) == (0, 2000)
    assert np.bincount(found.kinds, minlength=3).tolist() == [tally.plain, tally.psm, tally.spm]
    assert KINDS == ("plain", "psm", "spm")


def test_a_long_text_is_cut_between_code_points(coder: Fast, encoder: Encoder) -> None:
    own = fim(coder, encoder, rate=0.0)
    text = "𒀀𒁀𒂀🙂𠀋" * 300  # four bytes each, which no merge of this tokenizer joins
    found = of(own, [text])
    pieces = own.coder.decode([np.array([token for token in ids if token != encoder.end]) for ids in whole(found)])
    assert len(pieces) > 10
    assert "".join(pieces) == text
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_what_would_not_fit_stays_as_it_is_and_is_counted(encoder: Encoder) -> None:
    class Longer(Fast):
        """Encodes any text to three times its tokens."""

        def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
            return [np.repeat(ids, 3) for ids in super().encode(texts)]

    own = fim(Longer(encoder=encoder), encoder, rate=1.0)
    tokens = Fast(encoder=encoder).encode(["the mill and the miller"])[0]
    found = own.examples(made.block([tokens.tolist()]))
    assert whole(found) == [[*tokens.tolist(), encoder.end]]
    assert (found.tally.unfit, found.tally.plain, found.tally.psm + found.tally.spm) == (1, 1, 0)
