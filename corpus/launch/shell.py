"""Shell files: an array of arguments, a script for a node, a script for Slurm. All that is data is quoted by shlex.

They are started by a person, with a checkout of the trainer and a folder for checkpoints in the environment.
"""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.launch.handoff import Job

_HEAD = """#!/usr/bin/env bash
# {what}
# Written by `gristmill launch`; CHECKS.md says what was checked.
set -euo pipefail
"""
CHECKPOINTS = {"CHECKPOINTS": "a folder that every node writes to"}
CACHE = {"CACHE": "a folder for index caches that every node writes to"}
_PORT = 6000  # of the rendezvous, as BLOOM's launch had it


@dataclass(frozen=True, kw_only=True)
class Here:
    """A file of the launch folder itself, wherever that stands."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A path that the environment gives."""

    name: str
    below: str = ""


Word = str | Here | Variable


def word(value: Word) -> str:
    """As a word of bash."""
    if isinstance(value, Here):
        return f'"$HERE"/{shlex.quote(value.name)}'
    if isinstance(value, Variable):
        return f'"${value.name}"' + (f"/{shlex.quote(value.below)}" if value.below else "")
    return shlex.quote(value)


def arguments(options: Iterable[Sequence[Word]], notes: Sequence[str] = ()) -> bytes:
    """`arguments.sh`: the array ARGUMENTS, an option a line; whoever sources it has set HERE."""
    lines = ["# shellcheck shell=bash disable=SC2034", "# Sourced by run.sh, which sets HERE, this folder."]
    lines += [f"# {note}" for note in notes]
    lines += ["ARGUMENTS=(", *(f"  {' '.join(word(w) for w in option)}" for option in options), ")"]
    return ("\n".join(lines) + "\n").encode()


def by_option(flat: Iterable[str]) -> list[list[str]]:
    """A flat list of arguments, each option with its values."""
    found: list[list[str]] = []
    for argument in flat:
        if argument.startswith("--") or not found:
            found.append([])
        found[-1].append(argument)
    return found


def torchrun(job: Job, checkout: str, folders: Mapping[str, str], environment: Mapping[str, str]) -> bytes:
    """`run.sh`: one node's processes. `checkout` is the variable that names the trainer's, `folders` are others'.
    `environment`: what the trainer asks for, unless whoever starts it has set another value."""
    layout = job.layout
    where = (
        ': "${RENDEZVOUS:?set it to HOST:PORT of the first node, the same on every node}"'
        if layout.nodes > 1
        else f': "${{RENDEZVOUS:=localhost:{_PORT}}}"'
    )
    paths = {checkout: "a checkout of the trainer", **folders}
    needed = "\n".join(f': "${{{name}:?set it to {what}}}"' for name, what in paths.items())
    exported = "".join(f': "${{{name}:={value}}}"\nexport {name}\n' for name, value in environment.items())
    nodes = f"One of {layout.nodes} nodes: run it on each" if layout.nodes > 1 else "The one node"
    return (
        _HEAD.format(what=f"{nodes}, {layout.gpus} processes.")
        + f"""HERE=$(cd -- "$(dirname -- "${{BASH_SOURCE[0]}}")" && pwd)
{needed}
{where}
{exported}# shellcheck source=arguments.sh
source "$HERE/arguments.sh"
cd -- "${checkout}"
exec python -u -m torch.distributed.run \\
  --nproc_per_node {layout.gpus} --nnodes {layout.nodes} --max_restarts 0 \\
  --rdzv_backend c10d --rdzv_id {_plain(job.model.name)} --rdzv_endpoint "$RENDEZVOUS" \\
  pretrain_gpt.py "${{ARGUMENTS[@]}}" --save "$CHECKPOINTS" --load "$CHECKPOINTS" "$@"
"""
    ).encode()


def slurm(job: Job) -> bytes:
    """`slurm.sh`: run.sh on every node."""
    return (
        _sbatch(job)
        + f"""RENDEZVOUS=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed -n 1p):{_PORT}
export RENDEZVOUS
srun --wait=60 --kill-on-bad-exit=1 bash "$HERE/run.sh" "$@"
"""
    ).encode()


def neox_run(job: Job) -> bytes:
    """`run.sh` for GPT-NeoX, whose own launcher starts the processes of every node in its host file."""
    nodes = f"{job.layout.nodes} nodes: DLTS_HOSTFILE names their host file" if job.layout.nodes > 1 else "The one node"
    hostfile = ': "${DLTS_HOSTFILE:?set it to a host file, a line HOST slots=8 for each node}"\n'
    return (
        _HEAD.format(what=f"{nodes}. GPT-NeoX takes files of settings, not arguments.")
        + f"""HERE=$(cd -- "$(dirname -- "${{BASH_SOURCE[0]}}")" && pwd)
: "${{NEOX:?set it to a checkout of GPT-NeoX}}"
: "${{CHECKPOINTS:?set it to a folder that every node writes to}}"
{hostfile if job.layout.nodes > 1 else ""}SETTINGS=$(mktemp -d)
python - "$CHECKPOINTS" > "$SETTINGS/checkpoints.yml" << 'END'
import json, sys
json.dump({{"save": sys.argv[1], "load": sys.argv[1]}}, sys.stdout)
END
cd -- "$NEOX"
exec python deepy.py train.py "$HERE/neox.yml" "$SETTINGS/checkpoints.yml" "$@"
"""
    ).encode()


def neox_slurm(job: Job) -> bytes:
    """`slurm.sh` for GPT-NeoX: a host file of the job's nodes, then run.sh on the first."""
    return (
        _sbatch(job)
        + f"""DLTS_HOSTFILE=$HERE/hosts-$SLURM_JOB_ID
scontrol show hostnames "$SLURM_JOB_NODELIST" | sed 's/$/ slots={job.layout.gpus}/' > "$DLTS_HOSTFILE"
export DLTS_HOSTFILE
bash "$HERE/run.sh" "$HERE/slurm.yml" "$@"
"""
    ).encode()


def _sbatch(job: Job) -> str:
    """Slurm runs a copy of the script, so the folder is the one that it was submitted from."""
    head, _, rest = _HEAD.format(what="Submit it from this folder: sbatch slurm.sh").partition("\n")
    return f"""{head}
#SBATCH --job-name={_plain(job.model.name)}
#SBATCH --nodes={job.layout.nodes}
#SBATCH --ntasks-per-node=1
#SBATCH --gres=gpu:{job.layout.gpus}
#SBATCH --output=%x-%j.out
{rest}HERE=${{SLURM_SUBMIT_DIR:?submit this script with sbatch}}
[[ -f $HERE/run.sh ]] || {{ echo "submit it from its own folder: $HERE has no run.sh" >&2; exit 1; }}
"""


def _plain(name: str) -> str:
    """A name that needs no quotes anywhere: Slurm reads its comments itself, not through a shell."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", name).strip("-") or "gristmill"
