"""What a run says: lines or events, on the screen or in a file; quiet keeps warnings; settings of cores and memory."""

import argparse
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import DataError, RecipeError
from corpus.planning import inputs, opening, recipe
from corpus.stages.run_table import Run
from corpus.store import memory
from jobs.command_line import main
from jobs.engine import console
from jobs.engine.pool.pool import Pool
from jobs.verbs import session_options
from tests.conftest import Gristmill, write_recipe


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_events_of_a_run_have_stages_tasks_counts_and_seconds(tmp_path: Path, gristmill: Gristmill) -> None:
    arguments = ("run", write_recipe(tmp_path), "--root", tmp_path / "out", "--until", "decide", "--cores", "2")
    done = gristmill(*arguments, "--log-format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    found = events(done.stdout)
    stages = {one["stage"]: one for one in found if one["event"] == "stage"}
    assert list(stages) == ["ingest", "measure", "decide"]
    assert stages["ingest"]["counts"]["ingest"]["documents"] == 257
    assert all(one["seconds"] >= 0 and one["at"] for one in stages.values())
    tasks = [one for one in found if one["event"] == "task" and one["stage"] == "ingest"]
    assert {one["task"] for one in tasks} == {0, 1}
    assert all(one["seconds"] >= one["cpu_seconds"] >= 0 and "jsonl" in one["name"] for one in tasks)


def test_log_in_a_file_beside_lines_on_the_screen(tmp_path: Path, gristmill: Gristmill) -> None:
    log = tmp_path / "run.log"
    log.write_text('{"event": "before"}\n', "utf-8")
    arguments = ("run", write_recipe(tmp_path), "--root", tmp_path / "out", "--until", "ingest", "--cores", "2")
    done = gristmill(*arguments, "--log", log, "--log-format", "json")
    assert "259 records: 257 documents" in done.stdout
    assert [one["event"] for one in events(log.read_text("utf-8"))[:1]] == ["before"]  # it is written at its end
    assert "stage" in {one["event"] for one in events(log.read_text("utf-8"))}
    again = gristmill(*arguments, "--log", tmp_path / "text.log", "--quiet")
    assert (again.stdout, again.stderr) == ("", "")
    assert "reused: ingest\n" in (tmp_path / "text.log").read_text("utf-8")


def test_quiet_shows_warnings_alone_wherever_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    with console.opened(quiet=True) as quiet:
        quiet.say("done\nWARNING source 'a' lost much\nmore")
        quiet.warn("tried again")
        quiet.progress("half")
    shown = capsys.readouterr()
    assert shown.out == "WARNING source 'a' lost much\n"
    assert shown.err == "gristmill: tried again\n"


def test_warning_in_events_is_one_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with console.opened(form="json", quiet=True) as events_alone:
        events_alone.say("done\nWARNING source 'a' lost much")
    assert [(one["event"], one["text"]) for one in events(capsys.readouterr().out)] == [
        ("warning", "WARNING source 'a' lost much")
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_log_has_how_a_run_failed(tmp_path: Path, form: console.Form) -> None:
    log = tmp_path / "log"
    with pytest.raises(DataError), console.opened(form=form, file=str(log)):
        raise DataError("a table is damaged: build it again")
    assert "a table is damaged: build it again" in log.read_text("utf-8")
    assert console.current() == console.Console()


def test_log_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(write_recipe(tmp_path)), "--log", str(tmp_path / "no" / "log")]) == 2
    error = capsys.readouterr().err
    assert "--log" in error
    assert error.count("\n") == 1


def arguments(**given: object) -> argparse.Namespace:
    return argparse.Namespace(
        **{"cores": None, "memory": None, "engine": None, "master": None, "verbose": False, **given}
    )


def test_flags_go_before_the_environment_and_that_before_the_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    said = Run(cores=3, memory="3 GB")
    assert (session_options.cores(arguments(), said), session_options.memory(arguments(), said)) == (3, 3 * 10**9)
    monkeypatch.setenv("GRISTMILL_CORES", "5")
    monkeypatch.setenv("GRISTMILL_MEMORY", "5 GiB")
    assert (session_options.cores(arguments(), said), session_options.memory(arguments(), said)) == (5, 5 << 30)
    flags = arguments(cores=7, memory="7g")
    assert (session_options.cores(flags, said), session_options.memory(flags, said)) == (7, 7 * 10**9)
    assert session_options.session(flags, said).memory == 7 * 10**9


@pytest.mark.parametrize(("name", "value"), [("GRISTMILL_CORES", "many"), ("GRISTMILL_MEMORY", "12 elephants")])
def test_environment_that_says_nothing_is_one_line(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["run", str(write_recipe(tmp_path)), "--root", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert name in error
    assert error.count("\n") == 1


def test_memory_bounds_a_worker() -> None:
    usable = memory.usable()
    assert Pool(1, usable=usable // 2).limit == max(int(usable // 2 * 0.8), 2 << 30)
    assert Pool(1, usable=usable * 2).limit == Pool(1).limit  # no more than there is


@pytest.mark.parametrize("text", ["", "GB", "-1 GB", "1 GB a core", "1 PB", "1 kB"])
def test_size_that_is_none_or_too_small(text: str) -> None:
    with pytest.raises(ValueError, match="size|needs"):
        memory.size(text)


def test_no_identity_has_the_table_run(tmp_path: Path) -> None:
    path = write_recipe(tmp_path)
    marks = []
    for more in ("", '[run]\ncores = 1\nmemory = "4 GB"\n'):
        path.write_text(path.read_text("utf-8") + more, "utf-8")
        read = recipe.load(str(path), root=str(tmp_path / "out"))
        planned = opening.plan_of(read, inputs.listing(read))
        marks.append({name: one.fingerprint for name, one in planned.stages.items()})
    assert read.run == Run(cores=1, memory="4 GB")
    assert marks[0] == marks[1]


def test_cores_of_a_recipe_are_bounded(tmp_path: Path) -> None:
    path = write_recipe(tmp_path)
    path.write_text(path.read_text("utf-8") + "[run]\ncores = 100_000_000\n", "utf-8")
    with pytest.raises(RecipeError, match="less than or equal to 10000"):
        recipe.load(str(path))


def test_progress_goes_to_stderr_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    console.current().progress("measure 50 %", stage="measure")
    assert shown.getvalue() == "measure 50 %\n"
