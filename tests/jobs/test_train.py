"""The trained tokenizer is what a plain count of the finished corpus gives; the driver holds no more than it says."""

from collections import Counter
from pathlib import Path
from typing import Literal

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.shards.order import order_keys
from corpus.stages.train import Training
from corpus.vocabulary.recipe_tables import TokenizerTable
from corpus.vocabulary.sampling import WEIGHT_ONE, chosen, rates
from filters.arrow import string_array, strings
from jobs.stages import train
from tokenizer.bpe import learn_merges
from tokenizer.counts import count_pretokens
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
