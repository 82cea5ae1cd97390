"""Six kinds of foreign files, made of what Python and the packages of this environment bring along."""

import csv
import gzip
import inspect
import json
import pydoc
from importlib import import_module, metadata
from pathlib import Path
from pydoc_data import topics

import pyarrow as pa
import pyarrow.parquet as pq

from tests.conftest import SAMPLE
from tokenizer.parallel import declaration

_MODULES = ("argparse", "csv", "datetime", "decimal", "difflib", "email.message", "heapq", "inspect", "json", "logging")
_OLD = {"rus_Cyrl": "cp1251", "jpn_Jpan": "shift_jis", "ukr_Cyrl": "koi8-u", "deu_Latn": "utf-16", "pol_Latn": "cp1250"}


def foreign(folder: Path) -> None:
    """Manuals, rows of a spreadsheet, lines, a table, pages and an archive, and texts in old encodings."""
    for name in ("manuals", "site", "old texts"):
        (folder / name).mkdir(parents=True)
    for one in sorted(metadata.distributions(), key=lambda found: found.name)[:80]:
        said = getattr(one.metadata, "get_payload", str)()
        if isinstance(said, str) and len(said) > 500:
            (folder / "manuals" / f"{one.name}.rst").write_text(said, "utf-8")
    with open(folder / "helpdesk.csv", "w", encoding="cp1252", errors="replace", newline="") as table:
        rows = csv.writer(table, delimiter=";")
        rows.writerow(["Nr", "Question", "Answer", "Date"])
        for number, (topic, text) in enumerate(sorted(topics.topics.items())):
            rows.writerow([number, f"What is “{topic}” – and how is it used?", text, "01.03.2024"])
    functions = [found for name in _MODULES for found in vars(import_module(name)).values() if inspect.isclass(found)]
    docs = {f"{one.__module__}.{one.__name__}": inspect.getdoc(one) or "" for one in functions}
    lines = [json.dumps({"body": doc, "name": name, "lang": "en"}) for name, doc in sorted(docs.items()) if doc]
    (folder / "docstrings.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    texts = [
        {
            "raw_content": text,
            "meta": {"source_url": f"https://udhr.test/{name}", "license": "CC0-1.0"},
            "language": name,
        }
        for name, text in sorted(declaration().items())
    ]
    pq.write_table(pa.Table.from_pylist(texts), folder / "declaration-00000.parquet")
    for name in _MODULES:
        page = pydoc.HTMLDoc().page(name, pydoc.HTMLDoc().document(import_module(name), name))
        (folder / "site" / f"{name}.html").write_text(page, "utf-8")
    for name, encoding in _OLD.items():
        text = declaration()[name]
        for number in range(3):
            part = text[number * len(text) // 3 : (number + 1) * len(text) // 3]
            (folder / "old texts" / f"{name}-{number}.txt").write_bytes(part.encode(encoding, "replace"))
    (folder / "crawl.warc.gz").write_bytes((SAMPLE / "web-sample.warc.gz").read_bytes())
    (folder / "README").write_text("Collected in May.", "utf-8")
    (folder / "notes.docx").write_bytes(b"PK")
