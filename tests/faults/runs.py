"""A run that faults are done to: its recipe, its processes, and whether it wrote what an undisturbed one writes."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, SAMPLE
from tests.faults import processes

RECIPE = f"""
name = "faults"
seed = 3

[[sources]]
name = "web"
path = "{SAMPLE}/web-sample.warc.gz"

[[sources]]
name = "manuals"
path = "{SAMPLE}/gnome-ccbysa.jsonl.gz"
licence_field = "licence"

[[filters]]
use = "length"
min_words = 12

[[filters]]
use = "repetition"

[pii]
key = "a key of 32 bytes or more that tests alone know"

[tokenizer]
vocab_size = 2000

[shards]
shard_bytes = 200_000

[ingest]
part_bytes = 120_000
"""
ONE_LINE = 400  # characters of an error at most
TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The last line of stderr."""
        lines = self.err.strip().splitlines()
        return lines[-1] if lines else ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A recipe and the folder that it writes to."""

    recipe: Path
    root: Path
    seconds: int = 240  # that a run may take

    def command(self, *options: str) -> list[str]:
        return [sys.executable, "-m", "jobs", "run", str(self.recipe), "--root", str(self.root), *options]

    def run(self, *options: str, prefix: Sequence[str] = (), **environment: str) -> Ended:
        """The command from its beginning to its end."""
        done = subprocess.run(
            [*prefix, *self.command(*options)],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=self.seconds,
            check=False,
        )
        return Ended(code=done.returncode, out=done.stdout, err=done.stderr)

    def begun(self, stage: str) -> bool:
        """Whether a stage has written something and is not finished."""
        return any(self.root.glob(f"{stage}/*/*")) and not self.finished(stage)

    def finished(self, stage: str) -> bool:
        return any(self.root.glob(f"{stage}/*/manifest.json"))

    def written(self) -> dict[str, bytes]:
        """What two runs must have alike: every manifest, which holds the digest of every file, and what is current."""
        names = [*self.root.glob("*/*/manifest.json"), self.root / "current.json"]
        return {str(name.relative_to(self.root)): name.read_bytes() for name in names if name.exists()}


def place(folder: Path) -> Place:
    """A new one; the recipe of all of them is the same."""
    folder.mkdir(parents=True, exist_ok=True)
    recipe = folder / "faults.toml"
    recipe.write_text(RECIPE, "utf-8")
    return Place(recipe=recipe, root=folder / "out")


class Running:
    """A command that is under way."""

    def __init__(self, place: Place, *options: str, prefix: Sequence[str] = (), **environment: str) -> None:
        self.place = place
        self._process = subprocess.Popen(
            [*prefix, *place.command(*options)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self, seconds: float = 240) -> Ended:
        out, err = self._process.communicate(timeout=seconds)
        return Ended(code=self._process.returncode, out=out, err=err)

    def end(self) -> None:
        """Leave nothing of it behind."""
        processes.send([*processes.below(self.pid), self.pid], signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    def workers_in(self, stage: str, workers: Callable[[], list[int]] | None = None) -> list[int]:
        """Its workers, by default those below its process, standing still in the middle of a stage. Raises
        AssertionError if it was too late for that."""
        there = workers or (lambda: processes.workers(self.pid))

        def caught() -> list[int]:
            if self._process.poll() is not None or self.place.finished(stage):
                raise AssertionError(f"{stage} was over before a worker of it was seen")
            return there() if self.place.begun(stage) else []

        processes.waited(caught, 120)
        found = there()
        processes.send(found, signal.SIGSTOP)
        if self.place.finished(stage):
            processes.send(found, signal.SIGCONT)
            raise AssertionError(f"{stage} was over before its workers stood still")
        return found


@contextmanager
def running(place: Place, *options: str, prefix: Sequence[str] = (), **environment: str) -> Iterator[Running]:
    """A command that has ended by the end of the block."""
    one = Running(place, *options, prefix=prefix, **environment)
    try:
        yield one
    finally:
        one.end()


def one_line(ended: Ended) -> str:
    """The error of a command that must have failed with one line; it."""
    assert ended.code not in (0, -signal.SIGSEGV, -signal.SIGABRT), ended
    assert TRACEBACK not in ended.err, ended.err
    assert len(ended.error) <= ONE_LINE, ended.error
    return ended.error
