"""`gristmill init` and `gristmill peek`: what is found in files, what is guessed, and that the recipe runs as it is."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.planning import recipe
from corpus.survey import candidates, fields
from jobs.command_line import main
from tests.conftest import ROOT, SAMPLE, Gristmill, tree

PROSE = (
    "The miller of the valley number {0} grinds the corn of every farm, and when the {0} wheels stand still in winter "
    "he mends the sails, the ropes and the old stones, for nobody else in the village knows how that is done."
)
GERMAN = (
    "Der Müller im Tal Nummer {0} mahlt das Korn der Bauern, und wenn die {0} Räder im Winter stillstehen, flickt er "
    "die Segel und die alten Steine, weil sonst niemand im Dorf weiß, wie man das macht."
)
PYTHON = """def grind_{0}(corn: list[int]) -> int:
    total = 0
    for grain in corn:
        total += grain * {0}
    return total
"""


def lines(rows: Sequence[Mapping[str, object]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@pytest.fixture
def six(tmp_path: Path) -> Path:
    """Six foreign sources, as hubs, crawls and editors leave them."""
    data = tmp_path / "my data"
    for name in ("hub", "posts", "notes", "src", "crawl"):
        (data / name).mkdir(parents=True)
    rows = [
        {"id": n, "content": PROSE.format(n), "meta": {"source_url": f"https://a.test/{n}", "license": "MIT"}}
        for n in range(40)
    ]
    pq.write_table(pa.Table.from_pylist(rows), data / "hub" / "train-00000.parquet")
    posts = [{"body": GERMAN.format(n), "lang": "de", "created": f"2024-01-{n % 28 + 1:02}"} for n in range(40)]
    (data / "posts" / "a.jsonl.gz").write_bytes(gzip.compress(lines(posts[:30]), mtime=0))
    (data / "posts" / "b.jsonl").write_bytes(lines(posts[30:]) + b"{broken\n")
    for n in range(25):
        (data / "notes" / f"{n}.txt").write_text(PROSE.format(100 + n), "utf-8")
        (data / "src" / f"m{n}.py").write_text(PYTHON.format(n), "utf-8")
    (data / "crawl" / "web.warc.gz").write_bytes((SAMPLE / "web-sample.warc.gz").read_bytes())
    table = "\n".join(
        ["number,question,answer", *(f'{n},"What is {n}, miller?",{PROSE.format(n)!r}' for n in range(9))]
    )
    (data / "faq.csv").write_text(table.replace("'", '"'), "utf-8")
    (data / "README.md").write_text("About this data.", "utf-8")
    (data / "scan.pdf").write_bytes(b"%PDF-1.7")
    return data


def test_recipe_of_six_foreign_sources_runs_as_it_is(
    six: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gristmill: Gristmill
) -> None:
    monkeypatch.chdir(tmp_path)
    before = tree(six)
    done = gristmill("init", six)
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(six) == before
    read = recipe.load("my-data.toml")
    found = {source.name: source for source in read.sources}
    assert set(found) == {"train-00000", "posts", "notes", "src", "web", "faq"}
    hub, posts, code, faq = found["train-00000"], found["posts"], found["src"], found["faq"]
    assert (hub.text_field, hub.url_field, hub.licence_field) == ("content", "meta.source_url", "meta.license")
    assert (posts.text_field, posts.language_field, posts.date_field) == ("body", "lang", "created")
    assert (code.format, code.language) == ("text", "code_Python")
    assert (faq.inputs_field, faq.targets_field) == ("question", "answer")
    assert "1 files are of no known format: .pdf" in done.stdout
    assert "source posts: text_field = 'body', " in done.stdout
    assert "source posts: languages of the first 40 documents of its files: deu_Latn 100%" in done.stdout
    text = Path("my-data.toml").read_text("utf-8")
    for guess in (
        'text_field = "body"        # guessed: ',
        "# languages of the first 40 documents of its files: deu_Latn 100%",
        "broken 1",
    ):
        assert guess in text
    # In a process of its own: workers that run already are in the folder that they were started in.
    command = [sys.executable, "-m", "jobs", "run", "my-data.toml", "--until", "dedup", "--cores", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "rejects" in ran.stdout
    assert "WARNING" not in ran.stdout


def test_recipe_is_never_written_over(six: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "own.toml"
    out.write_text("mine", "utf-8")
    assert main(["init", str(six), "--out", str(out)]) == 2
    assert "is there already and stays as it is" in capsys.readouterr().err
    assert out.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "nothing is at"),
        ({"scan.pdf": b"%PDF"}, "of no known format: .pdf"),
        ({"a.jsonl": b'{"n": 1}\n{"n": 2}\n'}, "none of its fields looks like a text: n"),
        ({"a.parquet": b"no parquet"}, "not a parquet file"),
        ({"a.jsonl": b""}, "give no document"),
    ],
)
def test_folder_that_gives_nothing_is_one_line(
    files: Mapping[str, bytes], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    assert main(["init", str(folder), "--out", str(tmp_path / "r.toml")]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (tmp_path / "r.toml").exists()


def test_files_of_other_fields_are_other_sources(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([{"text": PROSE}, {"text": GERMAN, "more": 1}]))
    (tmp_path / "b.jsonl").write_bytes(lines([{"body": PROSE}]))
    (tmp_path / "c[1].jsonl").write_bytes(lines([{"text": PROSE}]))
    found = {one.name.rpartition("-")[2]: one for one in candidates.at([str(tmp_path)]).candidates}
    assert len(found) == 2
    assert found["b"].source.text_field == "body"
    others = next(one for name, one in found.items() if name != "b")
    assert [file.file for file in others.files] == ["a.jsonl", "c[1].jsonl"]
    again = candidates.at([others.path]).candidates  # the pattern that a recipe has means these files alone
    assert [file.file for one in again for file in one.files] == ["a.jsonl", "c[1].jsonl"]


def test_outputs_of_a_run_are_no_input(finished: Path) -> None:
    found = candidates.at([str(finished)])
    assert "outputs of earlier runs are no input: out" in found.passed
    assert [file.file for one in found.candidates for file in one.files] == ["broken.jsonl"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"text": PROSE, "url": "https://a.test"}], {}),
        ([{"txt": PROSE, "name": "a"}], {"text_field": "txt"}),
        ([{"text": PROSE, "uri": "no address"}], {}),
        ([{"text": PROSE, "lang": "zz-nothing"}], {}),
        ([{"text": PROSE, "language": "deu"}], {"language_field": "language"}),
        ([{"text": PROSE, "timestamp": 1700000000}], {}),
        ([{"text": PROSE, "doc_id": 1}, {"text": GERMAN, "doc_id": 2}], {"id_field": "doc_id"}),
        ([{"text": PROSE, "doc_id": 1}, {"text": GERMAN, "doc_id": 1}], {}),
        ([{"prompt": PROSE, "completion": GERMAN}], {"inputs_field": "prompt", "targets_field": "completion"}),
        ([{"本文": "水は低きに流れる。" * 9}], {"text_field": "本文"}),
    ],
)
def test_guesses_go_by_names_and_hold_for_values(rows: list[Mapping[str, object]], expected: Mapping[str, str]) -> None:
    assert {guess.key: guess.value for guess in fields.of(rows).guesses} == expected


def test_numbers_and_addresses_are_no_text() -> None:
    assert not fields.of([{"n": 1, "link": "https://a.test/b c d", "sha": "0" * 64}]).has_text


def test_peek_shows_documents_and_rejects(six: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["peek", str(six / "posts"), "--records", "2"]) == 0
    shown = capsys.readouterr().out
    assert "guessed      text_field = 'body': by its name" in shown
    assert "1. a.jsonl.gz#0 2024-01-01T00:00:00+00:00 deu_Latn (declared)" in shown
    assert "Der Müller im Tal Nummer 0 mahlt" in shown
    assert main(["peek", str(six / "posts" / "b.jsonl"), "--records", "20"]) == 0
    assert "reject b.jsonl#" in (shown := capsys.readouterr().out)
    assert "10 documents and 1 rejects from the beginning of b.jsonl" in shown


def test_peek_of_a_recipe_goes_by_its_sources(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe_path = str(finished / "tiny.toml")
    assert main(["peek", recipe_path, "broken"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("source 'broken': ")
    assert shown.splitlines()[-1] == "  3 documents and 0 rejects from the beginning of broken.jsonl"
    assert main(["peek", recipe_path, "broken", "--records", "9"]) == 0
    shown = capsys.readouterr().out
    assert "reject broken.jsonl#" in shown
    assert shown.splitlines()[-1] == "  5 documents and 2 rejects from the beginning of broken.jsonl"
    assert main(["peek", recipe_path, "broke"]) == 2
    assert "no source 'broke'; did you mean 'broken'?; known: manuals, broken" in capsys.readouterr().err


def test_peek_escapes_what_could_move_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines([{"text": "one \x1b[2J two three four", "url": "https://a.test/\x1b[1m"}]))
    assert main(["peek", str(tmp_path / "a.jsonl")]) == 0
    assert "\x1b" not in capsys.readouterr().out
