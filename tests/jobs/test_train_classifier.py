"""A classifier trained from the command line tells its labels apart, is the same each time, and serves the filter."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from filters.batch import Batch
from filters.quality import Filter
from jobs.tools import classifier_shape
from jobs.tools.classifier_shape import Size
from jobs.tools.classifier_training import Request, labelled, train
from jobs.tools.classifier_verdict import shares, verdict
from tests.conftest import Gristmill

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 13), reason="floret has no wheels for 3.13")


def write_texts(folder: Path) -> tuple[Path, Path]:
    """Prose and advertising, 200 different texts of each."""
    good, bad = folder / "good.jsonl", folder / "bad.jsonl"
    prose = [f"In year {n} the miller ground {n * 3} sacks of grain, and the river rose." for n in range(200)]
    spam = [f"Buy now! Casino bonus {n} $$$ click here for {n * 7} free spins" for n in range(200)]
    for path, texts in ((good, prose), (bad, spam)):
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    return good, bad


def test_trained_classifier_judges_and_is_the_same_each_time(
    tmp_path: Path, gristmill: Gristmill, process: Gristmill
) -> None:
    good, bad = write_texts(tmp_path)
    models = []
    for run, out in ((gristmill, tmp_path / "one"), (process, tmp_path / "two")):
        arguments = ("--from", f"good={good}", "--from", f"bad={bad}", "--out", out, "--dim", "16")
        done = run("train-classifier", *arguments)
        assert done.returncode == 0, done.stderr
        models.append((out / "model.bin").read_bytes())
    assert models[0] == models[1]
    about = json.loads((tmp_path / "one" / "model.json").read_text("utf-8"))
    assert {label: row["texts"] for label, row in about["labels"].items()} == {"good": 200, "bad": 200}
    assert all(row["precision"] == row["recall"] == 1.0 and row["held_out"] > 5 for row in about["labels"].values())
    assert f'sha256 = "{about["sha256"]}"' in done.stdout
    quality = Filter(model=str(tmp_path / "one" / "model.bin"), sha256=about["sha256"])
    texts = pa.RecordBatch.from_pydict(
        {"text": ["the miller ground grain and sacks", "casino click here free spins", ""]}
    )
    rows = quality.measure(Batch(documents=texts)).to_pylist()
    assert [row["label"] for row in rows] == ["good", "bad", ""]
    assert rows[0]["wanted_score"] > 0.9
    assert rows[1]["wanted_score"] < 0.1
    unknown = Filter(model=quality.model, sha256=about["sha256"], wanted="best")
    with pytest.raises(ValueError, match="has no label 'best': set `wanted` to one of"):
        unknown.measure(Batch(documents=texts))


def test_records_that_train_nothing_are_counted(tmp_path: Path, gristmill: Gristmill) -> None:
    rows = [{"text": f"word{n} text", "lang": ("eng", "deu")[n % 2]} for n in range(80)]
    lines = [json.dumps(row) for row in [*rows, {"text": "no language"}, {"lang": "eng"}]]
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(line + "\n" for line in [*lines, "{"]), "utf-8")
    arguments = ("--from", path, "--language-field", "lang", "--out", tmp_path / "m", "--dim", "4")
    done = gristmill("train-classifier", *arguments)
    assert done.returncode == 0, done.stderr
    about = json.loads((tmp_path / "m" / "model.json").read_text("utf-8"))
    assert about["left_out"] == {"broken": 1, "missing_text": 1, "no label": 1}
    assert sum(row["texts"] for row in about["labels"].values()) == len(rows)
    assert [line.split(maxsplit=4)[2:] for line in done.stdout.splitlines() if line.startswith("left out")] == [
        ["1", "records", reason] for reason in about["left_out"]
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--from", "good={good}"], "the sources hold 1: give --from twice"),
        (["--from", "{good}"], "write LABEL=SOURCE, or name the field of labels by --language-field"),
        (
            ["--from", "good={good}", "--from", "bad={few}"],
            "labels with too few texts ('bad' 2): give each at least 10",
        ),
        (["--from", "x={few}", "--from", "y={few}", "--from", "bad={good}"], "('x' 2, 'y' 2): give each"),
        (["--from", "a b={good}"], "a label is a word without white space"),
    ],
)
def test_training_that_cannot_be_done_says_why(
    tmp_path: Path, gristmill: Gristmill, arguments: list[str], expected: str
) -> None:
    good, _ = write_texts(tmp_path)
    few = tmp_path / "few.jsonl"
    few.write_text('{"text": "a b"}\n{"text": "c d"}\n', "utf-8")
    done = gristmill(
        "train-classifier", *(one.format(good=good, few=few) for one in arguments), "--out", tmp_path / "m"
    )
    assert done.returncode == 2
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1


def test_few_texts_are_passed_over_often_and_many_seldom() -> None:
    assert classifier_shape.epochs(Size(texts=360), 2) == 100
    assert classifier_shape.epochs(Size(texts=5_000), 2) == 20
    assert classifier_shape.epochs(Size(texts=10**7), 2) == 5
    assert classifier_shape.epochs(Size(texts=50_000), 500) == 10


def test_buckets_are_by_the_text() -> None:
    assert classifier_shape.buckets(Size(words=10, chars=40), 1, (0, 0)) == 0
    assert classifier_shape.buckets(Size(words=10, chars=40), 2, (0, 0)) == 4096
    assert classifier_shape.buckets(Size(words=10**5, chars=10**6), 2, (0, 0)) == 1 << 16
    assert classifier_shape.buckets(Size(words=10**9, chars=10**10), 2, (2, 4)) == 2_000_000


def test_verdict_says_in_words_what_not_to_use() -> None:
    good, bad = {"held_out": 20, "precision": 0.9, "recall": 0.9}, {"held_out": 20, "precision": 1.0, "recall": 0.012}
    few = {"held_out": 2, "precision": 0.0, "recall": 0.0}
    assert verdict({"a": bad, "b": good}, 2).startswith("DO NOT USE THIS MODEL: it fails on a; give more texts")
    assert verdict({"a": bad, "b": good, "c": good}, 3) == "use this model without the labels a, on which it fails"
    assert verdict({"a": good, "b": few}, 2).endswith("1 labels have too few held-out texts to say")
    assert verdict({"a": few}, 2).startswith("DO NOT USE THIS MODEL unjudged")
    assert shares(bad).endswith("do not use this label")
    assert shares(few).endswith("too few to say")
    assert shares(None) == "none held out: nothing is known of it"


def test_model_over_the_limit_is_quantised_and_judged_as_such(tmp_path: Path) -> None:
    """The same bytes each time, read by the filter, and the dense one of before is gone."""
    good, bad = write_texts(tmp_path)
    request = Request(
        sources=labelled([f"good={good}", f"bad={bad}"], "text", ""),
        out=str(tmp_path / "m"),
        dim=16,
        epochs=None,
        word_ngrams=2,
        subwords=(2, 4),
        limit=10**9,
    )
    assert "model.bin" in train(request)
    dense = (tmp_path / "m" / "model.bin").stat().st_size
    said = train(replace(request, limit=50_000))
    assert "quantised, 100 passes over" in said
    assert "this model tells its labels apart" in said
    assert not (tmp_path / "m" / "model.bin").exists()
    first = (tmp_path / "m" / "model.ftz").read_bytes()
    train(replace(request, limit=50_000))
    assert (tmp_path / "m" / "model.ftz").read_bytes() == first
    assert len(first) < dense / 10
    about = json.loads((tmp_path / "m" / "model.json").read_text("utf-8"))
    assert about["quantised"]
    assert about["bytes"] == len(first)
    assert all(row["recall"] == 1.0 for row in about["labels"].values())


def test_a_quantised_model_is_small_says_the_same_and_is_cooler(tmp_path: Path, gristmill: Gristmill) -> None:
    good, bad = write_texts(tmp_path)
    shape = ("--dim", "8", "--buckets", "5000", "--subwords", "2", "4", "--word-ngrams", "1", "--epochs", "10")
    cases = {
        "dense": (),
        "quantised": ("--keep-rows", "600"),
        "again": ("--keep-rows", "600"),
        "cool": ("--keep-rows", "600", "--temperature", "3", "--least-words", "2"),
        "tree": ("--loss", "hs", "--learning-rate", "0.2"),
    }
    rows, sizes, digests = {}, {}, {}
    texts = pa.RecordBatch.from_pydict({"text": ["the miller ground grain and sacks", "casino click here free spins"]})
    for name, more in cases.items():
        arguments = ("--from", f"good={good}", "--from", f"bad={bad}", "--out", tmp_path / name)
        done = gristmill("train-classifier", *arguments, *shape, *more)
        assert done.returncode == 0, done.stderr
        about = json.loads((tmp_path / name / "model.json").read_text("utf-8"))
        file = tmp_path / name / ("model.ftz" if "--keep-rows" in more else "model.bin")
        sizes[name], digests[name] = file.stat().st_size, about["sha256"]
        assert f'model = "{file}"' in done.stdout
        rows[name] = Filter(model=str(file), sha256=about["sha256"]).measure(Batch(documents=texts)).to_pylist()
        assert [row["label"] for row in rows[name]] == ["good", "bad"]
    assert sizes["quantised"] < sizes["dense"] / 4
    assert digests["again"] == digests["quantised"]
    assert rows["cool"][0]["score"] < rows["quantised"][0]["score"]
