"""What tests share: a small recipe over the repository's own sample, run once, the command line, both engines.

Tests run over worker processes but where they say otherwise; `spark` and `either` are asked for by those that hold the
engines against each other.
"""

import fcntl
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from hypothesis import settings

from jobs.__main__ import main

if TYPE_CHECKING:  # importing Spark takes a second, and most tests do without it
    from jobs.engine.session import Session

# The first example pays for compiling a kernel, so no deadline; the same examples every time, so no flaky CI.
settings.register_profile("gristmill", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("gristmill")

# Where tests are started in the background, shells have them ignore Ctrl-C, and what they start would too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole runs first: a file of minutes that one of two workers comes to last leaves the other with nothing."""
    items.sort(key=lambda item: "jobs" not in item.path.relative_to(ROOT).parts)


SAMPLE = ROOT / "data" / "sample"

RECIPE = """
name = "tiny"
seed = 7

[[sources]]
name = "manuals"
path = "{sample}/gnome-ccbysa.jsonl.gz"
licence_field = "licence"

[[sources]]
name = "broken"
path = "{folder}/broken.jsonl"

[[filters]]
use = "length"
min_words = {min_words}

[[filters]]
use = "language"
min_score = 0.4

[[filters]]
use = "repetition"

[[filters]]
use = "stopwords"

[pii]
key = "a key that tests alone know, and all may"

[tokenizer]
vocab_size = 1200

[shards]
shard_bytes = 100_000

[ingest]
part_bytes = 60_000
"""

PAGE = (
    "A page that says who to ask: write to jane.roe@mail-server.net{0} or call +49 30 901820 any day of the week{0} "
    "she will answer every one of your questions about the mill, the grain and the flour, "
    "and the account for what you owe is DE89 3704 0044 0532 0130 00 at the bank of the valley."
)
# Unlike before redaction (Jaccard under 0.8), equal after it.
ASK = "The miller of the upper valley reads what you send to {0}@mill-post.net and she answers in the evening."
LINES = (
    json.dumps({"text": PAGE.format(","), "id": "ask"}),
    json.dumps({"text": PAGE.format(";"), "id": "ask-again"}),
    json.dumps({"text": ASK.format("jane.a.roe"), "id": "equal-1"}),
    json.dumps({"text": ASK.format("the_other_person"), "id": "equal-2"}),
    json.dumps({"text": "too short", "id": 3}),
    json.dumps({"no text": 1}),
    "not json at all",
)


def write_recipe(folder: Path, *, min_words: int = 12) -> Path:
    """The small recipe, with its input beside it."""
    (folder / "broken.jsonl").write_text("\n".join(LINES) + "\n", "utf-8")
    path = folder / "tiny.toml"
    path.write_text(RECIPE.format(sample=SAMPLE, folder=folder, min_words=min_words), "utf-8")
    return path


Gristmill = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def session() -> "Session":
    """Two worker processes, the same for all tests of a process."""
    from tests.sessions import Shared

    return Shared(2)


@pytest.fixture(scope="session")
def spark() -> "Session":
    """Spark on two cores, the same for all tests of a process."""
    from tests.sessions import on_spark

    return on_spark(2)


@pytest.fixture(params=["session", "spark"])
def either(request: pytest.FixtureRequest) -> "Session":
    """One engine, then the other."""
    found: Session = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def gristmill() -> Gristmill:
    """The command line in the process of the tests, over their workers; stdout and stderr come back."""

    from tests.sessions import Shared

    def run(*arguments: str | Path | int) -> subprocess.CompletedProcess[str]:
        words = list(map(str, arguments))
        out, err = io.StringIO(), io.StringIO()
        with patch("jobs.engine.session.Session", Shared), redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(words)
            except SystemExit as stopped:  # argparse
                code = int(stopped.code or 0)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def process() -> Gristmill:
    """The command line in a process of its own, with workers and a hash seed of its own."""

    def run(*arguments: str | Path | int, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jobs", *map(str, arguments)]
        return subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=280,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, process: Gristmill) -> Path:
    """A folder with the small recipe and its finished output in `out`, made on two cores. Tests leave it as it is.

    The workers of pytest-xdist read one folder: the first to ask makes it, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "finished"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "out" / "current.json").exists():  # a run writes it last
            folder.mkdir(exist_ok=True)
            done = process("run", write_recipe(folder), "--root", folder / "out", "--cores", "2")
            assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def copied(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished folder's output, to be changed; inputs and recipe stay where they are."""
    shutil.copytree(finished / "out", tmp_path / "out", symlinks=True)
    return tmp_path / "out"


def tree(root: Path) -> dict[str, bytes]:
    """Every file below, but those that hold circumstances or are scratch."""
    skipped = {"run.json", "run.html", "run.js", "inputs.json", ".gristmill"}
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name not in skipped
    }
