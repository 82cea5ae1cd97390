"""Progress on the terminal: a bar with rate and time left for whatever takes longer than two seconds."""

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from tqdm import tqdm

_QUIET_SECONDS = 2.0  # nothing is shown before
_EVERY_SECONDS = 0.5
_FORMAT = "{desc:<10} {bar:24} {n_fmt:>3}/{total_fmt}   {rate_noinv_fmt}  {remaining} left"


class Progress:
    """Draws `done() / total` twice a second on stderr while the block runs; silent where stderr is no terminal, where
    `done` is never called."""

    def __init__(self, label: str, total: int, done: Callable[[], int]) -> None:
        self._label = label
        self._total = max(total, 1)
        self._done = done
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _poll(self) -> None:
        bar = tqdm(
            desc=self._label,
            total=self._total,
            unit="",
            leave=False,
            delay=_QUIET_SECONDS,
            mininterval=0,
            miniters=0,  # drawn at each poll, so that time goes on where the count does not
            smoothing=0,  # rate and time left go by the whole: tasks end in bursts
            bar_format=_FORMAT,
            dynamic_ncols=True,
        )
        with bar:
            while not self._stop.wait(_EVERY_SECONDS):
                bar.update(min(self._done(), self._total) - bar.n)
