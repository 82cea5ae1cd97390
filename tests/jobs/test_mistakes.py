"""What a user gets wrong: one line, exit code 2, nothing that a later run would take for done."""

import gzip
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.command_line import main
from tests.conftest import ROOT, Gristmill, write_recipe


def recipe(folder: Path, body: str, data: bytes = b'{"text": "one two three four five six seven"}\n') -> Path:
    (folder / "in.jsonl").write_bytes(data)
    path = folder / "r.toml"
    path.write_text(body, "utf-8")
    return path


SOURCE = '[[sources]]\nname = "a"\npath = "{path}"\n'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SOURCE.format(path="in.jsonl") + "colour = 1\n", "unknown key 'colour'"),
        (SOURCE.format(path="none.jsonl"), "nothing is at none.jsonl"),
        (SOURCE.format(path="*.warc.gz"), "nothing is at"),
        (SOURCE.format(path="r.toml"), "no known extension"),
        (SOURCE.format(path="in.jsonl") + "[[filters]]\nuse = 'length'\nmin_words = 'many'\n", "min_words"),
    ],
)
def test_plan_of_a_recipe_with_a_mistake_says_so_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str, expected: str
) -> None:
    code = main(["plan", str(recipe(tmp_path, body)), "--root", str(tmp_path / "out")])
    error = capsys.readouterr().err
    assert code == 2
    assert expected in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\n\n", "holds no records"),
        (b'{"text": "fine words here"}\n' + b"{\n" * 5, "5 of 6 records were rejected"),
    ],
)
def test_source_without_documents_stops_the_run(
    tmp_path: Path, gristmill: Gristmill, data: bytes, expected: str
) -> None:
    path = recipe(tmp_path, SOURCE.format(path="in.jsonl"), data)
    done = gristmill("run", path, "--root", tmp_path / "out", "--cores", "2")
    assert (done.returncode, done.stdout.count("reused")) == (2, 0)
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list((tmp_path / "out").glob("decide/*"))


def test_archive_that_is_none_is_named(tmp_path: Path, process: Gristmill) -> None:
    (tmp_path / "x.warc.gz").write_bytes(gzip.compress(b"no archive at all\n" * 9, mtime=0))
    done = process("run", recipe(tmp_path, SOURCE.format(path="x.warc.gz")), "--root", tmp_path / "out", "--cores", "1")
    assert done.returncode == 2
    assert "x.warc.gz is not WARC" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_model_with_another_digest_stops_before_anything_is_measured(tmp_path: Path, gristmill: Gristmill) -> None:
    (tmp_path / "model.ftz").write_bytes(b"not a model")
    body = (
        SOURCE.format(path="in.jsonl")
        + f"[[filters]]\nuse = 'language'\nmodel = '{tmp_path}/model.ftz'\nsha256 = 'abc'\n"
    )
    done = gristmill("run", recipe(tmp_path, body), "--root", tmp_path / "out", "--cores", "2")
    assert done.returncode == 2
    assert "the recipe says abc" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list((tmp_path / "out").glob("signals.*/*/manifest.json"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_root_without_permission_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    assert main(["run", str(write_recipe(tmp_path)), "--root", str(locked / "out")]) == 2
    assert "choose another --root" in capsys.readouterr().err


def test_root_that_is_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["run", str(write_recipe(tmp_path)), "--root", str(tmp_path / "file" / "out")]) == 2
    error = capsys.readouterr().err
    assert "choose another --root" in error
    assert len(error.splitlines()) == 1


def test_disk_that_is_full_gives_one_line_and_a_run_that_goes_on(tmp_path: Path, gristmill: Gristmill) -> None:
    """A limit on the size of files stands for the full disk: the system refuses the write in the same place."""
    path = write_recipe(tmp_path)
    command = [
        sys.executable,
        "-m",
        "jobs",
        "run",
        str(path),
        "--root",
        str(tmp_path / "out"),
        "--cores",
        "1",
        "--until",
        "ingest",
    ]
    full = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ, "JAVA_TOOL_OPTIONS": "-XX:-UsePerfData"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )
    lines = [line for line in full.stderr.strip().splitlines() if "JAVA_TOOL_OPTIONS" not in line]
    assert full.returncode in (1, 2)
    assert len(lines) == 1, full.stderr
    assert "check free space" in lines[0]
    assert not list((tmp_path / "out").rglob("manifest.json"))
    again = gristmill("run", path, "--root", tmp_path / "out", "--cores", "2", "--until", "ingest")
    assert again.returncode == 0, again.stderr


def test_until_names_the_stages_that_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(write_recipe(tmp_path)), "--root", str(tmp_path / "o"), "--until", "dinner"]) == 2
    assert "known: ingest, measure" in capsys.readouterr().err


def test_until_of_no_stage_is_refused_before_inputs_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_recipe(tmp_path)
    (tmp_path / "broken.jsonl").unlink()
    assert main(["run", str(path), "--root", str(tmp_path / "o"), "--until", "dinner"]) == 2
    assert "--until: no stage 'dinner'" in capsys.readouterr().err
    assert main(["run", str(path), "--root", str(tmp_path / "o"), "--until", "signals.length"]) == 2
    assert "broken.jsonl" in capsys.readouterr().err


def test_show_of_an_id_that_is_none_says_so(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(finished / "tiny.toml"), "zz", "--root", str(finished / "out")]
    assert main(["show", *arguments]) == 2
    assert "no document's id begins with 'zz'" in capsys.readouterr().err
    assert main(["show", arguments[0], "", *arguments[2:]]) == 2
    assert "give more digits" in capsys.readouterr().err


def test_report_before_a_run_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(write_recipe(tmp_path)), "--root", str(tmp_path / "out")]) == 2
    assert "gristmill run" in capsys.readouterr().err
