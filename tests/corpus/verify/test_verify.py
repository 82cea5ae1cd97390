"""Each kind of damage is found, and named; a release that has none is verified."""

import hashlib
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.planning.finished import open_release
from corpus.shards import ipc, megatron
from corpus.store import storage
from corpus.verify import ledgers
from corpus.verify.scan import Ids, largest_and_count
from filters.arrow import integers, strings
from jobs.command_line import main
from jobs.tools.verification import verify

PARQUET = ("ingest/*/documents", "signals.length/*/signals", "decide/*/verdicts", "pairs/*/pairs", "dedup/*/clusters",
           "release/*/corpus", "release/*/redactions", "shard/*/lineage")  # fmt: skip
OTHERS = ("encode/*/tokens/*.arrow", "shard/*/megatron/*.bin", "shard/*/megatron/*.idx", "shard/*/arrow/*.arrow",
          "shard/*/arrow/state.json", "shard/*/tokenizer/tokenizer.json", "shard/*/about/shards.json",
          "train/*/tokenizer/tokenizer.json", "report/*/report/index.html", "decide/*/manifest.json",
          "shard/*/manifest.json")  # fmt: skip
SHIPPED = ("release/*/corpus/*", "encode/*/tokens/*", "shard/*/megatron/*.bin", "shard/*/megatron/*.idx",
           "shard/*/arrow/*.arrow", "shard/*/lineage/*")  # fmt: skip


def first(root: Path, pattern: str) -> Path:
    return sorted(root.glob(pattern))[0]


def failures(root: Path) -> str:
    """What a verification prints, which must have failed."""
    lines, held = verify(str(root), 2)
    assert not held, lines
    assert "NOT verified" in lines
    assert "  do: " in lines
    return lines


def sealed(root: Path, path: Path) -> None:
    """Make manifest and receipts of a changed file agree with it: what is left is for the other checks to find."""
    stage = root / path.relative_to(root).parts[0] / path.relative_to(root).parts[1]
    for described in (stage / "manifest.json", *stage.glob("receipts/*/*.json")):
        raw = orjson.loads(described.read_bytes())
        for entry in raw.get("tables", raw.get("files")).get(str(path.parent.relative_to(stage)), ()):
            if entry["name"] == path.name:
                data = path.read_bytes()
                entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        described.write_bytes(orjson.dumps(raw))


