"""One release with all that shards can have at once: held-out splits, repeated sources, packed rows, prompts. It is
verified, traced, read and launched; what is changed in it is found."""

import random
import shutil
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.lineage import lookup
from corpus.lineage.opened_release import Release, open_release
from corpus.lineage.place import Place
from corpus.loader.dataset import TokenDataset
from corpus.loader.rows import IGNORED
from corpus.shards.splits import SPLITS
from jobs.command_line import main
from jobs.tools.verification import verify
from tests.conftest import SAMPLE, Gristmill, tree
from tests.corpus.verify.test_verify import failures, sealed

pytestmark = pytest.mark.timeout(600)  # a run, and its stages from splits on once more

SEQUENCE = 256
RECIPE = """
name = "whole"
seed = 7

[[sources]]
name = "manuals"
path = "{sample}/gnome-ccbysa.jsonl.gz"
licence_field = "licence"

[[sources]]
name = "prompts"
path = "{folder}/prompts.jsonl"
inputs_field = "inputs"
targets_field = "targets"

[tokenizer]
vocab_size = 1200

[splits]
valid = 0.1
test = 0.1

[mixture]
epochs = {{ manuals = 2.5, prompts = 1 }}

[shards]
shard_bytes = 100_000
packing = "best_fit"
sequence_length = 256
prompted = ["pairs", "labels"]

[ingest]
part_bytes = 60_000
"""
WORDS = ["mill", "grain", "flour", "river", "wheel", "stone", "water", "sack", "bread", "oven", "field", "harvest",
         "wind", "barley", "rye", "oats", "market", "cart", "road", "horse", "valley", "village", "bridge", "winter",
         "summer", "neighbour", "letter", "lantern", "orchard", "meadow"]  # fmt: skip


