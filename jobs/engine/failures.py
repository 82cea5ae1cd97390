"""Known errors on their way from a worker to the person: one line, with the next action."""

import re
from collections.abc import Mapping

import orjson

from corpus import errors
from corpus.errors import CorpusError, DataError
from corpus.store import addresses

ATTEMPTS = 4  # of a task, whoever runs it: Spark's own spark.task.maxFailures; Spark in local mode has 1
_MARK = "GRISTMILL-ERROR "
_END = " GRISTMILL-END"
_TRACEBACK = "Traceback (most recent call last)"
_CLASS = re.compile(r"^(Caused by)?:? ?(java|scala|org\.apache)\.[\w.$]+: ")  # what the JVM writes before a message
_SAID_CHARS = 240
_KINDS = {kind.__name__: kind for kind in (errors.RecipeError, errors.DataError, errors.LedgerError)}


class TaskError(Exception):
    """Carries a CorpusError or OSError of a worker to the driver, through Spark's account of a failed job."""

    def __init__(self, error: CorpusError | OSError) -> None:
        super().__init__(_MARK + orjson.dumps(told(error)).decode() + _END)


def told(error: CorpusError | OSError) -> dict[str, str]:
    """Kind and text of an error, as it crosses from one process to another."""
    known = isinstance(error, CorpusError)
    return {"kind": type(error).__name__ if known else "DataError", "text": str(error) if known else explain(error)}


def of(raw: Mapping[str, str]) -> CorpusError:
    """The error that `told` told of."""
    return _KINDS.get(raw["kind"], DataError)(raw["text"])


def explain(error: BaseException) -> str:
    """One line for what an operating system refuses (a full disk, no permission)."""
    where = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
    what = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    do = addresses.reason(error) or "check free space and permissions"
    return f"{where}{' '.join(what.split())}; {do}, then run again: what is complete is kept"


def of_spark(text: str) -> CorpusError | None:
    """The error in what Spark says of a failed job: a worker's own, or Spark's in one line; None if a task had an error
    that no one foresaw, whose traceback is wanted."""
    known = _marked(text)
    if known is None and _TRACEBACK not in text:
        said = next((line for line in text.splitlines() if _CLASS.match(line)), text)
        said = " ".join(_CLASS.sub("", said).split())
        short = said if len(said) <= _SAID_CHARS else f"{said[:_SAID_CHARS]} ..."
        known = DataError(f"Spark: {short}; run again: what is complete is kept (--verbose shows Spark's own log)")
    return known


def _marked(text: str) -> CorpusError | None:
    """The worker's own error inside what Spark says of a failed job, or None."""
    start = text.find(_MARK)
    end = text.find(_END, start)
    if start < 0 or end < 0:
        return None
    return of(orjson.loads(text[start + len(_MARK) : end]))
