"""Shards of the small run, read by what trainers read with, token for token."""

import shutil
import struct
from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import DataError
from corpus.shards.gather import gather
from corpus.shards.layout import Shard, plan_shards, token_type
from corpus.shards.megatron import index_bytes, read_index
from corpus.shards.order import order_keys
from corpus.shards.tokens import TokenPart, schema, write_token_part
from corpus.shards.write_shard import Vocabulary, write_shard
from filters.arrow import string_array, strings
from tokenizer.encode import Encoder


def shard_folder(finished: Path) -> Path:
    return next((finished / "out" / "shard").iterdir())


@pytest.fixture(scope="module")
def expected(finished: Path) -> dict[str, list[int]]:
    """Ids of every released document with its end, by document."""
    encoder = Encoder(path=str(shard_folder(finished) / "tokenizer" / "tokenizer.json"))
    corpus = pq.read_table(next((finished / "out" / "release").iterdir()) / "corpus")
    ids, offsets = encoder.encode(string_array(corpus["text"].combine_chunks()))
    return {
        name: [*ids[offsets[i] : offsets[i + 1]].tolist(), encoder.end] for i, name in enumerate(strings(corpus["id"]))
    }


def test_datasets_opens_the_arrow_shards_and_reads_every_token(finished: Path, expected: dict[str, list[int]]) -> None:
    datasets = pytest.importorskip("datasets")
    opened = datasets.load_from_disk(str(shard_folder(finished) / "arrow"))
    assert len(opened.cache_files) > 1  # several shards, memory-mapped where they lie
    assert {row["id"]: row["input_ids"] for row in opened} == expected
    keys = order_keys(pa.array(opened["id"]), 7)
    assert np.all(keys[:-1] <= keys[1:])  # one global order, from the seed


def test_datasets_maps_the_arrow_shards_and_copies_no_token(finished: Path) -> None:
    datasets = pytest.importorskip("datasets")
    folder = shard_folder(finished) / "arrow"
    before = pa.total_allocated_bytes()
    opened = datasets.load_from_disk(str(folder))
    lists = opened.data.column("input_ids").chunks
    tokens = sum(chunk.values.to_numpy(zero_copy_only=True).sum() for chunk in lists)
    assert tokens > 0
    assert pa.total_allocated_bytes() == before
    assert sum(chunk.values.nbytes for chunk in lists) > 100_000


def test_megatron_shards_and_lineage_lead_back_to_every_document(
    finished: Path, expected: dict[str, list[int]]
) -> None:
    folder = shard_folder(finished)
    files = sorted((next((finished / "out" / "ingest").iterdir()) / "documents").iterdir())
    documents = [pq.read_table(file, columns=["id"])["id"].to_pylist() for file in files]
    about = orjson.loads((folder / "about" / "shards.json").read_bytes())
    seen: dict[str, list[int]] = {}
    for prefix in about["megatron"]:
        data = (folder / f"{prefix['prefix']}.bin").read_bytes()
        lengths, pointers, kind = read_index((folder / f"{prefix['prefix']}.idx").read_bytes(), len(data))
        lineage = pq.read_table(folder / "lineage" / f"{Path(prefix['prefix']).name}.parquet").to_pylist()
        assert len(lineage) == len(lengths) == prefix["documents"]
        for row, length, pointer in zip(lineage, lengths, pointers, strict=True):
            seen[documents[row["part"]][row["row"]]] = np.frombuffer(data, kind, length, pointer).tolist()
    assert seen == expected


def test_index_has_the_layout_of_the_format_byte_by_byte() -> None:
    found = index_bytes(np.array([3, 1]), np.dtype(np.uint16))
    assert len(found) == 42 + 20 * 2
    assert found[:9] == b"MMIDIDX\x00\x00"
    assert found[9:18] == (1).to_bytes(8, "little") + b"\x08"
    assert found[18:34] == (2).to_bytes(8, "little") + (3).to_bytes(8, "little")
    assert np.frombuffer(found[34:42], "<i4").tolist() == [3, 1]
    assert np.frombuffer(found[42:58], "<i8").tolist() == [0, 6]
    assert np.frombuffer(found[58:], "<i8").tolist() == [0, 1, 2]


