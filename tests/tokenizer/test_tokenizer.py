"""Merges equal a naive twin and HF's own; the saved tokenizer adds nothing and loses nothing."""

import itertools
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from corpus.vocabulary.sampling import WEIGHT_ONE, chosen, rates
from tokenizer.bpe import learn_merges, symbol_ids
from tokenizer.counts import count_pretokens
from tokenizer.encode import Encoder
from tokenizer.presets import PRESETS
from tokenizer.save import save, vocabulary
from tokenizer.specials import END, PADDING, SPECIALS, special_tokens, without_names

TEXTS = [
    "The mill grinds the grain; the miller mills the mill's millet. 1234 grains, 12.5 kg of flour!\n\n  The end.\n",
    "Die Mühle mahlt das Mehl für die Müllerin. Mahlen, mahlen, mahlen…",
    "नमस्ते दुनिया, नमस्ते सब लोग। चक्की आटा पीसती है।",
    "粉屋は粉を挽く。粉屋の粉は白い粉。面粉厂磨面粉。",
    "الطاحونة تطحن القمح والدقيق للخبز اليومي",
    "โรงสีบดข้าวให้เป็นแป้ง 🙂👩‍👩‍👧‍👦 e\u0301e\u0301",
    "for i in range(10):\n    print(i)\n\treturn None\r\n",
]


QWEN = PRESETS["qwen"]


@pytest.fixture(scope="module")
def merges() -> list[tuple[int, int]]:
    return learn_merges(*count_pretokens(pa.array(TEXTS * 3)), 400)


@pytest.fixture(scope="module")
def folder(merges: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("tokenizer")
    save(str(target), merges, QWEN)
    return target


def naive_merges(words: dict[bytes, int], wanted: int, least: int) -> list[tuple[int, int]]:
    """Counted anew at every step; the most frequent pair, of equals the smallest; a spelling keeps its id."""
    ids = symbol_ids()
    rows = [([int(ids[b]) for b in word], count) for word, count in words.items()]
    spelling: dict[int, tuple[int, ...]] = {i: (i,) for i in range(256)}
    known = {v: k for k, v in spelling.items()}
    merges = []
    while len(spelling) < 256 + wanted:
        counts: Counter[tuple[int, int]] = Counter()
        for symbols, count in rows:
            for pair in itertools.pairwise(symbols):
                counts[pair] += count
        best = min(counts, key=lambda p: (-counts[p], p), default=None)
        if best is None or counts[best] < least:
            break
        merges.append(best)
        joined = spelling[best[0]] + spelling[best[1]]
        new = known.setdefault(joined, len(spelling))
        spelling.setdefault(new, joined)
        for symbols, _ in rows:
            at = 0
            while at < len(symbols) - 1:
                if (symbols[at], symbols[at + 1]) == best:
                    symbols[at : at + 2] = [new]
                at += 1
    return merges


WORDS = st.dictionaries(
    st.binary(min_size=1, max_size=24).map(lambda b: bytes(c % 3 + 97 for c in b)), st.integers(1, 9), max_size=9
)


@given(WORDS, st.integers(0, 30), st.integers(1, 4), st.randoms(use_true_random=False))
@example({b"aaaa": 2, b"aaa": 1}, 9, 1, Random(1))
def test_merges_equal_those_counted_anew_at_every_step(
    words: dict[bytes, int], wanted: int, least: int, chance: Random
) -> None:
    order = list(words)
    chance.shuffle(order)
    counts = np.array([words[w] for w in order], np.int64)
    assert learn_merges(pa.array(order, pa.binary()), counts, wanted, least) == naive_merges(words, wanted, least)


def test_merges_and_vocabulary_are_those_of_tokenizers(merges: list[tuple[int, int]]) -> None:
    theirs = Tokenizer(models.BPE())
    theirs.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(QWEN.pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    theirs.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=256 + 400 + len(SPECIALS),
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=list(SPECIALS),
        show_progress=False,
    )
    theirs.train_from_iterator(TEXTS * 3, trainer)
    model = orjson.loads(theirs.to_str())["model"]
    ids, pairs = vocabulary(merges)
    assert [tuple(pair) for pair in model["merges"]] == pairs
    assert model["vocab"] == ids


def test_merges_of_counts_beyond_32_bits_do_not_overflow() -> None:
    words = pa.array([b"ab", b"cd"], pa.binary())
    assert learn_merges(words, np.array([5, 6_000_000_000]), 1) == [tuple(symbol_ids()[list(b"cd")].tolist())]


HOSTILE = [
    "",
    "\x00",
    f"a {END} b",
    PADDING,
    "é" * 99,
    " " * 999,
    "x" * 100_000,
    "\u202e\u200d\ufeff",
    "\n" * 999,
    "🙂" * 50,
]


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=4))
@example(HOSTILE)
def test_encoder_gives_what_transformers_gives_and_decodes_to_the_text(
    folder: Path, offline: None, texts: list[str]
) -> None:
    encoder = Encoder(path=str(folder / "tokenizer.json"))
    ids, offsets = encoder.encode(pa.array(texts, pa.string()))
    opened = auto_tokenizer(str(folder))
    for row, text in enumerate(texts):
        own = ids[offsets[row] : offsets[row + 1]].tolist()
        assert opened(text).input_ids == own
        assert opened.decode(own) == text
        assert encoder.end not in own
        assert encoder.padding not in own


