"""Progress: on a terminal a bar with rate and time left for whatever takes longer than two seconds; on a pipe and in a
log a line every half minute."""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType

from tqdm import tqdm

from jobs.engine import console

_QUIET_SECONDS = 2.0  # nothing is shown before
_EVERY_SECONDS = 0.5
_LINE_SECONDS = 30.0
_FORMAT = "{desc:<10} {bar:24} {n_fmt:>3}/{total_fmt}   {rate_noinv_fmt}  {remaining} left"


class Progress:
    """Draws `done() / total` twice a second on stderr while the block runs, or says it every 30 s where stderr is no
    terminal; silent, and `done` never called, where nobody would see it."""

    def __init__(self, label: str, total: int, done: Callable[[], int]) -> None:
        self._label = label
        self._total = max(total, 1)
        self._done = done
        self._stop = threading.Event()
        self._console = console.current()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def __enter__(self) -> "Progress":
        if self._console.wants_progress:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _poll(self) -> None:
        begun = time.monotonic()
        said = begun
        drawn = sys.stderr.isatty() and not self._console.quiet
        with ExitStack() as stack:
            bar = stack.enter_context(self._bar()) if drawn else None
            while not self._stop.wait(_EVERY_SECONDS if drawn else _LINE_SECONDS):
                now = time.monotonic()
                done = min(self._done(), self._total)
                if bar is not None:
                    bar.update(done - bar.n)
                if now - said >= _LINE_SECONDS or not drawn:
                    self._say(done, now - begun)
                    said = now

    def _say(self, done: int, seconds: float) -> None:
        rate = done / seconds
        left = (self._total - done) / rate if rate else None
        shown = f"{_clock(left)} left" if left is not None else "time left unknown"
        self._console.progress(
            f"{self._label:<10} {done / self._total:4.0%}  {done:,}/{self._total:,}  {rate:,.2f}/s  {shown}",
            stage=self._label,
            done=done,
            total=self._total,
            share=round(done / self._total, 4),
            rate=round(rate, 4),
            seconds=round(seconds, 1),
            seconds_left=None if left is None else round(left, 1),
        )

    def _bar(self) -> "tqdm[None]":
        return tqdm(
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


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
