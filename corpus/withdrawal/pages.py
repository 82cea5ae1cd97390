"""Pages and sheets in `<root>/report` that name a withdrawn document: a page goes, of a sheet the rows."""

import csv
import io
import re
from collections.abc import Collection

from corpus.report.judging import SHEET
from corpus.stages.report import REPORT
from corpus.store import storage

_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


def strip(root: str, ids: Collection[str]) -> list[str]:
    """A line for each that changed. Sheets hold what people have judged, and pages are written anew by a run."""
    folder, said = storage.join(root, REPORT.name), []
    for name in storage.list_names(folder):
        address = storage.join(folder, name)
        text = (storage.read_bytes(address) or b"").decode("utf-8", "replace")
        if not _named(text, ids):
            continue
        if name != SHEET:
            storage.remove_file(address)
            said.append(f"{address} showed withdrawn documents and is removed")
            continue
        delimiter = max(",;\t", key=text.partition("\n")[0].count)  # spreadsheets save it with another
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        left = [row for row in rows if not any(_named(cell, ids) for cell in row)]
        sheet = io.StringIO(newline="")
        csv.writer(sheet, delimiter=delimiter, lineterminator="\n").writerows(left)
        storage.publish_bytes(folder, name, sheet.getvalue().encode())
        said.append(f"{address}: {len(rows) - len(left):,} rows named withdrawn documents and are taken out")
    return said


def _named(text: str, ids: Collection[str]) -> bool:
    return any(one in ids for one in _ID.findall(text))
