"""Values of rows as Markdown: a text, a list, or a table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.datasheet.answers import NOT_APPLICABLE
from corpus.datasheet.escape import markdown
from corpus.datasheet.rows import OPTIONAL, UNANSWERED, Row

_FILES = 50  # rows of a table of files before the rest is left to datasheet.json


def shown(row: Row) -> Iterator[str]:
    """Lines."""
    if row.by == UNANSWERED:
        yield "**Unanswered.**"
    elif row.by == NOT_APPLICABLE:
        why = "" if row.evidence["query"].startswith(OPTIONAL) else row.value or row.evidence["query"]
        yield f"Not applicable{': ' if why else ''}{markdown(why)}."
    else:
        yield from value(row.value)


def value(found: Any) -> Iterator[str]:
    if isinstance(found, list) and found and isinstance(found[0], Mapping):
        yield from _table(found)
    elif isinstance(found, list):
        yield from (f"- {markdown(one)}" for one in found)
    else:
        yield markdown(_number(found))


def _table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = list(rows[0])
    yield f"| {' | '.join(markdown(name) for name in names)} |"
    yield f"|{'---|' * len(names)}"
    long = "sha256" in names
    for row in rows[:_FILES] if long else rows:
        yield f"| {' | '.join(markdown(_number(row[name])) for name in names)} |"
    if long and len(rows) > _FILES:
        yield ""
        yield f"{len(rows) - _FILES:,} files more stand in datasheet.json."


def _number(found: Any) -> Any:
    return f"{found:,}" if isinstance(found, int) and not isinstance(found, bool) else found
