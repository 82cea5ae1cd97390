"""Worker processes and Spark write the same bytes, with every stage that a recipe may ask for."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from corpus.errors import RecipeError
from corpus.planning import inputs, plan, recipe
from jobs import build
from jobs.engine import choice, in_process, keys
from jobs.engine.pool import process as processes
from jobs.engine.pool.worker import Answer
from jobs.engine.session import Session
from jobs.engine.spending import Measured, Spent
from tests.conftest import ROOT, Gristmill, tree, write_recipe
from tests.sessions import Shared, on_spark

TABLES = """
[[filters]]
use = "code"

[[filters]]
use = "agreed"

[[filters.functions]]
name = "menu"
expression = '(?i)click|menu'
keep = { min = 1 }

[code]
languages = ["*"]
min_shared = 5

[contamination]
max_documents = 3
[[contamination.suites]]
name = "pages"
path = "items.jsonl"
policy = "cut"

[[lines]]
rule = "keep-first"

[passages]
min_tokens = 20

[dedup]
index = true

[textindex]
block_bytes = 30_000

[bm25]
block_bytes = 30_000

[splits]
valid = 0.1
test = 0.05

[mixture]
epochs = { broken = 3.5, "*" = 0.75 }
"""


def whole(folder: Path) -> Path:
    """The small recipe with all that goes by keys."""
    path = write_recipe(folder)
    text = path.read_text("utf-8") + TABLES
    path.write_text(text, "utf-8")
    line = "A line that stands under every page of this source, whatever the page may be about."
    rows = [
        {"id": f"more-{i}", "text": f"{line}\nPage {i} speaks of {' '.join(f'w{i}x{j}' for j in range(60))}.\n"}
        for i in range(9)
    ]
    item = {"question": rows[4]["text"].splitlines()[1]}
    (folder / "items.jsonl").write_text(json.dumps(item) + "\n", "utf-8")
    with (folder / "broken.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def built(path: Path, root: Path, session: Session) -> list[str]:
    """What the run says."""
    said: list[str] = []
    read = recipe.load(str(path), root=str(root))
    planned = plan.build(read, inputs.take_stock(read, inputs.listing(read), inputs.digest_here, remember=False))
    build.run(planned, session, said.append)
    return said


@pytest.mark.timeout(900)
def test_every_stage_writes_the_same_bytes_over_both_engines_and_where_spark_starts_for_keys_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = whole(tmp_path)
    values: list[object] = []
    answer = processes.Worker.answer

    def heard(worker: processes.Worker) -> Answer | None:
        found = answer(worker)
        values.append(found.value if found else None)
        return found

    monkeypatch.setattr(processes.Worker, "answer", heard)
    said = built(path, tmp_path / "pool", Shared(2))
    assert values
    told = [value.value if isinstance(value, Measured) else value for value in values]
    assert all(value is None or isinstance(value, int | Spent) for value in told)  # no text goes through a pipe
    expected = tree(tmp_path / "pool")
    for stage in ("code", "lines", "passages", "index", "textindex", "bm25", "splits", "mix", "shard", "report"):
        assert any(name.startswith(f"{stage}/") for name in expected)
    assert not any("Spark" in line for line in said)

    built(path, tmp_path / "spark", on_spark(2))
    for module, name in ((in_process, "FEW_MEMBERS"), (in_process, "FEW_EDGES"), (keys, "FEW_BYTES")):
        monkeypatch.setattr(module, name, -1)
    said = built(path, tmp_path / "keys", Shared(2))
    assert any(line == "pairs: its keys outgrow one process, so Spark starts" for line in said)
    for other in ("spark", "keys"):
        found = tree(tmp_path / other)
        assert found.keys() == expected.keys(), other
        assert [name for name in found if found[name] != expected[name]] == [], other


def test_run_neither_imports_spark_nor_starts_java(tmp_path: Path, process: Gristmill, finished: Path) -> None:
    """With a package in front of Spark's that cannot be imported, by any process of the run."""
    for name in ("pyspark", "py4j"):
        (tmp_path / "site" / name).mkdir(parents=True)
        (tmp_path / "site" / name / "__init__.py").write_text("raise RuntimeError('Spark was imported')\n", "utf-8")
    environment = {"PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{ROOT}", "JAVA_HOME": "/nowhere"}
    done = process("run", finished / "tiny.toml", "--root", tmp_path / "out", "--cores", "2", **environment)
    assert done.returncode == 0, done.stderr
    one, two = tree(tmp_path / "out"), tree(finished / "out")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    refused = process("run", finished / "tiny.toml", "--root", tmp_path / "no", "--engine", "spark", **environment)
    assert "Spark was imported" in refused.stderr or "JAVA_HOME is /nowhere" in refused.stderr


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_signal_ends_all_workers_and_the_run_says_one_line(tmp_path: Path, number: int, code: int, word: str) -> None:
    command = [sys.executable, "-m", "jobs", "run", str(write_recipe(tmp_path)), "--root", str(tmp_path / "out")]
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    below: list[psutil.Process] = []
    end = time.monotonic() + 60
    while not (list((tmp_path / "out").glob("ingest/*/documents")) and below):
        below = [
            one for one in psutil.Process(run.pid).children(recursive=True) if "forkserver" in " ".join(one.cmdline())
        ]
        assert run.poll() is None
        assert time.monotonic() < end
        time.sleep(0.01)
    below = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(number)
    _, errors = run.communicate(timeout=60)
    assert run.returncode == code
    assert errors == f"gristmill: {word}; run the same command to go on from the parts that are complete\n"
    _, alive = psutil.wait_procs(below, 10)
    assert alive == []