def prompts() -> bytes:
    chance = random.Random(1)

    def words(count: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(count))

    rows = [
        {
            "inputs": f"What did the miller say about the {words(12)}?",
            "targets": f"He said that the {words(25)} is old.",
        }
        for _ in range(80)
    ]
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    (folder / "prompts.jsonl").write_bytes(prompts())
    (folder / "whole.toml").write_text(RECIPE.format(sample=SAMPLE, folder=folder), "utf-8")
    done = gristmill("run", folder / "whole.toml", "--root", folder / "out", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def release(root: Path) -> Release:
    return open_release(str(root))


@pytest.fixture
def changed(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root, tmp_path / "out")
    return tmp_path / "out"


def held(root: Path) -> dict[tuple[int, int], str]:
    """Split by part and row of what is held out."""
    files = sorted(root.glob("splits/*/held/*.parquet"))
    return {
        (part, row["row"]): SPLITS[row["split"]]
        for part, file in enumerate(files)
        for row in pq.read_table(file).to_pylist()
    }


def lineage(root: Path, kind: str = "text") -> dict[str, list[dict[str, int]]]:
    """Rows by prefix."""
    files = sorted(root.glob(f"shard/*/lineage/*_{kind}_document.parquet"))
    return {file.stem: pq.read_table(file).to_pylist() for file in files}


def test_release_is_verified_whole(root: Path) -> None:
    lines, fine = verify(str(root), 2)
    assert fine, lines
    assert "not checked" not in lines
    assert [line.split()[0] for line in lines.splitlines()[:-1]] == [
        "manifests", "files", "counts", "shards", "ids", "lineage", "documents", "prompts", "texts"
    ]  # fmt: skip


def test_what_is_held_out_is_neither_repeated_nor_trained_on(root: Path) -> None:
    out = held(root)
    assert set(out.values()) == set(SPLITS)
    seen: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for prefix, rows in lineage(root).items():
        split = prefix.split("-")[0] if prefix.startswith(("valid-", "test-")) else "train"
        for row in rows:
            seen.setdefault((row["part"], row["row"]), []).append((split, row["copy"]))
    packed: dict[tuple[int, int], set[tuple[str, int]]] = {}
    for file in root.glob("shard/*/arrow/*/*.arrow"):
        for packed_row in pa.ipc.open_stream(file.read_bytes()).read_all().to_pylist():
            for part, number, copy in zip(*(packed_row[name] for name in ("parts", "rows", "copies")), strict=True):
                packed.setdefault((part, number), set()).add((file.parent.name, copy))
    assert {place: set(found) for place, found in seen.items()} == packed
    for place, found in seen.items():
        if place in out:
            assert found == [(out[place], 0)]
        else:
            assert {split for split, _ in found} == {"train"}
            assert sorted(copy for _, copy in found) == list(range(len(found)))
    assert out.keys() <= seen.keys()
    assert {len(found) for found in seen.values()} == {1, 2, 3}


def chosen(root: Path, release: Release) -> dict[str, tuple[int, int]]:
    """A document of each kind, by part and row."""
    out = held(root)
    rows = list(chain(*lineage(root).values()))
    pairs = [row for row in chain(*lineage(root, "inputs").values()) if (row["part"], row["row"]) not in out]
    cut = [
        (part, number)
        for file in release.shards
        for row in pa.ipc.open_stream(pa.memory_map(release.address(file))).read_all().to_pylist()
        for part, number, offset in zip(row["parts"], row["rows"], row["offsets"], strict=True)
        if offset
    ]
    return {
        "repeated": next((row["part"], row["row"]) for row in rows if row["copy"] == 2),
        "held": next(iter(out)),
        "cut": cut[0],
        "prompted": (pairs[0]["part"], pairs[0]["row"]),
    }


@pytest.mark.parametrize("kind", ["repeated", "held", "cut", "prompted"])
def test_trace_goes_both_ways(root: Path, release: Release, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    part, row = chosen(root, release)[kind]
    places = list(lookup.of_document(release, part, row))
    texts = [place for place in places if place.file.endswith("_text_document")]
    assert [place.copy for place in sorted(texts, key=lambda p: p.copy)] == list(range(len(texts)))
    whole = lookup.tokens(release, texts[0], 0, texts[0].last)
    arrow = [place for place in places if place.file.endswith(".arrow")]
    assert sum(place.last - place.first for place in arrow) == len(whole) * len(texts)
    id_ = release.documents.read(part, ["id"])["id"][row].as_py()
    for place in places:
        found = lookup.in_shard if place in arrow else lookup.in_prefix
        assert place in found(release, place.file, place.number)
        own = lookup.tokens(release, place, place.first, place.last)
        there = whole[place.offset : place.offset + len(own)]
        assert np.array_equal(own[own != IGNORED], there[own != IGNORED])
        assert main(["trace", str(root), *asked(place)]) == 0
        shown = capsys.readouterr().out
        assert f"document   {id_}" in shown
        assert f"is         token {place.offset} of the document" in shown
        assert all(f"tokens     {other}\n" in shown for other in places)
    assert main(["trace", str(root), "--id", id_]) == 0
    shown = capsys.readouterr().out
    assert all(f"tokens     {place}\n" in shown for place in places)
    if kind == "held":
        assert all(place.file.split("/")[1].startswith(SPLITS) for place in places)
    if kind == "cut":
        assert max(place.offset for place in arrow) >= SEQUENCE
    if kind == "prompted":
        assert {place.file.rsplit("_", 2)[1] for place in places if place not in arrow} == {
            "text", "inputs", "targets", "label"
        }  # fmt: skip


def asked(place: Place) -> list[str]:
    """The arguments that name the first token of a place."""
    if place.file.endswith(".arrow"):
        return ["--shard", place.file, "--row", str(place.number), "--token", str(place.first)]
    return ["--prefix", place.file, "--document", str(place.number), "--token", "0"]


def test_reader_gives_every_sequence_of_a_split_with_labels_of_targets_alone(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (folder,) = root.glob("shard/*")
    about = orjson.loads((folder / "about/shards.json").read_bytes())
    for split in ("train", *SPLITS):
        dataset = TokenDataset(str(folder), split=split, seed=3)
        assert len(dataset) == sum(one["sequences"] for one in about["arrow"] if one["split"] == split)
        learned = sum(int((dataset[i]["labels"] != IGNORED).sum()) for i in range(len(dataset)))
        wanted = 0
        for file in folder.glob(f"arrow/{split}/*.arrow"):
            for row in pa.ipc.open_stream(file.read_bytes()).read_all().to_pylist():
                wanted += sum(
                    length - max((at or 0) - offset, 1)
                    for length, at, offset in zip(row["seq_lengths"], row["targets_at"], row["offsets"], strict=True)
                )
        assert learned == wanted


def test_torch_reads_batches(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    pytest.importorskip("torch")
    from corpus.loader.batches import TokenLoader

    (folder,) = root.glob("shard/*")
    loader = TokenLoader(TokenDataset(str(folder), seed=3), batch_size=4, rank=0, world_size=2, workers=0)
    assert next(iter(loader))["input_ids"].shape == (4, SEQUENCE)


@pytest.mark.parametrize(
    ("target", "file"), [("megatron", "blend.json"), ("bloom", "valid-splits.txt"), ("neox", "neox.yml")]
)
def test_release_is_launched(root: Path, tmp_path: Path, target: str, file: str) -> None:
    layout = ["--model", "neox-20b", "--layout", "tp=2,pp=4,dp=12", "--quick"]
    assert main(["launch", str(root), "--target", target, *layout, "--to", str(tmp_path / "to")]) == 0
    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "to").iterdir()}
    assert "valid-eng_Latn-00000-of-00001_text_document" in written[file]
    assert not any(name in text for text in written.values() for name in ("_inputs_", "_targets_", "_label_"))
    given = orjson.loads(next(root.glob("shard/*/about/shards.json")).read_bytes())["epochs"]["source"]
    assert given["manuals"] == pytest.approx(2.5, abs=0.1)
    assert "2 of 2 sources of the recipe are read more than 4 times" in written["CHECKS.md"]


def arrow_file(path: Path, change: Callable[[list[dict[str, list[int]]]], None]) -> None:
    """Written again with changed rows."""
    table = pa.ipc.open_stream(path.read_bytes()).read_all()
    rows = table.to_pylist()
    change(rows)
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(pa.Table.from_pylist(rows, schema=table.schema))


def cut_row(rows: list[dict[str, list[int]]]) -> int:
    return next(number for number, row in enumerate(rows) if row["offsets"][0])


def _offset(rows: list[dict[str, list[int]]]) -> None:
    rows[cut_row(rows)]["offsets"][0] += 1


def _end(rows: list[dict[str, list[int]]]) -> None:
    rows[cut_row(rows)]["input_ids"][3] = 0


def _copy(rows: list[dict[str, list[int]]]) -> None:
    whole = [(r, n) for r in rows for n, end in enumerate(np.cumsum(r["seq_lengths"])) if r["input_ids"][end - 1] == 0]
    row, number = next((row, n) for row, n in whole if not row["offsets"][n])
    row["copies"][number] += 7


def _padding(rows: list[dict[str, list[int]]]) -> None:
    row = next(row for row in rows if sum(row["seq_lengths"]) < SEQUENCE)
    row["input_ids"][-1] = 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_offset, "do not add up to a document"),
        (_end, "an end-of-document stands inside a document"),
        (_copy, "they are not the same ones"),
        (_padding, "is not filled up with padding"),
    ],
)
def test_packed_rows_that_were_changed_are_found(
    changed: Path, change: Callable[[list[dict[str, list[int]]]], None], said: str
) -> None:
    path = sorted(changed.glob("shard/*/arrow/train/*.arrow"))[0]
    arrow_file(path, change)
    sealed(changed, path)
    assert said in failures(changed)


