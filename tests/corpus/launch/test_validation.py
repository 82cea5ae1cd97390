"""What passes our checks passes the trainers' own validation; and each of its conditions can fail."""

import copy
import os
import re
import stat
import subprocess
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import orjson
import pytest
import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from corpus.launch import architecture, arithmetic, assertions, parallelism
from corpus.launch.architecture import Flags, Model, RampUp
from corpus.launch.blend import blend
from corpus.launch.check import failed
from corpus.launch.folder import WRITERS
from corpus.launch.handoff import TARGETS, Job, Target
from corpus.launch.parallelism import Layout
from corpus.shards.about import About, Prefix
from tests.corpus.launch import trainers, validation
from tests.corpus.launch.validation import Condition, Run

CONDITIONS: Mapping[Target, list[Condition]] = {
    "megatron": validation.MEGATRON,
    "bloom": validation.BLOOM,
    "neox": validation.NEOX,
}
VOCABULARY = {"bloom-176b": 250_680, "neox-20b": 50_277}
LAYOUTS = {"bloom-176b": "tp=4,pp=12,dp=8,nodes=48", "neox-20b": "tp=2,pp=4,dp=12"}


def job(target: Target, model: Model, layout: Layout, vocabulary: int) -> Job:
    prefixes = tuple(
        Prefix(prefix=f"megatron/{stem}-0-of-1_text_document", documents=1, tokens=9, split=split, sha256=("", ""))
        for stem, split in (("eng_Latn", "train"), ("fra_Latn", "train"), ("valid-eng_Latn", "valid"))
    )
    about = About(
        dtype="int32", vocab_size=vocabulary, end_of_document=0, tokenizer_sha256="", prefixes=prefixes, prompted={},
        arrow={}, packed=None, epochs={}, source_epochs={},
    )  # fmt: skip
    parts = blend(about, "/data", None)
    return Job(target=target, model=model, layout=layout, about=about, blend=parts, at="/data", max_epochs=4.0)


def run_of(given: Job, folder: Path) -> Run:
    """What the trainer has after it has read the files of a launch."""
    for name, content in WRITERS[given.target](given).items():
        (folder / name).write_bytes(content)
    world, vocabulary = given.layout.nodes * given.layout.gpus, given.about.vocab_size
    if given.target == "neox":
        added = [{"save": "/checkpoints", "load": "/checkpoints"}, yaml.safe_load((folder / "slurm.yml").read_text())]
        return Run(
            world=world, vocabulary=vocabulary, files=[yaml.safe_load((folder / "neox.yml").read_text()), *added]
        )
    words = trainers.array(folder / "arguments.sh", {"HERE": "/here", "CACHE": "/cache"})
    exported = re.findall(r'^: "\$\{(\w+):=(.*)\}"\nexport \1$', (folder / "run.sh").read_text(), re.MULTILINE)
    found = Run(
        world=world, vocabulary=vocabulary, arguments=trainers.megatron_arguments(words), environment=dict(exported)
    )
    if given.target == "bloom":
        return replace(found, deepspeed=orjson.loads((folder / "deepspeed.json").read_bytes()))
    return replace(found, blends=trainers.megatron_blend(folder / "blend.json"))


def preset(target: Target, name: str) -> Job:
    return job(target, architecture.load(name), parallelism.parse(LAYOUTS[name]), VOCABULARY[name])


@pytest.mark.parametrize("name", ["bloom-176b", "neox-20b"])
@pytest.mark.parametrize("target", TARGETS)
def test_presets_pass_every_condition(target: Target, name: str, tmp_path: Path) -> None:
    """On A100 and H100, whose users met the assertion of CUDA_DEVICE_MAX_CONNECTIONS, and on Blackwell."""
    given = preset(target, name)
    if target == "neox":  # which ramps no batch up, and has no stage for an embedding
        given = replace(given, model=replace(given.model, ramp_up=None))
    run = run_of(given, tmp_path)
    for generation in (8, 9, 10):
        assert validation.broken(CONDITIONS[target], replace(run, architecture=generation)) == []


