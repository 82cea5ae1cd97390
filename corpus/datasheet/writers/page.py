"""All rows on one page of HTML that needs nothing but itself."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from corpus.datasheet.rows import STATES, Row, counted

_FOLDED = 12  # rows of a value before they are folded


def body(rows: Sequence[Row], name: str, mark: str) -> bytes:
    """Every text is escaped by the template engine."""
    html = _template().render(rows=rows, name=name, mark=mark, counted=counted(rows), states=STATES, shown=_shown)
    return (html + "\n").encode()


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files("corpus.datasheet") / "writers" / "page.html").read_text("utf-8"))


def _shown(value: Any) -> Markup:
    if value is None:
        return Markup("")
    if not isinstance(value, list):
        return escape(f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value))
    inner = _table(value) if value and isinstance(value[0], Mapping) else _list(value)
    if len(value) <= _FOLDED:
        return inner
    return Markup("<details><summary>{} rows</summary>{}</details>").format(f"{len(value):,}", inner)


def _list(value: Sequence[Any]) -> Markup:
    return Markup("<br>").join(escape(str(one)) for one in value)


def _table(rows: Sequence[Mapping[str, Any]]) -> Markup:
    head = Markup("").join(Markup("<th>{}</th>").format(name) for name in rows[0])
    lines = [Markup("").join(Markup("<td>{}</td>").format(_cell(one)) for one in row.values()) for row in rows]
    return Markup("<table><tr>{}</tr>{}</table>").format(
        head, Markup("").join(Markup("<tr>{}</tr>").format(line) for line in lines)
    )


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
