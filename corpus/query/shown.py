"""Documents as people are shown them: some columns, and the beginning of the text, personal data replaced."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from corpus.query import rows
from corpus.query.opened import Opened
from corpus.texts.redaction import redact
from filters.arrow import filled, string_array, strings

_NAMING = frozenset({"url", "locator", "file", "rights"})  # addresses and names of files hold those of people
_ROWS = 1000  # documents of which texts are held at once

Document = Mapping[str, Any]


def documents(
    opened: Opened, places: Iterable[tuple[int, int]], columns: Sequence[str], chars: int = 0
) -> Iterator[Document]:
    """The columns of documents at these places (ascending), and with `chars` as "text" so many code points of each."""
    by_part: dict[int, list[int]] = defaultdict(list)
    for part, row in places:
        by_part[part].append(row)
    for part, own in by_part.items():
        table = rows.read(opened, part, dict.fromkeys([*columns, "language", "url"]))
        for first in range(0, len(own), _ROWS):
            some = own[first : first + _ROWS]
            yield from _of(opened, part, some, table.take(pa.array(some, pa.int64())), columns, chars)


def _of(
    opened: Opened, part: int, own: Sequence[int], table: pa.Table, columns: Sequence[str], chars: int
) -> Iterator[Document]:
    values: dict[str, list[Any]] = {name: table.column(name).to_pylist() for name in columns}
    for name in _NAMING.intersection(columns):
        texts = string_array(filled(table.column(name), "").combine_chunks())
        clean = strings(redact(texts, [""] * len(own), opened.policy, shown=True).texts)
        values[name] = [None if was is None else now for was, now in zip(values[name], clean, strict=True)]
    if chars:
        values["text"] = _texts(opened, part, own, table, chars)
    for i in range(len(own)):
        yield {name: column[i] for name, column in values.items()}


def _texts(opened: Opened, part: int, own: Sequence[int], table: pa.Table, chars: int) -> list[str]:
    """Whole texts are looked through: what is cut in two may no longer be known for personal data."""
    found: list[str] = []
    languages, urls = table.column("language").to_pylist(), table.column("url").to_pylist()
    for batch in opened.documents.take(part, own, ["text"]):
        here = slice(len(found), len(found) + batch.num_rows)
        done = redact(string_array(batch.column("text")), languages[here], opened.policy, urls[here], shown=True)
        found += [text[:chars] for text in strings(done.texts)]
    return found
