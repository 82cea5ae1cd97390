"""What was asked to be exported, and the lines that say what was."""

from dataclasses import dataclass

from corpus.export.counted import Counted
from corpus.export.export import Asked, Exported
from corpus.export.export import export as write
from corpus.export.folder import SUMS
from corpus.store import storage
from jobs.engine.progress import Progress
from jobs.tools.selected import Selected


@dataclass(frozen=True, kw_only=True)
class Request:
    """Which documents, where to and in which layout."""

    selected: Selected
    to: str
    layout: str
    raw: bool


def export(request: Request) -> tuple[list[str], list[str]]:
    """What is there now, and what somebody should know of it, a line each. Raises RecipeError, DataError."""
    chosen = request.selected
    opened = chosen.open()
    asked = Asked(wanted=chosen.wanted, sample=chosen.sample, seed=chosen.seed, layout=request.layout, raw=request.raw)
    parts = 0

    def done(count: int) -> None:
        nonlocal parts
        parts = count

    with Progress("export", opened.parts, lambda: parts):
        found = write(opened, asked, request.to, done)
    return _lines(request, found), list(_notes(request, found.counted))


def _lines(request: Request, found: Exported) -> list[str]:
    if found.there:
        return [f"{request.to} has this export already, whole: every digest of {SUMS} is right"]
    counted = found.counted
    return [
        f"{counted.documents:,} documents, {counted.bytes:,} bytes of text in {len(counted.splits)} languages",
        f"digests in {storage.join(request.to, SUMS)}",
    ]


def _notes(request: Request, counted: Counted) -> list[str]:
    notes = []
    if counted.dropped:
        texts = (
            "raw, with all personal data" if request.raw else "as they were read, with placeholders for personal data"
        )
        notes.append(f"{counted.dropped:,} of them were dropped from the corpus: their texts are {texts}")
    if counted.restricted:
        notes.append(
            f"WARNING {counted.restricted:,} documents are restricted: `--where 'not restricted'` leaves them out"
        )
    if counted.unknown:
        notes.append(
            f"of {counted.unknown:,} nothing can be said, for a value that they do not have: they are not there"
        )
    return notes
