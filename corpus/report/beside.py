"""The page's script, and data that it reads: files beside the page, for Chromium fetches nothing from `file://`.

The page is whole without them: they sort, filter, drag thresholds, and show one language or source on a screen.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import pairwise

import orjson

from corpus.report.as_json import plain

FILE = "report.js"
RUN = "run.js"  # what the run took: nothing here, the run writes it over the copy that stands in the root
JUDGED = "judged.js"  # the same of what people judged: `gristmill audit score --report` writes it
_SOURCES = ("data.js", "tables.js", "chart.js", "thresholds.js", "detail.js", "judged.js")  # in this order


def body() -> bytes:
    """All of them as one file."""
    folder = files("corpus.report") / "scripts"
    return b"\n".join((folder / name).read_bytes() for name in _SOURCES)


def data(name: str, value: object) -> bytes:
    """A file `<name>.js` that hands the page a value."""
    return b"gristmill(" + orjson.dumps(name) + b", " + orjson.dumps(plain(value)) + b");\n"


def sparse(counts: Sequence[int]) -> list[int]:
    """Place and count of those that are not 0, one after the other: most bins of most languages are empty."""
    return [number for place, count in enumerate(counts) if count for number in (place, count)]


def steps(counts: Sequence[int]) -> list[int]:
    """The first of a curve, then place and change of each step."""
    if not counts:
        return []
    changes = ((place, after - before) for place, (before, after) in enumerate(pairwise(counts), 1))
    return [counts[0], *(number for place, change in changes if change for number in (place, change))]


def columns(rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """Rows as columns: no name is said twice."""
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
