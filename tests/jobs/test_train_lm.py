"""A model is the same bytes on any number of cores, and a mistake is one line."""

import gzip
import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import kenlm
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters.lm import model
from filters.perplexity import Filter, Model
from jobs.command_line import main
from tests.conftest import ROOT, SAMPLE, tree
from tests.filters.conftest import documents, measured

PARTS = ("การ", "โรง", "สี", "ข้าว", "ใหม่", "บด", "เมล็ด", "ธัญ", "พืช", "น้ำ", "ลม", "ใน")


def thai() -> list[dict[str, str]]:
    """Records with lines without spaces, every fifth said to be English; one letter is too rare for a piece."""
    lines = [
        "ฮ" * (i == 77) + "".join(PARTS[(i * j + j + i // 12) % len(PARTS)] for j in range(1, 5 + i % 9))
        for i in range(400)
    ]
    return [{"t": f"{a}\n{b}", "l": "th" if i % 5 else "en"} for i, (a, b) in enumerate(pairwise(lines))]


RUNS = """
import contextlib, sys
from jobs.command_line import main
for name, arguments in {runs!r}.items():
    with open(name + ".log", "w") as out, open(name + ".err", "w") as err:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            print(main(["train-lm", "--out", name, *arguments]))
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models `one` and `two` of the same text on one core and two, and `thai`; in one process: JVMs start slowly."""
    folder = tmp_path_factory.mktemp("train-lm")
    rows = [json.loads(line) for line in gzip.decompress((SAMPLE / "gnome-ccbysa.jsonl.gz").read_bytes()).splitlines()]
    (folder / "texts").mkdir()
    paragraphs = [p for row in rows for p in row["text"].split("\n\n") if p.strip()]
    pq.write_table(pa.table({"text": paragraphs[::2]}), folder / "texts" / "a.parquet")
    (folder / "texts" / "b.jsonl").write_text("\n".join(json.dumps({"text": p}) for p in paragraphs[1::2]), "utf-8")
    (folder / "texts" / "c.txt").write_text("one more text\n" * 3, "utf-8")
    (folder / "thai.jsonl").write_text("\n".join(map(json.dumps, thai())), "utf-8")
    fields = ["--text-field", "t", "--language-field", "l"]
    runs = {
        "one": ["--language", "eng_Latn", "--from", "texts", "--cores", "1"],
        "two": ["--language", "eng_Latn", "--from", "texts", "--cores", "2"],
        "thai": ["--language", "th", "--from", "thai.jsonl", "--order", "3", "--cores", "2", *fields],
        "none": ["--language", "de", "--from", "thai.jsonl", "--cores", "2", *fields],
    }
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # each session's workers would compile all that they import
    code = RUNS.format(runs=runs)
    subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, check=True, timeout=280)
    return folder


def test_one_core_and_two_make_the_same_bytes(trained: Path) -> None:
    one, two = tree(trained / "one"), tree(trained / "two")
    assert set(one) == {model.ARPA, model.TABLE, model.WORDS, model.DESCRIPTION}
    assert one == two


def test_the_model_is_what_its_description_says(trained: Path) -> None:
    found = orjson.loads((trained / "one" / model.DESCRIPTION).read_bytes())
    oracle = kenlm.LanguageModel(str(trained / "one" / model.ARPA))
    assert found["order"] == oracle.order == 5
    assert found["vocabulary"]["words"] == len((trained / "one" / model.WORDS).read_bytes().splitlines()) - 3
    assert found["vocabulary"]["unknown_tokens"] == 0
    assert found["ngrams"][0] == found["vocabulary"]["words"] + 3
    assert found["token"] == "word"
    assert 1 < found["buckets"]["head"] < found["buckets"]["tail"]
    assert "model.arpa" in found["files"]


def test_the_line_for_the_recipe_works(trained: Path) -> None:
    line = (trained / "one.log").read_text("utf-8").splitlines()[-2]
    sha256 = line.split('"')[3]
    instance = Filter(models={"eng_Latn": Model(path=str(trained / "one"), sha256=sha256)})
    texts = ["one more text", "text more one", "zzz yyy xxx"]
    rows = measured(instance, documents(texts, ["eng_Latn"] * 3)).to_pylist()
    assert rows[0]["perplexity"] < rows[1]["perplexity"]
    oracle = kenlm.LanguageModel(str(trained / "one" / model.ARPA))
    assert [row["perplexity"] for row in rows] == pytest.approx([10 ** (-oracle.score(t) / 4) for t in texts], rel=1e-5)


def test_the_same_text_is_not_trained_on_again(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(trained / "one")
    out = str(trained / "one")
    assert main(["train-lm", "--language", "en", "--from", str(trained / "texts"), "--out", out]) == 0
    assert capsys.readouterr().out.startswith("reused: ")
    assert tree(trained / "one") == before


def test_a_script_without_spaces_is_modelled_by_pieces(trained: Path) -> None:
    out = trained / "thai"
    found = orjson.loads((out / model.DESCRIPTION).read_bytes())
    assert (found["token"], found["order"]) == ("piece", 3)
    assert {model.PIECES, model.ARPA} <= set(found["files"])
    assert found["vocabulary"]["unknown_tokens"] > 0
    assert found["text"]["documents"] + found["buckets"]["documents"] == sum(row["l"] == "th" for row in thai())
    instance = Filter(models={"tha_Thai": Model(path=str(out), sha256=model.digest_of(str(out)))})
    [known, odd] = measured(instance, documents([thai()[1]["t"], "ฮฮฮ xyz"], ["tha_Thai"] * 2)).to_pylist()
    assert known["tokens"] > 3
    assert known["perplexity"] < odd["perplexity"]


def test_text_in_another_language_alone_is_one_line(trained: Path) -> None:
    assert (trained / "none.log").read_text("utf-8").splitlines()[-1] == "2"
    [line] = (trained / "none.err").read_text("utf-8").splitlines()
    assert "hold no text in deu_Latn to train on: 399 records, 0 of them rejects; check --from" in line


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--language", "xx-nope", "--from", "{here}"], "--language 'xx-nope' is no language"),
        (["--language", "de", "--from", "{here}/none.jsonl"], "nothing is at"),
        (["--language", "de", "--from", "{here}", "--order", "1"], "--order 1: choose one from 2 to 6"),
        (["--language", "de", "--from", "{here}", "--order", "7"], "--order 7: choose one from 2 to 6"),
        (["--language", "de", "--from", "{here}/odd.bin"], "has no known extension"),
        (["--language", "de", "--from", "{here}", "--out", "s3://bucket/m"], "give the path of a folder"),
    ],
)
def test_a_mistake_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    (tmp_path / "odd.bin").write_bytes(b"x")
    out = ["--out", str(tmp_path / "out")] if "--out" not in arguments else []
    assert main(["train-lm", *(a.format(here=tmp_path) for a in arguments), *out]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert len(error.splitlines()) == 1
