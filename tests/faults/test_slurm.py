"""docs/cluster/slurm.sh, with a stand-in for srun that runs its command once, here."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.faults.runs import Place
from tests.faults.test_local import equal


@pytest.mark.faults
def test_allocation_of_slurm(tmp_path: Path, fresh: Place, undisturbed: Place) -> None:
    srun = tmp_path / "bin" / "srun"
    srun.parent.mkdir()
    srun.write_text('#!/bin/sh\nexec "$@"\n', "utf-8")
    srun.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{srun.parent}:{os.environ['PATH']}",
        "SLURM_SUBMIT_DIR": str(ROOT),
        "SLURM_JOB_ID": str(os.getpid()),
        "SLURM_CPUS_PER_TASK": "2",
        "SLURM_MEM_PER_NODE": "3000",
        "SLURM_TMPDIR": str(tmp_path),
    }
    script = ROOT / "docs" / "cluster" / "slurm.sh"
    command = ["bash", *map(str, (script, fresh.recipe, "--root", fresh.root))]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stderr
    equal(fresh, undisturbed)
