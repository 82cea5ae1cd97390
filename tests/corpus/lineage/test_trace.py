"""From every token to its document and back, over the finished run, by the command line."""

from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.gpt_dataset.run import MegatronRun
from corpus.lineage import lookup
from corpus.lineage.opened_release import Release, open_release
from corpus.lineage.place import Place
from corpus.stages.built import Finished
from corpus.texts.pii_policy import Policy
from corpus.texts.terminal import plain
from jobs.command_line import main
from tests.stages import built


@pytest.fixture(scope="module")
def release(finished: Path) -> Release:
    return open_release(str(finished / "out"))


@pytest.fixture(scope="module")
def arrow(release: Release) -> list[tuple[str, int, str, list[int]]]:
    """File, row, id and tokens of every row of the Arrow shards."""
    found = []
    for file in release.shards:
        rows = pa.ipc.open_stream(pa.memory_map(release.address(file))).read_all().to_pylist()
        found += [(file, number, row["id"], row["input_ids"]) for number, row in enumerate(rows)]
    return found


def test_every_row_and_document_lead_to_their_document_and_back(
    release: Release, arrow: list[tuple[str, int, str, list[int]]]
) -> None:
    ids = [column for part in range(release.documents.parts) for column in [release.documents.read(part, ["id"])["id"]]]
    there: dict[tuple[int, int], set[Place]] = {}
    for file, row, id_, tokens in arrow:
        (place,) = lookup.in_shard(release, file, row)
        assert ids[place.part][place.row].as_py() == id_
        assert lookup.tokens(release, place, place.first, place.last).tolist() == tokens
        there.setdefault((place.part, place.row), set()).add(place)
    known = {id_: tokens for _, _, id_, tokens in arrow}
    for prefix in release.prefixes:
        for document in range(len(release.lineage(prefix))):
            (place,) = lookup.in_prefix(release, prefix, document)
            tokens = lookup.tokens(release, place, place.first, place.last).tolist()
            assert tokens == known[ids[place.part][place.row].as_py()]
            there[place.part, place.row].add(place)
    assert {len(places) for places in there.values()} == {2}
    for (part, row), places in list(there.items())[::8]:  # each goes through all shards
        assert set(lookup.of_document(release, part, row)) == places


def test_trace_prints_origin_decisions_and_the_text_around(
    finished: Path, release: Release, arrow: list[tuple[str, int, str, list[int]]], capsys: pytest.CaptureFixture[str]
) -> None:
    file, row, id_, tokens = arrow[3]
    by_root = ["trace", str(finished / "out")]
    by_recipe = ["trace", str(finished / "tiny.toml"), "--root", str(finished / "out")]
    asked = ["--shard", Path(file).stem, "--row", str(row), "--token", "20"]
    assert main([*by_root, *asked]) == 0
    shown = capsys.readouterr().out
    assert main([*by_recipe, *asked]) == 0
    assert capsys.readouterr().out == shown
    for wanted in (f"document   {id_}", "licence    CC", "file       gnome", "verdict    kept", f"{file} row {row}"):
        assert wanted in shown
    assert f"[[{plain(release.decoder.decode(pa.array(tokens[20:21]).to_numpy()))}]]" in shown
    before = sum(len(own) for other, number, _, own in arrow if other == file and number < row)
    assert main([*by_root, "--shard", file, "--token", str(before + 20)]) == 0
    assert capsys.readouterr().out == shown
    assert main([*by_root, "--id", id_[:10]]) == 0
    back = capsys.readouterr().out
    assert f"tokens     {file} row {row}, tokens 0 to {len(tokens) - 1}" in back
    assert back.count("tokens     ") == 2