def edited(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    raw = orjson.loads(path.read_bytes())
    change(raw)
    path.write_bytes(orjson.dumps(raw))


def test_finished_run_is_verified_and_a_shipped_shard_says_what_it_lacks(finished: Path, tmp_path: Path) -> None:
    lines, held = verify(str(finished / "out"), 2)
    assert held, lines
    assert "not checked" not in lines
    assert lines.splitlines()[-1] == f"verified: {finished / 'out'}"
    shutil.copytree(first(finished / "out", "shard/*"), tmp_path / "shipped")
    lines, held = verify(f"file://{tmp_path / 'shipped'}", 2)
    assert held, lines
    assert "not in this release: encode" in lines
    assert "verified, as far as it was shipped" in lines


def test_release_on_an_object_store_is_read_without_memory_maps(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = pafs.SubTreeFileSystem(str(copied.parent), pafs.LocalFileSystem())
    monkeypatch.setattr(storage, "resolve", lambda address: (root, address.removeprefix("store://")))
    lines, held = verify("store://out", 2)
    assert held, lines
    assert "not checked" not in lines
    path = first(copied, "shard/*/arrow/*.arrow")
    path.write_bytes(path.read_bytes()[:-100])
    lines, held = verify("store://out", 2)
    assert not held
    assert path.name in lines


def test_same_lines_on_one_core_and_on_two(finished: Path) -> None:
    assert verify(str(finished / "out"), 1) == verify(str(finished / "out"), 2)


def test_exit_status_and_one_line_for_what_is_no_release(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(copied), "--cores", "2"]) == 0
    first(copied, "shard/*/megatron/*.bin").unlink()
    assert main(["verify", str(copied), "--cores", "2"]) == 1
    assert main(["verify", str(tmp_path / "nothing")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize("pattern", [*(f"{folder}/*.parquet" for folder in PARQUET), *OTHERS])
def test_flipped_byte_is_found_in_every_kind_of_file(copied: Path, pattern: str) -> None:
    path = first(copied, pattern)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert (path.parent if path.name == "manifest.json" else path).name in failures(copied)


@pytest.mark.parametrize("pattern", SHIPPED)
@pytest.mark.parametrize("kept", [None, 0.5])
def test_missing_and_truncated_files_are_named(copied: Path, pattern: str, kept: float | None) -> None:
    path = first(copied, pattern)
    data = path.read_bytes()
    path.unlink()
    if kept is not None:
        path.write_bytes(data[: int(len(data) * kept)])
    lines = failures(copied)
    assert f"{path} is missing" in lines if kept is None else f"{path} has {len(data) // 2:,} bytes" in lines


def test_stray_file_is_named(copied: Path) -> None:
    stray = first(copied, "shard/*/megatron") / "zzz_Zzzz-00000-of-00001_text_document.bin"
    stray.write_bytes(b"\0\0")
    assert f"{stray} is named by no manifest" in failures(copied)


def test_lost_manifest_is_not_taken_for_a_stage_that_was_not_shipped(copied: Path) -> None:
    path = first(copied, "dedup/*/manifest.json")
    path.unlink()
    assert f"{path.parent} has files but no manifest.json" in failures(copied)


def test_lost_stage_is_named_as_not_checked(copied: Path) -> None:
    shutil.rmtree(copied / "release")
    lines, held = verify(str(copied), 2)
    assert held, lines
    assert "not in this release: release" in lines
    assert "not checked: the corpus" in lines


def test_token_part_whose_sums_do_not_hold_is_found_though_its_digest_does(copied: Path) -> None:
    path = first(copied, "encode/*/tokens/*")
    data = bytearray(path.read_bytes())
    ids: Any = pa.ipc.open_file(bytes(data)).read_all()["tokens"]
    data[bytes(data).index(ids.chunk(0).values.to_numpy()[:20].tobytes())] ^= 1
    path.write_bytes(data)
    sealed(copied, path)
    assert f"{path} is damaged (batch 0, block 0 is not what was written)" in failures(copied)


def written_anew(path: Path, data: bytes) -> bytes:
    """A token part of these rows with sums that hold."""
    with pa.ipc.open_file(data) as reader:
        batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        entry = ipc.write(str(path.parents[2]), "anew", path.name.rpartition("-")[0], reader.schema, batches)
    made = path.parents[2] / "anew" / entry.name
    found = made.read_bytes()
    shutil.rmtree(made.parent)
    return found


@pytest.mark.parametrize("where", ["megatron", "arrow", "encode"])
def test_id_beyond_the_vocabulary_is_found_though_every_digest_holds(copied: Path, where: str) -> None:
    pattern = {"megatron": "shard/*/megatron/*.bin", "arrow": "shard/*/arrow/*.arrow", "encode": "encode/*/tokens/*"}
    path = first(copied, pattern[where])
    data = bytearray(path.read_bytes())
    ids: Any = pa.ipc.open_stream(bytes(data)).read_all()["input_ids"] if where == "arrow" else None
    if where == "encode":
        ids = pa.ipc.open_file(bytes(data)).read_all()["tokens"]
    whole = np.frombuffer(data, np.uint16) if ids is None else ids.chunk(0).values.to_numpy()
    at = bytes(data).index(whole[:20].tobytes())
    data[at + 10 : at + 12] = np.uint16(1200).tobytes()
    path.write_bytes(written_anew(path, bytes(data)) if where == "encode" else data)
    sealed(copied, path)
    assert f"{path}: id 1200 is beyond the vocabulary of 1200: document 0, token 5 of the file" in failures(copied)


@pytest.mark.parametrize(("place", "value", "said"), [
    (-1, 700, "does not end in an end-of-document"), (5, 0, "stands inside a document")])  # fmt: skip
def test_end_of_document_that_is_lost_or_invented_is_found(copied: Path, place: int, value: int, said: str) -> None:
    path = first(copied, "shard/*/megatron/*.bin")
    ids = np.frombuffer(path.read_bytes(), np.uint16).copy()
    ids[place] = value
    path.write_bytes(ids.tobytes())
    sealed(copied, path)
    assert said in failures(copied)


def test_pointer_of_an_index_that_does_not_follow_is_found(copied: Path) -> None:
    path = first(copied, "shard/*/megatron/*.idx")
    data = bytearray(path.read_bytes())
    documents = len(megatron.read_index(bytes(data), path.with_suffix(".bin").stat().st_size)[0])
    data[34 + 4 * documents + 8] += 2  # the second pointer
    path.write_bytes(data)
    sealed(copied, path)
    assert f"{path}: its pointers or document boundaries" in failures(copied)


def test_altered_text_is_found_though_every_digest_holds(copied: Path) -> None:
    path = first(copied, "release/*/corpus/*")
    table = pq.read_table(path)
    texts = strings(table["text"])
    at = table["language"].to_pylist().index("deu_Latn")  # of which there are fewer than are sampled
    texts[at] = texts[at][:-1] + "!"
    place = table.schema.get_field_index("text")
    pq.write_table(table.set_column(place, table.schema.field("text"), pa.array(texts)), path, compression="zstd")
    sealed(copied, path)
    lines = failures(copied)
    assert f"row {table['row'][at].as_py()} of the corpus" in lines
    assert "is not the text of part 0" in lines


def test_lineage_that_names_another_document_is_found(copied: Path) -> None:
    path = first(copied, "shard/*/lineage/*")
    table = pq.read_table(path)
    rows = [row + 1 for row in integers(table["row"])]
    place = table.schema.get_field_index("row")
    pq.write_table(table.set_column(place, table.schema.field("row"), pa.array(rows, pa.int32())), path)
    sealed(copied, path)
    lines = failures(copied)
    assert f"{path}: " in lines
    assert "are not in the corpus where it says" in lines


def test_every_count_that_a_receipt_has_is_checked(copied: Path) -> None:
    edits = 0
    (copied / "latest").unlink()  # under which the shards are a second time
    for path in sorted(copied.glob("*/*/manifest.json")):
        whole = path.read_bytes()
        received = {name for r in path.parent.glob("receipts/*/*") for name in orjson.loads(r.read_bytes())["counts"]}
        for name in sorted(received):
            raw = orjson.loads(whole)
            raw["counts"][name] += 1
            path.write_bytes(orjson.dumps(raw))
            found = [*ledgers.receipts(open_release(str(copied)))]
            assert any(f"{path.parent}: {name} is " in line for line in found), name
            path.write_bytes(whole)
            edits += 1
    assert edits > 30


def one_more(raw: Any, name: str, field: str) -> None:
    raw["tallies"][name][0][field] += 1


def test_every_tally_that_a_receipt_has_is_checked(copied: Path) -> None:
    edits = 0
    for path in sorted(copied.glob("*/*/manifest.json")):
        whole = path.read_bytes()
        for name, rows in orjson.loads(whole)["tallies"].items():
            for field in [field for field, value in (rows or [{}])[0].items() if isinstance(value, int)]:
                edited(path, partial(one_more, name=name, field=field))
                found = [*ledgers.receipts(open_release(str(copied)))]
                assert any(f"{path.parent}: the tally {name} in the manifest is not" in line for line in found), name
                path.write_bytes(whole)
                edits += 1
    assert edits > 12


@pytest.mark.parametrize(("stage", "count"), [
    ("ingest", "records"), ("ingest", "documents"), ("decide", "kept"), ("dedup", "near"), ("dedup", "size"),
    ("release", "documents"), ("release", "spans"), ("encode", "documents"), ("encode", "tokens"),
    ("shard", "megatron.tokens"), ("shard", "arrow.documents"), ("shard", "arrow.tokens")])  # fmt: skip
def test_count_is_checked_without_receipts_too(copied: Path, stage: str, count: str) -> None:
    for receipts in copied.glob("*/*/receipts"):
        shutil.rmtree(receipts)
    path = first(copied, f"{stage}/*/manifest.json")
    edited(path, lambda raw: raw["counts"].update({count: raw["counts"][count] + 1}))
    assert stage in "".join(ledgers.balances(open_release(str(copied))))


def test_manifest_of_another_run_is_found(copied: Path) -> None:
    edited(first(copied, "encode/*/manifest.json"), lambda raw: raw["identity"]["params"].update(seed=8))
    assert "its fingerprint is not that of its identity" in failures(copied)


def naive(ids: list[int], ends: list[int], vocab_size: int, end: int) -> bool:
    """Whether ids and ends are as they should be, in words."""
    return all(0 <= i < vocab_size for i in ids) and {n for n, i in enumerate(ids) if i == end} == set(ends)


@given(
    st.lists(st.lists(st.integers(-1, 9), max_size=6), max_size=6),
    st.booleans(),
    st.integers(1, 7),
    st.sampled_from([np.uint16, np.int32]),
)
def test_ids_are_judged_as_in_words(
    documents: list[list[int]], ended: bool, cut: int, kind: type[np.uint16 | np.int32]
) -> None:
    tokens = [i % 65536 if kind is np.uint16 else i for d in documents for i in [*d, 0 if ended else 1]]
    ends = (np.cumsum([len(d) + 1 for d in documents], dtype=np.int64) - 1) if documents else np.empty(0, np.int64)
    found = Ids(vocab_size=9, end=0)
    whole: np.ndarray = np.array(tokens, kind)
    for start in range(0, len(whole), cut):
        inside = ends[(ends >= start) & (ends < start + cut)] - start
        found.block(whole[start : start + cut], inside)
    assert (found.problems == []) == naive(tokens, ends.tolist(), 9, 0)
    assert (found.tokens, found.documents) == (len(tokens), len(documents))


def test_count_of_ends_does_not_overflow_sixteen_bits() -> None:
    assert largest_and_count(np.zeros(200_000, np.uint16), 0) == (0, 200_000)
    assert largest_and_count(np.empty(0, np.uint32), 0) == (0, 0)