@pytest.mark.parametrize(("kind", "place"), [("label", 0), ("inputs", 1), ("targets", 0)])
def test_prompts_that_do_not_fit_the_text_are_found(changed: Path, kind: str, place: int) -> None:
    path = next(changed.glob(f"shard/*/megatron/eng_Latn-*_{kind}_document.bin"))
    ids = np.frombuffer(path.read_bytes(), np.int32 if kind == "label" else np.uint16).copy()
    ids[place] = 9 if ids[place] != 9 else 10
    path.write_bytes(ids.tobytes())
    sealed(changed, path)
    lines = failures(changed)
    assert "prompts    FAILED" in lines


def test_document_in_two_splits_is_found(changed: Path) -> None:
    for path in changed.glob("shard/*/lineage/valid-eng_Latn*_text_document.parquet"):
        other = next(changed.glob("shard/*/lineage/eng_Latn*_text_document.parquet"))
        own = next(row for row in pq.read_table(other).to_pylist() if row["copy"] == 0)
        table = pq.read_table(path)
        rows = [own, *table.to_pylist()[1:]]
        pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
        sealed(changed, path)
    assert "in train and in valid" in failures(changed)


@pytest.mark.slow
def test_one_core_and_two_make_the_same_shards(root: Path, tmp_path: Path, process: Gristmill) -> None:
    shutil.copytree(root, tmp_path / "out")
    for stage in ("splits", "mix", "shard", "report"):
        shutil.rmtree(tmp_path / "out" / stage)
    done = process("run", root.parent / "whole.toml", "--root", tmp_path / "out", "--cores", "1", "--until", "shard")
    assert done.returncode == 0, done.stderr
    for stage in ("splits", "mix", "shard"):
        assert tree(root / stage) == tree(tmp_path / "out" / stage)


def test_documents_that_are_small_after_cleaning_are_dropped_and_counted(tmp_path: Path, gristmill: Gristmill) -> None:
    long = "The mill grinds the grain of the valley. It is full.\nYes."
    lines = [orjson.dumps({"text": text, "language": "en"}) for text in ("The mill. http://" + "x" * 90, long)]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    recipe = tmp_path / "r.toml"
    recipe.write_text(
        '[[sources]]\nname = "a"\npath = "a.jsonl"\nlanguage_field = "language"\n'
        '[[filters]]\nuse = "length"\nmin_words = 1\n[[clean]]\ndrop_words_with = ["http"]\nsentences = true\n'
        'min_bytes = { "*" = 40 }\n',
        "utf-8",
    )
    root = tmp_path / "out"
    done = gristmill("run", recipe, "--root", root, "--until", "release")
    assert done.returncode == 0, done.stderr
    assert "1 dropped as too small after it" in done.stdout
    [manifest] = root.glob("release/*/manifest.json")
    counts = orjson.loads(manifest.read_bytes())["counts"]
    assert (counts["documents"], counts["small_dropped"], counts["cleaned"]) == (1, 1, 1)
    [part] = root.glob("release/*/corpus/*.parquet")
    released = pq.read_table(part).column("text").to_pylist()
    assert released == ["The mill grinds the grain of the valley.\nIt is full.\nYes."]
    [documents] = root.glob("ingest/*/documents/*.parquet")
    small = pq.read_table(documents).column("id").to_pylist()[0]
    told = gristmill("show", recipe, small, "--root", root).stdout
    assert "dropped: fewer bytes after [[clean]] than min_bytes asks for" in told
