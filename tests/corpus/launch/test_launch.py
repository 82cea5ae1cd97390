"""BLOOM's and NeoX-20B's own launches pass; one wrong value each fails; trainers read back what is written."""

import hashlib
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from corpus.errors import RecipeError
from corpus.launch import architecture, parallelism
from jobs.command_line import main
from jobs.tools.launching import Request, launch
from tests.corpus.launch import synthetic, trainers

GOLDEN = Path(__file__).with_name("golden")
AT = "/data/release"
BLOOM = {"target": "bloom", "model": "bloom-176b", "layout": "tp=4,pp=12,dp=8,nodes=48"}
NEOX = {"target": "neox", "model": "neox-20b", "layout": "tp=2,pp=4,dp=12"}
MEGATRON = {"target": "megatron", "model": "bloom-176b", "layout": "tp=4,pp=12,dp=8"}
HELD_OUT = {**synthetic.PREFIXES, "valid-eng_Latn": 2, "valid-fra_Latn": 1, "test-eng_Latn": 1}


@pytest.fixture(scope="session")
def tokenizers() -> dict[str, bytes]:
    return {"bloom-176b": synthetic.tokenizer_json(250_680), "neox-20b": synthetic.tokenizer_json(50_277)}


Make = Callable[..., Path]


@pytest.fixture
def release(tmp_path: Path, tokenizers: dict[str, bytes]) -> Make:
    """A stage `shard` with the vocabulary of a preset."""

    def made(which: str, **more: Any) -> Path:
        size = {"bloom-176b": synthetic.BLOOM_VOCABULARY, "neox-20b": synthetic.NEOX_VOCABULARY}[which]
        return synthetic.shard(tmp_path / "shard", tokenizers[which], size, **more)

    return made


def blend_of(to: Path) -> trainers.Group:
    """What is trained on."""
    groups = trainers.megatron_blend(to / "blend.json")["train"]
    assert groups is not None
    return groups


def launched(folder: Path, to: Path, **more: Any) -> tuple[str, bool]:
    values: dict[str, Any] = {"at": AT, "weights": None, "max_epochs": 4.0, "quick": False, **more}
    return launch(Request(release=str(folder), to=str(to), **values))


@pytest.mark.parametrize("kind", [BLOOM, NEOX, MEGATRON], ids=["bloom", "neox", "megatron"])
def test_own_layouts_pass_and_are_written_as_recorded(
    kind: dict[str, str], release: Make, tokenizers: dict[str, bytes], tmp_path: Path
) -> None:
    """`GRISTMILL_GOLDEN=write` records the files."""
    lines, passed = launched(release(kind["model"], documents=HELD_OUT), tmp_path / "to", **kind)
    assert passed, lines
    digest = hashlib.sha256(tokenizers[kind["model"]]).hexdigest()[:16]  # another with each release of the library
    written = {p.name: p.read_text("utf-8").replace(digest, "DIGEST") for p in (tmp_path / "to").iterdir()}
    golden = GOLDEN / kind["target"]
    if os.environ.get("GRISTMILL_GOLDEN") == "write":
        golden.mkdir(parents=True, exist_ok=True)
        for name, content in written.items():
            (golden / name).write_text(content, "utf-8")
    code = [line for name in written if name.endswith(".sh") for line in written[name].splitlines()]
    assert not any("`" in line for line in code if not line.startswith("#"))  # bash would run what stands in them
    assert written == {path.name: path.read_text("utf-8") for path in golden.iterdir()}


