"""Unigram pieces: every byte is one, text comes back, the same bytes in whatever order the words come."""

from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from tokenizers import Tokenizer

from tests.filters.strategies import HOSTILE, TEXT
from tokenizer.counts import count_pretokens
from tokenizer.presets import PRESETS
from tokenizer.pretokens import byte_symbols
from tokenizer.specials import END, special_tokens
from tokenizer.unigram import Pieces, learn_pieces, save

WORDS = count_pretokens(
    pa.array(["the mill grinds the grain, the miller mills the millet 粉屋は粉を挽く नमस्ते दुनिया"] * 9)
)
SPECIALS = special_tokens(("<|im_start|>",))


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return learn_pieces(*WORDS, 300)


@pytest.fixture(scope="module")
def folder(pieces: Pieces, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("unigram")
    save(str(target), pieces, PRESETS["qwen"], SPECIALS)
    return target


def test_pieces_are_distinct_and_hold_every_byte(pieces: Pieces) -> None:
    names = [name for name, _ in pieces]
    assert len(set(names)) == len(names) <= 300
    assert set(byte_symbols()) <= set(names)
    assert any(len(name) > 1 for name in names)


def test_order_of_the_words_decides_nothing(pieces: Pieces, folder: Path, tmp_path: Path) -> None:
    order = list(range(len(WORDS[0])))
    Random(1).shuffle(order)
    again = learn_pieces(WORDS[0].take(pa.array(order)), WORDS[1][np.array(order)], 300)
    assert again == pieces
    save(str(tmp_path), again, PRESETS["qwen"], SPECIALS)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {p.name: p.read_bytes() for p in folder.iterdir()}


_OPENED: dict[Path, Tokenizer] = {}


@given(text=TEXT)
@example("▁ a▁b <|im_start|> " + END + "\x00 " * 9)
@example("".join(HOSTILE))
def test_any_text_comes_back_and_holds_no_special_token(folder: Path, text: str) -> None:
    opened = _OPENED.setdefault(folder, Tokenizer.from_file(str(folder / "tokenizer.json")))
    opened.encode_special_tokens = True
    ids = opened.encode(text, add_special_tokens=False).ids
    assert opened.decode(ids, skip_special_tokens=False) == text
    assert not set(ids) & set(range(len(SPECIALS)))


def test_transformers_opens_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import AutoTokenizer

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    opened = AutoTokenizer.from_pretrained(str(folder))
    assert (opened.eos_token_id, opened.pad_token_id) == (0, 1)
    assert opened.decode(opened("the mill <|im_start|>").input_ids) == "the mill <|im_start|>"


def test_too_little_text_says_so() -> None:
    with pytest.raises(ValueError, match="give more text"):
        learn_pieces(pa.array([], pa.large_binary()), np.empty(0, np.int64), 300)
