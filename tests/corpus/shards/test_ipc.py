"""One flipped bit of a token part, anywhere, is an error or changes nothing that is read."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.shards import ipc, tokens
from corpus.shards.copies import SCHEMA, CopiesPart, write_copies
from corpus.shards.ipc import IpcFile
from corpus.shards.layout import Shard
from corpus.shards.tokens import TokenPart, write_token_part
from corpus.shards.write_shard import Vocabulary, write_shard
from corpus.store.manifest import FileEntry

LANGUAGES = ("deu_Latn", "eng_Latn", "nob_Latn")


def documents(count: int, length: int = 20, seed: int = 1) -> pa.Table:
    chance = random.Random(seed)
    columns: dict[str, Any] = {
        "language": [LANGUAGES[n % 3] for n in range(count)],
        "order": [chance.getrandbits(64) for _ in range(count)],
        "id": [f"{n:032x}" for n in range(count)],
        "source": [f"s{n % 2}" for n in range(count)],
        "row": list(range(count)),
        "tokens": [[chance.randint(1, 900) for _ in range(chance.randint(0, length))] for _ in range(count)],
        "targets_at": [None if n % 3 else 1 for n in range(count)],
    }
    return pa.table(columns, schema=tokens.schema(pa.uint16(), prompted=True))


def part_of(folder: Path, table: pa.Table) -> TokenPart:
    return TokenPart(folder=str(folder), entry=write_token_part(str(folder), "part-00000", table), number=0)


def path_of(part: TokenPart | CopiesPart, table: str = "tokens") -> Path:
    return Path(part.folder) / table / part.entry.name


def test_range_gives_its_documents_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_BATCH_BYTES", 4_000)
    monkeypatch.setattr(ipc, "BLOCK", 64)
    table = documents(300)
    part = part_of(tmp_path, table)
    assert len(list(part.batches())) > 5
    for language in ("", *LANGUAGES, "und"):
        for first, last in ((0, (1 << 64) - 1), (1 << 62, 1 << 63), (5, 4)):
            found = [
                row
                for one in part.ranges(language, first, last)
                for row in one.batch.take(pa.array(one.at)).to_pylist()
            ]
            wanted = [
                row for row in table.to_pylist() if language in ("", row["language"]) and first <= row["order"] <= last
            ]
            assert sorted(found, key=lambda row: row["row"]) == wanted


def or_error(read: Callable[[], object]) -> object:
    """What is read, or the error's one line."""
    try:
        return read()
    except DataError as error:
        return str(error)


def read_narrow(part: TokenPart) -> object:
    return [stored.narrow().drop_columns(["tokens"]).to_pylist() for stored in part.batches()]


def read_whole(part: TokenPart) -> object:
    return [stored.whole().to_pylist() for stored in part.batches()]


def read_some(part: TokenPart) -> object:
    return [one.batch.take(pa.array(one.at)).to_pylist() for one in part.ranges("eng_Latn", 1 << 60, (1 << 64) - 1)]


@pytest.mark.parametrize("read", [read_narrow, read_whole, read_some])
def test_every_single_flipped_bit_is_told_or_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[TokenPart], object]
) -> None:
    monkeypatch.setattr(tokens, "_BATCH_BYTES", 500)
    monkeypatch.setattr(ipc, "BLOCK", 64)
    part = part_of(tmp_path, documents(12))
    path, right = path_of(part), read(part)
    data = path.read_bytes()
    told = 0
    for place in range(len(data)):
        spoiled = bytearray(data)
        spoiled[place] ^= 1 << place % 8
        path.write_bytes(spoiled)
        found = or_error(lambda: read(part))
        assert found == right or "is damaged" in str(found), f"byte {place}: {found}"
        told += found != right
    assert told > len(data) / 5


