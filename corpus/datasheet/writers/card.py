"""The Hugging Face dataset card: YAML, then the sections of its template."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from corpus.catalogue import licences
from corpus.datasheet.escape import markdown
from corpus.datasheet.rows import Row
from corpus.datasheet.writers import values

_HEAD: Final = "Metadata"
_LEVELS: Final = {  # of headings, as the template nests them
    "Summary": 0,
    "Dataset Description": 3,
    "Dataset Sources": 3,
    "Source Data": 3,
    "Annotations": 3,
}
_PARENTS: Final = {"Dataset Description": "Dataset Details"}
_ITEMS: Final = ("Curated by", "Funded by", "Shared by", "Language(s) (NLP)", "License", "Repository", "Paper", "Demo")


def body(rows: Sequence[Row]) -> bytes:
    return ("\n".join(_lines(rows)) + "\n").encode()


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    head: dict[str, Any] = {row.field: row.value for row in rows if row.section == _HEAD and row.known}
    if "size_categories" in head:
        head["size_categories"] = [head["size_categories"]]
    head = _licensed(head)
    dumped = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=1000)
    yield from ("---", dumped.removesuffix("\n"), "---", "")
    yield f"# Dataset Card for {markdown(head.get('pretty_name', 'a dataset'))}"
    section = ""
    for row in rows:
        if row.section == _HEAD:
            continue
        if row.section != section:
            section = row.section
            if section in _PARENTS:
                yield from ("", f"## {_PARENTS[section]}")
            level = _LEVELS.get(section, 2)
            if level:
                yield from ("", f"{'#' * level} {markdown(section)}")
        yield from _field(row)


def _licensed(head: Mapping[str, Any]) -> dict[str, Any]:
    """With licences as the hub knows them: ids in small letters, and a name for what has none."""
    found: dict[str, Any] = {}
    for name, value in head.items():
        if name != "license":
            found[name] = value
            continue
        try:
            found[name] = [one.lower() for one in licences.ids(value)]
        except ValueError:
            found |= {name: ["other"], "license_name": value}
    return found


def _field(row: Row) -> Iterator[str]:
    shown = list(values.shown(row))
    if row.field in _ITEMS and len(shown) == 1:
        yield from ("", f"- **{markdown(row.field)}:** {shown[0]}")
        return
    if row.field != row.section:
        yield from ("", f"**{markdown(row.field)}**")
    yield from ("", *shown)
