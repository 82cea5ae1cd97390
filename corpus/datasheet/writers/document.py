"""A standard as a document in Markdown: a heading a section, a heading a field."""

from collections.abc import Iterable, Iterator

from corpus.datasheet.escape import markdown
from corpus.datasheet.rows import Row
from corpus.datasheet.standard import Standard
from corpus.datasheet.writers import values


def body(standard: Standard, rows: Iterable[Row]) -> bytes:
    return ("\n".join(_lines(standard, rows)) + "\n").encode()


def _lines(standard: Standard, rows: Iterable[Row]) -> Iterator[str]:
    yield f"# {markdown(standard.name)}"
    yield ""
    yield f"{markdown(standard.version)}."
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            yield from ("", f"## {markdown(section)}")
        mark = " (wording not confirmed)" if row.unconfirmed else ""
        yield from ("", f"### {markdown(row.field)}{mark}", "")
        yield from values.shown(row)
