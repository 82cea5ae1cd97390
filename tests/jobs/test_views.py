"""A run with every view: what is made, verified, traced, loaded, launched, withdrawn; and what is refused in a line."""

import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import RecipeError
from corpus.loader.dataset import TokenDataset
from corpus.shards.prefix import open_prefix
from corpus.shards.read import read_batches
from corpus.stages.views import VIEWS as VIEWED
from corpus.store import current
from filters.arrow import any_list, strings
from jobs.tools.verification import verify
from tests.conftest import Gristmill
from tests.corpus.verify.test_verify import sealed

pytestmark = pytest.mark.timeout(600)

RECIPE = """
name = "viewed"
seed = 7

[[sources]]
name = "pages"
path = "pages.jsonl"
url_field = "url"
language_field = "lang"

[[sources]]
name = "prompts"
path = "prompts.jsonl"
inputs_field = "inputs"
targets_field = "targets"
language_field = "lang"

[[filters]]
use = "length"
min_words = 1

[pii]
key = "a key that tests alone know, and all may"

[tokenizer]
vocab_size = 600
reserved = ["<fim_prefix>", "<fim_middle>", "<fim_suffix>", "[R]", "[X]", "[S]"]
reserved_unnamed = 32

[splits]
valid = 0.2

[shards]
shard_bytes = 2_000

[ingest]
part_bytes = {part_bytes}
"""
VIEWS = """
[[views]]
name = "causal"
objective = "causal"
sequence_length = 64

[[views]]
name = "prefix"
objective = "prefix"
sequence_length = 64

[[views]]
name = "span"
objective = "span"
sequence_length = 64

[[views]]
name = "ul2"
objective = "ul2"
sequence_length = 64
fits = "inputs"

[[views]]
name = "fim"
objective = "fim"
sequence_length = 64
languages = ["code_*"]
"""
NAMES = ("causal", "prefix", "span", "ul2", "fim")
KEY = "a key of withdrawals that tests alone know"


