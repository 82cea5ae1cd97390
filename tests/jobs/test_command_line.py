"""The command line: one shape for all verbs, nothing heavy before a verb runs, exit codes and versions."""

import argparse
import ast
import inspect
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import jobs.verbs
from jobs.command_line import VERBS, main
from jobs.version import __version__
from tests.conftest import ROOT

# What is beside verbs in their folder.
SHARED = {
    *("__init__", "argument_types", "as_request", "find_options", "log_options", "recipe_options"),
    *("release_options", "session_options", "verb"),
}

# Says which modules that are neither ours nor Python's a command line has loaded by the time it ends.
LOADED = """
import sys
before = set(sys.modules)
from jobs.command_line import main
try:
    code = main(sys.argv[1:])
except SystemExit as exit:
    code = exit.code
known = {*sys.stdlib_module_names, "corpus", "filters", "jobs", "tokenizer"}
loaded = {name.partition(".")[0] for name in set(sys.modules) - before} - known
print(code, *sorted(loaded), file=sys.stderr)
"""


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_the_same_shape(name: str) -> None:
    verb = import_module(f"jobs.verbs.{name}")
    assert isinstance(verb.HELP, str)
    assert verb.HELP
    assert "\n" not in verb.HELP
    assert inspect.signature(verb.run).return_annotation is int
    parser = argparse.ArgumentParser()
    assert verb.options(parser) is None
    for command, _ in verb.EXAMPLES:
        assert command.split()[0] == name.replace("_", "-")


def test_every_module_of_the_folder_is_a_verb_or_shared_by_verbs() -> None:
    found = {path.stem for path in Path(jobs.verbs.__path__[0]).glob("*.py")}
    assert found == {*VERBS, *SHARED}


def test_command_line_names_no_verb_but_in_its_list() -> None:
    """So a new verb is a file and a word."""
    tree = ast.parse((ROOT / "jobs" / "command_line.py").read_text("utf-8"))
    names = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert [names.count(name) for name in VERBS] == [1] * len(VERBS)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["--completion", "bash"], 0),
        ([], 2),
        (["grind"], 2),
        (["--grind"], 2),
        (["run"], 2),
        (["run", "--grind", "recipe.toml"], 2),
        (["run", "recipe.toml", "--cores", "none"], 2),
        (["verify", "build/demo", "--log-format", "json"], 2),
        *(([name.replace("_", "-"), "--help"], 0) for name in VERBS),
    ],
    ids=str,
)
def test_nothing_heavy_is_imported_before_a_verb_runs(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.splitlines()[-1] == str(code), done.stderr


def test_a_terminal_is_told_what_a_verb_does_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    """Both outputs are a terminal; what a script reads has nothing of it."""
    code = "import sys; from jobs.command_line import main; sys.exit(main())"
    command = [sys.executable, "-X", "importtime", "-c", code, "languages", "--recipe", str(tmp_path / "none.toml")]
    ours, theirs = os.openpty()
    done = subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, cwd=ROOT)
    os.close(theirs)
    read = b""
    try:
        while piece := os.read(ours, 1 << 16):
            read += piece
    except OSError:  # the other end is closed: Linux says so by an error
        pass
    os.close(ours)
    assert done.wait() == 2
    before = read.partition(b"gristmill languages: list language ids")
    assert before[1]
    assert not re.search(rb"\| +(numpy|pyarrow|numba|pyspark)\s", before[0])
    assert re.search(rb"\| +numpy\s", before[2])
    plain = subprocess.run([sys.executable, "-c", code, *command[5:]], capture_output=True, cwd=ROOT, check=False)
    assert b"gristmill languages" not in plain.stdout + plain.stderr


def test_help_names_verbs_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    lines = [line.split()[0] for line in text.splitlines() if line.startswith("    ") and line[4] != " "]
    assert lines == [name.replace("_", "-") for name in VERBS]
    assert "  gristmill verify build/demo " in text
    for code in ("0", "1", "2", "130"):
        assert f"\n  {code:<3}  " in text.partition("exit codes:")[2]


def test_version_names_what_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow
    import pyspark

    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    python = ".".join(map(str, sys.version_info[:3]))
    assert ended.value.code == 0
    assert capsys.readouterr().out == (
        f"gristmill {__version__} (Python {python}, pyarrow {pyarrow.__version__}, pyspark {pyspark.__version__})\n"
    )
