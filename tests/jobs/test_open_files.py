"""A limit of open files that Spark cannot live with is raised, or said in one line."""

import resource
import subprocess
import sys
from functools import partial

import pytest

from tests.conftest import ROOT

ASKED = """
import resource
from corpus.errors import RecipeError
from jobs.engine import open_files
try:
    open_files.allow()
    print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
except RecipeError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("soft", "hard", "said"),
    [
        (256, 256, "this shell lets a process open 256 files and Spark needs 1024: raise the limit"),
        (256, 2000, "2000"),
        (2000, 2000, "2000"),
        (1024, 10_000, "4096"),
        (8000, 10_000, "8000"),
    ],
)
def test_limit_of_open_files_is_raised_as_far_as_it_may_be(soft: int, hard: int, said: str) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < hard:
        pytest.skip("the limit of the tests is lower")
    limited = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=ROOT,
        preexec_fn=limited,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.startswith(said)
    assert len(done.stdout.splitlines()) == 1
