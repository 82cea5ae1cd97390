"""Which releases were to be compared, and the lines and the page that do."""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from corpus.comparison import lines as text
from corpus.comparison import page
from corpus.comparison.comparison import compare
from corpus.comparison.sides import open_side
from corpus.errors import RecipeError
from corpus.report.as_json import plain
from corpus.store import storage
from jobs.engine.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Request:
    """Two releases, how many documents of each change, and where to."""

    a: str
    b: str
    samples: int
    seed: int
    chars: int
    format: str
    page: str | None


def lines(request: Request) -> Iterator[str]:
    """Raises RecipeError for a release that is not there, DataError."""
    if request.page is not None and not request.page.endswith((".html", ".htm")):
        raise RecipeError(f"--page {request.page}: name a file that ends in .html")
    a, b = open_side(request.a), open_side(request.b)
    behind = 0

    def done(documents: int) -> None:
        nonlocal behind
        behind = documents

    with Progress("diff", a.opened.documents.rows, lambda: behind):
        found = compare(a, b, request.samples, request.seed, request.chars, done)
    if request.page is not None:
        folder, name = storage.parted(request.page)
        storage.publish_bytes(folder or ".", name, page.html(found).encode())
    if request.format == "json":
        yield orjson.dumps(plain(found), option=orjson.OPT_INDENT_2).decode()
        return
    yield from text.lines(found)
    if request.page is not None:
        yield f"\npage      {request.page}"