# A shape that fits every layout below, and values that may not fit it.
FITTING: dict[str, Any] = {
    "layers": 24, "heads": 12, "hidden": 48, "micro_batch": 1, "global_batch": 24, "sequence_length": 2048,
    "positions": 0, "train_samples": 1000, "decay_samples": 1000, "warmup_samples": 10, "pad_vocab_to": 0,
    "ramp_up": None, "partition": "layers", "neox": {}, "bloom": Flags(), "megatron": Flags(),
}  # fmt: skip
OTHER: dict[str, list[Any]] = {
    "layers": [1, 22, 23], "heads": [1, 6, 9], "hidden": [12, 50, 96], "micro_batch": [2, 5],
    "global_batch": [1, 36, 48], "sequence_length": [6, 8, 4096], "positions": [12, 2048, 4096],
    "train_samples": [6, 24, 100], "lr": [1e-7], "decay_samples": [1, 100, 2000], "warmup_samples": [0, 1000],
    "pad_vocab_to": [1000, 1024, 1200, 1536],
    "partition": ["layers+embedding"], "precision": ["bf16", "fp16"],
    "ramp_up": [
        RampUp(start=start, increment=increment, samples=9) for start in (6, 12, 24, 48) for increment in (6, 9, 12)
    ],
    "megatron": [Flags(arguments=own) for own in [("--use-torch-fsdp2",), ("--seq-length", "4096"), ("--fp16",)]],
    "bloom": [
        Flags(arguments=own)
        for own in [
            ("--position-embedding-type", "rotary"), ("--position-embedding-type=alibi",), ("--num-layers", "5"),
        ]
    ],
    "neox": [
        {"fp16": {"enabled": True}}, {"zero_optimization": {}}, {"num-layers": 3}, {"save": "/x"},
        {"precision": "fp32"}, {"zero_optimization": {"stage": 1}}, {"train_batch_size": 7},
        {"bf16": {"enabled": True}}, {"warmup": 2.0},
        {"optimizer": {"type": "Lion", "params": {"lr": 1e-9}}}, {"optimizer": {"params": {"lr": 1.0}}},
    ],
}  # fmt: skip
CHANGES = [(key, value) for key, values in OTHER.items() for value in values]


def passes_as_checked(target: Target, name: str, layout: Layout, changes: dict[str, Any], folder: Path) -> bool:
    """Whether our checks let it pass; then every condition of the trainer holds."""
    own = job(target, replace(architecture.load(name), **{**FITTING, **changes}), layout, 1000)
    checks = [*arithmetic.checks(own), *assertions.checks(own)]
    if {check.name for check in failed(checks)} - {"vocabulary and type of ids"}:
        return False
    assert validation.broken(CONDITIONS[target], run_of(own, folder)) == []
    return True


@pytest.mark.parametrize("target", TARGETS)
def test_each_value_that_our_checks_let_pass_the_trainer_does_too(target: Target, tmp_path: Path) -> None:
    layouts = [parallelism.parse(text) for text in ("tp=2,pp=2,dp=2", "tp=1,pp=1,dp=1", "tp=3,dp=2")]
    layouts += [parallelism.parse("tp=2,cp=2,dp=2"), parallelism.parse("cp=3,dp=2")] if target == "megatron" else []
    passed = [
        passes_as_checked(target, name, layout, {key: value}, tmp_path)
        for name in ("bloom-176b", "neox-20b")
        for layout in layouts
        for key, value in CHANGES
    ]
    assert len(passed) / 4 < sum(passed) < len(passed)


@given(
    target=st.sampled_from(get_args(Target)),
    name=st.sampled_from(["bloom-176b", "neox-20b"]),
    layout=st.builds(
        Layout, tp=st.integers(1, 3), pp=st.integers(1, 3), cp=st.integers(1, 3), dp=st.integers(1, 3),
        nodes=st.just(1), gpus=st.just(0),
    ),
    more=st.sampled_from([0, 0, 0, 0, 1]),
    changes=st.lists(st.sampled_from(CHANGES), min_size=2, max_size=3),
)  # fmt: skip
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_passes_our_checks_passes_the_trainers(
    target: Target, name: str, layout: Layout, more: int, changes: list[tuple[str, Any]], tmp_path: Path
) -> None:
    layout = replace(layout, cp=layout.cp if target == "megatron" else 1)
    layout = replace(layout, gpus=layout.world + more)
    passed = passes_as_checked(target, name, layout, dict(changes), tmp_path)
    event(f"{target}: {'passed' if passed else 'refused'}")


