"""What a run wrote and a later command reads: manifests, receipts, pointers, trained models and tables, damaged."""

import hashlib
import io
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from corpus.sources.accounts import Read
from corpus.store import tally
from corpus.store.manifest import FileEntry, Receipt, from_receipts
from filters.lm import model
from tests.filters.lm.test_model import write as write_folder
from tests.hostile.conftest import HOSTILE
from tests.hostile.mutations import EDITS, Edit, damaged
from tests.hostile.watched import Watched

_ENTRY = FileEntry(name="part-00000.parquet", rows=3, bytes=100, sha256="0" * 64)
_RECEIPT = Receipt(
    task=0, files={"documents": [_ENTRY]}, counts={"documents": 3}, tallies=tally.cells([Read(source="a", records=3)])
)
_ROWS = 40


def _table() -> bytes:
    out = io.BytesIO()
    rows = pa.table({"id": [f"{n:032x}" for n in range(_ROWS)], "n": range(_ROWS), "text": ["mill"] * _ROWS})
    pq.write_table(rows, out, row_group_size=16, write_page_checksum=True, compression="zstd")
    return out.getvalue()


SEEDS = {
    "stage": from_receipts("ingest", {"stage": "ingest", "version": 1}, [_RECEIPT]).to_json(),
    "receipts": _RECEIPT.to_json(),
    "pointers": orjson.dumps({"ingest": "0" * 16, "release": "1" * 16}),
}


@pytest.mark.parametrize("target", SEEDS)
def test_damaged_json_is_read_or_one_line(watched: Watched, target: str) -> None:
    whole = watched.call(target, SEEDS[target])
    assert (whole.how, whole.sound) == ("gave", True), whole

    @HOSTILE
    @given(EDITS)
    def holds(edits: list[Edit]) -> None:
        found = watched.call(target, damaged(SEEDS[target], edits))
        assert found.sound, found

    holds()


@pytest.mark.parametrize("target", SEEDS)
@pytest.mark.parametrize("deep", [b"[", b'{"a":'])
def test_nested_json_is_one_line(watched: Watched, target: str, deep: bytes) -> None:
    found = watched.call(target, deep * 100_000)
    assert (found.how, found.sound) == ("refused", True), found


def test_damaged_part_is_one_line(watched: Watched) -> None:
    data = _table()
    assert watched.call("part", data, rows=_ROWS).value == _ROWS

    @HOSTILE
    @given(EDITS)
    def holds(edits: list[Edit]) -> None:
        found = watched.call("part", damaged(data, edits), rows=_ROWS)
        assert found.sound, found

    holds()


@pytest.mark.parametrize("name", [model.DESCRIPTION, model.WORDS, model.TABLE])
def test_damaged_trained_model_is_taken_or_one_line(watched: Watched, tmp_path: Path, name: str) -> None:
    """A file of the folder, with digests that were made again."""
    write_folder(tmp_path)
    files = {path.name: path.read_bytes() for path in sorted(tmp_path.iterdir())}
    described = files[model.DESCRIPTION]
    for one, held in files.items():
        described = described.replace(hashlib.sha256(held).hexdigest().encode(), f"sha256 of {one}".encode())
    files[model.DESCRIPTION] = described

    def packed(**changed: bytes) -> bytes:
        return orjson.dumps({one: held.hex() for one, held in {**files, **changed}.items()})

    whole = watched.call("trained", packed())
    assert (whole.how, whole.sound) == ("gave", True), whole

    @HOSTILE
    @given(EDITS)
    def holds(edits: list[Edit]) -> None:
        found = watched.call("trained", packed(**{name: damaged(files[name], edits)}))
        assert found.sound, found

    holds()
