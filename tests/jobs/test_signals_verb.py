"""Documents exported, scored by another program and taken back; a scorer with a small classifier made here."""

import json
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT, Gristmill

HEAD = """
seed = 1
[[sources]]
name = "pages"
path = "{folder}/pages.jsonl"
[[filters]]
use = "length"
min_words = 5
[ingest]
unit_bytes = 1024
part_bytes = 1024
"""
PAGES = [f"The miller of house {n} grinds {'grain and ' * (n % 5)}rye for field {n}." for n in range(25)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """A folder with a recipe, run up to the verdicts."""
    folder = tmp_path_factory.mktemp("signals-verb")
    rows = [json.dumps({"id": n, "text": text}) for n, text in enumerate([*PAGES, "too short"])]
    (folder / "pages.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "recipe.toml").write_text(HEAD.format(folder=folder), "utf-8")
    done = gristmill("run", folder / "recipe.toml", "--root", folder / "out", "--until", "decide", "--cores", 2)
    assert done.returncode == 0, done.stderr
    return folder


def exported(gristmill: Gristmill, run: Path, to: Path, *more: object) -> list[dict[str, Any]]:
    where = ("signals", "export", run / "recipe.toml", "--root", run / "out", "--to", to, "--shard-documents", 10)
    done = gristmill(*where, *map(str, more))
    assert done.returncode == 0, done.stderr
    return [row for path in sorted((to / "shards").iterdir()) for row in pq.read_table(path).to_pylist()]


def test_kept_documents_go_out_in_shards_and_the_same_again(run: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    rows = exported(gristmill, run, tmp_path / "out")
    assert sorted(row["text"] for row in rows) == sorted(PAGES)
    assert [pq.read_metadata(path).num_rows for path in sorted((tmp_path / "out/shards").iterdir())] == [10, 10, 5]
    assert {row["language"] for row in rows} >= {"eng_Latn"}
    again = gristmill(
        "signals",
        "export",
        run / "recipe.toml",
        "--root",
        run / "out",
        "--to",
        tmp_path / "out",
        "--shard-documents",
        10,
    )
    assert "has this export already, whole" in again.stdout
    every = exported(gristmill, run, tmp_path / "every", "--of", "documents", "--ids")
    assert len(every) == len(PAGES) + 1
    assert set(every[0]) == {"id", "source", "language"}


def test_labels_come_back_in_any_order_and_are_joined(run: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    rows = exported(gristmill, run, tmp_path / "out")
    scores = [{"id": row["id"], "score": len(row["text"]) / 100} for row in rows]
    for name, order in (("one", scores), ("other", scores[::-1])):
        pq.write_table(pa.Table.from_pylist(order), tmp_path / f"{name}.parquet")
        done = gristmill(
            *("signals", "import", tmp_path / "out", tmp_path / f"{name}.parquet"),
            *("--columns", "score=float", "--to", tmp_path / f"{name}-labels.parquet"),
        )
        assert done.returncode == 0, done.stderr
        assert "25 of 25 documents have a label" in done.stdout
    assert (tmp_path / "one-labels.parquet").read_bytes() == (tmp_path / "other-labels.parquet").read_bytes()
    snippet = done.stdout[done.stdout.index("[[signals]]") :].replace('"..."', '"rating"')
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(HEAD.format(folder=run) + snippet + "\ndefault = { score = 1 }\nmin_score = 0.5\n", "utf-8")
    done = gristmill("run", recipe, "--root", run / "out", "--until", "decide", "--cores", 2)
    assert done.returncode == 0, done.stderr
    kept = sum(len(text) >= 50 for text in PAGES)
    assert 0 < kept < len(PAGES)
    assert f"{kept:,} kept" in done.stdout


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[1:], "1 of 25 documents have no label, the first is"),
        (lambda rows: [*rows, rows[0]], "1 labels have the key of another, as file 1, row 1 and file 1, row 26"),
        (lambda rows: [*rows, {"id": "0" * 32, "score": 0.0}], "labels " + "0" * 32 + ", which is not in"),
        (lambda rows: [{**rows[0], "score": float("inf")}, *rows[1:]], "has a null, or a number that is not finite"),
        (lambda rows: [{"id": row["id"], "scores": 1.0} for row in rows], "has no field 'score'"),
    ],
)
def test_labels_that_are_not_those_of_the_export_are_refused(
    run: Path, tmp_path: Path, gristmill: Gristmill, change: Any, message: str
) -> None:
    rows = exported(gristmill, run, tmp_path / "out", "--ids")
    found = change([{"id": row["id"], "score": 0.5} for row in rows])
    pq.write_table(pa.Table.from_pylist(found), tmp_path / "scores.parquet")
    where = ("signals", "import", tmp_path / "out", tmp_path / "scores.parquet", "--to", tmp_path / "labels.parquet")
    done = gristmill(*where, "--columns", "score=float")
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "labels.parquet").exists()


def scorer() -> Any:
    spec = spec_from_file_location("score", ROOT / "examples" / "score.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_batches_hold_every_row_once_and_no_more_than_they_may() -> None:
    module = scorer()
    classifier = object.__new__(module.Classifier)
    classifier._batch_tokens = 64
    lengths = [3, 60, 5, 5, 30, 64, 1, 200, 31]
    batches = list(classifier._batches(lengths))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or max(lengths[row] for row in batch) * len(batch) <= 64 for batch in batches)
    assert len(batches) < len(lengths)


def test_a_classifier_scores_and_goes_on_where_it_was_stopped(run: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    rows = exported(gristmill, run, tmp_path / "out")
    words = sorted({word for text in PAGES for word in text.lower().replace(".", " .").split()})
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words])}
    (tmp_path / "vocab.txt").write_text("\n".join(vocabulary) + "\n", "utf-8")
    tokenizer = transformers.BertTokenizer(vocab=vocabulary)
    tokenizer.save_pretrained(tmp_path / "model")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        id2label={0: "bad", 1: "good"},
        label2id={"bad": 0, "good": 1},
    )
    model = transformers.BertForSequenceClassification(config).eval()
    model.save_pretrained(tmp_path / "model")
    where = [str(tmp_path / "out"), str(tmp_path / "model"), str(tmp_path / "scores"), "--column", "score=good"]
    module = scorer()
    assert module.main([*where, "--batch-tokens", "64"]) == 0
    first = {path.name: path.read_bytes() for path in (tmp_path / "scores").iterdir()}
    assert len(first) == 3
    (tmp_path / "scores" / "shard-00001.parquet").unlink()
    assert module.main([*where, "--batch-tokens", "64"]) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "scores").iterdir()} == first
    found = [row for path in sorted((tmp_path / "scores").iterdir()) for row in pq.read_table(path).to_pylist()]
    assert [row["id"] for row in found] == [row["id"] for row in rows]
    for row, own in zip(rows, found, strict=True):
        with torch.inference_mode():
            alone = model(**tokenizer(row["text"], return_tensors="pt")).logits.softmax(-1)[0, 1].item()
        assert own["score"] == pytest.approx(alone, abs=1e-5)
        assert own["label"] == ("good" if alone > 0.5 else "bad")
    done = gristmill(
        *("signals", "import", tmp_path / "out", tmp_path / "scores", "--columns", "score=float,label=string"),
        *("--to", tmp_path / "labels.parquet"),
    )
    assert done.returncode == 0, done.stderr