def by_the_book(prefix: Path) -> list[list[int]]:
    """Documents of a prefix, by the offsets of formats.md 5.1 and nothing of ours."""
    index, data = (prefix.with_name(prefix.name + suffix).read_bytes() for suffix in (".idx", ".bin"))
    assert index[:9] == b"MMIDIDX\x00\x00"
    version, code, sequences, documents = struct.unpack_from("<QBQQ", index, 9)
    assert version == 1
    assert len(index) == 34 + 12 * sequences + 8 * documents
    letter = {4: "i", 8: "H"}[code]
    lengths = struct.unpack_from(f"<{sequences}i", index, 34)
    pointers = struct.unpack_from(f"<{sequences}q", index, 34 + 4 * sequences)
    assert struct.unpack_from(f"<{documents}q", index, 34 + 12 * sequences) == tuple(range(documents))
    assert sum(lengths) * struct.calcsize(letter) == len(data)
    return [list(struct.unpack_from(f"<{n}{letter}", data, at)) for n, at in zip(lengths, pointers, strict=True)]


@pytest.mark.parametrize("kind", [pa.uint16(), pa.int32()])
def test_prefix_is_read_by_the_book_and_an_empty_document_is_its_end(tmp_path: Path, kind: pa.DataType) -> None:
    largest = 65_498 if kind == pa.uint16() else 250_679
    documents = [(f"{n:032x}", "eng_Latn", [largest, n + 2] * (n % 4)) for n in range(50)]
    shard = Shard(kind="megatron", name="eng_Latn-00000-of-00001", language="eng_Latn", first=0, last=2**64 - 1)
    write_shard(
        str(tmp_path), shard, parts_of(tmp_path, documents, [20], kind), Vocabulary(size=largest + 1, end=0, kind=kind)
    )
    lineage = pq.read_table(tmp_path / "lineage" / "eng_Latn-00000-of-00001_text_document.parquet").to_pylist()
    order = [documents[20 * place["part"] + place["row"]][0] for place in lineage]
    found = by_the_book(tmp_path / "megatron" / "eng_Latn-00000-of-00001_text_document")
    assert dict(zip(order, found, strict=True)) == {name: [*tokens, 0] for name, _, tokens in documents}
    assert [0] in found


