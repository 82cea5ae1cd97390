"""What the trainers assert of what a launch writes, each condition made again from its source.

Megatron-LM is core 0.16.1, GPT-NeoX commit ea7aefd8, Megatron-DeepSpeed (bigscience-workshop) commit 8387ae17. Left out
is what no launch can write: experts, recomputation, FP8, inference.
"""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

Settings = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """What a trainer has at hand when it validates. `settings`: GPT-NeoX' own, by file, and together in `all`."""

    world: int
    vocabulary: int
    arguments: Namespace = field(default_factory=Namespace)
    environment: Mapping[str, str] = field(default_factory=dict)
    blends: Mapping[str, object] = field(default_factory=dict)
    deepspeed: Settings = field(default_factory=dict)
    files: Sequence[Settings] = ()
    architecture: int = 9  # of the GPU: 8 is A100, 9 H100, 10 Blackwell

    @property
    def a(self) -> Namespace:
        return self.arguments

    @property
    def all(self) -> Settings:
        return {key.replace("-", "_"): value for file in self.files for key, value in file.items()}

    @property
    def model_parallel(self) -> int:
        return (
            int(self.a.tensor_model_parallel_size)
            * int(self.a.pipeline_model_parallel_size)
            * (self.a.context_parallel_size or 1)
        )

    @property
    def step(self) -> int:
        """Micro batch times data-parallel size."""
        return int(self.a.micro_batch_size) * (self.world // self.model_parallel)

    @property
    def ramp(self) -> tuple[int, int, int] | None:
        given = self.a.rampup_batch_size
        return (int(given[0]), int(given[1]), int(given[2])) if given else None

    @property
    def batches(self) -> list[int]:
        """Global batches that a run comes by (RampupBatchsizeNumMicroBatchesCalculator.update)."""
        if self.ramp is None:
            return [self.a.global_batch_size]
        start, increment, _ = self.ramp
        return [*range(start, self.a.global_batch_size, increment), self.a.global_batch_size]


@dataclass(frozen=True)
class Condition:
    """`source`: file and function."""

    source: str
    says: str
    holds: Callable[[Run], object]


def _layers(run: Run) -> int:
    both = (run.a.account_for_embedding_in_pipeline_split, run.a.account_for_loss_in_pipeline_split)
    return int(run.a.num_layers) + sum(bool(one) for one in both)


_VALIDATE = "megatron/training/arguments.py validate_args"
_BATCHES = "megatron/core/num_microbatches_calculator.py"
_SCHEDULER = "megatron/core/optimizer_param_scheduler.py OptimizerParamScheduler.__init__"
_TRANSFORMER = "megatron/core/transformer/transformer_config.py TransformerConfig.__post_init__"
_CONFIG = "megatron/core/datasets/blended_megatron_dataset_config.py __post_init__"


def _shared(validate: str, batches: str, scheduler: str) -> list[Condition]:
    """What both Megatrons assert alike."""
    return [
        Condition(validate, "world size by model parallel size", lambda r: r.world % r.model_parallel == 0),
        Condition(validate, "micro batch above 0", lambda r: r.a.micro_batch_size > 0),
        Condition(validate, "global batch above 0", lambda r: r.a.global_batch_size > 0),
        Condition(validate, "bf16 or fp16, not both", lambda r: not (r.a.bf16 and r.a.fp16)),
        Condition(
            validate,
            "required arguments",
            lambda r: None not in (r.a.num_layers, r.a.hidden_size, r.a.num_attention_heads),
        ),
        Condition(validate, "hidden by heads", lambda r: r.a.hidden_size % r.a.num_attention_heads == 0),
        Condition(validate, "min_lr at most lr", lambda r: r.a.min_lr <= r.a.lr),
        Condition(validate, "save interval", lambda r: r.a.save_interval is not None and r.a.save_interval > 0),
        Condition(batches, "global batch by micro batch x DP", lambda r: r.a.global_batch_size % r.step == 0),
        Condition(batches, "one micro batch or more", lambda r: r.a.global_batch_size // r.step >= 1),
        Condition(batches, "ramp-up positive", lambda r: r.ramp is None or (min(r.ramp[:2]) > 0 and r.ramp[2] >= 0)),
        Condition(batches, "ramp-up from below", lambda r: r.ramp is None or r.a.global_batch_size >= r.ramp[0]),
        Condition(
            batches,
            "ramp-up by whole increments",
            lambda r: r.ramp is None or (r.a.global_batch_size - r.ramp[0]) % r.ramp[1] == 0,
        ),
        Condition(  # ramup_samples / num_increments
            batches,
            "ramp-up has an increment",
            lambda r: r.ramp is None or r.a.global_batch_size - r.ramp[0] >= r.ramp[1],
        ),
        Condition(batches, "each batch of the ramp-up", lambda r: all(batch % r.step == 0 for batch in r.batches)),
        Condition(scheduler, "min_lr from 0 on", lambda r: r.a.min_lr >= 0),
        Condition(scheduler, "decay above 0", lambda r: r.a.lr_decay_samples > 0),
        Condition(scheduler, "warm-up ends before decay", lambda r: r.a.lr_warmup_samples < r.a.lr_decay_samples),
    ]


MEGATRON = [
    *_shared(_VALIDATE, _BATCHES, _SCHEDULER),
    Condition(
        _VALIDATE,
        "CUDA_DEVICE_MAX_CONNECTIONS is 1 with TP or CP before Blackwell",
        lambda r: (
            r.architecture >= 10
            or r.a.use_torch_fsdp2
            or r.a.use_megatron_fsdp
            or (r.a.tensor_model_parallel_size == 1 and (r.a.context_parallel_size or 1) == 1)
            or r.environment.get("CUDA_DEVICE_MAX_CONNECTIONS") == "1"
        ),
    ),
    Condition(
        _VALIDATE,
        "CUDA_DEVICE_MAX_CONNECTIONS is not 1 with FSDP",
        lambda r: (
            not (r.a.use_torch_fsdp2 or r.a.use_megatron_fsdp)
            or r.environment.get("CUDA_DEVICE_MAX_CONNECTIONS") != "1"
        ),
    ),
    Condition(_VALIDATE, "layers by PP", lambda r: _layers(r) % r.a.pipeline_model_parallel_size == 0),
    Condition(_VALIDATE, "positions are given", lambda r: r.a.max_position_embeddings is not None),
    Condition(_VALIDATE, "positions for a sequence", lambda r: (r.a.max_position_embeddings or 0) >= r.a.seq_length),
    Condition(
        _VALIDATE,
        "sequence by 2 CP",
        lambda r: (r.a.context_parallel_size or 1) == 1 or r.a.seq_length % (2 * r.a.context_parallel_size) == 0,
    ),
    Condition(_SCHEDULER, "weight decay from 0 on", lambda r: r.a.weight_decay >= 0),
    Condition(_TRANSFORMER, "heads by TP", lambda r: r.a.num_attention_heads % r.a.tensor_model_parallel_size == 0),
    Condition(_CONFIG, "a blend of each split, or null", lambda r: set(r.blends) == {"train", "valid", "test"}),
    Condition(_CONFIG, "some data", lambda r: any(r.blends.values())),
    Condition(
        "megatron/core/datasets/gpt_dataset.py GPTDataset.build_low_level_dataset",
        "a cache for indexes on an object store",
        lambda r: not r.a.no_mmap_bin_files or r.a.object_storage_cache_path is not None,
    ),
]

_PARSE = "megatron/arguments.py parse_args"
_PAD = "megatron/tokenizer/tokenizer.py _vocab_size_with_padding"


def _units(run: Run) -> int:
    units: int = run.a.num_layers + 2 * (run.a.pp_partition_method == "type:transformer|embedding")
    return units


BLOOM = [
    *_shared(_PARSE, "megatron/microbatches.py", "megatron/learning_rates.py AnnealingLR.__init__"),
    Condition(
        _PARSE,
        "positions, but for rotary embeddings",
        lambda r: (r.a.max_position_embeddings is None) == (r.a.position_embedding_type == "rotary"),
    ),
    Condition(
        _PARSE,
        "positions for a sequence",
        lambda r: r.a.position_embedding_type == "rotary" or (r.a.max_position_embeddings or 0) >= r.a.seq_length,
    ),
    Condition(_PAD, "rows hold the vocabulary", lambda r: (r.a.pad_vocab_size_to or r.vocabulary) >= r.vocabulary),
    Condition(
        _PAD,
        "rows by make_vocab_size_divisible_by",
        lambda r: (r.a.pad_vocab_size_to or 0) % (r.a.make_vocab_size_divisible_by or 128) == 0,
    ),
    Condition(
        "megatron/tokenizer/tokenizer.py build_tokenizer",
        "a tokenizer",
        lambda r: r.a.tokenizer_name_or_path is not None,
    ),
    Condition(
        "megatron/mpu/utils.py divide (megatron/model/transformer.py ParallelAttention)",
        "hidden and heads by TP",
        lambda r: (
            (r.a.hidden_size % r.a.tensor_model_parallel_size, r.a.num_attention_heads % r.a.tensor_model_parallel_size)
            == (0, 0)
        ),
    ),
    Condition(
        "megatron/mpu/utils.py VocabUtility",
        "rows by TP",
        lambda r: (r.a.pad_vocab_size_to or 0) % r.a.tensor_model_parallel_size == 0,
    ),
    Condition(
        "megatron/training.py setup_model_and_optimizer",
        "DeepSpeed has the same precision",
        lambda r: [bool(r.deepspeed.get(name, {}).get("enabled")) for name in ("bf16", "fp16")] == [r.a.bf16, r.a.fp16],
    ),
    Condition(
        "deepspeed/runtime/config.py _batch_assertion",
        "batches of DeepSpeed",
        lambda r: (
            r.deepspeed["train_batch_size"]
            % (r.deepspeed["train_micro_batch_size_per_gpu"] * (r.world // r.model_parallel))
            == 0
        ),
    ),
    Condition(  # no assertion: stages would have other numbers of layers
        "deepspeed/runtime/pipe/module.py _partition_layers",
        "layers by PP",
        lambda r: _units(r) % r.a.pipeline_model_parallel_size == 0,
    ),
]

_DERIVED = "megatron/neox_arguments/arguments.py calculate_derived"
_VALUES = "megatron/neox_arguments/arguments.py validate_values"
_TYPES = "megatron/neox_arguments/arguments.py validate_types"
_YMLS = "megatron/neox_arguments/arguments.py from_ymls"
_SPLITS = ("train", "valid", "test")
_NEOX_TYPES: Mapping[str, tuple[type, ...]] = {  # of NeoXArgs' fields: int fits float
    "int": (int,),
    "float": (int, float),
    "dict": (dict,),
    "list": (list,),
    "str": (str,),
}
_NEOX_FIELDS = {
    "int": (
        "pipe_parallel_size", "model_parallel_size", "num_layers", "hidden_size", "num_attention_heads", "seq_length",
        "max_position_embeddings", "make_vocab_size_divisible_by", "lr_decay_iters", "train_iters",
        "train_micro_batch_size_per_gpu", "gradient_accumulation_steps", "seed", "eval_interval", "eval_iters",
        "log_interval",
    ),
    "float": ("min_lr", "warmup", "gradient_clipping", "weight_decay", "checkpoint_factor", "rotary_pct"),
    "dict": ("optimizer", "zero_optimization", "fp16"),
    "list": tuple(f"{split}_data_{what}" for split in _SPLITS for what in ("paths", "weights")),
    "str": ("distributed_backend", "vocab_file", "save", "load"),
}  # fmt: skip
_NEOX_CHOICES = {
    "lr_decay_style": ("constant", "linear", "cosine", "exponential"),
    "data_impl": ("infer", "mmap", "cached"),
    "precision": ("fp16", "fp32", "bfloat16"),
    "launcher": ("pdsh", "openmpi", "mvapich", "slurm"),
}


def _dp(run: Run) -> float:
    return run.world / int(run.all["pipe_parallel_size"]) / int(run.all["model_parallel_size"])


def _enabled(run: Run, name: str) -> bool:
    return bool((run.all.get(name) or {}).get("enabled"))


def _twice(run: Run) -> list[str]:
    seen: set[str] = set()
    twice = []
    for key in chain.from_iterable(run.files):
        if key in seen or key.replace("-", "_") in seen:
            twice.append(key)
        seen |= {key, key.replace("-", "_")}
    return twice


NEOX = [
    Condition(_YMLS, "no key twice", lambda r: not _twice(r)),
    Condition(_DERIVED, "world size by model parallel size", lambda r: _dp(r) % 1 == 0),
    Condition(
        _DERIVED,
        "batches above 0",
        lambda r: min(r.all["train_micro_batch_size_per_gpu"], r.all["gradient_accumulation_steps"]) > 0,
    ),
    Condition(
        _DERIVED,
        "train batch is micro batch x accumulation x DP",
        lambda r: (
            r.all.get("train_batch_size")
            in (None, r.all["train_micro_batch_size_per_gpu"] * r.all["gradient_accumulation_steps"] * _dp(r))
        ),
    ),
    Condition(
        _DERIVED, "fp16 as precision", lambda r: not _enabled(r, "fp16") or r.all.get("precision", "fp16") == "fp16"
    ),
    Condition(
        _DERIVED,
        "bf16 as precision",
        lambda r: not _enabled(r, "bf16") or r.all.get("precision", "bfloat16") == "bfloat16",
    ),
    Condition(_DERIVED, "stage of ZeRO", lambda r: r.all["zero_optimization"].get("stage") in (0, 1, 2, 3)),
    Condition(_VALUES, "learning rate", lambda r: r.all["optimizer"]["params"].get("lr") is not None),
    Condition(
        _VALUES,
        "required arguments",
        lambda r: all(
            r.all.get(key) is not None
            for key in ("num_layers", "hidden_size", "num_attention_heads", "max_position_embeddings")
        ),
    ),
    Condition(_VALUES, "hidden by heads", lambda r: r.all["hidden_size"] % r.all["num_attention_heads"] == 0),
    Condition(_VALUES, "positions for a sequence", lambda r: r.all["max_position_embeddings"] >= r.all["seq_length"]),
    Condition(_VALUES, "min_lr at most lr", lambda r: r.all["min_lr"] <= r.all["optimizer"]["params"]["lr"]),
    Condition(_VALUES, "checkpoints if saved", lambda r: r.all.get("save") is None or r.all.get("checkpoint_factor")),
    Condition(_VALUES, "paths by split alone", lambda r: r.all.get("data_path") is None),
    Condition(_VALUES, "paths of every split", lambda r: all(r.all.get(f"{split}_data_paths") for split in _SPLITS)),
    Condition(
        _VALUES,
        "as many weights as paths",
        lambda r: all(len(r.all[f"{s}_data_paths"]) == len(r.all[f"{s}_data_weights"]) for s in _SPLITS),
    ),
    Condition(
        _TYPES,
        "types",
        lambda r: all(
            r.all.get(key) is None or type(r.all[key]) in _NEOX_TYPES[kind]
            for kind, keys in _NEOX_FIELDS.items()
            for key in keys
        ),
    ),
    Condition(
        _TYPES,
        "choices",
        lambda r: all(r.all[key] in choices for key, choices in _NEOX_CHOICES.items() if r.all.get(key) is not None),
    ),
    Condition(
        _TYPES,
        "optimizer has type and params",
        lambda r: (
            isinstance(r.all["optimizer"].get("type"), str) and isinstance(r.all["optimizer"].get("params"), dict)
        ),
    ),
    Condition(_TYPES, "fp16 says if enabled", lambda r: r.all.get("fp16") is None or "enabled" in r.all["fp16"]),
    Condition(
        "megatron/mpu/utils.py divide (megatron/model/transformer.py ParallelSelfAttention)",
        "hidden and heads by TP",
        lambda r: (
            (
                r.all["hidden_size"] % r.all["model_parallel_size"],
                r.all["num_attention_heads"] % r.all["model_parallel_size"],
            )
            == (0, 0)
        ),
    ),
    Condition(
        "megatron/learning_rates.py AnnealingLR.__init__ and get_lr",
        "warm-up ends before decay",
        lambda r: r.all["warmup"] < 1,
    ),
]


def broken(conditions: Sequence[Condition], run: Run) -> list[str]:
    """Sources of those that do not hold; a value that is not there breaks its condition."""
    found = []
    for condition in conditions:
        try:
            held = condition.holds(run)
        except (AttributeError, KeyError, TypeError, ZeroDivisionError):
            held = False
        if not held:
            found.append(f"{condition.source}: {condition.says}")
    return found