SHARED: dict[str, dict[str, object]] = {
    "world size by model parallel size": {"world": 385},
    "micro batch above 0": {"micro_batch_size": 0},
    "global batch above 0": {"global_batch_size": 0},
    "bf16 or fp16, not both": {"bf16": True, "fp16": True},
    "required arguments": {"num_layers": None},
    "hidden by heads": {"num_attention_heads": 111},
    "min_lr at most lr": {"min_lr": 1.0},
    "save interval": {"save_interval": 0},
    "global batch by micro batch x DP": {"global_batch_size": 2049},
    "one micro batch or more": {"global_batch_size": 8},
    "ramp-up positive": {"rampup_batch_size": ["0", "16", "9"]},
    "ramp-up from below": {"rampup_batch_size": ["2064", "16", "9"]},
    "ramp-up by whole increments": {"rampup_batch_size": ["192", "17", "9"]},
    "ramp-up has an increment": {"rampup_batch_size": ["2048", "16", "9"]},
    "each batch of the ramp-up": {"rampup_batch_size": ["184", "16", "9"]},
    "min_lr from 0 on": {"min_lr": -1.0},
    "decay above 0": {"lr_decay_samples": 0},
    "warm-up ends before decay": {"lr_warmup_samples": 200_000_000},
}
BREAKS: Mapping[Target, dict[str, dict[str, object]]] = {
    "megatron": SHARED
    | {
        "CUDA_DEVICE_MAX_CONNECTIONS is 1 with TP or CP before Blackwell": {"environment": {}},
        "CUDA_DEVICE_MAX_CONNECTIONS is not 1 with FSDP": {"use_torch_fsdp2": True},
        "layers by PP": {"num_layers": 71},
        "positions are given": {"max_position_embeddings": None},
        "positions for a sequence": {"max_position_embeddings": 2047},
        "sequence by 2 CP": {"context_parallel_size": 3},
        "weight decay from 0 on": {"weight_decay": -0.1},
        "heads by TP": {"num_attention_heads": 110},
        "a blend of each split, or null": {"blends": {"train": ["x"]}},
        "some data": {"blends": {"train": None, "valid": None, "test": None}},
        "a cache for indexes on an object store": {"no_mmap_bin_files": True},
    },
    "bloom": SHARED
    | {
        "positions, but for rotary embeddings": {"position_embedding_type": "rotary"},
        "positions for a sequence": {"max_position_embeddings": 2047},
        "rows hold the vocabulary": {"pad_vocab_size_to": 250_624},
        "rows by make_vocab_size_divisible_by": {"pad_vocab_size_to": 250_884},
        "a tokenizer": {"tokenizer_name_or_path": None},
        "hidden and heads by TP": {"num_attention_heads": 110},
        "rows by TP": {"pad_vocab_size_to": 250_882},
        "DeepSpeed has the same precision": {"deepspeed": {"fp16": {"enabled": True}}},
        "batches of DeepSpeed": {"deepspeed": {"train_batch_size": 2049, "train_micro_batch_size_per_gpu": 2}},
        "layers by PP": {"pipeline_model_parallel_size": 5},
    },
    "neox": {
        "no key twice": {"num-layers": 44},
        "world size by model parallel size": {"world": 97},
        "batches above 0": {"gradient_accumulation_steps": 0},
        "train batch is micro batch x accumulation x DP": {"train_batch_size": 1535},
        "fp16 as precision": {"precision": "bfloat16"},
        "bf16 as precision": {"bf16": {"enabled": True}, "precision": "fp16"},
        "stage of ZeRO": {"zero_optimization": {}},
        "learning rate": {"optimizer": {"type": "Adam", "params": {}}},
        "required arguments": {"num_layers": None},
        "hidden by heads": {"num_attention_heads": 63},
        "positions for a sequence": {"max_position_embeddings": 2047},
        "min_lr at most lr": {"min_lr": 1.0},
        "checkpoints if saved": {"checkpoint_factor": None},
        "paths by split alone": {"data_path": "/x"},
        "paths of every split": {"test_data_paths": None},
        "as many weights as paths": {"valid_data_weights": [1.0, 1.0]},
        "types": {"hidden_size": 6144.0},
        "choices": {"lr_decay_style": "WSD"},
        "optimizer has type and params": {"optimizer": {"params": {"lr": 1.0}}},
        "fp16 says if enabled": {"fp16": {"fp16": True}},
        "hidden and heads by TP": {"model_parallel_size": 3},
        "warm-up ends before decay": {"warmup": 1.0},
    },
}


@pytest.mark.parametrize(("target", "says"), [(target, says) for target in TARGETS for says in BREAKS[target]])
def test_each_condition_can_fail(target: Target, says: str, tmp_path: Path) -> None:
    run = run_of(preset(target, "neox-20b" if target == "neox" else "bloom-176b"), tmp_path)
    changes = dict(BREAKS[target][says])
    given_: Any = {key: changes.pop(key) for key in ("world", "environment", "blends", "deepspeed") if key in changes}
    run = replace(run, **given_)
    if target == "neox":
        main = {**run.files[0], **changes}
        run = replace(run, files=[main, *run.files[1:]])
    else:
        run = replace(run, arguments=Namespace(**{**vars(copy.copy(run.arguments)), **changes}))
    assert says in [line.partition(": ")[2] for line in validation.broken(CONDITIONS[target], run)]


def test_every_condition_has_its_counterexample() -> None:
    for target, conditions in CONDITIONS.items():
        assert {condition.says for condition in conditions} == BREAKS[target].keys()


