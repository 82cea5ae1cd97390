"""Ledgers that were written before copies could stay are read as what they are: all copies went."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpus.store import table
from corpus.tombstones import ledger, stones
from corpus.tombstones.stones import SCHEMA

# As 0.1 wrote it: no `copies` of a request, neither `stay` nor `elects`, and tombstones without `address`.
ROW: dict[str, Any] = {
    "part": 0, "row": 3, "id": "ab" * 16, "asked": 0, "content": b"c" * 16, "released": None, "signature": b"s" * 8,
}  # fmt: skip


def test_a_ledger_without_copies_that_stay(tmp_path: Path) -> None:
    folder = tmp_path / "withdrawals"
    schema = pa.schema([field for field in SCHEMA if field.name != "address"])
    written = table.write_whole(str(folder), "tombstones", "000001", pa.Table.from_pylist([ROW], schema=schema))
    entry = {
        "number": 1, "previous": "", "mark": "m", "date": "2026-08-02", "documents": 1, "copies": 0,
        "minhash": {"permutations": 2, "ngram": 5, "seed": 1}, "threshold": 0.8, "release": {"ingest": "0" * 16},
        "requests": [
            {"digest": "d", "by": "url", "role": "author", "basis": "other", "date": "2026-08-02", "documents": 1}
        ],
        "stones": {"name": written.name, "rows": 1, "bytes": written.bytes, "sha256": written.sha256},
    }  # fmt: skip
    (folder / "ledger").mkdir()
    (folder / "ledger" / "000001.json").write_text(json.dumps(entry), "utf-8")
    found = ledger.read(str(tmp_path))
    (own,) = found.entries
    assert (own.requests[0].copies, own.stay, own.elects) == ("go", 0, False)
    kept = stones.read(found.folder, own)
    assert (kept.ids, kept.contents) == (frozenset({"ab" * 16}), frozenset({b"c" * 16}))
    assert not kept.addresses