_OPENED: dict[str, object] = {}


def auto_tokenizer(path: str):  # type: ignore[no-untyped-def]
    from transformers import AutoTokenizer

    if path not in _OPENED:
        _OPENED[path] = AutoTokenizer.from_pretrained(path)
    return _OPENED[path]


@pytest.fixture(scope="session")
def offline() -> None:
    """Whatever opens a tokenizer must find it on disk: nothing may ask a hub."""
    import os

    os.environ["HF_HUB_OFFLINE"] = "1"


def test_special_tokens_are_distinct_and_last_nothing_is_added(folder: Path, offline: None) -> None:
    opened = auto_tokenizer(str(folder))
    encoder = Encoder(path=str(folder / "tokenizer.json"))
    assert (opened.eos_token, opened.pad_token) == (END, PADDING)
    assert (opened.eos_token_id, opened.pad_token_id) == (encoder.end, encoder.padding) == (0, 1)
    assert opened("mill").input_ids == opened("mill", add_special_tokens=False).input_ids
    assert len(opened) == encoder.vocab_size


def test_saving_twice_writes_the_same_bytes(folder: Path, merges: list[tuple[int, int]], tmp_path: Path) -> None:
    save(str(tmp_path), merges, QWEN)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {p.name: p.read_bytes() for p in folder.iterdir()}


def test_vocabulary_that_trainers_read_differently_is_refused(tmp_path: Path) -> None:
    ids = symbol_ids()
    many = [(int(a), int(b)) for a in ids for b in ids][: 65_510 - 258]
    with pytest.raises(ValueError, match="choose a vocab_size"):
        save(str(tmp_path), many, QWEN)
    assert list(tmp_path.iterdir()) == []


def test_vocabulary_is_counted_by_its_largest_id(tmp_path: Path) -> None:
    sparse = Tokenizer(models.WordLevel({"a": 0, "b": 70_000}, unk_token="a"))
    sparse.save(str(tmp_path / "tokenizer.json"))
    assert Encoder(path=str(tmp_path / "tokenizer.json")).vocab_size == 70_001


def test_rates_thin_large_languages_and_weigh_small_ones() -> None:
    found = rates({"big": 1_000_000, "small": 1_000, "none": 0}, 0.3, 10**12)
    assert set(found) == {"big", "small"}
    assert found["big"].weight == WEIGHT_ONE
    assert found["small"].below == 1 << 64
    share = {
        "big": found["big"].below / 2**64 * 1_000_000,
        "small": found["small"].weight / WEIGHT_ONE * 1_000,
    }
    assert share["small"] / share["big"] == pytest.approx((1_000 / 1_000_000) ** 0.3, rel=0.01)
    keys = np.arange(0, 2**64, 2**54, dtype=np.uint64)
    assert np.mean(chosen(keys, found["big"].below)) == pytest.approx(found["big"].below / 2**64, abs=0.01)


def test_code_has_a_share_of_its_own_whatever_the_sizes() -> None:
    found = rates({"de": 9_000, "en": 90_000, "code_c": 1_000, "code_go": 900_000}, 0.3, 100_000, 0.25)
    seen = {name: rate.below / 2**64 * rate.weight / WEIGHT_ONE for name, rate in found.items()}
    code = 1_000 * seen["code_c"] + 900_000 * seen["code_go"]
    assert code == pytest.approx(25_000, rel=0.01)
    assert code + 9_000 * seen["de"] + 90_000 * seen["en"] == pytest.approx(100_000, rel=0.01)


def test_without_a_budget_every_document_is_counted_once() -> None:
    found = rates({"de": 9, "en": 90_000, "code_c": 1_000, "none": 0}, 0.3, 0)
    assert set(found) == {"de", "en", "code_c"}
    assert all((rate.below, rate.weight) == (1 << 64, WEIGHT_ONE) for rate in found.values())


@pytest.mark.parametrize("reserved", [("<|im_start|>", "<|im_start|>"), (END,), ("a",), ("é|",), ("a b",), ("",)])
def test_reserved_names_that_collide_or_could_be_text_are_refused(reserved: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="reserved name"):
        special_tokens(reserved)


def test_reserved_names_have_ids_after_padding_and_are_never_text(offline: None, tmp_path: Path) -> None:
    specials = special_tokens(("<|im_start|>", "<|im_end|>"), 2)
    bloom = PRESETS["bloom"]  # cuts at white space and full stops alone: a name in a text is one word
    words, counts = without_names(*count_pretokens(pa.array(["a <|im_start|> b"] * 99), bloom), specials)
    assert words.to_pylist() == [b"a", b" b"]
    save(str(tmp_path), learn_merges(words, counts, 9), bloom, specials)
    opened = auto_tokenizer(str(tmp_path))
    assert opened.convert_tokens_to_ids(list(specials)) == list(range(6))
    assert [opened.convert_ids_to_tokens(n) for n in range(6)] == list(specials)
    assert set(specials) <= set(opened.all_special_tokens)
    for text in ("x <|im_start|> y", "<|reserved_1|>"):
        ids = opened(text).input_ids
        assert not set(ids) & set(range(6))
        assert opened.decode(ids) == text
