"""Packing: the published example, a naive twin, and nothing lost, doubled or cut that need not be."""

from bisect import bisect_left
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.shards import arrow
from corpus.shards.layout import plan_shards
from corpus.shards.pack import Packing, Sequences, best_fit, concatenate
from corpus.shards.tallies import Packed
from corpus.shards.write_shard import Vocabulary, write_shard
from corpus.shards.written import Written
from corpus.store import tally
from corpus.store.manifest import FileEntry
from tests.corpus.shards.test_shards import parts_of

LENGTHS = st.lists(st.integers(1, 40), max_size=60)
SIZES = st.integers(2, 17)


def pieces_of(found: Sequences) -> list[list[tuple[int, int, int]]]:
    """(document, start, length) of the pieces of each sequence."""
    rows = list(zip(found.document.tolist(), found.start.tolist(), found.length.tolist(), strict=True))
    return [rows[a:b] for a, b in zip(found.offsets[:-1], found.offsets[1:], strict=True)]


def naive(lengths: list[int], size: int) -> list[list[tuple[int, int, int]]]:
    """The fullest sequence with room for each piece, the longest first, by search among the rooms."""
    pieces = [(d, start, min(size, n - start)) for d, n in enumerate(lengths) for start in range(0, n, size)]
    made: list[list[tuple[int, int, int]]] = []
    rooms: dict[int, deque[int]] = {}
    for piece in sorted(pieces, key=lambda p: -p[2]):
        known = sorted(room for room, queue in rooms.items() if queue)
        place = bisect_left(known, piece[2])
        if place < len(known):
            sequence = rooms[known[place]].popleft()
        else:
            sequence = len(made)
            made.append([])
        made[sequence].append(piece)
        room = size - sum(p[2] for p in made[sequence])
        if room:
            rooms.setdefault(room, deque()).append(sequence)
    return made


def test_best_fit_reproduces_the_example_of_trl() -> None:
    documents = [[1, 2, 3, 4, 5], [6, 7], [8, 9, 10], [11]]  # TRL's documentation of "bfd_split"
    found = pieces_of(best_fit(np.array([len(d) for d in documents]), 4))
    assert [[t for d, a, n in sequence for t in documents[d][a : a + n]] for sequence in found] == [
        [1, 2, 3, 4],
        [8, 9, 10, 5],
        [6, 7, 11],
    ]
    assert [[n for _, _, n in sequence] for sequence in found] == [[4], [3, 1], [2, 1]]


@given(lengths=LENGTHS, size=SIZES)
def test_best_fit_is_its_naive_twin(lengths: list[int], size: int) -> None:
    assert pieces_of(best_fit(np.array(lengths, np.int64), size)) == naive(lengths, size)


@given(lengths=LENGTHS, size=SIZES)
def test_concatenated_sequences_are_the_stream(lengths: list[int], size: int) -> None:
    found = pieces_of(concatenate(np.array(lengths, np.int64), size))
    stream = [(d, i) for d, n in enumerate(lengths) for i in range(n)]
    assert [[(d, a + i) for d, a, n in sequence for i in range(n)] for sequence in found] == [
        stream[i : i + size] for i in range(0, len(stream), size)
    ]


@given(lengths=LENGTHS, size=SIZES, key=st.integers(0, 2**64 - 1))
def test_shuffled_sequences_are_the_same_ones(lengths: list[int], size: int, key: int) -> None:
    found = best_fit(np.array(lengths, np.int64), size)
    assert sorted(pieces_of(found.shuffled(key))) == sorted(pieces_of(found))


