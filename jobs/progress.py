"""Progress on the terminal: a bar with rate and time left for whatever takes longer than two seconds."""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType

_QUIET_SECONDS = 2.0  # nothing is shown before
_WIDTH = 24


class Progress:
    """Draws `done() / total` twice a second on stderr while the block runs; silent where stderr is no terminal."""

    def __init__(self, label: str, total: int, done: Callable[[], int]) -> None:
        self._label = label
        self._total = max(total, 1)
        self._done = done
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True)
        self._started = time.monotonic()

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
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def _draw(self) -> None:
        while not self._stop.wait(0.5):
            seconds = time.monotonic() - self._started
            if seconds > _QUIET_SECONDS:
                sys.stderr.write("\r\033[K" + line(self._label, min(self._done(), self._total), self._total, seconds))
                sys.stderr.flush()


def line(label: str, done: int, total: int, seconds: float) -> str:
    """One state of the bar.

    >>> line("measure", 5, 20, 10.0)
    'measure    ██████                     5/20   0.5/s  30 s left'
    """
    filled = _WIDTH * done // total
    rate = done / seconds
    left = f"{_span((total - done) / rate)} left" if done else "..."
    return f"{label:<10} {'█' * filled:<{_WIDTH}} {done:>3}/{total}   {rate:.1f}/s  {left}"


def _span(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