@pytest.mark.parametrize(
    ("lengths", "message"),
    [(np.array([2**31]), "a document of 2147483648"), (np.broadcast_to(np.int64(1), 2**31), "2147483648 documents")],
)
def test_what_31_bits_do_not_count_is_refused(lengths: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        index_bytes(lengths, np.dtype(np.uint16))


def test_index_pointers_pass_two_gigabytes() -> None:
    lengths = np.array([600_000_000, 600_000_000, 5])
    found = index_bytes(lengths, np.dtype(np.int32))
    assert read_index(found, int(lengths.sum()) * 4)[1].tolist() == [0, 2_400_000_000, 4_800_000_000]


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (b"TNTIDX\x00\x00" + b"\0" * 40, "TNTIDX"),
        (b"PK", "no Megatron index"),
        (index_bytes(np.array([4]), np.dtype(np.int32))[:-1], "bytes of"),
    ],
)
def test_index_that_is_none_is_refused(index: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_index(index, 16)


@pytest.mark.parametrize(("vocabulary", "kind"), [(65_499, pa.uint16()), (65_500, pa.int32()), (250_680, pa.int32())])
def test_token_type_is_that_of_megatron(vocabulary: int, kind: pa.DataType) -> None:
    assert token_type(vocabulary) == kind


Document = tuple[str, str, list[int]]
SMALL = pa.uint16()
DOCUMENTS = st.lists(
    st.tuples(
        st.integers(0, 2**128 - 1).map(lambda n: f"{n:032x}"),
        st.sampled_from(["eng_Latn", "tha_Thai"]),
        st.lists(st.integers(2, 999), max_size=6),
    ),
    max_size=14,
    unique_by=lambda document: document[0],
)


def parts_of(folder: Path, documents: list[Document], cuts: list[int], kind: pa.DataType = SMALL) -> list[TokenPart]:
    """Token parts of documents (id, language, ids), parted at `cuts`."""
    parts = []
    bounds = [0, *sorted(min(c, len(documents)) for c in cuts), len(documents)]
    for number, (first, last) in enumerate(pairwise(bounds)):
        here = documents[first:last]
        ids = pa.array([d[0] for d in here], pa.string())
        table = pa.table(
            {
                "language": pa.array([d[1] for d in here], pa.string()),
                "order": pa.array(order_keys(ids, 3)),
                "id": ids,
                "source": pa.array(["s"] * len(here), pa.string()),
                "row": pa.array(range(len(here)), pa.int32()),
                "tokens": pa.array([d[2] for d in here], schema(kind).field("tokens").type),
            },
            schema=schema(kind),
        )
        parts.append(
            TokenPart(folder=str(folder), entry=write_token_part(str(folder), f"part-{number}", table), number=number)
        )
    return parts


@given(documents=DOCUMENTS, cuts=st.lists(st.integers(0, 14), max_size=3), size=st.integers(8, 60))
def test_shards_are_the_same_however_documents_are_parted(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document], cuts: list[int], size: int
) -> None:
    found = []
    totals: dict[str, int] = {}
    for _, language, tokens in documents:
        totals[language] = totals.get(language, 0) + len(tokens) + 1
    for parting in ([], cuts):
        folder = tmp_path_factory.mktemp("shards")
        parts = parts_of(folder, documents, parting)
        for shard in plan_shards(totals, pa.uint16(), size):
            write_shard(str(folder), shard, parts, Vocabulary(size=1000, end=0, kind=pa.uint16()))
        found.append({p.name: p.read_bytes() for p in sorted(folder.glob("megatron/*"))})
        shutil.rmtree(folder)
    assert found[0] == found[1]
    assert sum(len(data) for name, data in found[0].items() if name.endswith(".bin")) == 2 * sum(totals.values())


@pytest.mark.parametrize(("tokens", "message"), [([5, 0, 6], "occurs inside"), ([5, 1000], "beyond the vocabulary")])
def test_shard_with_an_id_that_must_not_be_is_refused(tmp_path: Path, tokens: list[int], message: str) -> None:
    parts = parts_of(tmp_path, [("0" * 32, "eng_Latn", tokens)], [])
    shard = Shard(kind="megatron", name="eng_Latn-00000-of-00001", language="eng_Latn", first=0, last=2**64 - 1)
    with pytest.raises((DataError, ValueError), match=message):
        write_shard(str(tmp_path), shard, parts, Vocabulary(size=1000, end=0, kind=pa.uint16()))
    assert not list(tmp_path.glob("megatron/*"))


def test_gather_gives_a_range_of_order_and_nothing_else(tmp_path: Path) -> None:
    documents = [(f"{n:032x}", "eng_Latn", [n + 2]) for n in range(200)]
    parts = parts_of(tmp_path, documents, [40, 90])
    keys = order_keys(pa.array([d[0] for d in documents]), 3)
    shard = Shard(kind="arrow", name="x", language="", first=2**62, last=2**63)
    found = [i for block in gather(shard, parts, 0) for i in block.ids.to_pylist()]
    wanted = sorted((int(key), d[0]) for key, d in zip(keys, documents, strict=True) if 2**62 <= key <= 2**63)
    assert found == [name for _, name in wanted]
