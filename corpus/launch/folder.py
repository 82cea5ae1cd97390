"""The launch folder: checked first, written in any case, with CHECKS.md last."""

from collections.abc import Callable, Mapping, Sequence

from corpus.launch import bloom, data, megatron, neox
from corpus.launch.check import Check, cell, markdown
from corpus.launch.handoff import Job, Target
from corpus.store import storage

CHECKS = "CHECKS.md"

WRITERS: Mapping[Target, Callable[[Job], dict[str, bytes]]] = {
    "megatron": megatron.files,
    "neox": neox.files,
    "bloom": bloom.files,
}


def write(job: Job, to: str, checks: Sequence[Check]) -> list[str]:
    """The names of the files, in the order in which they were written."""
    written = {**WRITERS[job.target](job), CHECKS: page(job, checks).encode()}
    for name, content in written.items():
        storage.publish_bytes(to, name, content)
    return list(written)


def page(job: Job, checks: Sequence[Check]) -> str:
    """CHECKS.md."""
    return markdown(f"Launch of {job.model.name} with {job.target}", checks, _epochs(job))


def _epochs(job: Job) -> list[str]:
    lines = [
        "## How often each source is read",
        "",
        f"{job.model.train_samples:,} samples of {job.model.sequence_length:,} tokens, shared out by weight.",
        "",
        "| source | tokens | weight | epochs |",
        "|---|---:|---:|---:|",
    ]
    return lines + [f"| {cell(e.stem)} | {e.tokens:,} | {e.weight:.6g} | {e.epochs:,.4g} |" for e in data.epochs(job)]