def test_best_fit_pads_little_and_cuts_long_documents_alone() -> None:
    lengths = np.random.default_rng(1).lognormal(5.5, 1.4, 20_000).astype(np.int64) + 1
    found = best_fit(lengths, 2048)
    assert len(found) == -(-lengths.sum() // 2048)  # the lower bound: 0.012 % of padding
    assert found.length.sum() == lengths.sum()
    cut = np.flatnonzero(np.bincount(found.document) > 1)
    assert cut.tolist() == np.flatnonzero(lengths > 2048).tolist()


Document = tuple[str, str, list[int]]


def some_documents(count: int) -> list[Document]:
    chance = np.random.default_rng(4)
    return [
        (f"{n:032x}", ("eng_Latn", "tha_Thai")[n % 2], chance.integers(2, 900, chance.integers(0, 50)).tolist())
        for n in range(count)
    ]


def packed(folder: Path, documents: list[Document], cuts: list[int], kind: Any) -> tuple[pa.Table, Written]:
    """The one Arrow shard of these documents, 16 tokens a sequence."""
    totals = {"": sum(len(tokens) + 1 for _, _, tokens in documents)}
    [shard] = [one for one in plan_shards(totals, pa.uint16(), 1 << 30) if one.kind == "arrow"]
    packing = Packing(kind=kind, length=16, padding=1, seed=3)
    vocabulary = Vocabulary(size=1000, end=0, kind=pa.uint16())
    written = write_shard(str(folder), shard, parts_of(folder, documents, cuts), vocabulary, packing)
    with pa.memory_map(str(folder / "arrow" / written.files["arrow"][0].name)) as source:
        return pa.ipc.open_stream(source).read_all(), written


@pytest.mark.parametrize("kind", ["best_fit", "concatenate"])
def test_packed_shard_leads_back_to_every_token_of_every_document(tmp_path: Path, kind: str) -> None:
    documents = some_documents(300)
    table, written = packed(tmp_path, documents, [80, 120], kind)
    counts = written.counts
    seen: dict[str, dict[int, int]] = {}
    for row in table.to_pylist():
        assert len(row["input_ids"]) == 16
        place = 0
        for number, length in enumerate(row["seq_lengths"]):
            own = seen.setdefault(row["ids"][number], {})
            for i in range(length):
                assert own.setdefault(row["offsets"][number] + i, row["input_ids"][place + i]) is not None
            place += length
        assert row["input_ids"][place:] == [1] * (16 - place)
        assert len({len(row[name]) for name in table.schema.names[1:]}) == 1
    assert {name: [own[i] for i in range(len(own))] for name, own in seen.items()} == {
        name: [*tokens, 0] for name, _, tokens in documents
    }
    tokens = sum(len(tokens) + 1 for _, _, tokens in documents)
    assert (counts["arrow.documents"], counts["arrow.tokens"]) == (300, tokens)
    assert counts["packed.sequences"] * 16 == tokens + counts["packed.padding"]
    [packing] = tally.added(Packed, [row for row in written.tallies if isinstance(row, Packed)])
    assert (packing.source, packing.cut, packing.documents) == ("s", counts["packed.cut"], 300)
    if kind == "best_fit":
        assert counts["packed.cut"] == sum(len(tokens) + 1 > 16 for _, _, tokens in documents)


def test_packed_shard_is_the_same_however_documents_are_parted(tmp_path: Path) -> None:
    documents = some_documents(200)
    found = [packed(tmp_path / str(n), documents, cuts, "best_fit")[0] for n, cuts in enumerate([[], [3, 90]])]
    drop = ["parts", "rows"]  # which say where a document is
    assert found[0].drop_columns(drop).equals(found[1].drop_columns(drop))


def test_datasets_opens_packed_sequences_where_they_lie(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    documents = some_documents(20_000)
    packed(tmp_path, documents, [], "best_fit")
    [file] = list((tmp_path / "arrow").glob("*.arrow"))
    entry = FileEntry(name=file.name, rows=0, bytes=file.stat().st_size, sha256="")
    arrow.describe(str(tmp_path), "arrow", [entry], "0" * 16)
    before = pa.total_allocated_bytes()
    opened = datasets.load_from_disk(str(tmp_path / "arrow"))
    assert sum(map(len, opened.with_format("arrow")[:]["seq_lengths"].to_pylist())) > 20_000
    del documents
    ids = opened.data.column("input_ids")
    assert pa.total_allocated_bytes() - before < file.stat().st_size // 10
    maps = [
        line.split()[0].split("-") for line in Path("/proc/self/maps").read_text().splitlines() if file.name in line
    ]
    for chunk in ids.chunks:
        address = chunk.values.buffers()[1].address
        assert any(int(a, 16) <= address < int(b, 16) for a, b in maps)
