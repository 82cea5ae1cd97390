"""A process that native parsers may kill: what becomes of one call in it is seen and named."""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any, Literal

from tests.conftest import ROOT

MOST_BYTES = 1_500_000_000  # that a worker may take, whatever its input
_SECONDS = 60  # of one small file: a parser that takes longer will not end. A net, so that the suite does


@dataclass(frozen=True)
class Outcome:
    """`gave` what the call returned; `refused` with the one line of a CorpusError or ValueError of a reader's contract;
    `escaped`: any other exception; `died` by a signal; `hung`."""

    how: Literal["gave", "refused", "escaped", "died", "hung"]
    value: Any  # what was returned, else what is known of the fault
    peak: int = 0  # bytes, of the whole process during the call

    @property
    def sound(self) -> bool:
        return self.how in ("gave", "refused") and self.peak <= MOST_BYTES


class Watched:
    """Starts the process with the first call, and again after one that killed it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ours: Connection | None = None
        self._words = tempfile.TemporaryFile()  # noqa: SIM115  (as long as the process)

    def call(self, target: str, data: bytes, **settings: object) -> Outcome:
        """Of a function of `tests.hostile.targets`."""
        connection = self._ours or self._start()
        connection.send_bytes(pickle.dumps((target, data, settings)))
        try:
            if not connection.poll(_SECONDS):
                self.end()
                return Outcome("hung", f"after {_SECONDS} s")
            how, value, peak = pickle.loads(connection.recv_bytes())
        except (EOFError, ConnectionResetError):
            return Outcome("died", self._last_words())
        return Outcome(how, value, peak)

    def close(self) -> None:
        self.end()
        self._words.close()

    def end(self) -> None:
        if self._process and self._ours:
            self._process.kill()
            self._process.wait()
            self._ours.close()
        self._process = self._ours = None

    def _start(self) -> Connection:
        ours, theirs = Pipe()
        self._words.seek(0)
        self._words.truncate()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.worker", str(theirs.fileno())],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            pass_fds=[theirs.fileno()],
            stderr=self._words,
        )
        theirs.close()
        self._ours = ours
        return ours

    def _last_words(self) -> str:
        process = self._process
        code = process.wait() if process else 0
        self.end()
        self._words.seek(0)
        said = self._words.read().decode(errors="replace").strip().splitlines()
        name = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return f"{name}: {' | '.join(said[-3:])}"