def test_bloom_is_launched_as_it_was(release: Make, tmp_path: Path) -> None:
    launched(release("bloom-176b", documents=HELD_OUT), tmp_path / "to", **BLOOM)
    found = trainers.megatron_arguments(trainers.array(tmp_path / "to/arguments.sh", {"HERE": "/here"}))
    assert (found.num_layers, found.hidden_size, found.num_attention_heads, found.seq_length) == (70, 14_336, 112, 2048)
    assert found.rampup_batch_size == ["192", "16", "9765625"]
    assert (found.lr, found.min_lr, found.lr_decay_samples, found.lr_warmup_samples) == (
        6e-5,
        6e-6,
        200_000_000,
        183_105,
    )
    assert found.pp_partition_method == "type:transformer|embedding"
    assert found.pad_vocab_size_to == 250_880
    assert found.train_weighted_split_paths_path == "/here/train-splits.txt"
    deepspeed = orjson.loads((tmp_path / "to/deepspeed.json").read_bytes())
    assert deepspeed["train_batch_size"] == 2048
    assert deepspeed["bf16"] == {"enabled": True}
    train = trainers.bloom_splits(tmp_path / "to/train-splits.txt")
    assert list(train) == ["train"]
    assert sum(weight for weight, *_ in train["train"]) == pytest.approx(1)
    assert {place for *_, place in train["train"]} == {
        f"{AT}/megatron/{stem}-00000-of-00001_text_document" for stem in synthetic.PREFIXES
    }
    valid = trainers.bloom_splits(tmp_path / "to/valid-splits.txt")
    assert list(valid) == ["valid", "valid_eng_Latn", "valid_fra_Latn"]
    assert valid["valid_fra_Latn"] == [(1.0, 0.0, 1.0, f"{AT}/megatron/valid-fra_Latn-00000-of-00001_text_document")]


def test_neox_reads_its_settings(release: Make, tmp_path: Path) -> None:
    launched(release("neox-20b"), tmp_path / "to", **NEOX)
    found = trainers.neox_settings(tmp_path / "to/neox.yml")
    assert (found["train_iters"], found["lr_decay_iters"], found["warmup"]) == (150_000, 150_000, 0.01)
    assert found["gradient_accumulation_steps"] == 32
    assert found["optimizer"]["params"] == {"lr": 0.97e-4, "betas": [0.9, 0.95], "eps": 1e-8}
    assert found["eval_iters"] == 0  # nothing is held out
    assert found["zero_optimization"]["reduce_bucket_size"] == 1_260_000_000
    assert found["vocab_file"] == f"{AT}/tokenizer/tokenizer.json"