def write(folder: Path, *, views: str = VIEWS, part_bytes: int = 3_000, tokenizer: str = "") -> Path:
    """The recipe, with its input beside it."""
    chance = random.Random(3)
    words = ("mill", "grain", "flour", "river", "stone", "wheel", "sack", "bread", "miller", "valley", "door", "night")
    pages = []
    for number in range(60):
        code = number % 3 == 0
        line = "def f{0}(x):\n    return x + {0}\n" if code else "{0} "
        text = "".join(line.format(chance.choice(words)) for _ in range(chance.randint(1, 40)))
        lang = "code_Python" if code else "eng_Latn"
        pages.append({"text": f"{text} {number}", "url": f"https://site{number}.example.org/p", "lang": lang})
    pages.append({"text": "a", "url": "https://short.example.org/", "lang": "eng_Latn"})
    prompts = [{"inputs": f"Who owns mill {n}?", "targets": f"Miller {n} does.", "lang": "eng_Latn"} for n in range(6)]
    for name, rows in (("pages", pages), ("prompts", prompts)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    path = folder / "viewed.toml"
    text = RECIPE.format(part_bytes=part_bytes) + views
    path.write_text(text.replace("reserved_unnamed = 32", tokenizer or "reserved_unnamed = 32"), "utf-8")
    return path


@pytest.fixture(scope="module")
def viewed(tmp_path_factory: pytest.TempPathFactory, gristmill: Gristmill) -> Path:
    """A folder with the recipe and its output in `out`. Tests leave it as it is."""
    folder = tmp_path_factory.mktemp("viewed")
    done = gristmill("run", write(folder), "--root", folder / "out", "--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def stage(folder: Path, name: str = "views") -> Path:
    return next(path for path in (folder / "out" / name).iterdir() if (path / "manifest.json").exists())


def about(folder: Path) -> dict[str, Any]:
    raw = orjson.loads((stage(folder) / "about" / "views.json").read_bytes())
    return {one["name"]: one for one in raw["views"]}


def batches(folder: Path, name: str) -> list[pa.RecordBatch]:
    files = [stage(folder) / one["file"] for one in about(folder)[name]["arrow"]]
    return [batch for file in files for batch in read_batches(str(file))]


def test_every_document_is_accounted_for_in_every_view(viewed: Path) -> None:
    encoded = orjson.loads((stage(viewed, "encode") / "manifest.json").read_bytes())["counts"]
    for name, one in about(viewed).items():
        counts = one["counts"]
        inside = counts["documents"] + counts["other"] + counts["prompted"] + counts["short"]
        assert inside == encoded["documents"], name
        assert counts["tokens"] + counts["left"] == encoded["tokens"], name
        assert counts["prompted"] == (6 if name != "fim" else 0), name
    assert about(viewed)["span"]["counts"]["short"] == 1  # of one token
    assert about(viewed)["fim"]["counts"]["psm"]
    assert about(viewed)["fim"]["counts"]["spm"]


def test_arrow_and_megatron_have_the_same_examples(viewed: Path) -> None:
    for name, one in about(viewed).items():
        rows = []
        for batch in batches(viewed, name):
            for row in batch.select(["input_ids", "seq_lengths", "inputs"]).to_pylist():
                place = 0
                for size, seen in zip(row["seq_lengths"], row["inputs"], strict=True):
                    ids = row["input_ids"][place : place + size]
                    rows.append((tuple(ids[:seen]), tuple(ids[seen:])))
                    place += size
        sides = [
            [
                tuple(prefix.tokens(n, 0, int(prefix.lengths[n])).tolist())
                for known in found
                for prefix in [open_prefix(str(stage(viewed) / known["prefix"]))]
                for n in range(len(prefix.lengths))
            ]
            for found in one["megatron"].values()
        ]
        pairs = list(zip(*sides, strict=True)) if len(sides) == 2 else [((), ids) for ids in sides[0]]
        assert sorted(rows) == sorted(pairs), name
        assert len(rows) == one["counts"]["examples"], name


def test_views_do_not_depend_on_parts_and_cores(viewed: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    done = gristmill("run", write(tmp_path, part_bytes=20_000), "--root", tmp_path / "out", "--cores", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in NAMES:
        ours, theirs = batches(viewed, name), batches(tmp_path, name)
        columns = [column for column in ours[0].schema.names if column not in ("parts", "rows")]
        assert [one.select(columns) for one in ours] == [one.select(columns) for one in theirs], name
    bins = sorted(path.name for path in (stage(viewed) / "megatron").iterdir())
    assert bins == sorted(path.name for path in (stage(tmp_path) / "megatron").iterdir())
    for one in bins:
        assert (stage(viewed) / "megatron" / one).read_bytes() == (stage(tmp_path) / "megatron" / one).read_bytes()


def test_verify_makes_every_view_again(viewed: Path) -> None:
    lines, held = verify(str(viewed / "out"), 2)
    assert held, lines
    assert "examples of 5 views, made again from tokens and seed" in lines


@pytest.mark.parametrize("kind", ["arrow", "megatron"])
def test_verify_finds_a_view_that_is_another_though_every_digest_holds(
    viewed: Path, tmp_path: Path, gristmill: Gristmill, kind: str
) -> None:
    """The same rows, or ids, in another order."""
    shutil.copytree(viewed / "out", tmp_path / "out", symlinks=True)
    for path in sorted((stage(tmp_path) / kind).rglob("prefix-*")):
        if path.suffix == ".arrow":
            table = pa.ipc.open_stream(path.read_bytes()).read_all()
            with path.open("wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
                writer.write_table(table.take(pa.array(range(table.num_rows - 1, -1, -1))))
        elif path.name.endswith(".bin") and path.stat().st_size > 4:
            data = np.frombuffer(path.read_bytes(), np.uint16)
            path.write_bytes(data[::-1].tobytes())
        sealed(tmp_path / "out", path)
    lines, held = verify(str(tmp_path / "out"), 2)
    assert not held, lines
    assert "on are not what its tokens and the seed give" in lines, lines


def test_the_loader_yields_every_view(viewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = str(stage(viewed))
    for name in NAMES:
        dataset = TokenDataset(folder, view=name, seed=3)
        known = [(row["input_ids"], row["loss_mask"]) for one in batches(viewed, name) for row in one.to_pylist()]
        samples = [dataset[n] for n in range(len(dataset))]
        assert (
            len({one["sample"] for one in samples})
            == len(samples)
            == sum(one["rows"] for one in about(viewed)[name]["arrow"] if one["split"] == "train")
        )
        for one in samples:
            ids, labels = one["input_ids"].tolist(), one["labels"].tolist()
            (mask,) = {tuple(mask) for row, mask in known if row == ids}
            wanted = [-100] * len(ids)
            place = 0
            for size in one["seq_lengths"].tolist():
                for n in range(place, place + size - 1):
                    wanted[n] = ids[n + 1] if mask[n + 1] else -100
                place += size
            assert labels == wanted
            assert len(one["prefix_lengths"]) == len(one["seq_lengths"])
    with pytest.raises(RecipeError, match="say with view which one"):
        TokenDataset(folder)
    with pytest.raises(RecipeError, match="has no view 'x'; there are: causal, prefix, span, ul2, fim"):
        TokenDataset(folder, view="x")
    with pytest.raises(RecipeError, match="give the folder of stage views"):
        TokenDataset(str(stage(viewed, "shard")), view="span")


def test_batches_of_a_view_say_how_many_tokens_are_inputs(
    viewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from corpus.loader.batches import TokenLoader

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    dataset = TokenDataset(str(stage(viewed)), view="span", seed=3)
    batch = next(iter(TokenLoader(dataset, batch_size=3)))
    samples = [dataset[number] for number in batch["sample"].tolist()]
    wanted = [size for one in samples for size in one["prefix_lengths"].tolist()]
    assert batch["prefix_lengths"].tolist() == wanted
    assert len(batch["cu_seqlens"]) == len(wanted) + 1
    assert batch["labels"].tolist() == [one["labels"].tolist() for one in samples]


def test_datasets_opens_a_view(viewed: Path) -> None:
    datasets = pytest.importorskip("datasets")
    opened = datasets.load_from_disk(str(stage(viewed) / "arrow" / "span" / "train"))
    assert len(opened) == sum(one["rows"] for one in about(viewed)["span"]["arrow"] if one["split"] == "train")
    assert {len(row) for row in opened["loss_mask"]} == {about(viewed)["span"]["sequence_length"]}


def test_trace_leads_from_an_example_to_its_document_and_back(viewed: Path, gristmill: Gristmill) -> None:
    file = about(viewed)["span"]["arrow"][0]["file"]
    batch = next(read_batches(str(stage(viewed) / file)))
    document = strings(any_list(batch.column("ids")).flatten())[0]
    start, taken = (any_list(batch.column(name)).flatten()[0].as_py() for name in ("offsets", "taken"))
    done = gristmill("trace", viewed / "out", "--shard", file, "--row", "0", "--token", "0")
    assert done.returncode == 0, done.stderr
    said = f"in an example of view span, of tokens {start} to {start + taken - 1} of the document"
    assert said in done.stdout
    assert f"document   {document}" in done.stdout
    back = gristmill("trace", viewed / "out", "--id", document)
    assert file in back.stdout
    prefix = about(viewed)["fim"]["megatron"]["text"][0]["prefix"]
    run = ("--step", 1, "--sequence-length", 32, "--global-batch-size", 2, "--data-path", prefix, "--split", "100,0,0")
    step = gristmill("trace", viewed / "out", *run)
    assert step.returncode == 0, step.stderr
    assert prefix in step.stdout


def test_launch_takes_a_view_of_whole_sequences(viewed: Path, tmp_path: Path, gristmill: Gristmill) -> None:
    options = ("--target", "megatron", "--model", "neox-20b", "--layout", "tp=2,pp=4,dp=12", "--to", tmp_path)
    gristmill("launch", viewed / "out", *options, "--view", "fim")
    blend = orjson.loads((tmp_path / "blend.json").read_bytes())
    wanted = [one["prefix"] for one in about(viewed)["fim"]["megatron"]["text"] if one["split"] == "train"]
    assert sorted(blend["train"][1::2]) == sorted(f"{stage(viewed)}/{one}" for one in wanted)
    for name, said in (("span", "pairs of inputs and targets"), ("x", "has the views causal, prefix")):
        done = gristmill("launch", viewed / "out", *options, "--view", name)
        assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_withdrawal_leaves_no_view_and_the_next_run_makes_them_anew(
    tmp_path: Path, gristmill: Gristmill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRISTMILL_WITHDRAWAL_KEY", KEY)
    recipe = write(tmp_path)
    text = recipe.read_text("utf-8").replace(
        "[[filters]]", '[[filters]]\nuse = "language"\nmin_score = 0.0\n\n[[filters]]', 1
    )
    recipe.write_text(text, "utf-8")
    out = tmp_path / "out"
    assert gristmill("run", recipe, "--root", out, "--cores", "2").returncode == 0
    before = {path.name for path in (out / "views").iterdir()}
    asked = tmp_path / "requests.jsonl"
    request = {"url": "https://site3.example.org/p", "role": "author", "basis": "copyright", "date": "2026-01-02"}
    asked.write_text(json.dumps(request), "utf-8")
    done = gristmill("withdraw", out, asked, "--yes", "--purge")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "views" in done.stdout
    assert "left out of the release until `gristmill run`" in done.stdout
    assert VIEWED.name not in current.read(str(out))
    left = {path.name for path in (out / "views").iterdir()} if (out / "views").exists() else set()
    assert not left & before  # --purge takes away what held the document
    again = gristmill("run", recipe, "--root", out, "--cores", "2")
    assert again.returncode == 0, again.stdout + again.stderr
    lines, held = verify(str(out), 2)
    assert held, lines
    proven = gristmill("verify", out, "--withdrawn", "--requests", asked)
    assert proven.returncode == 0, proven.stdout + proven.stderr
    urls = {
        row["url"]: row["id"]
        for file in stage(tmp_path, "ingest").glob("documents/*")
        for row in pq.read_table(file, columns=["id", "url"]).to_pylist()
    }
    seen = {
        one
        for name in NAMES
        for batch in batches(tmp_path, name)
        for one in strings(any_list(batch.column("ids")).flatten())
    }
    assert "https://site3.example.org/p" not in urls
    assert urls["https://site4.example.org/p"] in seen


@pytest.mark.parametrize(
    ("tokenizer", "said"),
    [
        ("reserved_unnamed = 0", "put reserved_unnamed = 15 under [tokenizer]"),
        ("", ""),
    ],
)
def test_a_tokenizer_without_the_tokens_is_refused_with_what_to_ask_for(
    tmp_path: Path, gristmill: Gristmill, tokenizer: str, said: str
) -> None:
    recipe = write(tmp_path, tokenizer=tokenizer)
    if not said:
        text = recipe.read_text("utf-8").replace('"<fim_middle>", ', "")
        recipe.write_text(text, "utf-8")
        said = "view 'fim' needs 1 special tokens that the tokenizer has not (<fim_middle>)"
    done = gristmill("plan", recipe, "--root", tmp_path / "out")
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_two_views_of_one_name_are_refused_and_none_is_no_stage(tmp_path: Path, gristmill: Gristmill) -> None:
    done = gristmill(
        "plan", write(tmp_path, views=VIEWS.replace('"prefix"', '"causal"', 1)), "--root", tmp_path / "out"
    )
    assert "two views are named 'causal'" in done.stderr
    done = gristmill("plan", write(tmp_path, views=""), "--root", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert not [line for line in done.stdout.splitlines() if line.startswith("views")]