def test_interrupt_of_spark_is_one_line_too(tmp_path: Path) -> None:
    """As a terminal sends it: to every process of the run, the JVM and Spark's Python workers among them."""
    command = [sys.executable, "-m", "jobs", "run", str(write_recipe(tmp_path)), "--root", str(tmp_path / "out")]
    run = subprocess.Popen(
        [*command, "--engine", "spark", "--cores", "2"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 120
    while not list((tmp_path / "out").glob("ingest/*/documents")):
        assert run.poll() is None
        assert time.monotonic() < end
        time.sleep(0.01)
    below = psutil.Process(run.pid).children(recursive=True)
    os.killpg(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=120)
    assert errors == "gristmill: interrupted; run the same command to go on from the parts that are complete\n"
    assert run.returncode == 130
    _, alive = psutil.wait_procs(below, 20)
    assert alive == []


@pytest.mark.parametrize(
    ("asked", "master", "submitted", "expected"),
    [
        (None, None, False, "pool"),
        ("pool", None, False, "pool"),
        ("spark", None, False, "spark"),
        (None, "spark://host:7077", False, "spark"),
        ("spark", "local[2]", False, "spark"),
        (None, None, True, "spark"),
        ("spark", None, True, "spark"),
        ("pool", "spark://host:7077", False, None),
        ("pool", None, True, None),
        (None, "spark://host:7077", True, None),
    ],
)
def test_engine_is_chosen_in_one_place(
    monkeypatch: pytest.MonkeyPatch, asked: Any, master: str | None, submitted: bool, expected: str | None
) -> None:
    if submitted:
        monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")
    if expected is None:
        with pytest.raises(RecipeError, match="leave"):
            choice.choose(asked, master)
    else:
        assert choice.choose(asked, master).engine == expected


def test_plan_says_which_engine_and_why(finished: Path, gristmill: Gristmill) -> None:
    arguments = ("plan", finished / "tiny.toml", "--root", finished / "out")
    assert "engine pool: one machine; Spark starts where keys outgrow one process\n" in gristmill(*arguments).stdout
    assert "engine spark: --engine spark\n" in gristmill(*arguments, "--engine", "spark").stdout
    refused = gristmill(*arguments, "--engine", "pool", "--master", "spark://host:7077")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)


def test_master_is_spark_s(tmp_path: Path, finished: Path, process: Gristmill) -> None:
    arguments = ("run", finished / "tiny.toml", "--root", tmp_path, "--master", "local[2]", "--until", "decide")
    done = process(*arguments)
    assert done.returncode == 0, done.stderr
    found, expected = tree(tmp_path), tree(finished / "out")
    assert [name for name in found if found[name] != expected[name]] == []
    engines = {json.loads(path.read_bytes())["engine"] for path in tmp_path.rglob("run.json")}
    assert engines == {"spark"}