def test_megatron_reads_its_blend_and_its_arguments(release: Make, tmp_path: Path) -> None:
    launched(release("bloom-176b", documents=HELD_OUT), tmp_path / "to", **MEGATRON)
    words = trainers.array(tmp_path / "to/arguments.sh", {"HERE": "/here", "CACHE": "/a cache"})
    found = trainers.megatron_arguments(words)
    assert found.per_split_data_args_path == "/here/blend.json"
    assert found.data_cache_path == "/a cache"
    assert found.tokenizer_model == f"{AT}/tokenizer"
    assert found.account_for_embedding_in_pipeline_split
    assert -(-250_680 // (found.make_vocab_size_divisible_by * 4)) * found.make_vocab_size_divisible_by * 4 == 250_880
    groups = trainers.megatron_blend(tmp_path / "to/blend.json")
    assert {split: len(group or ()) for split, group in groups.items()} == {"train": 3, "valid": 2, "test": 1}
    sizes = orjson.loads((tmp_path / "to/sequences.json").read_bytes())
    assert sizes[f"{AT}/megatron/eng_Latn-00000-of-00001_text_document"] == [5, 6]
    launched(release("bloom-176b"), tmp_path / "alone", **MEGATRON)
    assert trainers.megatron_blend(tmp_path / "alone/blend.json")["valid"] is None


@pytest.mark.parametrize("kind", [BLOOM, NEOX, MEGATRON], ids=["bloom", "neox", "megatron"])
def test_scripts_hand_over_every_argument(kind: dict[str, str], release: Make, tmp_path: Path) -> None:
    """Run with programs that print what they are given, in folders with blanks in their names."""
    to = tmp_path / "to here"
    launched(release(kind["model"]), to, **kind)
    programs = tmp_path / "bin"
    programs.mkdir()
    stubs = {
        "python": 'if [ "$1" = - ]; then exec python3 "$@"; fi; pwd; printf "%s\\n" "$@"',
        "srun": 'while [ "${1#--}" != "$1" ]; do shift; done; exec "$@"',
        "scontrol": "printf 'node-%s\\n' 1 2 3",
    }
    for name, body in stubs.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(stat.S_IRWXU)
    checkout, checkpoints = tmp_path / "a checkout", tmp_path / "check 'points'"
    checkout.mkdir()
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "SLURM_SUBMIT_DIR": str(to),
        "SLURM_JOB_NODELIST": "node-[1-3]",
        "SLURM_JOB_ID": "7",
        "CHECKPOINTS": str(checkpoints),
        "CACHE": "/a cache",
        **dict.fromkeys(("MEGATRON", "MEGATRON_DEEPSPEED", "NEOX"), str(checkout)),
    }
    done = subprocess.run(
        ["bash", str(to / "slurm.sh"), "--extra"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    folder, *words = done.stdout.splitlines()
    assert folder == str(checkout)
    assert words[-1] == "--extra"
    directives = trainers.slurm_directives((to / "slurm.sh").read_text())
    assert directives["nodes"] == {"neox": "12"}.get(kind["target"], "48")
    assert directives["gres"] == "gpu:8"
    if kind["target"] == "neox":
        assert (to / "hosts-7").read_text() == "".join(f"node-{n} slots=8\n" for n in (1, 2, 3))
        assert words[:3] == ["deepy.py", "train.py", f"{to}/neox.yml"]
        assert yaml.safe_load(Path(words[3]).read_text()) == {"save": str(checkpoints), "load": str(checkpoints)}
        assert yaml.safe_load(Path(words[4]).read_text())["launcher"] == "slurm"
    else:
        assert words[words.index("--rdzv_endpoint") + 1] == "node-1:6000"
        assert words[words.index("--save") + 1] == str(checkpoints)
        given = words[words.index("pretrain_gpt.py") + 1 : words.index("--save")]
        assert given == trainers.array(to / "arguments.sh", {"HERE": str(to), "CACHE": "/a cache"})


def test_hostile_paths_are_quoted_everywhere_and_refused_where_they_cannot_be(release: Make, tmp_path: Path) -> None:
    at = f"/data/$(touch {tmp_path}/run) `id`; 'a' \"b\" | [c](d) \\"
    for kind in (BLOOM, NEOX, MEGATRON):
        to = tmp_path / kind["target"]
        lines, passed = launched(release(kind["model"]), to, **kind, at=at)
        assert passed == (kind["target"] != "bloom")
        assert ("names of the prefixes" in lines) == (kind["target"] == "bloom")
        assert "`id`" not in (to / "CHECKS.md").read_text()
        assert "[c](d)" not in (to / "CHECKS.md").read_text()
        if kind["target"] == "megatron":
            assert blend_of(to)[0][1].startswith(f"{at}/megatron/")
        if kind["target"] == "neox":
            assert yaml.safe_load((to / "neox.yml").read_text())["vocab_file"] == f"{at}/tokenizer/tokenizer.json"
        else:
            assert f"{at}/tokenizer" in trainers.array(to / "arguments.sh", {"HERE": "/here", "CACHE": "/cache"})
    assert not (tmp_path / "run").exists()


def test_same_bytes_twice_and_nothing_is_started(release: Make, tmp_path: Path) -> None:
    folder = release("neox-20b")
    for to in ("one", "two"):
        launched(folder, tmp_path / to, **NEOX)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / to).iterdir()} for to in ("one", "two"))
    assert one == two