def test_flipped_bit_of_a_token_never_comes_into_a_shard(tmp_path: Path) -> None:
    part = part_of(tmp_path, documents(50))
    path = path_of(part)
    data = bytearray(path.read_bytes())
    [stored] = part.batches()
    [(_, found)] = ipc._values(stored.batch)
    values = bytes(found)
    data[data.index(values) + len(values) // 2] ^= 1
    del stored, found
    path.write_bytes(data)
    shard = Shard(kind="arrow", name="all", language="", first=0, last=(1 << 64) - 1)
    with pytest.raises(DataError, match="block 0 is not what was written"):
        write_shard(str(tmp_path / "out"), shard, [part], Vocabulary(size=1000, end=0, kind=pa.uint16()))


def test_part_in_the_place_of_another_is_told(tmp_path: Path) -> None:
    """Of the same size, under its name."""
    one = write_token_part(str(tmp_path), "part-00000", documents(50, seed=3))
    two = write_token_part(str(tmp_path), "part-00001", documents(50, seed=3))
    assert one.bytes == two.bytes
    (tmp_path / "tokens" / one.name).write_bytes((tmp_path / "tokens" / two.name).read_bytes())
    with pytest.raises(DataError, match="batch 0"):
        read_whole(TokenPart(folder=str(tmp_path), entry=one, number=0))


def test_part_that_lacks_batches_is_told(tmp_path: Path) -> None:
    part = part_of(tmp_path, documents(5))
    entry = FileEntry(name=part.entry.name, rows=6, bytes=part.entry.bytes, sha256="")
    with pytest.raises(DataError, match="has 5 rows, its manifest says 6"):
        list(IpcFile(folder=part.folder, table="tokens", entry=entry).batches())


def test_copies_are_checked(tmp_path: Path) -> None:
    columns: dict[str, Any] = {"language": ["a", "b"], "order": [5, 6], "at": [0, 1], "copy": [0, 0]}
    entry = write_copies(str(tmp_path), "part-00000", pa.RecordBatch.from_pydict(columns, schema=SCHEMA))
    part = CopiesPart(folder=str(tmp_path), entry=entry)
    right = part.whole().to_pylist()
    data = path_of(part, "copies").read_bytes()
    for place in range(len(data)):
        spoiled = bytearray(data)
        spoiled[place] ^= 1
        path_of(part, "copies").write_bytes(spoiled)
        found = or_error(lambda: part.whole().to_pylist())
        assert found == right or "is damaged" in str(found), f"byte {place}: {found}"


@given(
    rows=st.lists(
        st.tuples(st.lists(st.integers(0, 65535), max_size=70), st.none() | st.integers(0, 9)), min_size=1, max_size=30
    ),
    most=st.integers(1, 7),
    data=st.data(),
)
def test_rows_of_any_shape_are_written_and_checked(
    rows: list[tuple[list[int], int | None]], most: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    schema = tokens.schema(pa.uint16(), prompted=True)
    columns: dict[str, Any] = {
        "language": ["x"] * len(rows),
        "order": list(range(len(rows))),
        "id": [""] * len(rows),
        "source": ["s"] * len(rows),
        "row": list(range(len(rows))),
        "tokens": [one for one, _ in rows],
        "targets_at": [at for _, at in rows],
    }
    table = pa.table(columns, schema=schema)
    entry = ipc.write(str(folder), "tokens", "part-0", schema, table.to_batches(max_chunksize=most))
    part = TokenPart(folder=str(folder), entry=entry, number=0)
    assert pa.Table.from_batches([stored.whole() for stored in part.batches()]).equals(table)
    for stored in part.batches():
        some = data.draw(st.lists(st.integers(0, stored.rows - 1), max_size=5))
        stored.lists(np.array(some, np.int64))


def test_parts_for_several_shards_are_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [part_of(tmp_path / str(n), documents(90, seed=n)) for n in range(3)]
    opened: list[str] = []
    original = IpcFile._opened

    def counted(file: IpcFile) -> pa.ipc.RecordBatchFileReader:
        opened.append(file.address)
        return original(file)

    monkeypatch.setattr(IpcFile, "_opened", counted)

    def found(parts: Sequence[TokenPart]) -> object:
        return [
            one.batch.take(pa.array(one.at)).to_pylist()
            for language in LANGUAGES
            for part in parts
            for one in part.ranges(language, 0, (1 << 64) - 1)
        ]

    right = found(parts)
    assert len(opened) == 9
    assert found(tokens.kept_open(parts)) == right
    assert len(opened) == 12
    monkeypatch.setattr(tokens, "_OPEN", 2)  # as many as a process may have
    assert tokens.kept_open(parts) == parts
    assert len(opened) == 12
