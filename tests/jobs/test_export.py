"""`gristmill export`: what others read of it, the same bytes whatever happened, nothing that nobody asked for."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.dataset as pads
import pyarrow.parquet as pq
import pytest
import zstandard

from corpus.errors import DataError, RecipeError
from corpus.export import export as exporting
from corpus.export.export import Asked
from corpus.export.gathering import Gathered
from corpus.export.layout import LAYOUTS
from corpus.query.opened import Opened, open_for_queries
from corpus.query.wanted import Wanted
from corpus.store import current, storage
from corpus.texts.pii_policy import Policy
from tests.conftest import ROOT, Gristmill, tree
from tests.corpus.object_store import ObjectStore, serving
from tests.corpus.stores import held, put

KEPT = Asked(wanted=Wanted(kept=True), sample=None, seed=0, layout="jsonl.zst", raw=False)


def _table(root: Path, stage: str, table: str) -> list[dict[str, Any]]:
    folder = root / stage / current.read(str(root))[stage] / table
    return [row for one in sorted(folder.iterdir()) for row in pq.read_table(one).to_pylist()]


@pytest.fixture(scope="module")
def corpus(finished: Path) -> list[dict[str, Any]]:
    """The released documents, as the table has them."""
    return _table(finished / "out", "release", "corpus")


def _lines(file: Path) -> list[dict[str, Any]]:
    """As readers that stop behind the first frame of zstd see a file."""
    with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(file.read_bytes())) as reader:
        return [orjson.loads(line) for line in reader.read().splitlines()]


def test_layouts_are_those_that_help_names() -> None:
    from jobs.verbs import export

    assert tuple(LAYOUTS) == export._LAYOUTS


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_has_each_kept_document_once_as_released(
    finished: Path, tmp_path: Path, gristmill: Gristmill, corpus: list[dict[str, Any]], layout: str
) -> None:
    done = gristmill("export", finished / "out", "--to", tmp_path / "x", "--as", layout)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{len(corpus)} documents, {sum(len(r['text'].encode()) for r in corpus):,} bytes")
    files = sorted((tmp_path / "x" / "data").rglob("*.*"))
    if layout in ("jsonl.zst", "lm_dataformat"):
        rows = [row for file in files for row in _lines(file)]
    else:
        rows = pads.dataset(tmp_path / "x" / "data", partitioning="hive").to_table().to_pylist()
    if layout == "lm_dataformat":
        assert set(rows[0]) == {"text", "meta"}
        rows = [{"text": row["text"], **row["meta"]} for row in rows]
    names = ("id", "text", "source", "language", "url", "licence", "restricted", "targets_at")
    wanted = sorted(tuple(row[name] for name in names) for row in corpus)
    assert sorted(tuple(row[name] for name in names) for row in rows) == wanted
    assert {(row["outcome"], row["split"], len(row["rules"])) for row in rows} == {("kept", "train", 0)}
    assert not [row for row in rows if "jane.roe" in row["text"]]
    _sums_are_right(tmp_path / "x")


def _sums_are_right(folder: Path) -> None:
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    there = {name: hashlib.sha256(data).hexdigest() for name, data in tree(folder).items() if name != "SHA256SUMS"}
    assert sums == there


def test_hub_layout_opens_by_language_unchanged(
    finished: Path, tmp_path: Path, gristmill: Gristmill, corpus: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    folder = str(tmp_path / "x")
    assert gristmill("export", finished / "out", "--to", folder, "--as", "hub").returncode == 0
    german = datasets.load_dataset(folder, "deu_Latn", cache_dir=str(tmp_path / "cache"))
    wanted = {row["text"] for row in corpus if row["language"] == "deu_Latn"}
    assert wanted
    assert set(german["train"]["text"]) == wanted
    every = datasets.load_dataset(folder, cache_dir=str(tmp_path / "cache"))
    assert len(every["train"]) == len(corpus)
    configs = datasets.get_dataset_config_names(folder)
    assert set(configs) == {"all", *(row["language"] for row in corpus)}


def test_the_reader_of_lm_dataformat_takes_it(
    finished: Path, tmp_path: Path, gristmill: Gristmill, corpus: list[dict[str, Any]]
) -> None:
    theirs = pytest.importorskip("lm_dataformat")
    done = gristmill("export", finished / "out", "--to", tmp_path / "x", "--as", "lm_dataformat")
    assert done.returncode == 0
    read = list(theirs.Reader(str(tmp_path / "x" / "data")).stream_data(get_meta=True))
    assert sorted((meta["id"], text) for text, meta in read) == sorted((row["id"], row["text"]) for row in corpus)


def test_held_out_documents_are_splits_of_their_own(finished: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    recipe = tmp_path / "split.toml"
    text = (finished / "tiny.toml").read_text("utf-8")
    recipe.write_text(f"{text}\n[splits]\nvalid = 0.2\nmin_documents = 1\n", "utf-8")
    assert gristmill("run", recipe, "--root", tmp_path / "out").returncode == 0
    place = {row["id"]: row for row in _table(tmp_path / "out", "splits", "held")}
    assert place
    assert gristmill("export", tmp_path / "out", "--to", tmp_path / "x", "--as", "hub").returncode == 0
    valid = {id_ for f in (tmp_path / "x").rglob("valid-*.parquet") for id_ in pq.read_table(f)["id"].to_pylist()}
    train = {id_ for f in (tmp_path / "x").rglob("train-*.parquet") for id_ in pq.read_table(f)["id"].to_pylist()}
    assert valid == set(place)
    assert not valid & train
    assert "split: valid" in (tmp_path / "x" / "README.md").read_text("utf-8")
    found = gristmill("find", tmp_path / "out", "--where", "split = 'valid'", "--format", "jsonl").stdout
    assert {orjson.loads(line)["id"] for line in found.splitlines()} == valid


def test_texts_of_dropped_documents_are_raw_only_if_asked(finished: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    root = finished / "out"
    became = {row["id"]: row["outcome"] for row in _table(root, "dedup", "clusters")}
    texts = {row["id"]: row["text"] for row in _table(root, "ingest", "documents")}
    calm = gristmill("export", root, "--to", tmp_path / "calm", "--as", "jsonl.zst", "--dropped")
    raw = gristmill("export", root, "--to", tmp_path / "raw", "--as", "jsonl.zst", "--dropped", "--raw")
    wanted = {id_ for id_, outcome in became.items() if outcome != "kept"}
    for folder, said, done in (("calm", "with placeholders", calm), ("raw", "raw, with all personal data", raw)):
        rows = [row for file in sorted((tmp_path / folder / "data").iterdir()) for row in _lines(file)]
        assert {row["id"] for row in rows} == wanted
        assert {row["id"]: row["outcome"] for row in rows} == {id_: became[id_] for id_ in wanted}
        assert f"{len(rows)} of them were dropped from the corpus: their texts are" in done.stderr
        assert said in done.stderr
        as_read = [row["text"] == texts[row["id"]] for row in rows]
        assert all(as_read) if folder == "raw" else not all(as_read)
        assert any("jane.roe" in row["text"] for row in rows) == (folder == "raw")
    refused = gristmill("export", root, "--to", tmp_path / "no", "--as", "hub", "--raw")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--raw is for dropped documents" in refused.stderr
    assert not (tmp_path / "no").exists()


def test_dropped_texts_have_placeholders_whatever_the_recipe_keeps(finished: Path, tmp_path: Path) -> None:
    asked = Asked(**{**vars(KEPT), "wanted": Wanted(dropped=True)})
    opened = open_for_queries(str(finished / "out"))
    keeping = Opened(opened.stages, Policy(action="keep"))
    for name, one in (("x", opened), ("y", keeping)):
        exporting.export(one, asked, str(tmp_path / name))
    assert tree(tmp_path / "x") == tree(tmp_path / "y")


def test_conditions_and_samples_choose(finished: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    asked = ("--where", "length.words > 50", "--language", "eng_Latn", "--kept", "--sample", "7", "--seed", "3")
    found = gristmill("find", finished / "out", *asked, "--format", "jsonl").stdout
    assert gristmill("export", finished / "out", "--to", tmp_path / "x", "--as", "jsonl.zst", *asked).returncode == 0
    rows = [row for file in (tmp_path / "x" / "data").iterdir() for row in _lines(file)]
    assert [row["id"] for row in rows] == [orjson.loads(line)["id"] for line in found.splitlines()]
    assert len(rows) == 7
    assert orjson.loads((tmp_path / "x" / "counts.json").read_bytes())["by"]["language"] == {"eng_Latn": 7}


def test_what_waits_is_bounded_and_every_document_is_written() -> None:
    """Of all that waits the largest is written first; what is written does not depend on how rows came in batches
    of one key."""
    rows = [{"id": str(n), "by": "abc"[n % 3 if n % 5 else 0], "text": "x" * (n % 40)} for n in range(400)]
    written: list[tuple[Any, int, list[Any]]] = []
    waiting: list[int] = []

    def write(key: Any, number: int, table: pa.Table) -> None:
        written.append((key, number, table.column("id").to_pylist()))

    gathered = Gathered(("by",), write, file_bytes=2_000, all_bytes=3_000)
    for first in range(0, len(rows), 7):
        gathered.add(pa.RecordBatch.from_pylist(rows[first : first + 7]))
        waiting.append(sum(gathered._bytes.values()))
    gathered.close()
    assert 1_500 < max(waiting) <= 3_000
    for key in ("a", "b", "c"):
        own = [(number, ids) for found, number, ids in written if found == (key,)]
        assert [number for number, _ in own] == list(range(len(own)))
        assert len(own) > 2
        assert [id_ for _, ids in own for id_ in ids] == [row["id"] for row in rows if row["by"] == key]


def _undisturbed(opened: Any, tmp_path: Path, layout: str) -> dict[str, bytes]:
    exporting.export(opened, Asked(**{**vars(KEPT), "layout": layout}), str(tmp_path / "whole"), file_bytes=30_000)
    return tree(tmp_path / "whole")


@pytest.mark.parametrize("layout", ["jsonl.zst", "hub"])
@pytest.mark.parametrize("after", [0, 1, 4, -1])
def test_an_export_that_is_cut_off_is_ended_by_the_next(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str, after: int
) -> None:
    opened = open_for_queries(str(finished / "out"))
    whole = _undisturbed(opened, tmp_path, layout)
    left = after if after >= 0 else len(whole) - 1
    real = storage.publish

    def killed(folder: str, name: str) -> Any:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        return real(folder, name)

    asked = Asked(**{**vars(KEPT), "layout": layout})
    with monkeypatch.context() as patched:
        patched.setattr(storage, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            exporting.export(opened, asked, str(tmp_path / "x"), file_bytes=30_000)
    there = tree(tmp_path / "x")
    assert "SHA256SUMS" not in there
    assert all(whole[name] == data for name, data in there.items())
    assert not exporting.export(opened, asked, str(tmp_path / "x"), file_bytes=30_000).there
    assert tree(tmp_path / "x") == whole
    assert exporting.export(opened, asked, str(tmp_path / "x"), file_bytes=30_000).there
    assert tree(tmp_path / "x") == whole


@pytest.mark.parametrize("moment", ["export.json", "data/*/*.parquet", "README.md"])
def test_an_export_that_is_killed_is_ended_by_the_next(
    finished: Path, tmp_path: Path, gristmill: Gristmill, moment: str
) -> None:
    to = tmp_path / "x"
    command = ["export", str(finished / "out"), "--to", str(to), "--as", "hub"]
    assert gristmill("export", finished / "out", "--to", tmp_path / "whole", "--as", "hub").returncode == 0
    process = subprocess.Popen([sys.executable, "-m", "jobs", *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while not list(to.glob(moment)) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert list(to.glob(moment))
    assert gristmill(*command).returncode == 0
    assert tree(to) == tree(tmp_path / "whole")


def test_in_a_store_it_is_the_same_and_whole_or_not_there(finished: Path, tmp_path: Path, copied: Path) -> None:
    opened = open_for_queries(str(finished / "out"))
    whole = _undisturbed(opened, tmp_path, "hub")
    with serving(ObjectStore()) as store:
        root = put(store, copied, "b/out")
        to = store.address("b/x", "&anonymous=true")
        asked = Asked(**{**vars(KEPT), "layout": "hub"})
        exporting.export(open_for_queries(root), asked, to, file_bytes=30_000)
        assert held(store, "b/x") == whole
        assert store.completed[-1] == "b/x/SHA256SUMS"
        del store.objects["b/x/SHA256SUMS"], store.objects["b/x/README.md"]  # as if it had been killed there
        assert not exporting.export(open_for_queries(root), asked, to, file_bytes=30_000).there
        assert held(store, "b/x") == whole
        assert exporting.export(open_for_queries(root), asked, to, file_bytes=30_000).there


def test_a_folder_is_for_one_export(finished: Path, tmp_path: Path) -> None:
    opened = open_for_queries(str(finished / "out"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    with pytest.raises(RecipeError, match=r"is not empty \(it has mine.txt\)"):
        exporting.export(opened, KEPT, str(tmp_path / "full"))
    exporting.export(opened, KEPT, str(tmp_path / "x"))
    before = tree(tmp_path / "x")
    with pytest.raises(RecipeError, match="holds another export"):
        exporting.export(opened, Asked(**{**vars(KEPT), "layout": "parquet"}), str(tmp_path / "x"))
    assert tree(tmp_path / "x") == before
    (tmp_path / "x" / "SHA256SUMS").unlink()
    (tmp_path / "x" / "data" / "theirs.jsonl.zst").write_text("x")
    with pytest.raises(RecipeError, match="is no file of this export"):
        exporting.export(opened, KEPT, str(tmp_path / "x"))


def test_what_is_damaged_is_not_there_already(finished: Path, tmp_path: Path) -> None:
    opened = open_for_queries(str(finished / "out"))
    exporting.export(opened, KEPT, str(tmp_path / "x"))
    file = next((tmp_path / "x" / "data").iterdir())
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DataError, match="is missing or damaged"):
        exporting.export(opened, KEPT, str(tmp_path / "x"))


def test_names_of_sources_are_escaped_in_folders_and_card(finished: Path, tmp_path: Path) -> None:
    from corpus.export import card
    from corpus.export.counted import Counted
    from corpus.export.documents import SCHEMA

    odd = "a/b`|<script>../x"
    name = LAYOUTS["parquet"].name(("deu_Latn", odd), 0)
    assert ".." not in name.split("/")
    assert name.count("/") == 3
    row = {
        "id": "0",
        "text": "x",
        "source": odd,
        "language": "deu_Latn",
        "split": "train",
        "outcome": "kept",
        "rules": [],
    }
    counted = Counted()
    counted.add(pa.RecordBatch.from_pylist([row], schema=SCHEMA))
    page = card.card("x`\n---\ny", {"release": "0", "raw": False}, counted).decode()
    assert "<script>" not in page
    assert page.count("\n---\n") == 1