# One wrong value each: (kind, keys of the model or the layout, the check that fails, what it says)
WRONG = [
    (BLOOM, {"layout": "tp=4,pp=12,dp=8,nodes=47"}, "world size", "47 nodes x 8 = 376"),
    (BLOOM, {"global_batch": 2040}, "global batch", "2040 sequences"),
    (BLOOM, {"micro_batch": 3}, "global batch", "micro batch 3 x DP 8 = 24"),
    (BLOOM, {"ramp_up": {"start": 16, "increment": 30, "samples": 9}}, "ramp-up: increments", "= 67.7333 increments"),
    (BLOOM, {"ramp_up": {"start": 200, "increment": 16, "samples": 9}}, "ramp-up: every batch", "the first is 200"),
    (BLOOM, {"ramp_up": {"start": 192, "increment": 8, "samples": 9}}, "ramp-up: every batch", "the first is 200"),
    (BLOOM, {"ramp_up": {"start": 192, "increment": 16, "samples": 300_000_000}}, "ramp-up: samples", "300,000,000"),
    (BLOOM, {"layers": 71}, "layers by PP", "71 layers + 2"),
    (BLOOM, {"partition": "layers"}, "layers by PP", "70 layers over 12 stages = 5.83333"),
    (BLOOM, {"heads": 110, "hidden": 14_080}, "heads by TP", "110 heads over TP 4 = 27.5"),
    (BLOOM, {"hidden": 14_340}, "hidden by heads", "hidden 14340 / 112 heads"),
    (BLOOM, {"hidden": 14_334, "heads": 6}, "hidden by TP", "hidden 14334 over TP 4"),
    (BLOOM, {"pad_vocab_to": 250_000}, "padded vocabulary", "250,680 padded to 250,000"),
    (BLOOM, {"pad_vocab_to": 250_882}, "padded vocabulary", "62720.5 rows"),
    (BLOOM, {"positions": 1024}, "positions", "sequences of 2048 tokens, 1024 positions"),
    (BLOOM, {"warmup_samples": 200_000_000}, "schedule", "warm-up 200,000,000"),
    (BLOOM, {"min_lr": 7e-5}, "schedule", "lr 6e-05 to 7e-05"),
    (NEOX, {"ramp_up": {"start": 48, "increment": 48, "samples": 9}}, "ramp-up: trainer", "target neox"),
    (NEOX, {"layout": "tp=2,pp=5,dp=12,gpus=8,nodes=15"}, "layers by PP", "44 layers over 5 stages"),
    (NEOX, {"layout": "tp=2,pp=4,dp=11,gpus=8,nodes=11"}, "global batch", "micro batch 4 x DP 11 = 44"),
    (NEOX, {"positions": 2047}, "positions", "2047 positions"),
]  # fmt: skip


def altered(kind: dict[str, str], changes: dict[str, object], folder: Path) -> dict[str, str]:
    """The request, with a model file that has the changes."""
    changes = dict(changes)
    wanted = {**kind, "layout": str(changes.pop("layout", kind["layout"]))}
    if changes:
        preset = Path(architecture.__file__).with_name("presets") / f"{kind['model']}.toml"
        lines = [f"{key} = {_toml(value)}" for key, value in changes.items()]
        wanted["model"] = str(folder / "changed.toml")
        Path(wanted["model"]).write_text("\n".join([f'extends = "{preset}"', *lines]))
    return wanted


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    return f'"{value}"' if isinstance(value, str) else str(value)


@pytest.mark.parametrize(
    ("kind", "changes", "check", "said"), WRONG, ids=[f"{c}-{n}" for n, (_, _, c, _) in enumerate(WRONG)]
)
def test_one_wrong_value_fails_with_the_value_and_what_to_do(
    kind: dict[str, str], changes: dict[str, object], check: str, said: str, release: Make, tmp_path: Path
) -> None:
    lines, passed = launched(release(kind["model"]), tmp_path / "to", **altered(kind, changes, tmp_path), quick=True)
    assert not passed
    page = (tmp_path / "to" / "CHECKS.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| FAILED")]
    assert page.splitlines()[2].startswith("FAILED: ")
    assert any(f"| {check} |" in row and said in row and not row.endswith("|  |") for row in rows), rows
    assert page.index("| FAILED") < page.index("| ok")
    assert "  do: " in lines


def spoil_byte(folder: Path) -> None:
    path = next((folder / "megatron").glob("eng*.bin"))
    path.write_bytes(b"\1" + path.read_bytes()[1:])


def lose_prefix(folder: Path) -> None:
    next((folder / "megatron").glob("fra*.idx")).unlink()


def change_tokenizer(folder: Path) -> None:
    (folder / "tokenizer/tokenizer.json").write_bytes(synthetic.tokenizer_json(50_277, end="</s>"))


def change_facts(**values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "about/shards.json"
        path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | values))

    return change


def hold_everything_out(folder: Path) -> None:
    path = folder / "about/shards.json"
    raw = orjson.loads(path.read_bytes())
    raw["megatron"] = [prefix | {"split": "valid"} for prefix in raw["megatron"]]
    path.write_bytes(orjson.dumps(raw))


