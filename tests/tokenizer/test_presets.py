"""What each preset does to any text: `gigatoken` as `tokenizers`, nothing lost, the merges of `tokenizers`."""

from functools import cache
from pathlib import Path

import gigatoken
import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import example, given
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from tests.filters.strategies import HOSTILE, TEXT
from tests.tokenizer.test_tokenizer import TEXTS
from tokenizer.bpe import learn_merges
from tokenizer.counts import count_pretokens
from tokenizer.presets import PRESETS, Name
from tokenizer.pretokens import pre_tokenizer
from tokenizer.save import save
from tokenizer.specials import SPECIALS

FAST: tuple[Name, ...] = ("qwen", "gpt2", "gpt4", "llama3")  # all but "bloom", whose pattern gigatoken does not know


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("presets")
    for name, preset in PRESETS.items():
        (found / name).mkdir()
        save(str(found / name), learn_merges(*count_pretokens(pa.array(TEXTS * 3), preset), 400), preset)
    return found


@cache
def opened(path: Path) -> Tokenizer:
    return Tokenizer.from_file(str(path))


@cache
def fast(path: Path) -> gigatoken.Tokenizer:
    return gigatoken.Tokenizer(str(path))


@pytest.mark.parametrize("name", PRESETS)
@given(text=TEXT)
@example("".join(HOSTILE))
@example("I'll 'S don'T 12345 x1234 \r\n\r\n  a\u00a0\u3000b  \t\n")
def test_text_comes_back_and_gigatoken_gives_what_tokenizers_gives(folder: Path, name: Name, text: str) -> None:
    path = folder / name / "tokenizer.json"
    ids = opened(path).encode(text, add_special_tokens=False).ids
    assert opened(path).decode(ids, skip_special_tokens=False) == text
    if name in FAST:
        assert np.asarray(fast(path).encode_batch([text], parallel=False).layout.content.data).tolist() == ids


@pytest.mark.parametrize("name", PRESETS)
def test_merges_are_those_of_tokenizers(folder: Path, name: Name) -> None:
    theirs = Tokenizer(models.BPE())
    theirs.pre_tokenizer = pre_tokenizer(PRESETS[name])
    trainer = trainers.BpeTrainer(
        vocab_size=256 + 400 + len(SPECIALS),
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=list(SPECIALS),
        show_progress=False,
    )
    theirs.train_from_iterator(TEXTS * 3, trainer)
    made = orjson.loads((folder / name / "tokenizer.json").read_bytes())["model"]
    assert orjson.loads(theirs.to_str())["model"]["merges"] == made["merges"]


@pytest.mark.parametrize("name", PRESETS)
def test_every_byte_is_a_token(folder: Path, name: Name) -> None:
    model = opened(folder / name / "tokenizer.json")
    assert {model.token_to_id(symbol) for symbol in pre_tokenizers.ByteLevel.alphabet()} == set(range(2, 258))