@pytest.mark.parametrize(
    ("layout", "own", "set_", "wanted"),
    [
        ("tp=2,dp=4", (), None, "1"),
        ("cp=2,dp=4", (), None, "1"),
        ("pp=2,dp=4", (), None, "unset"),
        ("tp=2,dp=4", (), "32", "32"),
        ("tp=2,dp=4", ("--use-torch-fsdp2",), None, "unset"),
        ("cp=2,dp=4", ("--use-megatron-fsdp",), None, "unset"),
    ],
)
def test_connections_reach_the_trainer_and_may_be_others(
    layout: str, own: tuple[str, ...], set_: str | None, wanted: str, tmp_path: Path
) -> None:
    model = replace(architecture.load("neox-20b"), megatron=Flags(arguments=own))
    for name, content in WRITERS["megatron"](job("megatron", model, parallelism.parse(layout), 50_277)).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "python").write_text('#!/bin/sh\necho "${CUDA_DEVICE_MAX_CONNECTIONS-unset}"\n')
    (tmp_path / "python").chmod(stat.S_IRWXU)
    environment = dict.fromkeys(("MEGATRON", "CHECKPOINTS", "CACHE"), str(tmp_path))
    environment |= {"PATH": f"{tmp_path}:{os.environ['PATH']}"} | (
        {"CUDA_DEVICE_MAX_CONNECTIONS": set_} if set_ else {}
    )
    done = subprocess.run(
        ["bash", str(tmp_path / "run.sh")], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == wanted


@pytest.mark.parametrize(
    ("target", "changes", "check", "said"),
    [
        (
            "megatron",
            {"megatron": Flags(arguments=("--micro-batch-size", "8"))},
            "arguments given once",
            "--micro-batch-size",
        ),
        ("megatron", {"megatron": Flags(arguments=("--data-path=x",))}, "arguments given once", "--data-path"),
        ("bloom", {"bloom": Flags(arguments=("--num-layers", "8"))}, "arguments given once", "--num-layers"),
        ("bloom", {"pad_vocab_to": 50_304 + 64}, "padded vocabulary: trainer", "50,368"),
        ("neox", {"neox": {"hidden_size": 8}}, "settings given once", "hidden_size"),
        ("neox", {"neox": {"log-interval": 8}}, "settings given once", "log-interval"),
        ("neox", {"neox": {"save": "/x"}}, "settings given once", "save"),
        ("neox", {"precision": "bf16"}, "settings of DeepSpeed", "fp16 enabled"),
        ("neox", {"neox": {"zero_optimization": {}}}, "settings of DeepSpeed", "stage None of zero_optimization"),
        ("megatron", {"global_batch": 230_400_001 * 48}, "steps", "230,400,000 samples"),
        ("megatron", {"ramp_up": RampUp(start=1536, increment=48, samples=9)}, "ramp-up: increments", "= 0 increments"),
    ],
)
def test_what_a_model_says_for_one_trainer_is_checked(
    target: Target, changes: dict[str, Any], check: str, said: str
) -> None:
    model = replace(architecture.load("neox-20b"), **changes)
    given_ = job(target, model, parallelism.parse(LAYOUTS["neox-20b"]), 50_277)
    found = failed([*arithmetic.checks(given_), *assertions.checks(given_)])
    assert [one.name for one in found if one.name != "vocabulary and type of ids"] == [check]
    assert said in next(one for one in found if one.name == check).said


@pytest.mark.parametrize("target", ["bloom", "neox", "megatron"])
def test_context_parallelism_is_megatron_cores(target: Target, tmp_path: Path) -> None:
    layout = parallelism.parse("tp=2,pp=4,dp=6,cp=2")
    assert (layout.world, layout.nodes) == (96, 12)
    given_ = job(target, replace(architecture.load("neox-20b"), micro_batch=2), layout, 50_277)
    names = {check.name for check in failed([*arithmetic.checks(given_), *assertions.checks(given_)])}
    assert ("context parallelism" in names) == (target != "megatron")
    if target == "megatron":
        assert run_of(given_, tmp_path).arguments.context_parallel_size == 2


def test_neox_warms_up_over_the_share_of_its_decay_and_is_warned_of_what_comes_after() -> None:
    """NeoX multiplies `warmup` by lr_decay_iters (megatron/training.py get_learning_rate_scheduler), and its cosine is
    not held at its end (megatron/learning_rates.py get_lr)."""
    model = replace(architecture.load("neox-20b"), decay_samples=115_200_000)
    given_ = job("neox", model, parallelism.parse(LAYOUTS["neox-20b"]), 50_277)
    from corpus.launch import neox

    written = neox.settings(given_)
    assert written["warmup"] * written["lr_decay_iters"] == model.warmup_samples / model.global_batch
    after = [check for check in assertions.checks(given_) if check.name == "learning rate after its decay"]
    assert [check.state for check in after] == ["warning"]