@pytest.mark.parametrize(
    ("spoil", "check", "said"),
    [
        (spoil_byte, "files of the prefixes", "eng_Latn-00000-of-00001_text_document.bin has another sha256"),
        (lose_prefix, "files of the prefixes", "fra_Latn-00000-of-00001_text_document.idx is missing"),
        (change_tokenizer, "digest of the tokenizer", "tokenizer.json"),
        (change_tokenizer, "end of document and padding", "is None"),
        (change_facts(dtype="int32"), "vocabulary and type of ids", "stored as int32"),
        (change_facts(vocab_size=65_510, dtype="int32"), "vocabulary and type of ids", "65,510 ids"),
        (change_facts(vocab_size=50_278), "size of the tokenizer", "50,277 ids; shards.json says 50,278"),
        (change_facts(end_of_document=3), "end of document and padding", "documents end in 3"),
        (hold_everything_out, "training data", "0 prefixes"),
    ],
)
def test_release_that_does_not_fit_fails(
    spoil: Callable[[Path], None], check: str, said: str, release: Make, tmp_path: Path
) -> None:
    folder = release("neox-20b")
    spoil(folder)
    _, passed = launched(folder, tmp_path / "to", **NEOX)
    assert not passed
    rows = [line for line in (tmp_path / "to/CHECKS.md").read_text().splitlines() if line.startswith("| FAILED")]
    assert any(f"| {check} |" in row and said in row for row in rows), rows


def test_quick_compares_sizes_only(release: Make, tmp_path: Path) -> None:
    folder = release("neox-20b")
    spoil_byte(folder)
    assert launched(folder, tmp_path / "to", **NEOX, quick=True)[1]
    path = next((folder / "megatron").glob("eng*.bin"))
    path.write_bytes(path.read_bytes() + b"\0\0")
    assert not launched(folder, tmp_path / "to", **NEOX, quick=True)[1]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser writes everywhere")
def test_neox_needs_a_writable_data_folder(release: Make, tmp_path: Path) -> None:
    folder = release("neox-20b")
    (folder / "megatron").chmod(0o555)
    lines, passed = launched(folder, tmp_path / "to", **NEOX)
    (folder / "megatron").chmod(0o755)
    assert not passed
    assert "data folder" in lines


def test_object_store_is_read_by_megatron_core_alone(release: Make, tmp_path: Path) -> None:
    launched(release("bloom-176b"), tmp_path / "to", **MEGATRON, at="s3://bucket/release")
    words = trainers.array(tmp_path / "to/arguments.sh", {"HERE": "/here", "CACHE": "/cache"})
    found = trainers.megatron_arguments(words)
    assert found.no_mmap_bin_files
    assert found.object_storage_cache_path == "/cache/objects"
    assert blend_of(tmp_path / "to")[0][1].startswith("s3://bucket/release/megatron/")
    for kind, at in ((BLOOM, "s3://bucket/release"), (MEGATRON, "gs://bucket/release")):
        lines, passed = launched(release("bloom-176b"), tmp_path / "other", **kind, at=at)
        assert not passed
        assert "object store" in lines


def test_tokenizer_that_adds_a_beginning_is_refused(release: Make, tmp_path: Path) -> None:
    from tokenizers import Tokenizer, processors

    built = Tokenizer.from_str(synthetic.tokenizer_json(50_277).decode())
    built.post_processor = processors.TemplateProcessing(
        single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", 0)]
    )
    folder = synthetic.shard(tmp_path / "shard", built.to_str().encode(), 50_277)
    lines, passed = launched(folder, tmp_path / "to", **NEOX)
    assert not passed
    assert "tokens added" in lines


def test_weights_decide_the_blend_and_epochs_are_warned_of(release: Make, tmp_path: Path) -> None:
    weights = tmp_path / "weights.toml"
    weights.write_text("[weights]\neng_Latn = 0.25\nfra_Latn = 0.75\ncode_python = 0\n")
    lines, passed = launched(release("bloom-176b"), tmp_path / "to", **MEGATRON, weights=str(weights))
    assert passed, lines
    groups = blend_of(tmp_path / "to")
    assert [weight for weight, _ in groups] == [0.25, 0.75]
    epochs = 0.75 * 220_000_000 * 2048 / 21  # of 10 + 11 tokens
    assert f"| fra_Latn | 21 | 0.75 | {epochs:,.4g} |" in (tmp_path / "to/CHECKS.md").read_text()
    assert f"fra_Latn {epochs:,.1f}" in lines


