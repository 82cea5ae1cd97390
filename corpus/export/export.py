"""A release, or what of it is asked for, to a folder of files."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from corpus.errors import RecipeError
from corpus.export import card, documents
from corpus.export.counted import Counted
from corpus.export.folder import Folder
from corpus.export.gathering import ALL_BYTES, FILE_BYTES, Gathered
from corpus.export.layout import HUB, LAYOUTS, Key
from corpus.query import search
from corpus.query.opened import Opened
from corpus.query.search import Found
from corpus.query.wanted import Conditions, Wanted
from corpus.stages.release import RELEASE
from corpus.stages.report import REPORT
from corpus.store import releases, versions
from corpus.store.manifest import Json

COUNTS = "counts.json"
VERSION = 1  # raised whenever the same release and the same question give other bytes


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is exported, and how. `wanted` says whether kept or dropped ones, or both."""

    wanted: Wanted
    sample: int | None
    seed: int
    layout: str  # one of LAYOUTS
    raw: bool  # texts of dropped documents as they were read


@dataclass(frozen=True, kw_only=True)
class Exported:
    """`there` if all of it was there already, and is what its digests say; then nothing was counted."""

    there: bool
    counted: Counted


def export(
    opened: Opened,
    asked: Asked,
    to: str,
    done: Callable[[int], None] = lambda _: None,
    file_bytes: int = FILE_BYTES,
    all_bytes: int = ALL_BYTES,
) -> Exported:
    """Write the folder `to`; `done` is told the parts that are behind it. Raises RecipeError, DataError."""
    conditions = Conditions(asked.wanted, opened)
    if RELEASE not in opened.stages:
        raise RecipeError(f"{opened.release} has no finished release to export: run the recipe to its end first")
    what = _what(opened, asked)
    folder = Folder(to, what)
    counted = Counted()
    if folder.is_done():
        return Exported(there=True, counted=counted)
    layout = LAYOUTS[asked.layout]

    def write(key: Key, number: int, table: pa.Table) -> None:
        folder.write(layout.name(key, number), lambda sink: layout.write(sink, table))

    gathered = Gathered(layout.by, write, file_bytes, all_bytes)
    for found in _chosen(opened, asked, conditions):
        counted.unknown += found.unknown
        for batch in documents.batches(opened, found.part, found.rows, raw=asked.raw):
            counted.add(batch)
            gathered.add(batch)
        done(found.part + 1)
    gathered.close()
    if asked.layout == HUB:
        folder.write_bytes(card.NAME, card.card(_name(opened), what, counted))
    facts = orjson.dumps(counted.facts(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    folder.write_bytes(COUNTS, facts)
    folder.close()
    return Exported(there=False, counted=counted)


def _what(opened: Opened, asked: Asked) -> dict[str, Json]:
    """All that the bytes follow from."""
    marks = {name: built.fingerprint for name, built in opened.stages.stages.items()}
    conditions: dict[str, Json] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(asked.wanted).items()
    }
    return {
        "version": VERSION,
        "release": releases.mark(marks),
        "stages": dict(marks),
        "wanted": conditions,
        "sample": asked.sample,
        "seed": asked.seed if asked.sample else None,
        "as": asked.layout,
        "raw": asked.raw,
        "redaction": RELEASE.version,
        "libraries": dict(versions.versions((*versions.FORMATS, *RELEASE.libraries))),
    }


def _name(opened: Opened) -> str:
    """The recipe's, as the report has it; nothing of the folder that is written to."""
    report = opened.stages.get(REPORT)
    identity: Any = report.manifest.identity if report else None
    return str(identity["params"]["name"]) if identity else "corpus"


def _chosen(opened: Opened, asked: Asked, conditions: Conditions) -> Iterator[Found]:
    if asked.sample is None:
        yield from search.every(opened, conditions)
        return
    found = search.sample(opened, conditions, asked.sample, asked.seed)
    unknown = found.unknown
    for part, places in groupby(found.places, key=itemgetter(0)):
        yield Found(part=part, rows=np.array([row for _, row in places], np.int64), unknown=unknown)
        unknown = 0
