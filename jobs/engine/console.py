"""What a verb says while it works: lines for a person, or events for a program, one JSON object a line.

Lines go to stdout, progress and what goes wrong to stderr. A log in a file has all of them. Only one console is open at
a time, and whoever has something to say asks for it by `current()`.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TextIO

from corpus.errors import RecipeError

Form = Literal["text", "json"]
WARNING = "WARNING "


@dataclass(frozen=True, kw_only=True)
class Console:
    """Where lines go, and as what."""

    quiet: bool = False  # on the screen warnings alone
    form: Form = "text"  # of the log: of the file if there is one, else of the screen
    file: TextIO | None = field(default=None, repr=False)

    @property
    def takes_events(self) -> bool:
        """Whether anything is written as JSON."""
        return self.form == "json"

    @property
    def _events_shown(self) -> bool:
        return self.takes_events and self.file is None

    def say(self, text: str, event: str = "message", **facts: object) -> None:
        """A line, or several, of which warnings are events of their own; as an event also with `facts`."""
        lines = text.split("\n")
        warnings = [line for line in lines if line.startswith(WARNING)]
        rest = [line for line in lines if not line.startswith(WARNING)]
        if rest:
            self._say("\n".join(rest), event, facts, shown=not self.quiet)
        for line in warnings:
            self._say(line, "warning", {}, shown=True)

    def _say(self, text: str, event: str, facts: dict[str, object], *, shown: bool) -> None:
        if shown and not self._events_shown:
            print(text, flush=True)  # noqa: T201
        self._log(event, text, facts)

    def warn(self, text: str) -> None:
        """What went wrong and is tried again."""
        if not self._events_shown:
            sys.stderr.write(f"gristmill: {text}\n")
        self._log("warning", text, {})

    def event(self, event: str, **facts: object) -> None:
        """What only programs read."""
        if self.takes_events:
            self._log(event, "", facts)

    def progress(self, text: str, **facts: object) -> None:
        """How far a stage is: a line on stderr where that is no terminal, which has a bar."""
        if not self.quiet and not self._events_shown and not sys.stderr.isatty():
            print(text, file=sys.stderr, flush=True)  # noqa: T201
        self._log("progress", text, facts)

    @property
    def wants_progress(self) -> bool:
        """Whether anybody sees it."""
        return not self.quiet or self.file is not None

    def _log(self, event: str, text: str, facts: dict[str, object]) -> None:
        to = self.file or (sys.stdout if self.takes_events else None)
        if to is None or (self.quiet and to is sys.stdout and event not in ("warning", "failed")):
            return
        if self.form == "text":
            print(text, file=to, flush=True)
            return
        about = {"event": event, "at": datetime.now(UTC).isoformat(timespec="milliseconds")}
        told = {"text": text} if text else {}
        print(json.dumps({**about, **facts, **told}, ensure_ascii=False), file=to, flush=True)

    def failed(self, error: BaseException) -> None:
        """That the verb ended so; the line on stderr is written by whoever ends it."""
        known = str(error) or type(error).__name__
        self._log("failed", f"gristmill: {known}" if self.form == "text" else known, {"kind": type(error).__name__})


_CURRENT: ContextVar[Console] = ContextVar("console", default=Console())  # noqa: B039  (it never changes)


def current() -> Console:
    """The one that is open, else one that shows everything."""
    return _CURRENT.get()


@contextmanager
def opened(*, quiet: bool = False, form: Form = "text", file: str | None = None) -> Iterator[Console]:
    """A console for a block; `file` is written from its end. What ends the block is logged. Raises RecipeError for a
    file that cannot be written."""
    stream = _stream(file) if file else None
    console = Console(quiet=quiet, form=form, file=stream)
    token = _CURRENT.set(console)
    try:
        yield console
    except BaseException as error:
        console.failed(error)
        raise
    finally:
        _CURRENT.reset(token)
        if stream is not None:
            stream.close()


def _stream(path: str) -> TextIO:
    try:
        return open(path, "a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise RecipeError(f"--log: {path} cannot be written: {error.strerror}; give another file") from error
