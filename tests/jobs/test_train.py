"""The trained tokenizer is what a plain count of the finished corpus gives; the driver holds no more than it says."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Literal, cast

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.shards.order import order_keys
from corpus.stages.train import Given, Training
from corpus.store.table import Table, write_part
from corpus.vocabulary.recipe_tables import TokenizerTable
from corpus.vocabulary.sampling import WEIGHT_ONE, Rate, chosen, rates
from filters.arrow import string_array, strings
from jobs.engine.job import Job
from jobs.engine.keys import Keys
from jobs.stages import train
from tokenizer import unigram
from tokenizer.bpe import learn_merges
from tokenizer.counts import LONGEST, count_pretokens
from tokenizer.presets import PRESETS
from tokenizer.pretokens import split
from tokenizer.save import save
from tokenizer.specials import special_tokens


def test_merges_are_those_of_a_plain_count_of_the_corpus(finished: Path, tmp_path: Path) -> None:
    files = sorted((finished / "out" / "release").rglob("corpus/*.parquet"))
    table = pa.concat_tables([pq.ParquetFile(path).read(columns=["id", "language", "text"]) for path in files])
    sizes: Counter[str] = Counter()
    for language, text in zip(strings(table["language"]), strings(table["text"]), strict=True):
        sizes[language] += len(text.encode())
    rate = rates(sizes, 0.3, 10_000_000_000)
    counts: Counter[bytes] = Counter()
    keys = order_keys(string_array(table["id"].combine_chunks()), 7)
    for key, language, text in zip(keys, strings(table["language"]), strings(table["text"]), strict=True):
        if chosen(np.array([key]), rate[language].below)[0]:
            for piece, _ in split().pre_tokenize_str(text):
                counts[piece.encode()] += rate[language].weight
    words = pa.array(list(counts), pa.binary())
    save(str(tmp_path), learn_merges(words, np.array(list(counts.values())), 1200 - 258, 2 * WEIGHT_ONE))
    made = orjson.loads(next((finished / "out" / "train").rglob("tokenizer.json")).read_bytes())
    assert made == orjson.loads((tmp_path / "tokenizer.json").read_bytes())


def test_the_driver_is_given_whole_counts_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, words, sizes = np.array([90, 40, 32, 16]), np.array([1, 2, 3, 100]), np.array([5, 10, 30, 900])
    assert train.least_held(counts, words, sizes) == 16
    monkeypatch.setattr(train, "MAX_WORDS", 105)
    assert train.least_held(counts, words, sizes) == 32
    monkeypatch.setattr(train, "MAX_BYTES", 44)
    assert train.least_held(counts, words, sizes) == 40
    assert train.least_held(*np.empty((3, 0), np.int64)) == 1
    monkeypatch.setattr(train, "MAX_BYTES", 4)
    with pytest.raises(RecipeError, match="smaller sample_bytes"):
        train.least_held(counts, words, sizes)


@pytest.mark.parametrize(("model", "kind"), [("bpe", "BPE"), ("unigram", "Unigram")])
def test_a_recipe_chooses_the_model(model: Literal["bpe", "unigram"], kind: str, tmp_path: Path) -> None:
    table = TokenizerTable(model=model, preset="gpt4", vocab_size=300, reserved=("<|im_start|>",))
    specials = special_tokens(table.reserved)
    words, counts = count_pretokens(pa.array(["the mill grinds the grain the miller mills"] * 9), PRESETS["gpt4"])
    training = Training(table=table, size=table.size, seed=0)
    learned = train._learn(str(tmp_path), words, counts * WEIGHT_ONE, training, specials)
    made = orjson.loads((tmp_path / "tokenizer.json").read_bytes())
    assert made["model"]["type"] == kind
    assert [token["content"] for token in made["added_tokens"]] == list(specials)
    assert 0 < learned <= 300
    assert len(made["model"]["vocab"]) <= 300


def test_what_is_not_learned_from_is_counted(tmp_path: Path) -> None:
    """A pre-token over 64 KiB and a word with the name of a special token; the same counts whatever the batches."""
    texts = ["grain " * 9 + "x" * (LONGEST + 1), "the <|im_start|> mill", "y" * LONGEST]
    table = pa.table({"id": [f"{n:032x}" for n in range(3)], "language": ["a"] * 3, "text": texts})
    with write_part(str(tmp_path), "corpus", "part-00000", table.schema) as (writer, written):
        for batch in table.to_batches():
            writer.write(batch)
    corpus = Table(folder=str(tmp_path), name="corpus", files=(written.result(),))
    emit = train.CountWords(corpus=corpus, rates={"a": Rate(below=1 << 64, weight=32)}, seed=0, preset=PRESETS["qwen"])
    found = Counter[bytes | None]()
    for batch in emit(0):
        found.update(dict(zip(batch.column("word").to_pylist(), batch.column("count").to_pylist(), strict=True)))
    assert found[None] == 32
    assert found[b"y" * LONGEST] == 32
    assert found[b" grain"] == 8 * 32
    assert b"x" * (LONGEST + 1) not in found


def test_words_too_long_stay_apart_however_many_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pa.table({"word": pa.array([b"a", None, b"b", b"a", None], pa.binary()), "count": [16, 32, 16, 16, 16]})
    keys = cast("Keys", SimpleNamespace(few=True, table=lambda: rows))
    monkeypatch.setattr(train, "MAX_WORDS", 1)
    found, steps = train._heaviest(cast("Job[Training | Given]", None), keys)
    assert dict(zip(found.column("word").to_pylist(), found.column("count").to_pylist(), strict=True)) == {
        b"a": 32,
        None: 48,
    }
    assert steps.to_pylist() == [{"count": 32, "words": 1, "bytes": 1}, {"count": 16, "words": 1, "bytes": 1}]


def test_what_was_left_out_is_said() -> None:
    assert train.left_out({"long": 0, "named": 0}) == ""
    assert train.left_out({"long": 17, "named": 32, "unlearned": 16}) == (
        "; left out: 2 pre-tokens over 65,536 bytes, 2 with the name of a special token, 1 beyond what Unigram takes"
    )


def test_unigram_says_what_it_does_not_take(monkeypatch: pytest.MonkeyPatch) -> None:
    words, counts = pa.array([b"x" * 1025, b"mill", b"grain", b"of"]), np.array([5, 7, 3, 3])
    assert unigram.unlearned(words, counts) == 5
    monkeypatch.setattr(unigram, "MAX_BYTES", 9)
    assert unigram.unlearned(words, counts) == 8
