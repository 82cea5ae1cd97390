"""An empty `datasheet.toml` with every question, and with what the release answers by itself."""

from collections.abc import Iterator, Mapping, Sequence

from corpus.datasheet import standard
from corpus.datasheet.answers import NOT_APPLICABLE, SMALL
from corpus.datasheet.rows import AUTO, Row
from corpus.datasheet.sources import KINDS
from corpus.datasheet.standard import Field, Standard


def body(rows: Sequence[Row], sources: Sequence[str]) -> bytes:
    """`rows`: of the release without answers."""
    return ("\n".join(_lines(rows, sources)) + "\n").encode()


def _lines(rows: Sequence[Row], sources: Sequence[str]) -> Iterator[str]:
    yield "# What no table of the release knows. An empty answer is unanswered and is counted;"
    yield f'# "{NOT_APPLICABLE}" says that a question is not for this dataset. Nothing is filled in by the program.'
    asked = standard.keys()
    known = {(row.standard, row.section, row.field): row for row in rows}
    tables: dict[str, list[str]] = {}
    for key in asked:
        tables.setdefault(key.split(".")[0], []).append(key)
    for table, keys in tables.items():
        yield from ("", f"[{table}]")
        for key in keys:
            yield from _question(key, asked[key], known)
        if SMALL.startswith(f"{table}."):
            yield "# Whether the limits for small and medium-sized providers hold (5 % of domains, 1,000 at most)"
            yield f'{SMALL.split(".")[1]} = ""  # true or false'
    for source in sources:
        yield from (
            "",
            f"[sources.{_quoted(source)}]",
            "# Where it is from, as the EU template parts it: unsaid by the catalogue",
        )
        yield f'kind = ""  # {", ".join(KINDS)}'
        yield from ('link = ""', 'description = ""', "synthetic_by = []  # names of models")


def _question(
    key: str, fields: Sequence[tuple[Standard, Field]], known: Mapping[tuple[str, str, str], Row]
) -> Iterator[str]:
    own = [known[one.id, field.section, field.field] for one, field in fields]
    for one, field in fields:
        more = f" {field.question}" if field.question else ""
        yield f"# {one.id}, {field.section}: {field.field}{more}"
    if all(row.by == AUTO for row in own):
        yield "# The tables of this release say it: leave it empty."
    form = fields[0][1].form
    hint = {"list": "", "date": "  # 2026-11-28", "yes": "  # true or false", "url": "  # https://...", "text": ""}
    note = f"  # {', '.join(form)}" if isinstance(form, tuple) else hint[form]
    empty = "[]" if form == "list" else '""'
    yield f"{key.split('.')[1]} = {empty}{note}"


def _quoted(name: str) -> str:
    plain = name.replace("-", "").replace("_", "")
    if plain.isascii() and plain.isalnum():
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
