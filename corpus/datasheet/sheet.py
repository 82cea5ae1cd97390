"""The files of a datasheet: `datasheet.json`, and what is rendered from its rows."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from corpus.datasheet import standard
from corpus.datasheet.facts import Facts
from corpus.datasheet.queries import domains
from corpus.datasheet.rows import Row
from corpus.datasheet.writers import card, croissant, document, page, spdx
from corpus.errors import DataError
from corpus.store import storage

JSON: Final = "datasheet.json"
DOMAINS: Final = "domains.csv"
LAYOUT: Final = 1
_PRETTY: Final = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a datasheet is of. `base`: address below which its files can be had, "" for the root itself."""

    name: str
    release: str  # 16 hex digits
    base: str = ""


def head_of(facts: Facts) -> Head:
    base = str(facts.answers.values.get("dataset.download_url", ""))
    return Head(name=facts.name, release=facts.mark, base=f"{base.rstrip('/')}/" if base else "")


def files(head: Head, rows: Sequence[Row]) -> dict[str, bytes]:
    """By name; the same rows give the same bytes."""
    by_standard = {one.id: [row for row in rows if row.standard == one.id] for one in standard.every()}
    found = {JSON: to_json(head, rows), "index.html": page.body(rows, head.name, head.release)}
    for one in standard.every():
        own = by_standard[one.id]
        if one.id == "croissant":
            found[one.file] = orjson.dumps(croissant.document(own, head.release, head.base), option=_PRETTY)
        elif one.id == "spdx":
            found[one.file] = orjson.dumps(spdx.document(own, head.release), option=_PRETTY)
        elif one.id == "card":
            found[one.file] = card.body(own)
        else:
            found[one.file] = document.body(one, own)
    return found


def domain_list(facts: Facts) -> bytes:
    """All domains that the EU template asks for; a header alone where no source was crawled."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("domain", "documents", "bytes", "share of bytes"))
    for row in domains.rows(facts):
        name = str(row["domain"])
        writer.writerow([f"'{name}" if name.startswith(_COMPUTED) else name, *list(row.values())[1:]])
    return out.getvalue().encode()


def to_json(head: Head, rows: Sequence[Row]) -> bytes:
    standards = [
        {"id": one.id, "name": one.name, "version": one.version, "source": one.source, "file": one.file}
        for one in standard.every()
    ]
    return orjson.dumps(
        {"layout": LAYOUT, **asdict(head), "standards": standards, "rows": [asdict(row) for row in rows]},
        option=_PRETTY,
    )


def read(folder: str) -> tuple[Head, list[Row]]:
    """A published datasheet. Raises DataError if it is missing or is not what this version writes."""
    address = storage.join(folder, JSON)
    data = storage.read_bytes(address)
    if data is None:
        raise DataError(f"{address} is missing: name the folder that `gristmill datasheet` wrote")
    try:
        raw: Mapping[str, Any] = orjson.loads(data)
        if raw["layout"] != LAYOUT:
            raise ValueError(f"its layout is {raw['layout']}")
        head = Head(name=str(raw["name"]), release=str(raw["release"]), base=str(raw["base"]))
        return head, [Row(**row) for row in raw["rows"]]
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{address} is damaged ({error}): write the datasheet again") from error