def test_what_the_mixture_repeats_counts_as_often_as_it_comes(release: Make, tmp_path: Path) -> None:
    folder = release("bloom-176b", epochs={"source": {"web": 1.0, "manuals": 2.5}, "language": {"fra_Latn": 2.5}})
    lines, _ = launched(folder, tmp_path / "to", **MEGATRON)
    page = (tmp_path / "to/CHECKS.md").read_text()
    readings = 220_000_000 * 2048 / (60 + 21 + 33)
    assert f"| fra_Latn | 21 | {21 / 114:.6g} | {2.5 * readings:,.4g} |" in page
    assert f"| eng_Latn | 60 | {60 / 114:.6g} | {readings:,.4g} |" in page
    assert f"manuals {2.5 * readings:,.1f}" in lines


def test_prefix_with_another_digest_in_shards_json_fails(release: Make, tmp_path: Path) -> None:
    folder = release("bloom-176b")
    path = folder / "about/shards.json"
    raw = orjson.loads(path.read_bytes())
    raw["megatron"][0]["idx_sha256"] = "0" * 64
    path.write_bytes(orjson.dumps(raw))
    lines, passed = launched(folder, tmp_path / "to", **MEGATRON, quick=True)
    assert not passed
    assert f"{raw['megatron'][0]['prefix'].split('/')[1]} has another sha256 in shards.json" in lines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("eng_Latn = 0.25\nfra_Latn = 0.7\ncode_python = 0", "sum to 0.95, not to 1"),
        ("eng_Latn = 0.25\nfra_Latn = 0.75", "has none for code_python"),
        ("eng_Latn = 1\nfra_Latn = 0\ncode_python = 0\ndeu_Latn = 0", "names deu_Latn"),
        ("eng_Latn = -1\nfra_Latn = 2\ncode_python = 0", "numbers from 0 on"),
    ],
)
def test_weights_that_do_not_fit_are_refused(text: str, said: str, release: Make, tmp_path: Path) -> None:
    (tmp_path / "weights.toml").write_text(f"[weights]\n{text}\n")
    with pytest.raises(RecipeError, match=said):
        launched(release("neox-20b"), tmp_path / "to", **NEOX, weights=str(tmp_path / "weights.toml"))


@pytest.mark.parametrize("text", ["", "tp=0", "tp=4,tp=4", "tp=x", "dp=2;pp=3", "ep=2", "tp=-1", "tp=²"])
def test_layout_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RecipeError, match="--layout"):
        parallelism.parse(text)


def test_mistakes_are_one_line_and_exit_two(release: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["launch", str(release("neox-20b")), "--target", "neox", "--to", str(tmp_path / "to")]
    (tmp_path / "odd.toml").write_text('name = "odd"\nlayers = "many"\n')
    for more in (
        ["--model", "gpt-5", "--layout", "tp=1"],
        ["--model", str(tmp_path / "odd.toml"), "--layout", "tp=1"],
        ["--model", "neox-20b", "--layout", "tp=2,pp=4,dp=12", "--at", "relative"],
    ):
        assert main([*common, *more]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "to").exists()
    assert main([*common, "--model", "neox-20b", "--layout", "tp=2,pp=4,dp=13"]) == 1
    assert (tmp_path / "to/CHECKS.md").exists()
    assert main([*common, "--model", "neox-20b", "--layout", "tp=2,pp=4,dp=12"]) == 0


def test_run_is_launched_by_its_root_too(finished: Path, tmp_path: Path) -> None:
    lines, passed = launched(finished / "out", tmp_path / "to", **NEOX)
    assert passed, lines
    found = trainers.neox_settings(tmp_path / "to/neox.yml")
    shard = next((finished / "out/shard").iterdir())
    assert all(path.startswith(f"{AT}/shard/{shard.name}/megatron/") for path in found["train_data_paths"])
