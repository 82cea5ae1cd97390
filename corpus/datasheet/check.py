"""A published datasheet held against the tables: every cell, then every file, then the tables themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, Final

from corpus.datasheet import sheet
from corpus.datasheet.facts import Facts
from corpus.datasheet.queries.files import RUN
from corpus.datasheet.rows import Row
from corpus.store import storage
from corpus.store.digests import Meter
from corpus.verify.files import Known, examine, listed

_SHOWN: Final = 120  # characters of a value in a message


def faults(facts: Facts, rows: Sequence[Row], folder: str) -> Iterator[str]:
    """A line each. `rows`: as the tables have them now. Raises DataError for what is no datasheet.

    Times of run.json are taken as they were published: they are of the run and not of its tables.
    """
    head, published = sheet.read(folder)
    now = sheet.head_of(facts)
    if head.release != now.release:
        yield f"release: published {head.release}, the tables are of {now.release}"
    elif head != now:
        yield f"head: published {_short(head)}, now {_short(now)}"
    wanted = list(_with_times(rows, published))
    yield from _cells(published, wanted)
    bodies = {**sheet.files(now, wanted), sheet.DOMAINS: sheet.domain_list(facts)}
    for name, body in bodies.items():
        yield from _file(storage.join(folder, name), body)
    yield from tables(facts)


def tables(facts: Facts) -> Iterator[str]:
    """Files of the release that are not those that its manifests name; every file is read whole."""
    meter, known = Meter(), Known(about=None, corpus={})
    for file in listed(facts.release):
        yield from examine(file, known, meter).damage


def _with_times(rows: Sequence[Row], published: Sequence[Row]) -> Iterator[Row]:
    times = {row.cell: row for row in published if row.evidence.get("query", "").startswith(RUN)}
    for row in rows:
        recorded = times.get(row.cell)
        yield replace(row, value=recorded.value, by=recorded.by, evidence=recorded.evidence) if recorded else row


def _cells(published: Sequence[Row], wanted: Sequence[Row]) -> Iterator[str]:
    for old, new in zip_longest(published, wanted):
        if old is None or new is None or old.cell != new.cell:
            yield f"{(new or old).cell}: not the field that stands there: it was written by another version"
            return
        if old.value != new.value:
            said, true = (_short(_first(*pair)) for pair in ((old.value, new.value), (new.value, old.value)))
            yield f"{new.cell}: published {said}, the tables say {true}"
        elif old.by != new.by:
            yield f"{new.cell}: published as {old.by}, it is {new.by}"
        elif old != new:
            yield f"{new.cell}: published from {_short(old.evidence)}, it is from {_short(new.evidence)}"


def _first(value: Any, other: Any) -> Any:
    """Of two lists the first place at which they differ."""
    if not (isinstance(value, list) and isinstance(other, list)):
        return value
    for one, two in zip_longest(value, other):
        if one != two:
            return one if one is not None else "no such row"
    return value


def _file(address: str, body: bytes) -> Iterator[str]:
    data = storage.read_bytes(address)
    if data is None:
        yield f"{address} is missing"
    elif data != body:
        old, new = data.splitlines(), body.splitlines()
        pairs = enumerate(zip(old, new, strict=False))
        number = next((n for n, (one, two) in pairs if one != two), min(len(old), len(new)))
        heading = next((line for line in reversed(new[:number]) if line.startswith(b"#")), b"").decode()
        below = f" (below {heading!r})" if heading else ""
        yield f"{address}: line {number + 1}{below} is not what the rows say"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
