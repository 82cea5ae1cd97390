"""The files of docs/cluster/: shell that a shell reads, a pod that Kubernetes' own types take whole."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "cluster"


def test_shell_can_be_read() -> None:
    subprocess.run(["bash", "-n", FOLDER / "slurm.sh"], check=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl")
def test_pod_is_what_kubernetes_takes() -> None:
    """`--local` decodes by Kubernetes' own types and leaves out what they have not."""
    template = FOLDER / "executor.yaml"
    command = ["kubectl", "label", "--local", "-f", str(template), "tried=yes", "-o", "yaml"]
    taken = yaml.safe_load(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    wanted = yaml.safe_load(template.read_text("utf-8"))
    assert taken["metadata"]["labels"].pop("tried") == "yes"
    assert holds(taken, wanted), f"{taken} lacks something of {wanted}"


def holds(taken: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(taken, dict) and all(key in taken and holds(taken[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(taken, list) and all(map(holds, taken, wanted))
    return taken == wanted


def test_page_names_files_that_are_there() -> None:
    page = (ROOT / "docs" / "cluster.md").read_text("utf-8")
    for name in ("slurm.sh", "Dockerfile", "executor.yaml"):
        assert f"cluster/{name}" in page
        assert Path(FOLDER, name).is_file()
