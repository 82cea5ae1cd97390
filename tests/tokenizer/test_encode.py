"""The fast encoder's ids are those of `tokenizers`: all scripts, hostile texts, names of special tokens."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.shards.prompted import halves
from corpus.shards.tallies import Judged
from corpus.vocabulary.judged import Chosen
from jobs.engine.local_tokenizers import local_file
from jobs.stages.encode import EncodePart
from tests.filters.strategies import HOSTILE, TEXTS
from tests.tokenizer.conftest import Variant, splitting
from tokenizer import unigram
from tokenizer.bpe import learn_merges
from tokenizer.counts import count_pretokens
from tokenizer.encode import DifferenceError, Encoder
from tokenizer.libraries import FAST, SLOW, without_fast_path
from tokenizer.parallel import declaration
from tokenizer.presets import PRESETS, Name
from tokenizer.save import save
from tokenizer.specials import END, PADDING

ADVERSARIAL = [
    *HOSTILE,
    f"a {END} b{PADDING}{END}",
    END,
    "<|endoftext",
    "\n \n" * 1000,
    "👩🏽‍🚀🏳️‍🌈" * 500,
    "\u0301\u064b\u093f",
    "a\u200fb\u200ec\u202ed\u2066e",
    "don't DON'T ʼs 's'S'll",
    "\u1e9e\u0130\ufb03\u2126",
    "1234567 ١٢٣ ⅷ",
]


def encoders(folder: Path) -> tuple[Encoder, Encoder]:
    path = str(folder / "tokenizer.json")
    return Encoder(path=path), Encoder(path=path, slow=True)


LONG = ["x" * 1_000_000, " " * 1_000_000, "ab" * 500_000, "字" * 300_000]


def test_a_megabyte_of_one_letter_and_of_blanks(saved: Path) -> None:
    fast, slow = encoders(saved)
    for text in LONG:
        assert np.array_equal(fast.encode(pa.array([text]))[0], slow.encode(pa.array([text]))[0])


@settings(max_examples=40)
@given(TEXTS)
@example(ADVERSARIAL)
@example([text[:2000] for text in declaration().values()])
def test_both_give_the_same_ids(proven: dict[str, Path], texts: list[str]) -> None:
    column = pa.array(texts, pa.string())
    for folder in proven.values():
        fast, slow = encoders(folder)
        (ids, offsets), (expected, bounds) = fast.encode(column), slow.encode(column)
        assert np.array_equal(offsets, bounds)
        assert np.array_equal(ids, expected)
        assert not np.isin([fast.end, fast.padding], ids).any()


@given(TEXTS, st.data())
def test_slices_of_a_batch_encode_as_their_texts_do(saved: Path, texts: list[str], data: st.DataObject) -> None:
    fast, _ = encoders(saved)
    first = data.draw(st.integers(0, len(texts)))
    last = data.draw(st.integers(first, len(texts)))
    ids, offsets = fast.encode(pa.array(texts, pa.string()).slice(first, last - first))
    expected, bounds = fast.encode(pa.array(texts[first:last], pa.string()))
    assert ids.tolist() == expected.tolist()
    assert offsets.tolist() == bounds.tolist()


def test_patterns_without_a_fast_path_are_encoded_by_the_other(variant: Variant, saved: Path) -> None:
    fast, slow = encoders(saved)
    assert (fast.library, slow.library) == (FAST, SLOW)
    odd, _ = encoders(variant(pre_tokenizer=splitting(r"\w+")))
    assert odd.library == SLOW


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("model", ["bpe", "unigram"])
def test_what_has_no_fast_path_is_known_before_it_is_trained(model: str, preset: Name, tmp_path: Path) -> None:
    words, counts = count_pretokens(pa.array(list(declaration().values())[:9]), PRESETS[preset])
    if model == "bpe":
        save(str(tmp_path), learn_merges(words, counts, 100), PRESETS[preset])
    else:
        unigram.save(str(tmp_path), unigram.learn_pieces(words, counts, 400), PRESETS[preset])
    fast, _ = encoders(tmp_path)
    assert fast.library == (SLOW if without_fast_path(model, preset) else FAST)


def test_another_file_at_the_same_path_is_another_tokenizer(saved: Path, tmp_path: Path) -> None:
    """A process that lives through two runs, over a tokenizer that somebody has replaced between them."""
    save(str(tmp_path), [])
    address = str(tmp_path / "tokenizer.json")
    bare = local_file(address, hashlib.sha256((tmp_path / "tokenizer.json").read_bytes()).hexdigest())
    assert bare.vocab_size == 258
    bytes_alone = bare.encode(pa.array(["the"]))[0]
    (tmp_path / "tokenizer.json").write_bytes((saved / "tokenizer.json").read_bytes())
    with pytest.raises(DataError, match="damaged or was replaced"):
        local_file(address, "0" * 64)
    full = local_file(address, hashlib.sha256((saved / "tokenizer.json").read_bytes()).hexdigest())
    assert full.vocab_size == 1500
    assert len(full.encode(pa.array(["the"]))[0]) < len(bytes_alone)


def test_a_difference_is_told_with_its_place(saved: Path) -> None:
    fast, slow = encoders(saved)
    texts = pa.array(["mill", "the grain of the mill", "a " * 1_500_000])
    ids, offsets = fast.encode(texts)
    rows = np.arange(3)
    assert fast.judge(texts, ids, offsets, rows).tolist() == [0, 1, 2]
    assert slow.judge(texts, ids, offsets, rows).tolist() == []
    wrong = ids.copy()
    wrong[offsets[1] + 1] += 1
    with pytest.raises(DifferenceError, match="from token 1 on") as caught:
        fast.judge(texts, wrong, offsets, rows)
    assert caught.value.row == 1
    assert fast.judge(texts, wrong, offsets, np.array([0, 2])).tolist() == [0, 2]


def test_texts_that_cannot_be_cut_are_not_given_to_the_judge_whole(saved: Path) -> None:
    fast, _ = encoders(saved)
    texts = pa.array(["x" * 3_000_000])
    assert fast.judge(texts, *fast.encode(texts), np.array([0])).tolist() == []


def test_a_difference_stops_the_stage_and_says_what_to_do(saved: Path) -> None:
    fast, _ = encoders(saved)
    texts = pa.array(["the grain"])
    documents = pa.RecordBatch.from_pydict({"id": ["0" * 31 + "7"], "source": ["web"], "language": ["eng_Latn"]})
    pieces = halves(texts, pa.nulls(1, pa.int32()))
    ids, offsets = fast.encode(texts)
    every = Chosen(below=1 << 64, least=frozenset())
    task = EncodePart(folder="", corpus=None, tokenizer="", seed=1, prompted=False, slow=False, judged=every)  # type: ignore[arg-type]
    assert task._judged(fast, documents, pieces, ids, offsets) == [
        Judged(source="web", language="eng_Latn", chosen=1, judged=1)
    ]
    with pytest.raises(DataError, match="document 0{31}7: gigatoken and tokenizers differ.*put encoder = 'tokenizers'"):
        task._judged(fast, documents, pieces, ids + 1, offsets)