def test_step_prints_the_documents_of_its_samples(
    finished: Path, release: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prefixes = release.prefixes[:2]
    run = MegatronRun(
        prefixes=tuple(release.address(prefix) for prefix in prefixes),
        weights=(3.0, 1.0),
        sequence_length=64,
        global_batch_size=3,
        seed=5,
        samples=30,
    )
    (tmp_path / "data.json").write_bytes(orjson.dumps({"train": ["3", prefixes[0], "1", prefixes[1]]}))
    step = ["--step", "2", "--sequence-length", "64", "--global-batch-size", "3", "--seed", "5"]
    blend = ["--train-samples", "30", "--per-split-data-args-path", str(tmp_path / "data.json")]
    assert main(["trace", str(finished / "out"), *step, *blend]) == 0
    shown = capsys.readouterr().out.splitlines()
    wanted = []
    for sample in run.step(2):
        wanted.append(f"sample {sample.number}")
        for piece in sample.pieces:
            prefix = prefixes[run.prefixes.index(sample.prefix)]
            wanted.append(f"  {prefix} document {piece.document}, tokens {piece.first} to {piece.last - 1}  ")
    assert shown[0] == "step 2: samples 3 to 5"
    assert len(shown) == len(wanted) + 1
    assert all(line.startswith(start) for line, start in zip(shown[1:], wanted, strict=True))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--shard", "nope", "--row", "1"], "give one of arrow/data-00000"),
        (["--shard", "data-00000-of-00002", "--row", "999"], "there is no row 999"),
        (["--shard", "data-00000-of-00002", "--row", "1", "--token", "99999"], "no token 99999"),
        (["--shard", "data-00000-of-00002"], "--shard needs --row"),
        (["--shard", "data-00000-of-00002", "--token", "99999999"], "there is no token 99999999"),
        (["--prefix", "deu_Latn-00000-of-00001_text_document", "--document", "999"], "there is no document 999"),
        (["--prefix", "deu_Latn-00000-of-00001_text_document"], "--prefix needs --document"),
        (["--id", "zz"], "no document's id begins"),
        (["--step", "1"], "--step needs --sequence-length"),
        (["--step", "1", "--seq-length", "8", "--global-batch-size", "2"], "needs the run's --data-path"),
        (
            [
                "--step",
                "999",
                "--seq-length",
                "64",
                "--global-batch-size",
                "9",
                "--data-path",
                "deu_Latn-00000-of-00001",
            ],
            "give a smaller --step",
        ),
    ],
)
def test_what_is_not_there_is_said_in_one_line(
    finished: Path, capsys: pytest.CaptureFixture[str], asked: list[str], message: str
) -> None:
    assert main(["trace", str(finished / "out"), *asked]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_folder_that_holds_no_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trace", str(tmp_path), "--id", "3"]) == 2
    assert "holds no finished release" in capsys.readouterr().err


def test_damaged_lineage_is_named(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = next(copied.glob("shard/*/lineage/deu_Latn*"))
    path.write_bytes(path.read_bytes()[:-9])
    assert main(["trace", str(copied), "--prefix", path.stem, "--document", "0"]) == 1
    assert "missing or damaged" in capsys.readouterr().err


def test_text_can_not_reach_the_terminal_as_commands() -> None:
    assert plain("a\x1b[2J\u202eb\r\x07") == "a\\x1b[2J\\u202eb\\r\\x07"


def test_row_of_a_packed_shard_leads_to_each_of_its_documents(tmp_path: Path) -> None:
    batch = pa.record_batch(
        {
            "input_ids": pa.array([[5, 0, 6, 7, 0, 1], [8, 8, 0, 1, 1, 1]], pa.list_(pa.uint16(), 6)),
            "seq_lengths": pa.array([[2, 3], [3]], pa.list_(pa.int32())),
            "parts": pa.array([[0, 2], [1]], pa.list_(pa.int32())),
            "rows": pa.array([[9, 4], [4]], pa.list_(pa.int32())),
            "copies": pa.array([[0, 3], [0]], pa.list_(pa.int16())),
            "offsets": pa.array([[0, 4], [0]], pa.list_(pa.int32())),
        }
    )
    (tmp_path / "arrow").mkdir()
    (tmp_path / "about").mkdir()
    with pa.ipc.new_stream(str(tmp_path / "arrow" / "packed.arrow"), batch.schema) as writer:
        writer.write_batch(batch)
    facts = {
        "dtype": "int32",
        "vocab_size": 9,
        "end_of_document": 0,
        "tokenizer_sha256": "",
        "megatron": [],
        "arrow": [{"file": "arrow/packed.arrow", "sequences": 2, "sha256": ""}],
        "epochs": {"language": {}, "source": {}},
    }
    (tmp_path / "about" / "shards.json").write_bytes(orjson.dumps(facts))
    packed = Release(Finished(address=str(tmp_path), stages={"shard": built("shard", tmp_path)}), Policy())
    first, second = lookup.in_shard(packed, "arrow/packed.arrow", 0)
    assert (first.part, first.row, first.first, first.last) == (0, 9, 0, 2)
    assert (second.part, second.row, second.first, second.last) == (2, 4, 2, 5)
    assert str(second) == "arrow/packed.arrow row 0, tokens 2 to 4, from token 4 of the document on, copy 3"
    assert lookup.tokens(packed, second, second.first, second.last).tolist() == [6, 7, 0]
    (last,) = lookup.of_document(packed, 1, 4)
    assert (last.number, last.first, last.last) == (1, 0, 3)


def test_lineage_takes_a_few_bytes_a_document(tmp_path: Path) -> None:
    """Half a million documents of 20 parts of 60,000 rows, in random order."""
    import numpy as np

    from corpus.shards import lineage
    from corpus.store import storage

    places = np.random.default_rng(1).permutation(1_200_000)[:500_000]
    columns = [pa.array((places // 60_000).astype(np.int32)), pa.array((places % 60_000).astype(np.int32))]
    columns.append(pa.array(np.zeros(len(places), np.int16)))
    with storage.publish(str(tmp_path), "x.parquet") as sink:
        lineage.write(sink, [pa.Table.from_arrays(columns, schema=lineage.SCHEMA)])
    assert sink.bytes / 500_000 < 2.7  # log2(1,200,000) / 8 = 2.52
    assert lineage.read(str(tmp_path), "x").equals(pa.Table.from_arrays(columns, schema=lineage.SCHEMA))
    assert pq.read_metadata(tmp_path / "x.parquet").num_rows == 500_000
